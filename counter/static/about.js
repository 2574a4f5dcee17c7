// A form over the work that is about the visitor at the counter. It stays open, with what was typed and with words,
// until the server has taken it, and closes by itself when that visitor is no longer there.

import { el } from "/static/dom.js";
import { button, enable, say } from "/static/parts.js";
import { t } from "/static/text.js";

/**
 * `fields` are its nodes; `send(ticket)` resolves to the answer, or null when it was refused; `ready()` says whether
 * it can be sent. `open(ticket, title)` shows it.
 */
export function ticketForm({ id, terminal, fields, label, send, ready = () => true }) {
  let ticket = null;
  let sending = false;
  const title = el("h2", { id: `${id}-title` });
  const message = el("p", { class: "line", role: "alert" });
  const take = el("button", { class: "button primary", type: "submit", text: label });
  const cancel = button({ class: "button", label: t("counter.not_now"), press: () => node.close() });
  const form = el(
    "form",
    { class: "about-form", novalidate: true },
    title,
    fields,
    message,
    el("div", { class: "dialog-buttons" }, cancel, take),
  );
  const node = el("dialog", { class: `dialog about ${id}`, "aria-labelledby": `${id}-title` }, form);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  async function submit() {
    if (sending || !ready()) return;
    sending = true;
    tell("");
    render();
    const taken = await send(ticket);
    sending = false;
    if (taken) node.close();
    tell(terminal.notice?.words() ?? "");
    render();
  }

  function tell(words) {
    say(message, words);
    message.dataset.tone = words ? "bad" : "";
  }

  function open(wanted, words) {
    ticket = wanted;
    say(title, words);
    tell("");
    render();
    node.showModal();
  }

  function render() {
    if (node.open && terminal.current?.id !== ticket.id) node.close();
    enable(take, ready() && !sending);
  }

  return { node, open, render, close: () => node.open && node.close() };
}

/** A note to whoever meets this visitor next: {node, value, clear(), focus()}. */
export function noteField(id, label) {
  const input = el("input", { class: "field", id, maxlength: "300", autocomplete: "off", type: "text" });
  const node = el("div", { class: "about-fact" }, el("label", { class: "desk-label", for: id, text: label }), input);
  return {
    node,
    get value() {
      return input.value.trim();
    },
    clear: () => {
      input.value = "";
    },
    focus: () => input.focus(),
  };
}
