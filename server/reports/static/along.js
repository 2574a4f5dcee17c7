// Waiting along the hours of a day, and along days or months.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { counted, groupOf, tickets } from "/reports/static/asked.js";
import { each, earlier, months } from "/reports/static/days.js";
import { trendBy } from "/reports/static/gather.js";
import { daysName, hourName, monthName, nameOf, shortDay } from "/reports/static/names.js";
import { bandPlot, plotTable } from "/reports/static/plot.js";
import { time } from "/reports/static/numbers.js";

/** {node, close()}: waiting by the hour in which people came. */
export function alongTheDay(asked, { hours: { rows } }) {
  const came = rows.filter((row) => row.issued > 0 || row.wait.median !== null); // others waited on from an hour before
  const found = new Map(came.map((row) => [Number(row.key), row]));
  const [first, last] = [Math.min(...found.keys()), Math.max(...found.keys())];
  const points = Array.from({ length: last - first + 1 }, (_, n) =>
    point(asked, "hour", key(first + n), hourName(first + n), found.get(first + n)),
  );
  return section(
    "hours",
    t("reports.hours_title"),
    longest(points, "reports.hours_words"),
    points,
    t("reports.by_hour"),
  );
}

/** {node, close()}: waiting day by day, or month by month; beside it the days before, the first with the first. */
export function trend(asked, { trend: { rows }, trend_before }) {
  const by = trendBy(asked);
  const before = earlier(asked);
  const [keys, keys_before] = [asked, before].map(({ from, to }) => (by === "day" ? each : months)(from, to));
  const [found, found_before] = [rows, trend_before.rows].map((some) => new Map(some.map((row) => [row.key, row])));
  const label = (place) => (by === "day" ? shortDay(place) : monthName(place, "short"));
  const points = keys.map((place, at) => ({
    ...point(asked, by, place, label(place), found.get(place)),
    before: found_before.has(keys_before[at])
      ? { name: nameOf(by, keys_before[at]), row: found_before.get(keys_before[at]) }
      : null,
  }));
  return section(
    "trend",
    t(`reports.trend_title_${by}`),
    longest(points, "reports.trend_words"),
    between(points),
    t(`reports.by_${by}`),
    daysName(before.from, before.to),
  );
}

/** The points from the first to the last at which somebody came, now or before. */
function between(points) {
  const came = points.map(({ row, before }) => Boolean(row || before));
  return points.slice(came.indexOf(true), came.lastIndexOf(true) + 1);
}

function point(asked, by, place, label, row = null) {
  return {
    label,
    name: nameOf(by, place),
    row,
    href: tickets(asked, { ...groupOf(by, place, asked), ...counted("issued") }),
  };
}

function longest(points, words) {
  const known = points.filter(({ row }) => row && row.wait.median !== null);
  if (!known.length) return t("reports.nobody_called");
  const worst = known.reduce((one, other) => (other.row.wait.median > one.row.wait.median ? other : one));
  return t(words, { name: worst.name, median: time(worst.row.wait.median) });
}

function section(id, title, words, points, first, days_before = "") {
  const plot = bandPlot(points, title, days_before);
  const node = el(
    "section",
    { class: "card part", data: { part: id }, "aria-labelledby": `part-${id}` },
    el("h2", { id: `part-${id}`, text: title }),
    el("p", { class: "words", text: words }),
    plot.node,
    plotTable(points, title, first),
  );
  return { node, close: plot.close };
}

function key(hour) {
  return String(hour).padStart(2, "0");
}
