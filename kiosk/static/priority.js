// Priority: a quiet button, and behind it one large answer for each class that the hall has.

import { el, icon } from "/static/dom.js";
import { name, t } from "/static/text.js";
import { say } from "/kiosk/static/keyed.js";
import { heading, languageButton } from "/kiosk/static/shell.js";

/** The button that asks for priority: {node, update(state)}; null in a hall without priority. */
export function priorityButton(act, state) {
  if (!state.catalogue?.priorities.length) return null;
  const words = el("span", { dir: "auto" });
  const node = el("button", { class: "button tool priority", type: "button", on: { click: act.askPriority } }, icon("accessibility"), words);
  return {
    node,
    update(now) {
      node.classList.toggle("taken", now.priority !== null);
      say(words, priorityWords(now) || t("kiosk.priority"));
    },
  };
}

/** "Prioritas: Lansia", or "" for a visitor without. */
export function priorityWords({ catalogue, priority }) {
  const found = catalogue?.priorities.find((each) => each.id === priority);
  return found ? t("kiosk.priority_is", { priority: name(found.name) }) : "";
}

/** The page that asks: {nodes, focus, update(state)}. */
export function priority(act, state) {
  const title = heading(t("kiosk.priority_ask"));
  const row = (id, words) =>
    el(
      "li",
      {},
      el(
        "button",
        { class: `service${state.priority === id ? " taken" : ""}`, type: "button", data: { priority: id ?? "" }, on: { click: () => act.prefer(id) } },
        el("span", { class: "words" }, el("span", { class: "name", dir: "auto", text: words })),
        icon(state.priority === id ? "check" : "chevron-right"),
      ),
    );
  const rows = [...state.catalogue.priorities.map((each) => row(each.id, name(each.name))), row(null, t("kiosk.priority_none"))];
  const main = el(
    "main",
    { class: "choose" },
    el("div", { class: "ask" }, title, el("p", { class: "hint", text: t("kiosk.priority_hint") })),
    el("ul", { class: "services" }, rows),
  );
  const back = el("button", { class: "button back", type: "button", on: { click: () => act.prefer(state.priority) } }, icon("arrow-left"), t("kiosk.back"));
  return { nodes: [main, el("footer", { class: "bottom" }, back, languageButton(act))], focus: title, update: () => {} };
}
