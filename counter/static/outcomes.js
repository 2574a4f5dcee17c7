// How a visit ended, where the service asks: one key or one touch finishes with it. While somebody is served the
// answers stand where the large button is, which has nothing to do then.

import { el } from "/static/dom.js";
import { button, enable, key, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { ticketForm } from "/counter/static/about.js";
import { afterWords } from "/counter/static/phrases.js";

const SHOWN = 9; // as many as there are digits

/** The outcomes that finish the current ticket: [] where nobody is served or nothing is asked. */
export function outcomesOf({ current }) {
  return current?.state === "serving" ? current.outcomes.slice(0, SHOWN) : [];
}

export function outcomeStrip(terminal) {
  const title = el("p", { class: "outcomes-title" });
  const after = el("p", { class: "outcomes-after" });
  const list = el("div", { class: "outcomes-list" });
  const words = el("div", { class: "outcomes-words" }, title, after);
  const node = el("div", { class: "outcomes", role: "group", "aria-label": t("counter.outcomes") }, words, list);
  const papers = documentsDialog(terminal);

  /**
   * What has just come to this place, or to this digit, is not meant by a second press of what was there before;
   * `primary` says so of what comes next, where a finger is at the place of the large button.
   */
  function take(outcome, primary) {
    const ticket = terminal.current;
    if (terminal.pending || !terminal.guard.accepts()) return;
    if (outcome.documents) papers.open(ticket, outcome);
    else terminal.press("finish", { expect: ticket.id, outcome: outcome.id }, { number: ticket.number, primary });
  }

  function render() {
    const outcomes = outcomesOf(terminal);
    node.hidden = !outcomes.length;
    papers.render();
    if (node.hidden) return;
    words.hidden = terminal.primary.kind === "advance"; // the large button above says it all
    say(title, t("counter.outcome_of", { number: terminal.current.number }));
    say(after, afterWords(terminal));
    const shape = JSON.stringify(outcomes);
    if (list.dataset.shown !== shape) {
      list.dataset.shown = shape;
      list.replaceChildren(...outcomes.map(outcomeButton));
    }
    for (const each of list.children) enable(each, !terminal.pending);
  }

  function outcomeButton(outcome, i) {
    const letter = String(i + 1);
    const label = el("span", { class: "action-label", text: name(outcome.name) });
    const press = (event) => take(outcome, event.detail > 0); // a click by keyboard has no detail
    return button({ class: "outcome", label, "aria-keyshortcuts": letter, press }, key(letter));
  }

  /** Whether a digit belonged to one of the outcomes. */
  function press(digit) {
    const outcome = outcomesOf(terminal)[Number(digit) - 1];
    if (outcome) take(outcome, false);
    return Boolean(outcome);
  }

  /** Finishing without a word about how: the first answer waits for Enter, and the line says what is asked. */
  function ask() {
    terminal.tell("info", () => t("counter.outcome_how", { n: outcomesOf(terminal).length }));
    list.firstChild.focus();
  }

  return { node, dialog: papers.node, render, press, ask, close: papers.close };
}

/** Which documents were missing: those the slip had asked for, one key each, and any other in words. */
function documentsDialog(terminal) {
  let outcome = null;
  const list = el("div", { class: "papers" });
  const other = el("input", { class: "field", type: "text", id: "papers-other", maxlength: "200", autocomplete: "off" });
  const form = ticketForm({
    id: "papers",
    terminal,
    fields: [
      list,
      el(
        "div",
        { class: "about-fact" },
        el("label", { class: "desk-label", for: "papers-other", text: t("counter.papers_other") }),
        other,
      ),
    ],
    label: t("counter.finish"),
    send,
  });
  form.node.addEventListener("keydown", (event) => {
    if (event.target === other || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const input = list.querySelectorAll("input")[Number(event.key) - 1];
    if (!input) return;
    event.preventDefault();
    input.click();
  });

  function paper(text, i) {
    const id = `papers-${i}`;
    const input = el("input", { type: "checkbox", id, value: text });
    const shortcut = i < 9 ? key(String(i + 1)) : null;
    return el("label", { class: "about-check", for: id }, input, el("span", { text }), shortcut);
  }

  function send(ticket) {
    const chosen = [...list.querySelectorAll("input:checked")].map((input) => input.value);
    const documents = [...chosen, other.value.trim()].filter(Boolean);
    const body = { expect: ticket.id, outcome: outcome.id, documents };
    return terminal.press("finish", body, { number: ticket.number });
  }

  function open(ticket, wanted) {
    outcome = wanted;
    other.value = "";
    const texts = paperNames(terminal.snapshot.services[ticket.service]?.documents);
    list.replaceChildren(...texts.map(paper));
    list.hidden = !texts.length;
    form.open(ticket, t("counter.papers_title", { number: ticket.number }));
    (list.querySelector("input") ?? other).focus();
  }

  return { ...form, open };
}

/** "Kartu Keluarga; KTP lama" as two; what is kept is what the hall's own language says. */
function paperNames(wording) {
  return name(wording)
    .split(/[;,]/)
    .map((text) => text.trim())
    .filter(Boolean)
    .slice(0, SHOWN);
}
