// The large place: the call that counts now. Saffron while somebody is called, calm otherwise.

import { el, icon } from "/static/dom.js";
import { both, named } from "/display/static/words.js";
import { fit } from "/display/static/fit.js";

/**
 * Returns `show({call, fresh, message})`, which draws into `place` one of: a call being announced (`fresh`), the
 * newest call whose visitor is not there yet, the last call when nobody is called, or `message` {title, text}.
 */
export function hero(place) {
  let drawn = null;
  let panel = null;

  function show({ call, fresh, message }) {
    const mode = call ? (fresh || call.state === "called" ? "current" : "last") : "empty";
    const wanted = JSON.stringify([mode, call && drawnOf(call), message]);
    // Announced again, a call is drawn anew, so that its effect begins again; its end only calms it.
    if (wanted !== drawn) {
      drawn = wanted;
      panel = call ? callPanel(call, mode) : messagePanel(message);
      place.replaceChildren(panel);
      fit(place);
    }
    panel.toggleAttribute("data-fresh", fresh);
  }

  return { show };
}

/** What of a call the panel depends on; its state is in the mode. */
function drawnOf({ ticket, number, counter, agency_name, called_at, recalls }) {
  return [ticket, number, counter, agency_name, called_at, recalls];
}

function callPanel(call, mode) {
  return el(
    "article",
    { class: `panel ${mode}`, data: { ticket: call.ticket, mode } },
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

function messagePanel({ title, text }) {
  return el(
    "article",
    { class: "panel empty", data: { mode: "empty" } },
    text && icon("ticket"),
    el("h2", {}, both(title)),
    text && el("p", {}, both(text)),
  );
}
