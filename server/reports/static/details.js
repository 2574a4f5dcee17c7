// The tables: every figure of every group, how counters were used, what came of serving.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";
import { changeWords } from "/reports/static/answers.js";
import { GROUPINGS, canGroup, counted, groupOf, report, tickets } from "/reports/static/asked.js";
import { isCounterOf, nameOf, resultName } from "/reports/static/names.js";
import { changedWait, hours, minutesOnly, share, whole } from "/reports/static/numbers.js";
import { linked, nothing, orderOf, orderText, sortable } from "/reports/static/table.js";

const COUNTS = ["issued", "served", "no_show", "cancelled", "expired", "closed_by_day", "open"];
const RARE = ["closed_by_day", "open"]; // a column only where there are any
const WAITS = [["wait", "median"], ["wait", "p90"], ["wait", "max"], ["service", "median"]];
const IN_ORDER = ["hour", "weekday", "day", "month"]; // their place in time says more than a change
const TOTAL = "total";

/** {node}: the groups that are asked for; `regroup(by)` and `resort(text)` change what the address says. */
export function groupsTable(asked, answers, { regroup, resort, sort }) {
  const before = new Map(answers.groups_before.rows.map((row) => [row.key, row]));
  const columns = columnsOf(asked, answers.groups.rows, before);
  const total = { ...answers.whole.rows[0], key: TOTAL };
  const table = sortable({
    id: "groups",
    label: t("reports.groups_title"),
    columns,
    rows: answers.groups.rows,
    total,
    sorted: orderOf(sort, columns),
    resorted: (order) => resort(orderText(order)),
  });
  return {
    node: el(
      "section",
      { class: "card part whole-width", data: { part: "groups" }, "aria-labelledby": "part-groups" },
      el("div", { class: "part-head" }, el("h2", { id: "part-groups", text: t("reports.groups_title") }), grouping(asked, regroup), files(asked)),
      table.node,
    ),
  };
}

function columnsOf(asked, rows, before) {
  const { by } = asked;
  const link = (row, more) => {
    const group = row.key === TOTAL ? {} : groupOf(by, row.key, asked);
    return group && tickets(asked, { ...group, ...more });
  };
  const shown = COUNTS.filter((outcome) => !RARE.includes(outcome) || rows.some((row) => row[outcome] > 0));
  const columns = [
    { id: "name", kind: "name", label: t(`reports.by_${by}`), value: (row) => place(by, row), show: (row) => (row.key === TOTAL ? t("reports.total") : nameOf(by, row.key)) },
    ...shown.map((id) => ({ id, kind: "figure", label: t(`reports.${id}`), value: (row) => row[id], show: (row) => linked(whole(row[id]), link(row, counted(id))) })),
    ...WAITS.map(([metric, figure]) => ({
      id: `${metric}_${figure}`,
      kind: "figure",
      label: t(`reports.${metric}_${figure}`),
      hint: t(`reports.${metric}_${figure}_hint`),
      value: (row) => row[metric][figure],
      show: (row) => (row[metric][figure] === null ? "–" : linked(minutesOnly(row[metric][figure]), link(row, {}))),
    })),
    { id: "within_target", kind: "figure", label: t("reports.within_target"), hint: t("reports.within_target_hint"), value: (row) => row.within_target, show: (row) => share(row.within_target) },
    { id: "abandonment", kind: "figure", label: t("reports.abandonment"), hint: t("reports.abandonment_hint"), value: (row) => row.abandonment, show: (row) => share(row.abandonment) },
  ];
  if (IN_ORDER.includes(by)) return columns;
  const change = (row) => (before.has(row.key) ? changedWait(row.wait.median, before.get(row.key).wait.median) : null);
  return [...columns, {
    id: "change",
    kind: "words",
    label: t("reports.change"),
    value: (row) => (change(row) ? row.wait.median - before.get(row.key).wait.median : null),
    show: (row) => (row.key === TOTAL ? "" : (changeWords(change(row)) ?? "–")),
  }];
}

/** What a name is put in order by: days and hours by time, which their keys are in. */
function place(by, row) {
  if (by === "weekday") return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(row.key);
  return IN_ORDER.includes(by) ? row.key : nameOf(by, row.key);
}

function grouping(asked, regroup) {
  const input = el("select", { class: "field", id: "asked-by" });
  for (const by of GROUPINGS) input.append(el("option", { value: by, text: t(`reports.by_${by}`), disabled: !canGroup(by, asked.service) }));
  input.value = asked.by;
  input.addEventListener("change", () => regroup(input.value));
  return el("div", { class: "labelled beside no-print" }, el("label", { for: "asked-by", text: t("reports.group_by") }), el("div", { class: "select" }, input, icon("chevron-down")));
}

/** The same table as a file. */
function files(asked) {
  const path = (format, more) => report("waiting", asked, { by: asked.by, format, ...more });
  return el(
    "p",
    { class: "files no-print" },
    el("a", { class: "button", href: path("csv", { bom: 1 }), download: true, data: { file: "csv" } }, icon("file-text"), "CSV"),
    el("a", { class: "button", href: path("xlsx"), download: true, data: { file: "xlsx" } }, icon("file-spreadsheet"), "Excel"),
  );
}

/** {node}: how long counters were open and how much of that they served; of an agency its own. */
export function countersTable(asked, { counters: { rows } }) {
  const own = rows.filter((row) => !asked.agency || isCounterOf(row.key, asked.agency));
  const busiest = own.filter((row) => row.utilisation !== null).toSorted((one, other) => other.utilisation - one.utilisation)[0];
  const days = { from: asked.from, to: asked.to };
  const columns = [
    { id: "counter", kind: "name", label: t("reports.by_counter"), value: (row) => nameOf("counter", row.key), show: (row) => nameOf("counter", row.key) },
    { id: "served", kind: "figure", label: t("reports.served"), value: (row) => row.served, show: (row) => linked(whole(row.served), row.key && tickets(days, { counter: row.key, ...counted("served") })) },
    ...["open", "paused", "serving"].map((id) => ({ id, kind: "figure", label: t(`reports.counter_${id}`), value: (row) => row[`${id}_seconds`], show: (row) => hours(row[`${id}_seconds`]) })),
    { id: "utilisation", kind: "figure", label: t("reports.utilisation"), hint: t("reports.utilisation_hint"), value: (row) => row.utilisation, show: used },
  ];
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "counters" }, "aria-labelledby": "part-counters" },
      el("h2", { id: "part-counters", text: t("reports.counters_title") }),
      busiest ? el("p", { class: "words", text: t("reports.counters_words", { counter: nameOf("counter", busiest.key), share: share(busiest.utilisation) }) }) : null,
      own.length ? sortable({ id: "counters", label: t("reports.counters_title"), columns, rows: own }).node : nothing(),
    ),
  };
}

function used(row) {
  const bar = el("span", { class: "used-bar" });
  bar.style.width = `${Math.min(1, row.utilisation ?? 0) * 100}%`;
  return el("span", { class: "used" }, el("span", { class: "used-track", "aria-hidden": "true" }, bar), el("span", { text: share(row.utilisation) }));
}

/** {node}: what officers told of those they served, for each service that has outcomes. */
export function outcomesTable(asked, { outcomes: { rows } }) {
  const told = new Set(rows.filter((row) => row.outcome !== "").map((row) => row.service));
  const own = rows.filter((row) => told.has(row.service));
  const days = { from: asked.from, to: asked.to };
  const link = (row) => row.outcome && tickets(days, { service: row.service, result: row.outcome });
  const columns = [
    { id: "service", kind: "name", label: t("reports.by_service"), value: (row) => nameOf("service", row.service), show: (row) => nameOf("service", row.service) },
    { id: "outcome", kind: "words", label: t("reports.result"), value: (row) => resultName(row.service, row.outcome), show: (row) => resultName(row.service, row.outcome) },
    { id: "count", kind: "figure", label: t("reports.tickets"), value: (row) => row.count, show: (row) => linked(whole(row.count), link(row)) },
    { id: "share", kind: "figure", label: t("reports.share"), value: (row) => row.share, show: (row) => share(row.share) },
  ];
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "outcomes" }, "aria-labelledby": "part-outcomes" },
      el("h2", { id: "part-outcomes", text: t("reports.outcomes_title") }),
      own.length ? sortable({ id: "outcomes", label: t("reports.outcomes_title"), columns, rows: own }).node : nothing(t("reports.no_outcomes")),
    ),
  };
}
