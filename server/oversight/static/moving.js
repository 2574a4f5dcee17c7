// Sending a visitor who waits to another service, or to a certain counter. Number and place are kept.

import { el } from "/static/dom.js";
import { button, enable } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { counterWords } from "/oversight/static/phrases.js";
import { labelled, popup } from "/oversight/static/popup.js";

export function moveDialog(hall) {
  const box = popup("move", "narrow", () => hall.onChange()); // what was said of it is said where it was opened
  const service = el("select", { class: "field", id: "move-service", on: { change: serviceChosen } });
  const counter = el("select", { class: "field", id: "move-counter", on: { change: () => render() } });
  const note = el("input", { class: "field", id: "move-note", type: "text", maxlength: 300, dir: "auto", autocomplete: "off" });
  const send = button({ class: "button primary", label: el("span", { text: t("oversight.move_send") }), press: submit });
  box.body.append(
    el("p", { class: "quiet", text: t("oversight.move_hint") }),
    labelled(t("oversight.move_service"), service),
    labelled(t("oversight.move_counter"), counter),
    labelled(t("oversight.move_note"), note),
    el("div", { class: "popup-buttons" }, send),
  );
  let ticket = null;

  function open(chosen) {
    ticket = chosen;
    note.value = "";
    box.title(t("oversight.move_title", { number: ticket.number }));
    service.replaceChildren(...hall.snapshot.agencies.map(servicesOf));
    service.value = ticket.service;
    serviceChosen();
    box.open();
  }

  function serviceChosen() {
    const serving = hall.snapshot.counters.filter((each) => each.services.includes(service.value));
    counter.replaceChildren(el("option", { value: "", text: t("oversight.any_counter") }), ...serving.map(counterOption));
    render();
  }

  async function submit() {
    const body = { service: service.value, counter: counter.value || null, note: note.value || null };
    const words = { number: ticket.number, service: service.selectedOptions[0].textContent };
    const moved = await hall.command(`/tickets/${ticket.id}/move`, body, () => t("oversight.moved", words));
    if (moved) box.close();
  }

  function render() {
    if (!ticket) return;
    const stays = service.value === ticket.service && (counter.value || null) === ticket.wanted_counter;
    enable(send, !stays && !hall.pending);
  }

  return { node: box.node, open, render, tell: box.tell };
}

function servicesOf(agency) {
  const options = agency.services.map((each) => el("option", { value: each.id, text: `${name(each.name)} (${each.waiting})` }));
  return el("optgroup", { label: name(agency.name) }, options);
}

function counterOption({ id, label, state }) {
  const words = counterWords(label);
  return el("option", { value: id, text: state === "open" ? words : t("oversight.counter_away", { counter: words }) });
}
