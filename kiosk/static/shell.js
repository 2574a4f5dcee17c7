// What stands around every page of choosing: the hall's name and clock above, the way back and the
// language below, and the line that says what is not right now.

import { el, icon } from "/static/dom.js";
import { clock, language, longDate, name, t } from "/static/text.js";
import { say } from "/kiosk/static/keyed.js";

const LONG_NAME = 44; // letters of a hall's name

/** The header: {node, update(state)}. */
export function header(page) {
  const hall = el("p", { class: "hall", dir: "auto" });
  const place = el("p", { class: "place" });
  const date = el("p", { class: "date" });
  const time = el("p", { class: "time" });
  const node = el("header", { class: "top on-sea" }, el("div", { class: "names" }, hall, place), el("div", { class: "now" }, time, date));
  return {
    node,
    update(state) {
      say(hall, state.catalogue?.hall.name ?? page.hall?.name ?? "");
      hall.classList.toggle("long", hall.textContent.length > LONG_NAME);
      say(place, [name(page.name), name(page.zone_name)].filter(Boolean).join(" · "));
      const now = state.now();
      if (time.textContent !== clock(now)) time.textContent = clock(now);
      if (date.textContent !== longDate(now)) date.textContent = longDate(now);
    },
  };
}

/** The button that speaks the other language. */
export function languageButton(act) {
  const other = language() === "id" ? "en" : "id";
  return el(
    "button",
    { class: "button language", type: "button", lang: other, on: { click: () => act.speak(other) } },
    icon("languages"),
    t("kiosk.language_other"),
  );
}

/** The footer of a page that was reached from another: the way back, and the language. */
export function footer(act) {
  const back = el("button", { class: "button back", type: "button", on: { click: act.back } }, icon("arrow-left"), t("kiosk.back"));
  return el("footer", { class: "bottom" }, back, languageButton(act));
}

/** The calm line: not connected, or no slip comes out here. {node, update(state)}; hidden when all is well. */
export function notice() {
  const text = el("span");
  let shown = null;
  const node = el("p", { class: "offline", role: "status", hidden: true });
  return {
    node,
    update(state) {
      const wanted = noticeOf(state);
      if (wanted?.picture !== shown) node.replaceChildren(...(wanted ? [icon(wanted.picture), text] : []));
      shown = wanted?.picture ?? null;
      node.classList.toggle("calm", shown !== null && shown !== AWAY);
      if (wanted) text.textContent = wanted.words;
      node.hidden = !wanted;
    },
  };
}

const AWAY = "wifi-off";

function noticeOf({ away, slips, catalogue }) {
  if (away) return { picture: AWAY, words: t("kiosk.offline") };
  if (slips.way === "elsewhere") return { picture: "printer", words: t("kiosk.slips_elsewhere", { printer: name(slips.at.name) }) };
  if (slips.way === "nowhere") return { picture: "smartphone", words: t(catalogue.hall.qr ? "kiosk.slips_none_qr" : "kiosk.slips_none") };
  return null;
}

/** A page's heading, which takes the focus when the page comes. */
export function heading(text) {
  return el("h1", { tabindex: "-1", dir: "auto", text });
}
