// The satisfaction report: which days and agency, and the parts of the page below.

import { boot, get, Problem } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { button } from "/static/parts.js";
import { staffPage } from "/static/staff.js";
import { name, t } from "/static/text.js";
import { commentsPart } from "/satisfaction/static/comments.js";
import { bars, groups, respondents, summary } from "/satisfaction/static/figures.js";

const { agencies, today } = boot.page;
const state = { reader: null, ...chosen(), report: null, problem: null, asked: 0 };
let page = null;
let main = null;

/** The choice that stands in the address, so that a report can be handed on as a link; else this month. */
function chosen() {
  const given = new URLSearchParams(location.search);
  return { from: given.get("from") ?? `${today.slice(0, 8)}01`, to: given.get("to") ?? today, agency: given.get("agency") ?? "", service: given.get("service") ?? "" };
}

/** The view of the page; what was reckoned stays for another language, and goes with whoever asked for it. */
function reportView(around) {
  page = around;
  if (state.reader !== page.user()) Object.assign(state, { reader: page.user(), report: null, problem: null });
  main = el("main", { class: "sheet" });
  return { node: main, render: draw, close: () => (state.asked += 1) };
}

function draw() {
  show();
  if (!state.report) load();
}

function show() {
  const head = el("div", { class: "head" }, el("div", {}, el("h1", { text: t("satisfaction.title") }), el("p", { class: "quiet", text: t("satisfaction.source") })), exports_());
  const problem = el("p", { class: "offline", role: "alert", hidden: !state.problem }, state.problem ?? "");
  const focused = document.activeElement?.id;
  main.setAttribute("aria-busy", String(!state.report));
  main.replaceChildren(head, choice(), problem, body());
  if (focused) document.getElementById(focused)?.focus();
}

function body() {
  const { report } = state;
  if (!report) return el("p", { class: "nothing quiet", role: "status", text: state.problem ? "" : t("satisfaction.loading") });
  const comments = commentsPart({ from: state.from, to: state.to, agency: state.agency, service: state.service, nameOf, expired: page.expired });
  return el(
    "div",
    { class: "parts" },
    el("p", { class: "period print-only", text: periodWords() }),
    el("div", { class: "upper" }, summary(report), bars(report)),
    groups(report, agencies, (key) => choose(report.by === "agency" ? { agency: key, service: "" } : { service: key })),
    respondents(report),
    comments,
  );
}

function periodWords() {
  return [t("satisfaction.period", { from: state.from, to: state.to }), nameOf(state.agency, state.service)].filter(Boolean).join(" · ");
}

function nameOf(agency, service) {
  const found = agencies.find((each) => each.id === agency);
  return [name(found?.name), name(found?.services.find((each) => each.id === service)?.name)].filter(Boolean).join(" · ");
}

function choice() {
  const from = day("from", state.from);
  const to = day("to", state.to);
  const agency = select("agency", [["", t("satisfaction.every_agency")], ...agencies.map((each) => [each.id, name(each.name)])], state.agency);
  const services = agencies.find((each) => each.id === state.agency)?.services ?? [];
  const service = select("service", [["", t("satisfaction.every_service")], ...services.map((each) => [each.id, name(each.name)])], state.service);
  service.disabled = !state.agency;
  for (const input of [from, to]) input.addEventListener("change", () => input.value && choose({ from: from.value, to: to.value }));
  agency.addEventListener("change", () => choose({ agency: agency.value, service: "" }));
  service.addEventListener("change", () => choose({ service: service.value }));
  const presets = Object.entries(periods()).map(([key, [first, last]]) =>
    button({ class: "button preset", label: t(`satisfaction.${key}`), "aria-pressed": String(first === state.from && last === state.to), press: () => choose({ from: first, to: last }) }),
  );
  return el(
    "form",
    { class: "choice card", "aria-label": t("satisfaction.choice"), on: { submit: (event) => event.preventDefault() } },
    labelled("satisfaction.from", from),
    labelled("satisfaction.to", to),
    labelled("satisfaction.agency", agency),
    labelled("satisfaction.service", service),
    el("div", { class: "presets" }, presets),
  );
}

/** This month, the month before, this year and the year before, as the hall's days. */
function periods() {
  const [year, month] = today.split("-").map(Number);
  const iso = (y, m, d) => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);
  return {
    this_month: [iso(year, month, 1), today],
    last_month: [iso(year, month - 1, 1), iso(year, month, 0)],
    this_year: [iso(year, 1, 1), today],
    last_year: [iso(year - 1, 1, 1), iso(year - 1, 12, 31)],
  };
}

function day(id, value) {
  return el("input", { class: "field", type: "date", id: `choice-${id}`, value, max: "9999-12-31", required: true });
}

function select(id, options, value) {
  const node = el("select", { class: "field", id: `choice-${id}` }, options.map(([key, text]) => el("option", { value: key, text })));
  node.value = value;
  return node;
}

function labelled(key, input) {
  return el("div", { class: "asked" }, el("label", { for: input.id, text: t(key) }), input);
}

function exports_() {
  const file = (format, words) => el("a", { class: "button", href: `/api/v1/reports/satisfaction?${query({ format })}`, download: true }, icon("download"), words);
  const print = button({ class: "button", icon: icon("printer"), label: t("satisfaction.print"), press: () => window.print() });
  return el("div", { class: "exports" }, file("xlsx", "XLSX"), file("csv", "CSV"), print);
}

function query(more = {}) {
  const by = state.agency ? "service" : "agency";
  const values = { from: state.from, to: state.to, by, agency: state.agency, service: state.service, ...more };
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
}

function choose(changes) {
  Object.assign(state, changes, { report: null, problem: null });
  const { from, to, agency, service } = state;
  const kept = Object.entries({ from, to, agency, service }).filter(([, value]) => value);
  history.replaceState(null, "", `?${new URLSearchParams(kept)}`);
  draw();
}

async function load() {
  const mine = ++state.asked; // an answer that was overtaken by another choice is nobody's
  try {
    const report = await get(`/api/v1/reports/satisfaction?${query()}`);
    if (mine === state.asked) Object.assign(state, { report, problem: null });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine !== state.asked) return undefined;
    if (problem.status === 401) return page.expired();
    state.problem = problem.errors.length ? t("satisfaction.wrong_days") : t("satisfaction.problem", { code: problem.code });
  }
  if (mine === state.asked) show();
  return undefined;
}

staffPage({ here: "/reports/satisfaction", product: "satisfaction.product", hint: "satisfaction.login_hint", view: reportView });
