// The first thing that is seen: how long people wait, where it is worst, and whether it is better than before.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";
import { counted, groupOf, tickets } from "/reports/static/asked.js";
import { earlier } from "/reports/static/days.js";
import { sideBySide, worst } from "/reports/static/gather.js";
import { daysName, hourName, nameOf } from "/reports/static/names.js";
import { changedCount, changedShare, changedWait, share, time, whole } from "/reports/static/numbers.js";

const PICTURES = { better: "trending-down", worse: "trending-up", same: "equal" };
const COUNTS = ["issued", "served", "no_show", "cancelled", "expired", "closed_by_day", "open"];
const ALWAYS = ["issued", "served", "no_show", "cancelled", "expired"];

/** How long: the median in the largest letters, and what it means. */
export function howLong(asked, { whole: { rows } }) {
  const [row] = rows;
  return answer(
    "how-long",
    t("reports.how_long"),
    figure(time(row.wait.median), tickets(asked)),
    row.wait.median === null
      ? t("reports.nobody_called")
      : t("reports.how_long_words", { median: time(row.wait.median), p90: time(row.wait.p90) }),
  );
}

/** Where: the agency (or service) with the longest median, and its worst hour. */
export function where(asked, { sides, worst_hours }) {
  const by = sideBySide(asked);
  const row = worst(sides.rows);
  if (!row)
    return answer("where", t("reports.where"), el("p", { class: "large", text: "–" }), t("reports.nobody_called"));
  const hour = worst(worst_hours.rows);
  const place = t(hour ? "reports.where_and_when" : "reports.where_only", {
    place: nameOf(by, row.key),
    hour: hour ? hourName(Number(hour.key)) : "",
  });
  const told = hour ?? row;
  return answer(
    "where",
    t("reports.where"),
    el(
      "p",
      { class: "large place", dir: "auto" },
      el("a", { href: tickets(asked, { [by]: row.key, ...groupOf("hour", hour?.key ?? "", asked) }), text: place }),
    ),
    t("reports.where_words", { median: time(told.wait.median), p90: time(told.wait.p90) }),
  );
}

/** Whether it is better than in the days before. */
export function better(asked, { whole: { rows }, whole_before }) {
  const before = whole_before.rows[0];
  const days = earlier(asked);
  const change = before && changedWait(rows[0].wait.median, before.wait.median);
  const than = t("reports.than", { days: daysName(days.from, days.to) });
  if (!change)
    return answer("better", t("reports.better"), el("p", { class: "large", text: t("reports.no_before") }), than);
  const words = el(
    "p",
    { class: `large change ${change.tone}` },
    icon(PICTURES[change.tone]),
    el("span", { text: t(`reports.better_${change.tone}`) }),
  );
  const link = el("a", { href: tickets({ ...asked, ...days }), text: time(before.wait.median) });
  return answer(
    "better",
    t("reports.better"),
    words,
    change.words,
    el("p", { class: "quiet than" }, than, " ", t("reports.then"), " ", link),
  );
}

/** The line of counts below: who came, and what became of them. */
export function counts(asked, { whole: { rows }, whole_before }) {
  const [row] = rows;
  const before = whole_before.rows[0];
  const shown = COUNTS.filter((outcome) => ALWAYS.includes(outcome) || row[outcome] > 0);
  const facts = shown.map((outcome) =>
    fact(
      outcome,
      t(`reports.${outcome}`),
      whole(row[outcome]),
      tickets(asked, counted(outcome)),
      outcome === "issued" ? changedCount(row.issued, before?.issued) : null,
    ),
  );
  facts.push(
    fact(
      "within_target",
      t("reports.within_target"),
      share(row.within_target),
      tickets(asked),
      changedShare(row.within_target, before?.within_target ?? null),
    ),
    fact(
      "abandonment",
      t("reports.abandonment"),
      share(row.abandonment),
      tickets(asked),
      changedShare(row.abandonment, before?.abandonment ?? null, "less"),
    ),
  );
  return el("dl", { class: "counts" }, facts);
}

/** A change in words: its tone is a picture and a colour, never a colour alone. */
export function changeWords(change) {
  if (!change) return null;
  return el(
    "span",
    { class: `change ${change.tone}` },
    change.tone === "same" ? null : icon(change.tone === "better" ? "circle-check" : "circle-alert"),
    el("span", { text: change.words }),
  );
}

function answer(id, title, main, words, more = null) {
  return el(
    "section",
    { class: "card answer", data: { answer: id } },
    el("h2", { text: title }),
    main,
    el("p", { class: "words", text: words }),
    more,
  );
}

function figure(text, href) {
  return el("p", { class: "figure" }, el("a", { href, text }));
}

function fact(id, label, value, href, change) {
  return el(
    "div",
    { class: "fact", data: { fact: id } },
    el("dt", { text: label }),
    el("dd", {}, el("a", { href, text: value }), changeWords(change)),
  );
}
