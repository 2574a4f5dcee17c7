// Beside the current visitor: what other officers wrote down, and what else the visitor has come for.

import { el, icon } from "/static/dom.js";
import { clock, known, name, t } from "/static/text.js";
import { counterWords } from "/counter/static/phrases.js";

const OVER = ["finished", "cancelled", "expired"]; // what is over needs no mention, unless it was missed

export function aboutVisit() {
  const notes = el("ul", { class: "notes", "aria-label": t("counter.notes") });
  const errands = el("div", { class: "errands" });
  const node = el("div", { class: "visit" }, notes, errands);

  /** Whether there is anything to tell. */
  function render(ticket) {
    const said = ticket.notes;
    const others = ticket.errands.filter((each) => !OVER.includes(each.state));
    const any = said.length + others.length > 0;
    node.hidden = !any;
    const shape = JSON.stringify([said, others]);
    if (node.dataset.shown === shape) return any;
    node.dataset.shown = shape;
    notes.hidden = !said.length;
    notes.replaceChildren(...said.toReversed().map(noteLine)); // the newest is what concerns this counter
    errands.hidden = !others.length;
    errands.replaceChildren(
      el("p", { class: "errands-title", text: t("counter.errands") }),
      el(
        "ul",
        {},
        others.map((each) => errandLine(each, ticket)),
      ),
    );
    return any;
  }

  return { node, render };
}

function noteLine({ at, author, text }) {
  return el(
    "li",
    { class: "note" },
    icon("message-square-text"),
    el(
      "span",
      { class: "note-words" },
      el("span", { class: "note-text", text }),
      el("span", { class: "note-by", text: t("counter.note_by", { author, time: clock(at) }) }),
    ),
  );
}

/** "B-014 BPJS Kesehatan · menunggu"; within one agency its service says more. */
function errandLine(each, ticket) {
  const key = `counter.errand_${each.state}`;
  const state = known(key) ? t(key) : each.state;
  const where = each.counter ? counterWords(each.counter.label) : "";
  const whose = name(each.agency === ticket.agency ? each.service_name : each.agency_name);
  return el(
    "li",
    { class: "errand", title: `${name(each.agency_name)}: ${name(each.service_name)}` },
    el("span", { class: "number", text: each.number }),
    el(
      "span",
      { class: "errand-what" },
      el("span", { text: whose }),
      el("span", { class: "errand-state", text: ["", state, where].filter((text, i) => !i || text).join(" · ") }),
    ),
  );
}
