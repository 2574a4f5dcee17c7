// Figures as people write them: "1.234", "12,5 mnt", "83,4%", and how one has changed, in words.

import { language, t } from "/static/text.js";

const LOCALES = { id: "id-ID", en: "en-GB" };
const SAME_SECONDS = 30; // half a minute more or less is the same wait
const SAME_SHARE = 0.005;
const formats = new Map();

/** "1.234". */
export function whole(n) {
  return format({ maximumFractionDigits: 0 }).format(n);
}

/** "12,5": minutes of a number of seconds, "" for none. */
export function minutesOnly(seconds) {
  return seconds === null || seconds === undefined ? "" : decimal(seconds / 60);
}

/** "12,5 mnt", from three hours on "3,2 jam"; "–" for none. */
export function time(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 10_800) return t("reports.minutes", { n: decimal(seconds / 60) });
  return hours(seconds);
}

/** "1.234,5 jam". */
export function hours(seconds) {
  return t("reports.hours", { n: decimal(seconds / 3600) });
}

/** "83,4%", "–" for none. */
export function share(part) {
  if (part === null || part === undefined) return "–";
  return format({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(part);
}

/** {tone, words} of a wait and the wait before, in seconds; null where one of them is not known. */
export function changedWait(now, before) {
  if (now === null || before === null || now === undefined || before === undefined) return null;
  const words = time(Math.abs(now - before));
  if (Math.abs(now - before) < SAME_SECONDS) return { tone: "same", words: t("reports.change_same") };
  return now < before
    ? { tone: "better", words: t("reports.change_shorter", { time: words }) }
    : { tone: "worse", words: t("reports.change_longer", { time: words }) };
}

/** The same of a share that is better the larger it is, in points of a hundred. */
export function changedShare(now, before, better = "more") {
  if (now === null || before === null || now === undefined || before === undefined) return null;
  const n = decimal(Math.abs(now - before) * 100);
  if (Math.abs(now - before) < SAME_SHARE) return { tone: "same", words: t("reports.change_same") };
  const more = now > before;
  return {
    tone: more === (better === "more") ? "better" : "worse",
    words: t(more ? "reports.change_points_up" : "reports.change_points_down", { n }),
  };
}

/** The same of a count, which is neither good nor bad. */
export function changedCount(now, before) {
  if (!before) return null;
  const n = share(Math.abs(now - before) / before);
  if (Math.abs(now - before) / before < SAME_SHARE) return { tone: "same", words: t("reports.change_same") };
  return { tone: "same", words: t(now > before ? "reports.change_more" : "reports.change_fewer", { n }) };
}

/** Minutes with one digit after the comma, from 100 on none. */
function decimal(n) {
  const digits = n >= 100 ? 0 : 1;
  return format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
}

function format(options) {
  const key = `${language()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALES[language()], options));
  return formats.get(key);
}
