// The server's facts and codes in a supervisor's words.

import { clock, known, name, t } from "/static/text.js";

const MIDNIGHT = "00.00"; // what has no other end holds for the day

/** "24 menit", "kurang dari 1 menit", "2 jam 5 menit". */
export function waitWords(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return t("oversight.wait_moment");
  if (minutes < 120) return t("oversight.wait_minutes", { n: minutes });
  return t("oversight.wait_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** "Loket 3". */
export function counterWords(label) {
  return t("oversight.counter", { label });
}

/** When the last who waits may be called: {text, note, late}. */
export function forecastWords({ waiting, open_counters, forecast }) {
  if (!waiting) return { text: "–", note: "", late: false };
  if (!open_counters) return { text: t("oversight.no_counter"), note: "", late: true };
  if (!forecast) return { text: t("oversight.forecast_none"), note: "", late: false };
  const text = t("oversight.forecast_at", { time: clock(forecast.last_at) });
  if (forecast.before_closing === null) return { text, note: "", late: false };
  const closes = clock(forecast.closes_at);
  if (forecast.before_closing) return { text, note: t("oversight.forecast_good", { time: closes }), late: false };
  return { text, note: t("oversight.forecast_late", { time: closes }), late: true };
}

/** What a supervisor said of the hours: "Ditutup sampai 13.00 · Rapat"; "" where nothing was said. */
export function overrideWords(override) {
  if (!override) return "";
  const time = clock(override.until);
  const end = time === MIDNIGHT ? "_today" : "_until";
  const said = t(`oversight.override_${override.state}${end}`, { time });
  return [said, name(override.reason), t("oversight.override_by", { name: override.by })].filter(Boolean).join(" · ");
}

/** What an alert says; one of a kind that this page does not know yet is told by its kind. */
export function alertWords({ kind, subject, facts }) {
  const key = `oversight.alert_${kind}`;
  const spoken = Object.fromEntries(Object.entries(facts).map(([fact, value]) => [fact, value?.id ? name(value) : value]));
  if (spoken.state) spoken.state = stateWords(spoken.state);
  return known(key) ? t(key, spoken) : t("oversight.alert_other", { kind, subject: spoken.name ?? subject });
}

/** A printer's state: "kertas habis". */
export function stateWords(state) {
  const key = `oversight.printer_${state}`;
  return known(key) ? t(key) : state;
}

/** One calm line for a command that was refused or did not arrive. */
export function problemWords(problem) {
  if (problem.status === 0) return t("oversight.problem_offline");
  const field = problem.errors?.[0]?.path;
  if (problem.status === 422 && known(`oversight.problem_field_${field}`)) return t(`oversight.problem_field_${field}`);
  const key = `oversight.problem_${problem.code}`;
  if (known(key)) return t(key, { name: problem.body?.officer ?? "" });
  return t("oversight.problem_other", { code: problem.code });
}
