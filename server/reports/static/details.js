// The table of every figure of every group, and the same as a file.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";
import { changeWords } from "/reports/static/answers.js";
import { GROUPINGS, MOST_DAYS_READ, canGroup, counted, groupOf, report, tickets } from "/reports/static/asked.js";
import { nameOf } from "/reports/static/names.js";
import { changedWait, minutesOnly, share, whole } from "/reports/static/numbers.js";
import { linked, orderOf, orderText, sortable } from "/reports/static/table.js";

const COUNTS = ["issued", "served", "no_show", "cancelled", "expired", "closed_by_day", "open"];
const RARE = ["closed_by_day", "open"]; // a column only where there are any
const WAITS = [
  ["wait", "median"],
  ["wait", "p90"],
  ["wait", "max"],
  ["service", "median"],
];
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
      { class: "card part", data: { part: "groups" }, "aria-labelledby": "part-groups" },
      el(
        "div",
        { class: "part-head" },
        el("h2", { id: "part-groups", text: t("reports.groups_title") }),
        grouping(asked, regroup),
        files(asked),
      ),
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
    {
      id: "name",
      kind: "name",
      label: t(`reports.by_${by}`),
      value: (row) => place(by, row),
      show: (row) => (row.key === TOTAL ? t("reports.total") : nameOf(by, row.key)),
    },
    ...shown.map((id) => ({
      id,
      kind: "figure",
      label: t(`reports.${id}`),
      value: (row) => row[id],
      show: (row) => linked(whole(row[id]), link(row, counted(id))),
    })),
    ...WAITS.map(([metric, figure]) => ({
      id: `${metric}_${figure}`,
      kind: "figure",
      label: t(`reports.${metric}_${figure}`),
      hint: t(`reports.${metric}_${figure}_hint`),
      value: (row) => row[metric][figure],
      show: (row) => (row[metric][figure] === null ? "–" : linked(minutesOnly(row[metric][figure]), link(row, {}))),
    })),
    {
      id: "within_target",
      kind: "figure",
      label: t("reports.within_target"),
      hint: t("reports.within_target_hint"),
      value: (row) => row.within_target,
      show: (row) => share(row.within_target),
    },
    {
      id: "abandonment",
      kind: "figure",
      label: t("reports.abandonment"),
      hint: t("reports.abandonment_hint"),
      value: (row) => row.abandonment,
      show: (row) => share(row.abandonment),
    },
  ];
  if (IN_ORDER.includes(by)) return columns;
  const change = (row) => (before.has(row.key) ? changedWait(row.wait.median, before.get(row.key).wait.median) : null);
  return [
    ...columns,
    {
      id: "change",
      kind: "words",
      label: t("reports.change"),
      value: (row) => (change(row) ? row.wait.median - before.get(row.key).wait.median : null),
      show: (row) => (row.key === TOTAL ? "" : (changeWords(change(row)) ?? "–")),
    },
  ];
}

/** What a name is put in order by: days and hours by time, which their keys are in. */
function place(by, row) {
  if (by === "weekday") return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(row.key);
  return IN_ORDER.includes(by) ? row.key : nameOf(by, row.key);
}

function grouping(asked, regroup) {
  const input = el("select", { class: "field", id: "asked-by" });
  for (const by of GROUPINGS) input.append(choice(by, asked));
  input.value = asked.by;
  input.addEventListener("change", () => regroup(input.value));
  return el(
    "div",
    { class: "labelled beside no-print" },
    el("label", { for: "asked-by", text: t("reports.group_by") }),
    el("div", { class: "select" }, input, icon("chevron-down")),
  );
}

/** What to group by; what cannot be asked for says why, where that is not plain to see. */
function choice(by, asked) {
  const disabled = !canGroup(by, asked);
  const name = t(`reports.by_${by}`);
  const text = disabled && by !== "agency" ? t("reports.group_days", { name, n: MOST_DAYS_READ }) : name;
  return el("option", { value: by, text, disabled });
}

/** The same table as a file. */
function files(asked) {
  const path = (format, more) => report("waiting", asked, { by: asked.by, format, ...more });
  return el(
    "p",
    { class: "files no-print" },
    el(
      "a",
      { class: "button", href: path("csv", { bom: 1 }), download: true, data: { file: "csv" } },
      icon("file-text"),
      "CSV",
    ),
    el(
      "a",
      { class: "button", href: path("xlsx"), download: true, data: { file: "xlsx" } },
      icon("file-spreadsheet"),
      "Excel",
    ),
  );
}
