// The large place: the call that counts now. Saffron while somebody is called, calm otherwise.

import { el, icon } from "/static/dom.js";
import { both, named } from "/display/static/words.js";
import { fit } from "/display/static/fit.js";

/**
 * Shows one of four things in `place`: `fresh` (a call being announced), `current` (the newest call whose visitor
 * is not there yet), `last` (nobody is called: the newest call of today), or, without a call, `message` {title, text}.
 * Returns `show({call, fresh, message})`.
 */
export function hero(place) {
  let drawn = null;

  function show({ call, fresh, message }) {
    const mode = call ? (fresh || call.state === "called" ? "current" : "last") : "empty";
    const { number, counter, recalls, agency_name } = call ?? {};
    // A call announced again is drawn anew, so that its effect begins again.
    const wanted = JSON.stringify([mode, fresh, number, counter, recalls, agency_name, call?.called_at, message]);
    if (wanted === drawn) return;
    const calmed = !fresh && drawn === JSON.stringify([mode, true, number, counter, recalls, agency_name, call?.called_at, message]);
    drawn = wanted;
    if (calmed) return place.firstElementChild.removeAttribute("data-fresh");
    place.replaceChildren(call ? panel(call, mode, fresh) : empty(message));
    return fit(place);
  }

  return { show };
}

function panel(call, mode, fresh) {
  return el(
    "article",
    { class: `panel ${mode}`, data: { ticket: call.ticket, mode, ...(fresh && { fresh: "" }) } },
    mode === "last" && el("p", { class: "about" }, both("board.last_called")),
    el("p", { class: "which" }, el("span", { class: "number", text: call.number })),
    el(
      "p",
      { class: "where" },
      el("span", { class: "label" }, both("board.counter")),
      el("span", { class: "number", text: call.counter.label }),
    ),
    el(
      "div",
      { class: "under" },
      el("p", { class: "whose" }, named(call.agency_name)),
      mode === "current" && call.recalls > 0 && el("p", { class: "again" }, both("board.called_again", { n: call.recalls + 1 })),
    ),
  );
}

function empty({ title, text }) {
  return el(
    "article",
    { class: "panel empty", data: { mode: "empty" } },
    text && icon("ticket"),
    el("h2", {}, both(title)),
    text && el("p", {}, both(text)),
  );
}
