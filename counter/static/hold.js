// Setting a visitor aside, while documents are fetched: the counter is free, the visitor comes back to it.

import { t } from "/static/text.js";
import { noteField, ticketForm } from "/counter/static/about.js";

export function holdDialog(terminal) {
  const note = noteField("hold-note", t("counter.hold_note"));
  const form = ticketForm({ id: "hold", terminal, fields: [note.node], label: t("counter.hold_take"), send });

  function send(ticket) {
    const said = note.value ? { note: note.value } : {};
    const done = () => t("counter.done_hold", { number: ticket.number });
    return terminal.press("hold", { expect: ticket.id, ...said }, { number: ticket.number, done });
  }

  function open() {
    note.clear();
    form.open(terminal.current, t("counter.hold_title", { number: terminal.current.number }));
    note.focus();
  }

  return { ...form, open };
}
