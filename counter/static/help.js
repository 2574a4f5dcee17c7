// The list of shortcuts, one key away.

import { el } from "/static/dom.js";
import { button, key } from "/static/parts.js";
import { t } from "/static/text.js";

const ROWS = [
  ["counter.key_space", "counter.help_space"],
  ["M", "counter.help_start"],
  ["S", "counter.finish"],
  ["1–9", "counter.help_outcome"],
  ["U", "counter.recall"],
  ["T", "counter.no_show"],
  ["D", "counter.help_hold"],
  ["A", "counter.help_transfer"],
  ["K", "counter.requeue"],
  ["B", "counter.help_cancel"],
  ["Z", "counter.help_undo"],
  ["N", "counter.new_ticket"],
  ["L", "counter.direct_title"],
  ["I", "counter.help_pause"],
  ["P", "counter.profile_key"],
  ["C", "counter.search_number"],
  ["G", "counter.help_lists"],
  ["O", "counter.help_message"],
  ["Enter", "counter.help_enter"],
  ["?", "counter.shortcuts"],
];

export function helpDialog() {
  const node = el(
    "dialog",
    { class: "dialog help", "aria-labelledby": "help-title" },
    el("h2", { id: "help-title", text: t("counter.shortcuts") }),
    el(
      "ul",
      { class: "help-rows" },
      ROWS.map(([letter, words]) =>
        el("li", {}, key(letter.includes(".") ? t(letter) : letter), el("span", { text: t(words) })),
      ),
    ),
    el(
      "div",
      { class: "dialog-buttons" },
      button({ class: "button primary", label: t("counter.close_dialog"), press: () => node.close() }),
    ),
  );
  function open() {
    if (!node.open) node.showModal();
    return true;
  }
  return { node, open, close: () => node.open && node.close() };
}
