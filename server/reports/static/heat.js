// When people wait: weekdays by hours, the darker the longer. Every field has its minutes in it and leads to its tickets.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { counted, groupOf, tickets } from "/reports/static/asked.js";
import { WEEKDAYS, hourName, nameOf, weekdayName } from "/reports/static/names.js";
import { time, whole } from "/reports/static/numbers.js";

const TONES = 6;

/** {node}: the median wait in minutes by weekday and the hour of coming. */
export function heatMap(asked, { week }) {
  const rows = week.rows.filter((row) => row.issued > 0 || row.wait.median !== null);
  const found = new Map(rows.map((row) => [row.key, row]));
  const days = WEEKDAYS.filter((day) => rows.some((row) => row.key.startsWith(day)));
  const all = rows.map((row) => Number(row.key.slice(4)));
  const hours = Array.from({ length: Math.max(...all) - Math.min(...all) + 1 }, (_, n) => Math.min(...all) + n);
  const most = Math.max(...rows.map((row) => row.wait.median ?? 0), 1);
  const worst = rows.reduce((one, other) => ((other.wait.median ?? 0) > (one.wait.median ?? 0) ? other : one));
  const field = (day, hour) => cell(asked, found.get(`${day}-${String(hour).padStart(2, "0")}`), most);
  const head = el(
    "tr",
    {},
    el("td", {}),
    hours.map((hour) => el("th", { scope: "col", text: hourName(hour) })),
  );
  const lines = days.map((day) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: weekdayName(day) }),
      hours.map((hour) => field(day, hour)),
    ),
  );
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "heat" }, "aria-labelledby": "part-heat" },
      el("h2", { id: "part-heat", text: t("reports.heat_title") }),
      el("p", {
        class: "words",
        text: t("reports.heat_words", { name: nameOf("hour_weekday", worst.key), median: time(worst.wait.median) }),
      }),
      el(
        "div",
        { class: "wide", tabindex: "0", role: "region", "aria-label": t("reports.heat_title") },
        el("table", { class: "heat" }, el("thead", {}, head), el("tbody", {}, lines)),
      ),
      el(
        "p",
        { class: "legend" },
        t("reports.heat_short"),
        Array.from({ length: TONES }, (_, n) => el("span", { class: `heat-key heat-${n}`, "aria-hidden": "true" })),
        t("reports.heat_long"),
      ),
    ),
  };
}

function cell(asked, row, most) {
  if (!row || row.wait.median === null) return el("td", { class: "nobody", text: "" });
  const tone = Math.min(TONES - 1, Math.floor((row.wait.median / most) * TONES));
  const words = t("reports.heat_cell", {
    name: nameOf("hour_weekday", row.key),
    median: time(row.wait.median),
    n: whole(row.issued),
  });
  return el(
    "td",
    { class: `heat-${tone}` },
    el("a", {
      href: tickets(asked, { ...groupOf("hour_weekday", row.key, asked), ...counted("issued") }),
      title: words,
      "aria-label": words,
      text: whole(row.wait.median / 60),
    }),
  );
}
