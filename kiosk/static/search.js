// Searching: the visitor's own words above, what fits in the middle, the keyboard below.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";
import { keyed } from "/kiosk/static/keyed.js";
import { keyboard } from "/kiosk/static/keyboard.js";
import { find, index } from "/kiosk/static/matching.js";
import { scroller } from "/kiosk/static/scroller.js";
import { mark, offered, serviceRow } from "/kiosk/static/services.js";
import { footer } from "/kiosk/static/shell.js";

const SHOWN = 12;
const LONGEST = 60;

/** {nodes, focus, update(state)}. */
export function search(act, state) {
  const input = el("input", {
    class: "words-typed",
    type: "text",
    inputmode: "none",
    maxlength: String(LONGEST),
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-label": t("kiosk.search"),
    placeholder: t("kiosk.search_example"),
    on: { input: () => act.query(input.value) },
  });
  input.value = state.query;
  const list = el("ul", { class: "services found" });
  const show = keyed(list, ({ service, agency }) => serviceRow(service, act, agency));
  const word = el("p", { class: "word", role: "status" });
  const scroll = scroller(list);
  const main = el(
    "main",
    { class: "search" },
    el("h1", { class: "visually-hidden", text: t("kiosk.search") }),
    el("label", { class: "finder" }, icon("search"), input),
    el("div", { class: "results" }, word, scroll.node),
    keyboard(input),
  );
  const finder = indexed();
  let asked = null;
  return {
    nodes: [main, footer(act)],
    focus: input,
    update(now) {
      main.dataset.away = now.away;
      const found = find(finder(now.catalogue), now.query);
      show(found.slice(0, SHOWN).map((entry) => row(entry, now)));
      word.textContent = wordFor(now.query, found.length);
      word.hidden = !word.textContent;
      mark(list, now);
      if (asked !== now.query) scroll.toTop();
      asked = now.query;
      scroll.update();
    },
  };
}

/** The index of a catalogue, made again only when another one has come. */
function indexed() {
  let made = null;
  let entries = [];
  return (catalogue) => {
    if (made !== catalogue) entries = index(catalogue.agencies);
    made = catalogue;
    return entries;
  };
}

function row({ service, agency }, now) {
  return { ...offered(service, now), service, agency };
}

function wordFor(query, found) {
  if (!query.trim()) return t("kiosk.search_hint");
  if (!found) return t("kiosk.search_none", { words: query.trim() });
  return found > SHOWN ? t("kiosk.search_more", { n: found - SHOWN }) : "";
}
