// Median and the band up to nine out of ten, along hours, days or months: drawn by uPlot, told in words below, and
// walked along by the arrow keys.

import uPlot from "/static/vendor/uplot.esm.js";
import { el } from "/static/dom.js";
import { say } from "/static/parts.js";
import { language, t } from "/static/text.js";
import { minutesOnly, time, whole } from "/reports/static/numbers.js";

const HEIGHT_PX = 260;
const PAPER_PX = 660; // A4 between its margins
const LEAST_PX = 240;
const LOCALES = { id: "id-ID", en: "en-GB" };

/**
 * {node, close()}. `points` are {label, name, row, href} from left to right, row null where nobody came; `title` is
 * what the plot shows, for those who hear it.
 */
export function bandPlot(points, title) {
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
  const node = el("div", { class: "plotted" }, legend(), place, readout);
  let plot = null;
  let held = false;
  let shown = null;

  function tell(index) {
    const point = points[index];
    if (!point || index === shown) return;
    shown = index;
    const { row } = point;
    if (!row || row.wait.median === null) say(words, t("reports.readout_nobody", { name: point.name }));
    else say(words, t("reports.readout", { name: point.name, median: time(row.wait.median), p90: time(row.wait.p90) }));
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
    const with_row = points.map((point, at) => (point.row ? at : -1)).filter((at) => at >= 0);
    const at = with_row.indexOf(shown);
    const next = with_row[Math.min(with_row.length - 1, Math.max(0, at + step))];
    held = true;
    tell(next);
    plot.setCursor(
      { left: plot.valToPos(next, "x"), top: plot.valToPos((points[next].row.wait.median ?? 0) / 60, "y") },
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

function legend() {
  return el(
    "p",
    { class: "legend" },
    el("span", { class: "key-line", "aria-hidden": "true" }),
    t("reports.legend_median"),
    el("span", { class: "key-band", "aria-hidden": "true" }),
    t("reports.legend_p90"),
  );
}

function data(points) {
  const minutes = (figure) =>
    points.map(({ row }) => (row?.wait[figure] === null || !row ? null : row.wait[figure] / 60));
  return [points.map((_, at) => at), minutes("p90"), minutes("median")];
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

/** The plot's figures as a table, folded away: {name, row, href} of those where somebody came. */
export function plotTable(points, title, first) {
  const rows = points
    .filter(({ row }) => row)
    .map(({ name, row, href }) =>
      el(
        "tr",
        {},
        el("th", { scope: "row", text: name }),
        el("td", {}, el("a", { href, text: whole(row.issued) })),
        ...["median", "p90", "max"].map((figure) => el("td", { text: minutesOnly(row.wait[figure]) || "–" })),
      ),
    );
  const head = [
    first,
    t("reports.issued"),
    t("reports.median_minutes"),
    t("reports.p90_minutes"),
    t("reports.max_minutes"),
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
