// When a visitor who was called and does not come may be written down as not present: the server says what is still to
// be done, and time runs on between two snapshots.

import { t } from "/static/text.js";

/** {recalls, seconds} that an officer must still do or wait for, null in a way that the hall has not; or null: now. */
export function absenceLacks({ current, user, age_seconds }) {
  const lacks = current?.no_show_lacks;
  if (!lacks || user.role !== "officer") return null;
  const seconds = lacks.seconds === null ? null : Math.ceil(lacks.seconds - age_seconds);
  return seconds !== null && seconds <= 0 ? null : { recalls: lacks.recalls, seconds };
}

/** The same in the corner of the button: "1×", "45 dtk", "1× / 45 dtk"; "" where nothing is missing. */
export function lacksShort(lacks) {
  if (!lacks) return "";
  const { recalls: n, seconds: s } = lacks;
  if (s === null) return t("counter.recalls_left", { n });
  return n === null ? t("counter.seconds_left", { n: s }) : t("counter.recalls_or_seconds", { n, s });
}

/** The same as a sentence. */
export function lacksWords({ recalls: n, seconds: s }, number) {
  if (s === null) return t("counter.recall_first", { n, number });
  return n === null ? t("counter.wait_first", { s, number }) : t("counter.recall_or_wait", { n, s, number });
}

/** Seconds until the house itself gives up the visitor who was called, or null where it does not. */
export function givesUpInSeconds({ current, age_seconds }) {
  const seconds = current?.gives_up_in_seconds ?? null;
  return seconds === null ? null : Math.max(0, seconds - age_seconds);
}
