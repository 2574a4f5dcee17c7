// Where a ticket stands, in a visitor's words. Which of a visit's tickets comes first, the server says.

import { clock, estimate, t } from "/static/text.js";

const MARKS = {
  called: "go",
  serving: "here",
  held: "wait",
  waiting: "wait",
  no_show: "missed",
  other: "unknown",
  finished: "done",
  expired: "void",
  cancelled: "void",
};
/** What kind of page a ticket makes: its state, or "other" for one that a newer server may know. */
export function kindOf(ticket) {
  return ticket.state in MARKS ? ticket.state : "other";
}

/** The mark of a ticket's kind. */
export function markOf(ticket) {
  return MARKS[kindOf(ticket)];
}

/** The label of the counter that called; its id where the hall has just been changed and it is gone. */
export function counterOf(ticket) {
  return ticket.counter_label ?? ticket.counter ?? "";
}

/** One sentence: "11 orang di depan Anda", "Silakan ke Loket 3". */
export function sentence(ticket) {
  const kind = kindOf(ticket);
  if (kind === "waiting") return ticket.ahead === 0 ? t("visit.next") : t("visit.people_ahead", { n: ticket.ahead });
  if (kind === "called") return t("visit.called_card", { label: counterOf(ticket) });
  return t(`visit.${kind}`);
}

/** What to do next, or what it means. */
export function advice(ticket) {
  const kind = kindOf(ticket);
  if (kind === "serving") return t("visit.serving_text", { label: counterOf(ticket) });
  return t(`visit.${kind}_text`);
}

/** When a waiting ticket may be called, counted from `at_ms`: {clock: "10.02–10.17", span: "± 25 menit lagi"}, or null. */
export function around(ticket, at_ms) {
  const range = ticket.estimate;
  if (!range) return null;
  if (range.high_minutes <= 2) return { clock: t("visit.soon"), span: "" };
  const [from, to] = [range.low_minutes, range.high_minutes].map((minutes) => clock(at_ms + minutes * 60_000));
  return { clock: from === to ? from : `${from}–${to}`, span: t("visit.from_now", { time: estimate(range) }) };
}
