// Passing a visitor on to another service or counter. The time of arrival is kept, so nobody starts again at the end.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { noteField, ticketForm } from "/counter/static/about.js";
import { counterWords } from "/counter/static/phrases.js";
import { serviceChoice } from "/counter/static/services.js";

export function transferDialog(page, terminal) {
  const choice = serviceChoice(chosen, "transfer", { closed_too: true });
  const counter = el("select", { class: "field", id: "transfer-counter" });
  const note = noteField("transfer-note", t("counter.transfer_note"));
  const back = el("input", { type: "checkbox", id: "transfer-return" });
  const form = ticketForm({
    id: "transfer",
    terminal,
    fields: [
      choice.node,
      el(
        "div",
        { class: "about-pair" },
        el(
          "div",
          { class: "about-fact" },
          el("label", { class: "desk-label", for: "transfer-counter", text: t("counter.transfer_counter") }),
          counter,
        ),
        note.node,
      ),
      el(
        "label",
        { class: "about-check", for: "transfer-return" },
        back,
        el("span", { text: t("counter.transfer_return") }),
      ),
    ],
    label: t("counter.transfer_take"),
    send,
    ready: () => Boolean(choice.chosen && counter.options.length),
  });

  /** The counters that serve what is chosen: any of them, unless one is named; the same service needs another one. */
  function chosen() {
    const serving = page.state.hall?.counters.filter((each) => each.services.includes(choice.chosen)) ?? [];
    const others = serving.filter((each) => each.id !== terminal.id);
    const before = counter.value;
    const any = choice.chosen === terminal.current?.service ? [] : [option("", t("counter.any_counter"))];
    counter.replaceChildren(...any, ...others.map((each) => option(each.id, optionWords(each))));
    if (others.some((each) => each.id === before)) counter.value = before;
    form.render();
  }

  function send(ticket) {
    const body = { expect: ticket.id, service: choice.chosen };
    if (counter.value) body.counter = counter.value;
    if (note.value) body.note = note.value;
    if (back.checked) body.return = true;
    const to = { number: ticket.number, service: choice.nameOf(choice.chosen) };
    return terminal.press("transfer", body, { number: ticket.number, done: () => t("counter.done_transfer", to) });
  }

  function open() {
    note.clear();
    back.checked = false;
    choice.reset(page.state.hall, terminal.snapshot.counter.services);
    form.open(terminal.current, t("counter.transfer_title", { number: terminal.current.number }));
    choice.focus();
    page.loadHall().then(choice.update, () => null); // what is shown was true a moment ago; sending says the rest
  }

  return { ...form, open };
}

function option(value, text) {
  return el("option", { value, text });
}

function optionWords({ label, state }) {
  return state === "open" ? counterWords(label) : t("counter.counter_away", { counter: counterWords(label) });
}
