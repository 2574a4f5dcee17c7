// Days as the hall counts them, "2026-11-22", and the stretches of them that people ask for.

const DAY_MS = 86_400_000;

/** What the buttons offer; "own" is a range that is typed in. */
export const PERIODS = ["today", "yesterday", "week", "month", "last_month", "year", "own"];

/** The day that is so many days after another; negative numbers are days before. */
export function plus(day, days) {
  return text(at(day) + days * DAY_MS);
}

/** How many days there are from one to another, both counted. */
export function count(from, to) {
  return Math.round((at(to) - at(from)) / DAY_MS) + 1;
}

/** All days from one to another. */
export function each(from, to) {
  return Array.from({ length: Math.max(0, count(from, to)) }, (_, n) => plus(from, n));
}

/** All months from that of one day to that of another: "2026-11". */
export function months(from, to) {
  return [...new Set(each(from, to).map((day) => day.slice(0, 7)))];
}

/** "mon" to "sun". */
export function weekday(day) {
  return ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][new Date(at(day)).getUTCDay()];
}

/** Whether a text is a day of the calendar. */
export function isDay(day) {
  return /^[12]\d{3}-\d\d-\d\d$/.test(day) && !Number.isNaN(at(day)) && text(at(day)) === day;
}

/** {from, to} of a named period, as of today. */
export function range(period, today) {
  const month = `${today.slice(0, 7)}-01`;
  const before = plus(month, -1);
  return {
    today: { from: today, to: today },
    yesterday: { from: plus(today, -1), to: plus(today, -1) },
    week: { from: plus(today, -((new Date(at(today)).getUTCDay() + 6) % 7)), to: today },
    month: { from: month, to: today },
    last_month: { from: `${before.slice(0, 7)}-01`, to: before },
    year: { from: `${today.slice(0, 4)}-01-01`, to: today },
  }[period];
}

/**
 * The days to compare with: of a day the same weekday a week before, of a month (or what there is of it) the same
 * days of the month before, of a year those of the year before; of anything else as many days before.
 */
export function earlier({ from, to }) {
  const length = count(from, to);
  if (length <= 7) return { from: plus(from, -7), to: plus(to, -7) };
  if (from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7)) return monthBefore(from, to);
  if (from.endsWith("-01-01") && from.slice(0, 4) === to.slice(0, 4)) {
    return { from: yearBefore(from), to: yearBefore(to) };
  }
  return { from: plus(from, -length), to: plus(from, -1) };
}

function monthBefore(from, to) {
  const last = plus(from, -1);
  const first = `${last.slice(0, 7)}-01`;
  const whole = plus(to, 1).endsWith("-01");
  const same = `${last.slice(0, 7)}-${to.slice(8)}`;
  return { from: first, to: whole || same > last ? last : same };
}

function yearBefore(day) {
  const same = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
  return isDay(same) ? same : `${same.slice(0, 8)}28`; // 29 February
}

function at(day) {
  return Date.parse(`${day}T00:00:00Z`);
}

function text(ms) {
  return new Date(ms).toISOString().slice(0, 10);
}
