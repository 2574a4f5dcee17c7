// The first page: which agency? Cards in a grid; a hall with more of them than fit has pages. Below, quietly: several
// errands at once, priority, the other language; or, while several are being chosen, the way to what was chosen.

import { el, icon } from "/static/dom.js";
import { estimate, name, t } from "/static/text.js";
import { keyed, say } from "/kiosk/static/keyed.js";
import { priorityButton } from "/kiosk/static/priority.js";
import { heading, languageButton } from "/kiosk/static/shell.js";

const ON_ONE_PAGE = 16;
const PER_PAGE = 12; // of several pages: the way to the next one takes room, too
const LONG_NAME = 44;
const LONG_REASON = 36;

/** {node, update(state)}. */
export function start(act, state) {
  const tools = state.several ? severalTools(act) : singleTools(act, state);
  const title = heading(t("kiosk.ask"));
  const hint = el("p", { class: "hint" });
  const grid = el("ul", { class: "agencies" });
  const show = keyed(grid, (agency) => card(agency, act));
  const count = el("span", { class: "count" });
  const pager = el(
    "button",
    { class: "button pager", type: "button", hidden: true, on: { click: act.turn } },
    el("span", { text: t("kiosk.page_more") }),
    count,
    icon("arrow-right"),
  );
  const main = el(
    "main",
    { class: "start" },
    el("div", { class: "ask" }, title, hint),
    searchButton(act),
    grid,
    pager,
    tools.node,
  );
  return {
    nodes: [main],
    focus: title,
    update(state) {
      const all = state.catalogue.agencies;
      const page = pageOf(all, state.page);
      main.dataset.away = state.away;
      show(page.items);
      pager.hidden = page.count < 2;
      grid.classList.toggle("paged", page.count > 1);
      count.textContent = t("kiosk.page_of", { n: page.number, count: page.count });
      const closed = all.length > 0 && all.every((agency) => !agency.open);
      const [ask, more] = !state.several ? ["ask", "ask_hint"] : state.chosen.length ? ["errands_next", "errands_hint"] : ["errands_first", "errands_hint"];
      say(title, t(closed ? "kiosk.closed_all" : `kiosk.${ask}`));
      say(hint, closed ? reason(firstToOpen(all)) : t(`kiosk.${more}`));
      tools.update(state);
    },
  };
}

function singleTools(act, state) {
  const several = el("button", { class: "button tool several", type: "button", on: { click: act.several } }, icon("list-plus"), el("span", { text: t("kiosk.errands") }));
  const priority = priorityButton(act, state);
  return { node: el("div", { class: "tools" }, several, priority?.node, languageButton(act)), update: priority?.update ?? (() => {}) };
}

function severalTools(act) {
  const words = el("span");
  const back = el("button", { class: "button tool to-list", type: "button", on: { click: act.list } }, icon("arrow-left"), words);
  return {
    node: el("div", { class: "tools" }, back, languageButton(act)),
    update: ({ chosen }) => say(words, chosen.length ? t("kiosk.errands_back", { n: chosen.length }) : t("kiosk.errands_none")),
  };
}

/** Of agencies that are all closed, the one that opens first. */
function firstToOpen(all) {
  const opens = (agency) => Date.parse(agency.closed_reason?.opens_at ?? "") || Infinity;
  return all.reduce((first, agency) => (opens(agency) < opens(first) ? agency : first));
}

/** The agencies of one page; pages are filled evenly, and `page` counts on for ever, round and round. */
function pageOf(all, page) {
  const count = all.length <= ON_ONE_PAGE ? 1 : Math.ceil(all.length / PER_PAGE);
  const each = Math.ceil(all.length / count / 4) * 4;
  const at = page % count;
  return { items: all.slice(at * each, (at + 1) * each), number: at + 1, count };
}

function searchButton(act) {
  return el(
    "button",
    { class: "finder", type: "button", "aria-label": t("kiosk.search"), on: { click: act.search } },
    icon("search"),
    el("span", { class: "example", text: t("kiosk.search_example") }),
    el("span", { class: "short", text: t("kiosk.search_short") }),
  );
}

function card(agency, act) {
  const title = el("span", { class: "name", dir: "auto" });
  const waiting = el("span", { class: "waiting" });
  const wait = el("span", { class: "wait" });
  const picture = icon(agency.icon || "landmark");
  const button = el(
    "button",
    { class: "agency", type: "button", data: { agency: agency.id }, on: { click: () => act.agency(agency.id) } },
    picture,
    title,
    el("span", { class: "figures" }, waiting, wait),
  );
  return {
    node: el("li", {}, button),
    update(now) {
      button.disabled = !now.open;
      const explains = !now.open && reason(now).length > LONG_REASON;
      say(title, shownName(now, explains ? 0 : LONG_NAME));
      say(waiting, now.open ? t("queue.waiting", { n: now.waiting }) : reason(now));
      button.classList.toggle("explains", explains);
      say(wait, now.open ? estimate(now.estimate) : "");
    },
  };
}

/** The full name while a card can hold it: while it is not longer than `longest`. */
function shownName(agency, longest) {
  const full = name(agency.name);
  const short = name(agency.short_name);
  return full.length > longest && short && short.length < full.length ? short : full;
}

/** Why an agency or service is closed, in words. */
export function reason(closed) {
  return name(closed.closed_reason?.text) || t("kiosk.closed");
}
