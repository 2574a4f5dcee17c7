// Median and the band up to nine out of ten, along hours, days or months, and the median of the time before where there
// is one: drawn by uPlot, told in words below, and walked along by the arrow keys.

import uPlot from "/static/vendor/uplot.esm.js";
import { el } from "/static/dom.js";
import { say } from "/static/parts.js";
import { language, t } from "/static/text.js";
import { minutesOnly, time, whole } from "/reports/static/numbers.js";

const HEIGHT_PX = 260;
const PAPER_PX = 660; // A4 between its margins
const LEAST_PX = 240;
const DASH_PX = [7, 6]; // told from the median by its shape: paper may know no colours
const LOCALES = { id: "id-ID", en: "en-GB" };

/**
 * {node, close()}. `points` are {label, name, row, href, before} from left to right, row null where nobody came, `before`
 * the {name, row} of the time before at the same place, or nothing; `title` is what the plot shows, for those who hear
 * it, `days_before` which days those before are.
 */
export function bandPlot(points, title, days_before = "") {
  const readout = el("p", { class: "readout" });
  const words = el("span");
  const link = el("a", { hidden: true });
  readout.append(words, " ", link);
  const place = el("div", {
    class: "plot",
    tabindex: "0",
    role: "group",
    "aria-label": `${title}. ${t("reports.plot_keys")}`,
  });
  const node = el("div", { class: "plotted" }, legend(hasBefore(points) ? days_before : ""), place, readout);
  let plot = null;
  let held = false;
  let shown = null;

  function tell(index) {
    const point = points[index];
    if (!point || index === shown) return;
    shown = index;
    const { row } = point;
    say(words, [readoutOf(point), readoutBefore(point)].filter(Boolean).join(" "));
    link.hidden = !row;
    if (!row) return;
    link.href = point.href;
    say(link, t("reports.tickets_n", { n: whole(row.issued) }));
  }

  function draw(width) {
    plot?.destroy();
    plot = new uPlot(
      options(points, width, (index) => !held && tell(index)),
      data(points),
      place,
    );
  }

  function move(step) {
    const told = points.map(({ row, before }, at) => (row || before ? at : -1)).filter((at) => at >= 0);
    const at = told.indexOf(shown);
    const next = told[Math.min(told.length - 1, Math.max(0, at + step))];
    held = true;
    tell(next);
    plot.setCursor(
      { left: plot.valToPos(next, "x"), top: plot.valToPos((points[next].row?.wait.median ?? 0) / 60, "y") },
      false,
    );
  }

  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) move(step);
    else if (event.key === "Enter" && !link.hidden) link.click();
    else return;
    event.preventDefault();
  });
  place.addEventListener("click", () => {
    held = false;
    tell(plot?.cursor.idx);
    held = true; // the mouse may go to the link now without passing over other points' words
  });
  place.addEventListener("mouseleave", () => (held = false));

  const sized = new ResizeObserver(([entry]) => {
    const width = Math.max(LEAST_PX, Math.floor(entry.contentRect.width));
    if (!plot || plot.width !== width) draw(width);
  });
  sized.observe(node);
  const paper = () => draw(PAPER_PX);
  const screen = () => draw(Math.max(LEAST_PX, Math.floor(node.getBoundingClientRect().width)));
  addEventListener("beforeprint", paper);
  addEventListener("afterprint", screen);
  say(words, t("reports.plot_hint"));

  function close() {
    sized.disconnect();
    removeEventListener("beforeprint", paper);
    removeEventListener("afterprint", screen);
    plot?.destroy();
    plot = null;
  }

  return { node, close };
}

/** Whether anything is known of the time before. */
function hasBefore(points) {
  return points.some(({ before }) => (before?.row.wait.median ?? null) !== null);
}

function readoutOf({ name, row }) {
  if (!row || row.wait.median === null) return t("reports.readout_nobody", { name });
  return t("reports.readout", { name, median: time(row.wait.median), p90: time(row.wait.p90) });
}

function readoutBefore({ before }) {
  if ((before?.row.wait.median ?? null) === null) return "";
  return t("reports.readout_before", { name: before.name, median: time(before.row.wait.median) });
}

function legend(days_before) {
  return el(
    "p",
    { class: "legend" },
    key("line", t("reports.legend_median")),
    key("band", t("reports.legend_p90")),
    days_before && key("before", t("reports.legend_before", { days: days_before })),
  );
}

function key(kind, words) {
  return el("span", { class: "key" }, el("span", { class: `key-${kind}`, "aria-hidden": "true" }), words);
}

function data(points) {
  const minutes = (rows, figure) =>
    rows.map((row) => ((row?.wait[figure] ?? null) === null ? null : row.wait[figure] / 60));
  const rows = points.map(({ row }) => row);
  const before = points.map((point) => point.before?.row);
  return [points.map((_, at) => at), minutes(rows, "p90"), minutes(rows, "median"), minutes(before, "median")];
}

function options(points, width, told) {
  const look = getComputedStyle(document.documentElement);
  const colour = (token) => look.getPropertyValue(`--${token}`).trim();
  const font = `14px ${look.getPropertyValue("--font")}`;
  const axis = { stroke: colour("quiet"), font, gap: 8, ticks: { show: false } };
  const single = points.filter(({ row }) => row).length === 1;
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 11 } },
    select: { show: false },
    padding: [12, 12, 0, 0],
    scales: {
      x: { time: false, range: [-0.5, points.length - 0.5] },
      y: { range: (_, __, most) => [0, Math.max(5, most * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 36,
        grid: { show: false },
        splits: () => spaced(points.length, width),
        values: (_, places) => places.map((at) => points[at]?.label ?? ""),
      },
      {
        ...axis,
        size: 64,
        grid: { stroke: colour("line"), width: 1 },
        values: (_, found) => found.map((n) => t("reports.minutes", { n: n.toLocaleString(LOCALES[language()]) })),
      },
    ],
    series: [
      {},
      { stroke: colour("on-sea-line"), width: 1, spanGaps: true, points: { show: single, size: 8 } },
      {
        stroke: colour("sea"),
        width: 3,
        spanGaps: true,
        points: { show: points.length <= 31, size: 8, fill: colour("sea") },
      },
      { stroke: colour("ink"), width: 1.5, dash: DASH_PX, spanGaps: true, points: { show: false } },
    ],
    bands: [{ series: [1, 2], fill: colour("sea-tint") }],
    hooks: {
      setCursor: [(plot) => plot.cursor.idx !== null && plot.cursor.idx !== undefined && told(plot.cursor.idx)],
    },
  };
}

/** Which places have their name below: as many as there is room for. */
function spaced(places, width) {
  const every = Math.ceil(places / Math.max(2, Math.floor((width - 80) / 72)));
  return Array.from({ length: Math.ceil(places / every) }, (_, n) => n * every);
}

/** The plot's figures as a table, folded away: of those points where somebody came, now or before. */
export function plotTable(points, title, first) {
  const is_compared = hasBefore(points);
  const minutes = (row, figure) => el("td", { text: minutesOnly(row?.wait[figure]) || "–" });
  const rows = points
    .filter(({ row, before }) => row || before)
    .map(({ name, row, href, before }) =>
      el(
        "tr",
        {},
        el("th", { scope: "row", text: name }),
        el("td", {}, row ? el("a", { href, text: whole(row.issued) }) : "–"),
        ...["median", "p90", "max"].map((figure) => minutes(row, figure)),
        is_compared && minutes(before?.row, "median"),
      ),
    );
  const head = [
    first,
    t("reports.issued"),
    t("reports.median_minutes"),
    t("reports.p90_minutes"),
    t("reports.max_minutes"),
    ...(is_compared ? [t("reports.before_minutes")] : []),
  ];
  return el(
    "details",
    { class: "as-table no-print" },
    el("summary", { text: t("reports.as_table") }),
    el(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": title },
      el(
        "table",
        { class: "figures" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            head.map((text) => el("th", { scope: "col", text })),
          ),
        ),
        el("tbody", {}, rows),
      ),
    ),
  );
}
