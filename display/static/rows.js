// The calls before the large one.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { both, named } from "/display/static/words.js";
import { fit } from "/display/static/fit.js";

const COUNTERS_MAX = 24; // more rows than this at once would be too small to read

/**
 * Returns `show(calls)`: draws them in their order into `list`, as many as have room. When more people are
 * called at once than there are rows, the list takes two columns and shows them all.
 */
export function rows(list) {
  let drawn = null;

  function show(calls) {
    const capacity = Number(getComputedStyle(list).getPropertyValue("--capacity")) || 5;
    const called = calls.filter((call) => call.state === "called").length;
    const dense = called > capacity;
    const shown = calls.slice(0, dense ? Math.min(Math.max(called, capacity * 2), COUNTERS_MAX) : capacity);
    const lines = dense ? Math.max(capacity, Math.ceil(shown.length / 2)) : capacity;
    const wanted = JSON.stringify([dense, lines, shown]);
    if (wanted === drawn) return;
    drawn = wanted;
    list.classList.toggle("dense", dense);
    list.style.setProperty("--lines", lines);
    // Before the day's first calls, hairlines keep their places.
    const free = Array.from({ length: dense ? 0 : capacity - shown.length }, () => el("li", { class: "free", "aria-hidden": "true" }));
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
    el("span", { class: "where" }, `${t("board.counter")} `, el("span", { class: "number", text: call.counter.label })),
  );
}
