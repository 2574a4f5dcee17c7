// The calls before the large one.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { both, named } from "/display/static/words.js";
import { fit, lineCapacity, unitPx } from "/display/static/fit.js";

const COUNTERS_MAX = 24; // more rows than this at once would be too small to read
const [LINE, GAP] = [92, 12]; // units
const TWO_COLUMNS = 640; // so wide, in units, is a list that can have two columns

/**
 * Returns `show(calls)`: draws them in their order into `list`, as many as have room. When more people are
 * called at once than there are rows, the list takes two columns, or lower lines where it is narrow, and shows them all.
 */
export function rows(list) {
  let drawn = null;

  function show(calls) {
    const capacity = lineCapacity(list, LINE, GAP);
    const called = calls.filter((call) => call.state === "called").length;
    const more = called > capacity;
    const dense = more && list.clientWidth / unitPx() >= TWO_COLUMNS;
    const tight = more && !dense;
    const shown = calls.slice(0, more ? Math.min(Math.max(called, dense ? capacity * 2 : 0), COUNTERS_MAX) : capacity);
    const lines = more ? Math.max(capacity, Math.ceil(shown.length / (dense ? 2 : 1))) : capacity;
    const wanted = JSON.stringify([dense, lines, shown]);
    if (wanted === drawn) return;
    drawn = wanted;
    list.classList.toggle("dense", dense);
    list.classList.toggle("tight", tight);
    list.style.setProperty("--lines", lines);
    // Before the day's first calls, hairlines keep their places.
    const free = Array.from({ length: more ? 0 : capacity - shown.length }, () => el("li", { class: "free", "aria-hidden": "true" }));
    list.replaceChildren(...shown.map(row), ...free);
    fit(list);
  }

  return { show };
}

function row(call) {
  const missed = call.state === "no_show";
  return el(
    "li",
    { data: { ticket: call.ticket, state: call.state } },
    el("span", { class: "which" }, el("span", { class: "number", text: call.number })),
    el("span", { class: "whose" }, missed ? both("board.missed") : named(call.agency_name)),
    el(
      "span",
      { class: "where" },
      el("span", { class: "label", text: `${t("board.counter")} ` }),
      el("span", { class: "number", text: call.counter.label }),
    ),
  );
}
