// The rows of the three lists: who waits, who was set aside, who did not come. A row's buttons are about that very
// ticket, whatever has happened to the queue since.

import { el } from "/static/dom.js";
import { button, enable, mark, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";
import { counterOf, priorityWords, serviceWords, waitShort } from "/counter/static/phrases.js";
import { heldSeconds, isOverdue } from "/counter/static/reminders.js";

export function waitingRow(terminal) {
  let ticket = null;
  const number = el("span", { class: "number row-number" });
  const service = el("span", { class: "row-service" });
  const facts = el("span", { class: "row-facts" });
  const wait = el("span", { class: "row-wait" });
  const call = button({ class: "row-button", label: t("counter.call"), press });
  const node = el("li", { class: "row" }, number, el("div", { class: "row-what" }, service, facts), wait, call);

  function press() {
    terminal.press("call", { ticket: ticket.id }, { number: ticket.number });
  }

  function update(next) {
    const snapshot = terminal.snapshot;
    ticket = next;
    say(number, ticket.number);
    sayService(service, terminal, ticket);
    say(facts, waitingFacts(ticket, terminal).join(" · "));
    facts.title = facts.textContent;
    mark(node, "told", facts.textContent);
    call.setAttribute("aria-label", t("counter.call_number", { number: ticket.number }));
    const free = isFree(snapshot);
    call.hidden = !free; // there is nothing to explain on every row: the large button says why
    enable(call, free && !terminal.pending);
    mark(node, "callable", free);
    tick();
  }

  function tick() {
    const snapshot = terminal.snapshot;
    const target_minutes = snapshot.services[ticket.service]?.target_wait_minutes;
    const seconds = ticket.wait_seconds + terminal.age_seconds;
    const late = target_minutes !== undefined && seconds > target_minutes * 60;
    say(wait, waitShort(seconds));
    mark(wait, "late", late);
    const title = late ? t("counter.late", { n: target_minutes }) : "";
    if (wait.title !== title) wait.title = title;
  }

  return { node, update, tick };
}

/** Somebody who was set aside comes back in one of three ways: sits down again, is called aloud, or is given up. */
export function heldRow(terminal) {
  let ticket = null;
  const number = el("span", { class: "number row-number" });
  const service = el("span", { class: "row-service" });
  const note = el("span", { class: "row-note" });
  const since = el("span", { class: "row-wait" });
  const resume = button({ class: "row-button", label: t("counter.resume_held"), press: () => press("resume") });
  const call = button({ class: "row-button", label: t("counter.call"), press: () => press("call") });
  const giveUp = button({
    class: "row-button quiet-button",
    label: t("counter.no_show"),
    press: () => press("no-show"),
  });
  const node = el(
    "li",
    { class: "row held told" },
    number,
    el("div", { class: "row-what" }, service, note),
    since,
    el("div", { class: "row-buttons" }, resume, call, giveUp),
  );

  function press(verb) {
    const { id, number: of } = ticket;
    const done = verb === "no-show" ? () => t("counter.done_give_up", { number: of }) : null;
    terminal.press(verb, { ticket: id }, { number: of, done });
  }

  function update(next) {
    const snapshot = terminal.snapshot;
    ticket = next;
    say(number, ticket.number);
    sayService(service, terminal, ticket);
    say(note, [whoseWords(ticket, terminal), ticket.notes.at(-1)?.text].filter(Boolean).join(" · "));
    note.title = note.textContent;
    for (const [each, key] of [
      [resume, "counter.resume_number"],
      [call, "counter.call_number"],
      [giveUp, "counter.give_up_number"],
    ])
      each.setAttribute("aria-label", t(key, { number: ticket.number }));
    const free = isFree(snapshot) && !terminal.pending;
    enable(resume, free);
    enable(call, free);
    enable(giveUp, snapshot.counter.state === "open" && !terminal.pending);
    tick();
  }

  function tick() {
    say(since, waitShort(heldSeconds(terminal, ticket)));
    mark(since, "late", isOverdue(terminal, ticket));
  }

  return { node, update, tick };
}

export function missedRow(terminal) {
  let ticket = null;
  const number = el("span", { class: "number row-number" });
  const service = el("span", { class: "row-service" });
  const restore = button({ class: "row-button", label: t("counter.restore"), press });
  const when = el("span", { class: "row-facts" });
  const node = el("li", { class: "row missed told" }, number, el("div", { class: "row-what" }, service, when), restore);

  function press() {
    const key = terminal.snapshot.rules.restore_behind ? "counter.done_restore_behind" : "counter.done_restore";
    const words = () => t(key, { number: ticket.number });
    terminal.press("restore", { ticket: ticket.id }, { number: ticket.number, done: words });
  }

  function update(next) {
    ticket = next;
    say(number, ticket.number);
    sayService(service, terminal, ticket);
    const at = ticket.missed_at ?? ticket.no_show_at;
    const words = [at && t("counter.missed_at", { time: clock(at) }), !ticket.restorable && t("counter.too_late_now")];
    say(when, words.filter(Boolean).join(" · "));
    restore.setAttribute("aria-label", t("counter.restore_number", { number: ticket.number }));
    restore.hidden = !ticket.restorable;
    enable(restore, !terminal.pending && terminal.snapshot.counter.state === "open");
  }

  return { node, update };
}

function isFree(snapshot) {
  return !snapshot.current && snapshot.counter.state === "open";
}

function sayService(node, terminal, ticket) {
  say(node, serviceWords(terminal.snapshot, ticket.service, terminal.hall));
  node.title = node.textContent;
}

function waitingFacts(ticket, terminal) {
  const facts = [];
  if (ticket.id === terminal.snapshot.next?.ticket.id) facts.push(t("counter.row_next"));
  if (ticket.priority) facts.push(priorityWords(ticket.priority, terminal.snapshot));
  if (ticket.wanted_counter === terminal.id) facts.push(t("counter.wanted_here"));
  else if (ticket.wanted_counter)
    facts.push(t("counter.wanted_at", { counter: counterOf(ticket.wanted_counter, terminal.hall) }));
  if (ticket.party_size > 1) facts.push(t("counter.party", { n: ticket.party_size }));
  return facts;
}

/** Where a held visitor was set aside, when that was another counter. */
function whoseWords(ticket, terminal) {
  return ticket.counter && ticket.counter !== terminal.id ? counterOf(ticket.counter, terminal.hall) : "";
}
