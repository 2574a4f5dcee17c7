// Waiting along the hours of a day, and along days or months.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { counted, groupOf, tickets } from "/reports/static/asked.js";
import { each } from "/reports/static/days.js";
import { trendBy } from "/reports/static/gather.js";
import { hourName, monthName, nameOf, shortDay } from "/reports/static/names.js";
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

/** {node, close()}: waiting day by day, or month by month. */
export function trend(asked, { trend: { rows } }) {
  const by = trendBy(asked);
  const found = new Map(rows.map((row) => [row.key, row]));
  const keys = by === "day" ? each(rows[0].key, rows.at(-1).key) : rows.map((row) => row.key);
  const label = (place) => (by === "day" ? shortDay(place) : monthName(place, "short"));
  const points = keys.map((place) => point(asked, by, place, label(place), found.get(place)));
  return section(
    "trend",
    t(`reports.trend_title_${by}`),
    longest(points, "reports.trend_words"),
    points,
    t(`reports.by_${by}`),
  );
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

function section(id, title, words, points, first) {
  const plot = bandPlot(points, title);
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
