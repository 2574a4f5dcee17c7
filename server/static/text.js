// Words, clocks and durations in the visitor's language and the hall's time zone.

import { boot } from "/static/api.js";

const LOCALES = { id: "id-ID", en: "en-GB" };
const FIRST = "id";
const formats = new Map();

let current = boot.language ?? FIRST;
let zone = boot.page?.hall?.timezone;

/** Speak "id" or "en" from now on; anything else means Indonesian. */
export function setLanguage(wanted) {
  current = wanted in LOCALES ? wanted : FIRST;
  document.documentElement.lang = current;
}

/** The language spoken now: "id" or "en". */
export function language() {
  return current;
}

/** Take the time zone ("Asia/Jakarta") from a hall that came with a snapshot. */
export function setTimeZone(name) {
  zone = name;
}

/**
 * The text of a key, "{n}" filled from `vars`. With `vars.n` equal to 1 a key `<key>_one` goes first.
 * A key that does not exist comes back as itself: visible in a test, harmless in a hall.
 */
export function t(key, vars = {}) {
  const texts = boot.texts[current] ?? {};
  const fallback = boot.texts[FIRST] ?? {};
  const wanted = vars.n === 1 && `${key}_one` in texts ? `${key}_one` : key;
  const text = texts[wanted] ?? fallback[wanted] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in vars ? String(vars[name]) : whole));
}

/** Whether a key exists: for codes of the server that may be newer than this page. */
export function known(key) {
  return key in (boot.texts[FIRST] ?? {});
}

/** The wording of {id, en} in the language spoken now; "" for null. */
export function name(wording) {
  return wording?.[current] || wording?.[FIRST] || "";
}

/** "A-001 dan B-002", "A-001, B-002, dan C-003": a list as it is said. */
export function allOf(items) {
  return format("list", { type: "conjunction" }, Intl.ListFormat).format(items);
}

/** "09.41": the hall's clock at a moment (milliseconds or ISO 8601). Without a moment: now. */
export function clock(moment = Date.now()) {
  const parts = format("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(date(moment));
  return parts.filter((part) => part.type === "hour" || part.type === "minute").map((part) => part.value).join(".");
}

/** "Sabtu, 21 November 2026" / "Saturday 21 November 2026" in the hall's time zone. */
export function longDate(moment = Date.now()) {
  const shape = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return format("date", shape).format(date(moment));
}

/** Since when something is so: "09.41" where that was today, else "21 Nov 09.41". */
export function since(moment, now = Date.now()) {
  const day = (at) => format("day", { day: "numeric", month: "short" }).format(date(at));
  return day(moment) === day(now) ? clock(moment) : `${day(moment)} ${clock(moment)}`;
}

/** "langsung", "± 25 menit", from two hours on "± 2,5 jam". `n` is minutes. */
export function minutes(n) {
  if (n <= 0) return t("time.at_once");
  if (n < 120) return t("time.minutes", { n: Math.round(n) });
  return t("time.hours", { n: format("number", { maximumFractionDigits: 1 }, Intl.NumberFormat).format(Math.round(n / 30) / 2) });
}

/**
 * One figure for an estimate {low_minutes, high_minutes}: its middle, from ten minutes on in fives,
 * because a queue is not known to the minute. "" for null.
 */
export function estimate(range) {
  if (!range) return "";
  const middle = (range.low_minutes + range.high_minutes) / 2;
  return minutes(middle < 10 ? Math.ceil(middle) : Math.round(middle / 5) * 5);
}

/** "04:58", from an hour on "1:04:58". `s` is seconds. */
export function duration(s) {
  const whole = Math.max(0, Math.floor(s));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(rest)}` : `${two(m)}:${two(rest)}`;
}

function date(moment) {
  return new Date(moment);
}

// Making a format costs a millisecond or more, and clocks tick: keep each one.
function format(kind, options, Maker = Intl.DateTimeFormat) {
  const key = `${kind} ${current} ${zone}`;
  if (!formats.has(key)) {
    const zoned = Maker === Intl.DateTimeFormat ? { ...options, timeZone: zone } : options;
    formats.set(key, new Maker(LOCALES[current], zoned));
  }
  return formats.get(key);
}
