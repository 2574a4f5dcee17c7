// The server's facts and codes in an officer's words.

import { known, name, since, t } from "/static/text.js";

/** "19 menit", "kurang dari 1 menit", "2 jam 5 menit". */
export function waitWords(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return t("counter.wait_moment");
  if (minutes < 120) return t("counter.wait_minutes", { n: minutes });
  return t("counter.wait_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** The same for a narrow column: "baru", "19 mnt", "2 j 5 mnt". */
export function waitShort(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return t("counter.short_now");
  if (minutes < 120) return t("counter.short_minutes", { minutes });
  return t("counter.short_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** "6 mnt 40 dtk" for an average. */
export function spanShort(seconds) {
  const whole = Math.round(Math.max(0, seconds));
  return whole < 60
    ? t("counter.short_seconds", { seconds: whole })
    : t("counter.short_span", { minutes: Math.floor(whole / 60), seconds: whole % 60 });
}

/** "Loket 3". */
export function counterWords(label) {
  return t("counter.counter", { label });
}

/**
 * Why a ticket is next: "urutan datang", "prioritas: Lansia", "giliran biasa sesudah 2 prioritas". "" for a rule that
 * this page does not know yet.
 */
export function reasonWords(reason, terminal) {
  const key = `counter.reason_${reason?.rule}`;
  if (!known(key)) return "";
  return t(key, {
    n: reason.after ?? reason.max_wait_minutes,
    priority: priorityWords(reason.class, terminal.snapshot),
    service: reason.service ? serviceWords(terminal.snapshot, reason.service, terminal.hall) : "",
  });
}

/** A priority class by the name that the hall gives it; its id where the hall no longer has it. */
export function priorityWords(priority, snapshot) {
  return name(snapshot.priorities.find((each) => each.id === priority)?.name) || (priority ?? "");
}

/** "A-013 · menunggu 19 menit · urutan datang". */
export function nextWords({ ticket, reason }, terminal) {
  const wait = t("counter.waiting_for", { wait: waitWords(ticket.wait_seconds + terminal.age_seconds) });
  return [ticket.number, wait, reasonWords(reason, terminal)].filter(Boolean).join(" · ");
}

/** Who comes after the visitor at the counter. */
export function afterWords(terminal) {
  const next = terminal.snapshot.next;
  return next ? t("counter.after_this", { next: nextWords(next, terminal) }) : t("counter.after_none");
}

/** "Loket 3" for a counter's id; the id itself while the hall is not known. */
export function counterOf(id, hall) {
  return counterWords(hall?.counters.find((each) => each.id === id)?.label ?? id);
}

/** The name of a ticket's service, one of another counter's too where the hall is known; its id where it is not. */
export function serviceWords(snapshot, service, hall = null) {
  return name(snapshot.services[service]?.name) || name(inHall(hall, service)?.name) || service;
}

function inHall(hall, service) {
  return hall?.agencies.flatMap((agency) => agency.services).find((each) => each.id === service);
}

/**
 * A printer of the status line: "Printer kiosk 1: siap", "Printer kiosk 1: kertas habis sejak 09.41, 3 karcis menunggu".
 * `all` are the hall's printers, by which one that stands in is named.
 */
export function printerWords(printer, all) {
  const key = `counter.printer_${printer.state}`;
  const state = known(key) ? t(key) : printer.state;
  if (!troubled(printer)) return t("counter.printer", { name: printerName(printer), state });
  const when = printer.since ? t("counter.printer_since", { state, time: since(printer.since) }) : state;
  const words = [t("counter.printer", { name: printerName(printer), state: when })];
  const other = printer.standing_in && all.find((each) => each.id === printer.fallback);
  if (other) words.push(t("counter.printer_stand_in", { printer: printerName(other) }));
  if (printer.jobs_waiting) words.push(t("counter.printer_jobs", { n: printer.jobs_waiting }));
  return words.join(", ");
}

/** Whether a printer cannot print; one that nobody has heard of is not called broken. */
export function troubled(printer) {
  return !["ready", "paper_low", "unknown"].includes(printer.state);
}

function printerName(printer) {
  return name(printer.name) || printer.id;
}

/** One calm line for a command that the server refused or that did not reach it. */
export function problemWords(problem, number = "") {
  if (problem.status === 0) return t("counter.problem_offline");
  if (problem.status === 429) return t("counter.problem_too_many");
  const key = `counter.problem_${problem.code}`;
  if (known(key)) return t(key, { number: number || t("counter.this_ticket"), n: problem.body?.missing });
  return t("counter.problem_other", { code: problem.code });
}

/** What is true now, after a press that came too late. */
export function truthWords(snapshot) {
  const current = snapshot?.current;
  if (current) return t(`counter.truth_${current.state}`, { number: current.number });
  if (snapshot?.next) return t("counter.truth_next", { number: snapshot.next.ticket.number });
  return t("counter.truth_empty");
}

/** Why the terminal went back to the choice of a counter. */
export function leavingWords({ code, label, by }) {
  const counter = label ? counterWords(label) : t("counter.this_counter");
  if (code === "taken" && by) return t("counter.left_taken", { counter, by });
  return t(code === "closed" ? "counter.left_closed" : "counter.left_lost", { counter });
}
