// The plate over one counter: its number, who is called or served there, whose it is, and whether it is open.

import { el } from "/static/dom.js";
import { both, named } from "/display/static/words.js";
import { fit } from "/display/static/fit.js";

const AGENCIES_MAX = 3;

/**
 * Returns `show({counter, call, fresh})`: `counter` is {label, state, agencies} or null where the board has none,
 * `call` whoever is called or served there now, or null.
 */
export function plate(place) {
  let drawn = null;

  function show({ counter, call, fresh }) {
    if (!counter?.state) return; // before the first snapshot
    const mode = call ? call.state : counter.state;
    const whose = call ? [call.agency_name] : counter.agencies.slice(0, AGENCIES_MAX).map(({ name }) => name);
    const wanted = JSON.stringify([mode, counter.label, call?.number, call?.recalls, whose]);
    if (wanted !== drawn) {
      drawn = wanted;
      place.dataset.mode = mode;
      place.replaceChildren(label(counter), now(mode, call, whose));
      fit(place);
    }
    place.toggleAttribute("data-fresh", fresh);
  }

  return { show };
}

function label({ label: text }) {
  return el(
    "div",
    { class: "plate-label" },
    el("p", { class: "label" }, both("board.counter")),
    el("p", {}, el("span", { class: "number", text })),
  );
}

function now(mode, call, whose) {
  return el(
    "div",
    { class: "plate-now" },
    el("p", { class: "state" }, both(`board.plate_${mode}`)),
    call && el("p", { class: "plate-number" }, el("span", { class: "number", text: call.number })),
    el("ul", { class: "whose" }, whose.map((name) => el("li", {}, named(name)))),
  );
}
