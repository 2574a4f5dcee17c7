// The tickets behind a figure, page by page.

import { get } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";
import { HOME, TICKETS, search } from "/reports/static/asked.js";
import { isDay } from "/reports/static/days.js";
import { dayName, daysName, hourName, nameOf, resultName, weekdayName } from "/reports/static/names.js";
import { minutesOnly, whole } from "/reports/static/numbers.js";
import { problemView } from "/reports/static/problems.js";
import { sortable } from "/reports/static/table.js";

const PAGE = 100;
const LONGEST_MS = 120_000;
const ASKED = ["from", "to", "agency", "service", "counter", "officer", "outcome", "result", "hour", "weekday"];

/** The view of `/reports/tickets`: {node, render(), close()}. */
export function ticketList(page) {
  const asked = new URLSearchParams(location.search);
  const what = Object.fromEntries(ASKED.map((name) => [name, asked.get(name) ?? ""]));
  const after = asked.get("after") ?? "";
  const number = Math.max(1, Number.parseInt(asked.get("page") ?? "1", 10) || 1);
  let open = true;
  const body = el("div", { class: "body" });
  const node = el(
    "main",
    { class: "sheet reports listed", data: { state: "loading" } },
    el(
      "p",
      { class: "no-print" },
      el("a", { class: "button", href: back(what) }, icon("arrow-left"), t("reports.back")),
    ),
    el(
      "header",
      { class: "asked" },
      el("h1", { dir: "auto", text: title(what) }),
      el("p", { class: "quiet", dir: "auto", text: about(what) }),
      files(what),
    ),
    body,
  );

  async function show() {
    node.dataset.state = "loading";
    body.replaceChildren(el("div", { class: "slot waits tables" }));
    try {
      const path = `/api/v1/reports/tickets?${search({ ...what, after, limit: PAGE })}`;
      const found = await get(path, { timeout_ms: LONGEST_MS });
      if (!open) return;
      node.dataset.state = found.tickets.length ? "ready" : "empty";
      body.replaceChildren(...(found.tickets.length ? listed(what, found, number) : [nobody()]));
    } catch (problem) {
      if (!open) return;
      if (problem.status === undefined) throw problem;
      if (problem.status === 401) return page.expired();
      node.dataset.state = "failed";
      body.replaceChildren(problemView(problem, show));
    }
  }

  return { node, render: show, close: () => (open = false) };
}

function listed(what, { tickets, next }, number) {
  const first = (number - 1) * PAGE + 1;
  const words = t("reports.listed", { first: whole(first), last: whole(first + tickets.length - 1) });
  const rows = tickets.map((ticket) => ({ ...ticket, key: ticket.id }));
  return [
    el(
      "section",
      { class: "card part" },
      sortable({ id: "tickets", label: t("reports.tickets"), columns: columns(), rows }).node,
    ),
    el(
      "nav",
      { class: "pages no-print", "aria-label": t("reports.pages") },
      el("p", {
        class: "quiet",
        text: next ? words : t("reports.listed_all", { first: whole(first), last: whole(first + tickets.length - 1) }),
      }),
      number > 1
        ? el(
            "a",
            { class: "button", href: `${TICKETS}?${search(what)}` },
            icon("chevron-first"),
            t("reports.first_page"),
          )
        : null,
      next
        ? el(
            "a",
            { class: "button primary", href: `${TICKETS}?${search({ ...what, after: next, page: number + 1 })}` },
            t("reports.next_page"),
            icon("chevron-right"),
          )
        : null,
    ),
  ];
}

function columns() {
  const column = (id, kind, value, show = value) => ({ id, kind, label: t(`reports.${id}`), value, show });
  return [
    column("number", "name", (ticket) => ticket.number),
    column(
      "day",
      "words",
      (ticket) => ticket.day,
      (ticket) => dayName(ticket.day),
    ),
    column(
      "issued_at",
      "figure",
      (ticket) => ticket.issued_at,
      (ticket) => hour(ticket.issued_at),
    ),
    column(
      "wait_minutes",
      "figure",
      (ticket) => ticket.wait_seconds,
      (ticket) => minutesOnly(ticket.wait_seconds) || "–",
    ),
    column(
      "service_minutes",
      "figure",
      (ticket) => ticket.service_seconds,
      (ticket) => minutesOnly(ticket.service_seconds) || "–",
    ),
    column("agency", "words", (ticket) => nameOf("agency", ticket.agency)),
    column("service", "words", (ticket) => nameOf("service", ticket.service)),
    column("counter_officer", "words", (ticket) => (ticket.counter ? nameOf("counter", ticket.counter) : null), served),
    column("outcome", "words", (ticket) => outcomeText(ticket)),
  ];
}

function served(ticket) {
  if (!ticket.counter) return "–";
  return [nameOf("counter", ticket.counter), ticket.officer].filter(Boolean).join(" · ");
}

function outcomeText(ticket) {
  const result = ticket.result ? ` · ${resultName(ticket.service, ticket.result)}` : "";
  return t(`reports.outcome_${ticket.outcome}`) + result;
}

/** "09.41": the hall's own clock, which the server wrote down. */
function hour(iso) {
  return iso.slice(11, 16).replace(":", ".");
}

function title(what) {
  if (what.result) return t("reports.tickets_of", { what: resultName(what.service, what.result) });
  return what.outcome && what.outcome !== "any"
    ? t("reports.tickets_of", { what: t(`reports.outcome_${what.outcome}`) })
    : t("reports.tickets_title");
}

function about(what) {
  const days = isDay(what.from) && isDay(what.to) ? daysName(what.from, what.to) : "";
  const parts = ["agency", "service", "counter", "officer"].filter((by) => what[by]).map((by) => nameOf(by, what[by]));
  if (what.weekday) parts.push(weekdayName(what.weekday));
  if (what.hour) parts.push(t("reports.at_hour", { hour: hourName(Number(what.hour)) }));
  return [days, ...parts].filter(Boolean).join(" · ");
}

function back(what) {
  return `${HOME}?${search({ from: what.from, to: what.to, agency: what.agency, service: what.service })}`;
}

function files(what) {
  const path = (format, more) => `/api/v1/reports/tickets?${search({ ...what, format, ...more })}`;
  return el(
    "div",
    { class: "doings no-print" },
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

function nobody() {
  return el(
    "section",
    { class: "message" },
    icon("ticket-x"),
    el("h2", { text: t("reports.no_tickets") }),
    el("p", { class: "quiet", text: t("reports.no_tickets_hint") }),
  );
}
