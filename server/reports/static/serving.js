// The tables of those who serve: how counters were used, and what came of serving.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { counted, tickets } from "/reports/static/asked.js";
import { isCounterOf, nameOf, resultName } from "/reports/static/names.js";
import { hours, share, whole } from "/reports/static/numbers.js";
import { linked, nothing, sortable } from "/reports/static/table.js";

/** {node}: how long counters were open and how much of that they served; those of the agency or service, all they did. */
export function countersTable(asked, { counters: { rows } }) {
  const own = rows.filter((row) => isCounterOf(row.key, asked));
  const busiest = own
    .filter((row) => row.utilisation !== null)
    .toSorted((one, other) => other.utilisation - one.utilisation)[0];
  const days = { from: asked.from, to: asked.to };
  const columns = [
    {
      id: "counter",
      kind: "name",
      label: t("reports.by_counter"),
      value: (row) => nameOf("counter", row.key),
      show: (row) => nameOf("counter", row.key),
    },
    {
      id: "served",
      kind: "figure",
      label: t("reports.served"),
      value: (row) => row.served,
      show: (row) => linked(whole(row.served), row.key && tickets(days, { counter: row.key, ...counted("served") })),
    },
    ...["open", "paused", "serving"].map((id) => ({
      id,
      kind: "figure",
      label: t(`reports.counter_${id}`),
      value: (row) => row[`${id}_seconds`],
      show: (row) => hours(row[`${id}_seconds`]),
    })),
    {
      id: "utilisation",
      kind: "figure",
      label: t("reports.utilisation"),
      hint: t("reports.utilisation_hint"),
      value: (row) => row.utilisation,
      show: used,
    },
  ];
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "counters" }, "aria-labelledby": "part-counters" },
      el("h2", { id: "part-counters", text: t("reports.counters_title") }),
      busiest
        ? el("p", {
            class: "words",
            text: t("reports.counters_words", {
              counter: nameOf("counter", busiest.key),
              share: share(busiest.utilisation),
            }),
          })
        : null,
      asked.service && own.length ? el("p", { class: "words", text: t("reports.counters_whole") }) : null,
      own.length
        ? sortable({ id: "counters", label: t("reports.counters_title"), columns, rows: own }).node
        : nothing(),
    ),
  };
}

function used(row) {
  const bar = el("span", { class: "used-bar" });
  bar.style.width = `${Math.min(1, row.utilisation ?? 0) * 100}%`;
  return el(
    "span",
    { class: "used" },
    el("span", { class: "used-track", "aria-hidden": "true" }, bar),
    el("span", { text: share(row.utilisation) }),
  );
}

/** {node}: what officers told of those they served, for each service that has outcomes. */
export function outcomesTable(asked, { outcomes: { rows } }) {
  const told = new Set(rows.filter((row) => row.outcome !== "").map((row) => row.service));
  const own = rows.filter((row) => told.has(row.service));
  const days = { from: asked.from, to: asked.to };
  const link = (row) => row.outcome && tickets(days, { service: row.service, result: row.outcome });
  const columns = [
    {
      id: "service",
      kind: "name",
      label: t("reports.by_service"),
      value: (row) => nameOf("service", row.service),
      show: (row) => nameOf("service", row.service),
    },
    {
      id: "outcome",
      kind: "words",
      label: t("reports.result"),
      value: (row) => resultName(row.service, row.outcome),
      show: (row) => resultName(row.service, row.outcome),
    },
    {
      id: "count",
      kind: "figure",
      label: t("reports.tickets"),
      value: (row) => row.count,
      show: (row) => linked(whole(row.count), link(row)),
    },
    {
      id: "share",
      kind: "figure",
      label: t("reports.share"),
      value: (row) => row.share,
      show: (row) => share(row.share),
    },
  ];
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "outcomes" }, "aria-labelledby": "part-outcomes" },
      el("h2", { id: "part-outcomes", text: t("reports.outcomes_title") }),
      own.length
        ? sortable({ id: "outcomes", label: t("reports.outcomes_title"), columns, rows: own }).node
        : nothing(t("reports.no_outcomes")),
    ),
  };
}
