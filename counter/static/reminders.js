// Held visitors who have been away for longer than the hall allows: told in the one line whenever nothing else is.

import { t } from "/static/text.js";
import { waitWords } from "/counter/static/phrases.js";

/** Seconds since a visitor was set aside. */
export function heldSeconds(terminal, ticket) {
  return (terminal.now() - Date.parse(ticket.held_since)) / 1000;
}

/** Whether a held visitor is to be asked after by now; time runs on between two snapshots. */
export function isOverdue(terminal, ticket) {
  const limit_s = terminal.snapshot.rules.hold_reminder_minutes * 60;
  return ticket.overdue || (limit_s > 0 && heldSeconds(terminal, ticket) > limit_s);
}

/** "D-004 ditunda 16 menit. Sudah lengkap?"; "" while nobody is overdue. */
export function reminderWords(terminal) {
  const overdue = (terminal.snapshot?.held ?? []).filter((ticket) => isOverdue(terminal, ticket));
  if (!overdue.length) return "";
  const [{ number }] = overdue;
  const wait = waitWords(heldSeconds(terminal, overdue[0]));
  if (overdue.length === 1) return t("counter.held_overdue", { number, wait });
  return t("counter.held_overdue_more", { number, wait, n: overdue.length - 1 });
}
