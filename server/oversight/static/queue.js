// Who waits for one service, in the order of their places; each can be moved.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, say } from "/static/parts.js";
import { clock, name, t } from "/static/text.js";
import { counterWords, waitWords } from "/oversight/static/phrases.js";
import { popup } from "/oversight/static/popup.js";

export function queueDialog(hall, { move }) {
  const box = popup("queue", "wide", () => hall.look(null));
  const count = el("p", { class: "quiet" });
  const list = el("ul", { class: "tickets" });
  const show = keyed(list, (ticket) => ticketRow(hall, move));
  box.body.append(count, list);
  let service = null;

  function open(id) {
    service = id;
    show([]);
    hall.look(`/api/v1/services/${encodeURIComponent(id)}/queue`);
    render();
    box.open();
  }

  function render() {
    if (!service) return;
    const known = hall.services.find((each) => each.id === service);
    box.title(t("oversight.queue_title", { service: name(known?.name) || service }));
    if (hall.detail?.service !== service) {
      say(count, t("oversight.loading"));
      return;
    }
    const { waiting, tickets } = hall.detail;
    say(count, waiting > tickets.length ? t("oversight.queue_first", { n: tickets.length, all: waiting }) : t("oversight.queue_count", { n: waiting }));
    show(tickets);
  }

  return { node: box.node, open, render, tell: box.tell };
}

/** One waiting ticket, as the queue and a counter's drawer show it. */
export function ticketRow(hall, move) {
  let ticket = null;
  const number = el("span", { class: "number ticket-number" });
  const facts = el("span", { class: "ticket-facts", dir: "auto" });
  const send = button({
    class: "button",
    icon: icon("arrow-right-left"),
    label: el("span", { text: t("oversight.move") }),
    press: () => move(ticket),
  });
  const node = el("li", { class: "ticket" }, number, facts, send);

  function update(next) {
    ticket = next;
    node.dataset.ticket = ticket.id;
    say(number, ticket.number);
    say(facts, factWords(ticket, hall));
    send.setAttribute("aria-label", t("oversight.move_title", { number: ticket.number }));
    enable(send, !hall.pending);
  }

  return { node, update };
}

function factWords(ticket, hall) {
  const wanted = hall.snapshot.counters.find((each) => each.id === ticket.wanted_counter);
  const service = hall.services.find((each) => each.id === ticket.service);
  return [
    name(service?.name),
    t("oversight.waits", { wait: waitWords(ticket.wait_seconds) }),
    t("oversight.came_at", { time: clock(ticket.issued_at) }),
    ticket.priority && t("oversight.priority"),
    ticket.party_size > 1 && t("oversight.people", { n: ticket.party_size }),
    wanted && t("oversight.for_counter", { counter: counterWords(wanted.label) }),
  ]
    .filter(Boolean)
    .join(" · ");
}
