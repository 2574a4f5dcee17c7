// What is asked, as it stands in the address: it can be kept as a bookmark, sent to somebody, and gone back to.

import { boot } from "/static/api.js";
import { PERIODS, count, earlier, isDay, range } from "/reports/static/days.js";

export const GROUPINGS = ["agency", "service", "counter", "officer", "hour", "weekday", "day", "month"];
export const HOME = "/reports/";
export const TICKETS = "/reports/tickets";
export const MOST_DAYS_READ = 92; // the server reads counters and officers of one service from their tickets
const ANY = "any"; // every ticket of the group in which its life ended, whatever came of it
const AHEAD_MS = boot.page.now_ms - Date.now(); // the hall's clock is right, this machine's may not be

/** The hall's day now. */
export function today() {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: boot.page.hall.timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return parts.format(Date.now() + AHEAD_MS);
}

/** {period, from, to, agency, service, by} of an address' search; what is not given is usual. */
export function read(search = location.search) {
  const given = new URLSearchParams(search);
  const own = given.has("from") || given.has("to");
  const named = given.get("period");
  const period = own ? "own" : PERIODS.includes(named) && named !== "own" ? named : "month";
  const days = own ? { from: given.get("from") ?? "", to: given.get("to") ?? "" } : range(period, today());
  const [agency, service] = [given.get("agency") ?? "", given.get("service") ?? ""];
  const whose = { agency, service };
  const wanted = GROUPINGS.includes(given.get("by")) ? given.get("by") : "agency";
  return { period, ...days, ...whose, by: canGroup(wanted, { ...days, ...whose }) ? wanted : "service" };
}

/**
 * Whether a grouping tells anything: of one agency there is nothing to tell by agency, and counters and officers of one
 * service are told of so many days only, these and those before.
 */
export function canGroup(by, { agency, service, from, to }) {
  if (by === "agency") return !agency && !service;
  if (!service || !["counter", "officer"].includes(by) || wrongField({ from, to })) return true;
  const before = earlier({ from, to });
  return Math.max(count(from, to), count(before.from, before.to)) <= MOST_DAYS_READ;
}

/** The address of the page for what is asked; named periods stay named, so that "this month" goes on meaning that. */
export function address({ period, from, to, agency, service, by }) {
  const days = period === "own" ? { from, to } : { period };
  return `${HOME}?${search({ ...days, agency, service, by: by === "agency" ? "" : by })}`;
}

/** Whether both days are there and in order; the field that is wrong, or null. */
export function wrongField({ from, to }) {
  if (!isDay(from)) return "from";
  return !isDay(to) || to < from ? "to" : null;
}

/** The path of a report: `waiting` by something. Null and "" are left out. */
export function report(name, asked, more = {}) {
  const { from, to, agency, service } = asked;
  return `/api/v1/reports/${name}?${search({ from, to, agency, service, ...more })}`;
}

/** The address of the tickets behind a figure: those of a group, and of an outcome where it counts one. */
export function tickets(asked, group = {}) {
  const { from, to, agency, service } = asked;
  return `${TICKETS}?${search({ from, to, agency, service, ...group })}`;
}

/** What tells the tickets of a row from others; null of a row whose tickets cannot be asked for. */
export function groupOf(by, key, asked) {
  if (by === "hall") return {};
  if (key === "") return null;
  if (by === "hour") return { hour: String(Number(key)) };
  if (by === "hour_weekday") return { weekday: key.slice(0, 3), hour: String(Number(key.slice(4))) };
  if (by === "day") return { from: key, to: key };
  if (by === "month") return within(key, asked);
  return { [by]: key };
}

/** The tickets that a count counts: those whose life ended in the group. */
export function counted(outcome) {
  return { outcome: outcome === "issued" ? ANY : outcome };
}

function within(month, { from, to }) {
  const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);
  const first = `${month}-01`;
  return { from: from > first ? from : first, to: to < last ? to : last };
}

/** Names and values as the search of an address; what is null or "" is left out. */
export function search(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return new URLSearchParams(kept).toString();
}
