// Every counter in one glance: its state, who sits there, who is there, and for how long.

import { el } from "/static/dom.js";
import { button, keyed, mark, say } from "/static/parts.js";
import { duration, t } from "/static/text.js";
import { counterWords } from "/oversight/static/phrases.js";

export function counterPanel(hall, { open }) {
  const summary = el("p", { class: "quiet" });
  const grid = el("div", { class: "counters" });
  const show = keyed(grid, (counter) => counterCard(counter, hall, open));
  const node = el(
    "section",
    { class: "panel", "aria-labelledby": "counters-title" },
    el("div", { class: "panel-head" }, el("h2", { id: "counters-title", text: t("oversight.counters") }), summary),
    grid,
  );
  let parts = new Map();

  function render() {
    const counters = hall.snapshot.counters;
    const count = counters.filter((each) => each.state === "open").length;
    say(summary, t("oversight.counters_open", { count, all: counters.length }));
    parts = show(counters);
  }

  return { node, render, tick: () => parts.forEach((part) => part.tick()) };
}

function counterCard(first, hall, open) {
  let counter = first;
  const label = el("span", { class: "counter-label" });
  const state = el("span", { class: "counter-state" });
  const officer = el("span", { class: "counter-officer", dir: "auto" });
  const number = el("span", { class: "number counter-number" });
  const time = el("span", { class: "counter-time" });
  const node = button(
    { class: "counter-card", data: { counter: first.id }, label, press: () => open(first.id) },
    state,
    officer,
    el("span", { class: "counter-now" }, number, time),
  );

  function update(next) {
    counter = next;
    node.dataset.state = counter.current?.state ?? counter.state;
    say(label, counterWords(counter.label));
    say(state, counterState(counter));
    say(officer, counter.officer?.name ?? "");
    say(number, counter.current?.number ?? "");
    tick();
  }

  function tick() {
    const seconds = secondsHere(counter, hall);
    say(time, seconds === null ? "" : duration(seconds));
    mark(node, "late", isLate(counter, seconds));
  }

  return { node, update, tick };
}

/** For how long the present ticket is as it is, or the pause lasts; null at a counter that is free or closed. */
export function secondsHere(counter, hall) {
  if (counter.current) return counter.current.seconds + hall.age_seconds;
  return counter.state === "paused" ? (hall.now() - Date.parse(counter.since)) / 1000 : null;
}

/** Whether serving takes longer than its target. */
export function isLate({ current }, seconds) {
  return current?.state === "serving" && current.target_seconds !== null && seconds > current.target_seconds;
}

/** "dipanggil", "dilayani", "kosong", "jeda: salat", "tutup". */
export function counterState({ state, pause_reason, current }) {
  if (current) return t(`oversight.state_${current.state}`);
  if (state === "paused" && pause_reason) return t("oversight.state_paused_why", { reason: pause_reason });
  return t(`oversight.state_${state}`);
}
