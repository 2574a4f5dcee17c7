// The satisfaction report: who is logged in, which days and agency, and the parts of the page below.

import { boot, get, Problem } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { button, otherLanguage } from "/static/parts.js";
import { login, logout } from "/static/session.js";
import { name, setLanguage, t } from "/static/text.js";
import { commentsPart } from "/satisfaction/static/comments.js";
import { bars, groups, respondents, summary } from "/satisfaction/static/figures.js";

const LANGUAGE_KEY = "antrean.reports.language";
const { hall, agencies, roles, today } = boot.page;
const app = document.getElementById("app");
const state = { user: boot.page.user ?? null, words: null, ...chosen(), report: null, problem: null, asked: 0 };

/** The choice that stands in the address, so that a report can be handed on as a link; else this month. */
function chosen() {
  const given = new URLSearchParams(location.search);
  return { from: given.get("from") ?? `${today.slice(0, 8)}01`, to: given.get("to") ?? today, agency: given.get("agency") ?? "", service: given.get("service") ?? "" };
}

const page = {
  async login(who, password) {
    state.user = await login(who, password);
    draw();
  },
  setLanguage(wanted) {
    setLanguage(wanted);
    remember(LANGUAGE_KEY, wanted);
    draw();
  },
};

function toLogin(words) {
  Object.assign(state, { user: null, words, report: null });
  draw();
}

function draw() {
  document.title = `${t("satisfaction.title")} · ${hall.name}`;
  if (!state.user) {
    const view = loginView(page, state.words, { product: "satisfaction.product", hint: "satisfaction.login_hint" });
    app.replaceChildren(view.node);
    view.render();
    view.focus();
  } else if (!roles.includes(state.user.role)) {
    app.replaceChildren(bar(), refused());
  } else {
    app.replaceChildren(bar(), sheet());
    if (!state.report) load();
  }
}

function bar() {
  const out = button({ class: "button bare", icon: icon("log-out"), label: el("span", { text: t("satisfaction.logout") }), press: leave });
  const back = el("a", { class: "button bare", href: "/reports/" }, icon("chart-column"), el("span", { text: t("reports.title") }));
  return el(
    "header",
    { class: "bar on-sea" },
    el("p", { class: "bar-hall", dir: "auto", text: hall.name }),
    el("div", { class: "bar-tools" }, back, el("span", { class: "bar-user", text: state.user.name }), out, otherLanguage(page.setLanguage)),
  );
}

async function leave() {
  try {
    await logout();
    toLogin(null);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    state.problem = t("satisfaction.problem", { code: problem.code });
    draw();
  }
}

function refused() {
  return el("main", { class: "sheet message" }, icon("lock"), el("h1", { text: t("satisfaction.refused_title") }), el("p", { class: "quiet", text: t("satisfaction.refused", { name: state.user.name }) }));
}

function sheet() {
  const head = el("div", { class: "head" }, el("div", {}, el("h1", { text: t("satisfaction.title") }), el("p", { class: "quiet", text: t("satisfaction.source") })), exports_());
  const problem = el("p", { class: "offline", role: "alert", hidden: !state.problem }, state.problem ?? "");
  return el("main", { class: "sheet", "aria-busy": String(!state.report) }, head, choice(), problem, body());
}

function body() {
  const { report } = state;
  if (!report) return el("p", { class: "nothing quiet", role: "status", text: state.problem ? "" : t("satisfaction.loading") });
  const comments = commentsPart({ from: state.from, to: state.to, agency: state.agency, service: state.service, nameOf, expired });
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
  const focused = document.activeElement?.id;
  draw();
  if (focused) document.getElementById(focused)?.focus();
}

async function load() {
  const mine = ++state.asked; // an answer that was overtaken by another choice is nobody's
  try {
    const report = await get(`/api/v1/reports/satisfaction?${query()}`);
    if (mine === state.asked) Object.assign(state, { report, problem: null });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) return expired();
    if (mine === state.asked) state.problem = problem.errors.length ? t("satisfaction.wrong_days") : t("satisfaction.problem", { code: problem.code });
  }
  if (mine !== state.asked) return undefined;
  const focused = document.activeElement?.id;
  app.replaceChildren(bar(), sheet());
  if (focused) document.getElementById(focused)?.focus();
  return undefined;
}

function expired() {
  toLogin(() => t("login.expired"));
}

setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
draw();
