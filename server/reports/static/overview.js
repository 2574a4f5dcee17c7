// The reports' first page: asks for the figures of what the address says, and shows each part as it comes.

import { boot } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { button, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";
import { alongTheDay, trend } from "/reports/static/along.js";
import { better, counts, howLong, where } from "/reports/static/answers.js";
import { address, read, today, wrongField } from "/reports/static/asked.js";
import { earlier, range } from "/reports/static/days.js";
import { groupsTable } from "/reports/static/details.js";
import { filters } from "/reports/static/filters.js";
import { forget, gather } from "/reports/static/gather.js";
import { heatMap } from "/reports/static/heat.js";
import { daysName, monthName, nameOf } from "/reports/static/names.js";
import { problemView } from "/reports/static/problems.js";
import { countersTable, outcomesTable } from "/reports/static/serving.js";
import { sides } from "/reports/static/sides.js";
import { spread } from "/reports/static/spread.js";

const SORT = "sort"; // in the address, beside what is asked

/** The view of `/reports/`: {node, render(), close()}. */
export function overview(page) {
  let asked = read();
  let answers = {};
  let turn = 0;
  let closing = [];
  const row = el("div");
  const head = el("header", { class: "asked" });
  const progress = el("progress", { class: "progress no-print", "aria-label": t("reports.counting") });
  const told = el("p", { class: "told no-print", role: "status" });
  const body = el("div", { class: "body" });
  const node = el("main", { class: "sheet reports", data: { state: "loading" } }, row, head, progress, told, body);
  let filter = null;

  function change(part) {
    const next = { ...asked, ...part };
    if (part.period && part.period !== "own") Object.assign(next, range(part.period, today()));
    page.go(address(next));
  }

  /** Shows what the address says now. */
  async function show() {
    asked = read();
    answers = {};
    turn += 1;
    const mine = turn;
    clear();
    filter = filters(asked, change);
    row.replaceChildren(filter.node);
    node.dataset.state = "loading";
    const field = wrongField(asked);
    if (field) return refuse(field, t("reports.wrong_day", { field: t(`reports.${field}`) }));
    heading();
    const parts = slots();
    body.replaceChildren(...parts.map((part) => part.node));
    try {
      await gather(
        asked,
        (name, answer, done, all) => arrived(parts, name, answer, done, all),
        () => mine === turn,
      );
      if (mine === turn) finished();
    } catch (problem) {
      if (mine !== turn) return;
      if (problem.status === undefined) throw problem;
      turn += 1; // what is still on its way is not wanted any more
      failed(problem);
    }
  }

  function arrived(parts, name, answer, done, all) {
    answers[name] = answer;
    progress.max = all;
    progress.value = done;
    progress.hidden = false;
    say(told, t("reports.counting_n", { done, all }));
    if (name === "whole" && !answer.rows.length) return;
    for (const part of parts) part.fill();
  }

  function finished() {
    progress.hidden = true;
    if (!answers.whole.rows.length) return empty();
    say(told, "");
    node.dataset.state = "ready";
    head.querySelector(".as-of").textContent = t("reports.as_of", { time: clock(Date.now()) });
  }

  function empty() {
    node.dataset.state = "empty";
    say(told, "");
    body.replaceChildren(
      el(
        "section",
        { class: "message" },
        icon("calendar-x"),
        el("h2", { text: t("reports.empty") }),
        el("p", { class: "quiet", text: t("reports.empty_hint") }),
      ),
    );
  }

  function refuse(field, words) {
    node.dataset.state = "failed";
    progress.hidden = true;
    head.replaceChildren(el("h1", { text: t("reports.title") }));
    body.replaceChildren();
    filter.tell(field, words);
  }

  function failed(problem) {
    progress.hidden = true;
    say(told, "");
    if (problem.status === 401) return page.expired();
    node.dataset.state = "failed";
    const [wrong] = problem.errors ?? [];
    if (wrong && ["from", "to"].includes(wrong.path))
      return refuse(wrong.path, t("reports.wrong_range", { field: t(`reports.${wrong.path}`) }));
    clear();
    body.replaceChildren(problemView(problem, show));
  }

  function heading() {
    const whose = [
      asked.agency && nameOf("agency", asked.agency),
      asked.service && nameOf("service", asked.service),
    ].filter(Boolean);
    const before = earlier(asked);
    head.replaceChildren(
      el("p", { class: "paper-only paper-hall", text: boot.page.hall.name }),
      el(
        "h1",
        {},
        t("reports.title"),
        " · ",
        el("span", { class: "asked-days", text: daysName(asked.from, asked.to) }),
      ),
      el(
        "p",
        { class: "quiet asked-of" },
        el("span", { dir: "auto", text: whose.join(" · ") || t("reports.whole_hall") }),
        " · ",
        t("reports.compared", { days: daysName(before.from, before.to) }),
        " ",
        el("span", { class: "as-of" }),
      ),
      el(
        "div",
        { class: "doings no-print" },
        button({ class: "button", icon: icon("rotate-ccw"), label: t("reports.again"), press: again }),
        button({ class: "button", icon: icon("printer"), label: t("reports.print"), press: () => print() }),
        el(
          "a",
          {
            class: "button",
            href: `/api/v1/reports/monthly?month=${asked.to.slice(0, 7)}`,
            download: true,
            data: { file: "pdf" },
          },
          icon("file-down"),
          t("reports.monthly", { month: monthName(asked.to.slice(0, 7)) }),
        ),
      ),
    );
  }

  function again() {
    forget();
    show();
  }

  function slots() {
    const many = asked.from !== asked.to;
    return [
      group("answers", [
        ["how-long", ["whole"], howLong],
        ["where", ["sides", "worst_hours"], where],
        ["better", ["whole", "whole_before"], better],
      ]),
      single("counts", ["whole", "whole_before"], counts),
      single("plots", ["hours"], alongTheDay),
      single("plots", ["sides", "sides_before"], sides),
      ...(many ? [single("plots", ["week"], heatMap), single("plots", ["trend", "trend_before"], trend)] : []),
      single("plots", ["spread"], spread),
      single("tables", ["groups", "groups_before", "whole"], (_, found) =>
        groupsTable(asked, found, { regroup, resort, sort: sortText() }),
      ),
      single("tables", ["counters"], countersTable),
      single("tables", ["outcomes"], outcomesTable),
    ];
  }

  /** A place on the page that is grey until the answers it needs are there. */
  function single(kind, needs, make) {
    const place = el("div", { class: `slot waits ${kind}` });
    let there = false;
    return {
      node: place,
      fill() {
        if (there || !needs.every((name) => name in answers)) return;
        there = true;
        const made = make(asked, answers);
        if (made.close) closing.push(made.close);
        place.classList.remove("waits");
        place.replaceChildren(made.node ?? made);
      },
    };
  }

  function group(kind, parts) {
    const places = parts.map(([, needs, make]) => single("answer-slot", needs, make));
    return {
      node: el(
        "div",
        { class: kind },
        places.map((each) => each.node),
      ),
      fill: () => places.forEach((each) => each.fill()),
    };
  }

  function regroup(by) {
    page.go(address({ ...asked, by }), { keep: true });
  }

  function resort(text) {
    const now = new URL(location.href);
    now.searchParams.set(SORT, text);
    history.replaceState(history.state, "", now);
  }

  function sortText() {
    return new URLSearchParams(location.search).get(SORT);
  }

  function clear() {
    for (const close of closing) close();
    closing = [];
  }

  function close() {
    turn += 1;
    clear();
  }

  return { node, render: show, show, close };
}
