// Asking a visitor what they thought of the service: on their phone, on the tablet of a counter, at a kiosk. One state,
// one render(); what differs between the three is where the ticket comes from, and where the page rests afterwards.

import { boot, get, newKey, Problem } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el } from "/static/dom.js";
import { connect } from "/static/live.js";
import { language, setLanguage, t } from "/static/text.js";
import { done, intro, message, more, question, rest, scan, which } from "/survey/static/views.js";

const { mode, counter, hall } = boot.page;
const QUESTIONS = 9;
const SETTLING_MS = 300; // a second tap of the same finger must not answer the next question
const IDLE_MS = 60_000; // who walked away in the middle
const THANKED_MS = 8_000;
const STANDS = mode !== "phone"; // it stands in the hall, and is the next visitor's in a moment
const CODE = /([A-Z2-7]{16})(?:\/survey)?\/?$/;
const REFUSALS = {
  already_answered: "answered",
  too_late: "too_late",
  not_here: "too_late",
  not_served: "not_served",
  survey_off: "off",
  not_found: "unknown",
};

const state = { phase: "loading", code: boot.page.code ?? null, tickets: [], ask: null, line: "connecting", dismissed: null };
const head = el("header", { class: "top" });
const away = el("p", { class: "offline", role: "status" });
const main = el("main");
document.documentElement.dataset.mode = mode;
document.getElementById("survey").append(head, away, main);

let idle = null;
let settling = null;
let sent = null; // {body, key}: the same answers again are the same press

const steps = {
  begin: () => show({ phase: "asking", step: 0 }),
  leave: () => home({ dismissed: state.ticket?.id ?? null }),
  choose: (ticket) => ask(ticket),
  answer(value) {
    state.answers[`u${state.step + 1}`] = value;
    forward();
  },
  back() {
    if (state.phase === "more") show({ phase: "asking", step: QUESTIONS - 1 });
    else if (state.step > 0) show({ step: state.step - 1 });
    else show({ phase: "intro" });
  },
  scanned,
  send,
};

const VIEWS = { loading: () => message("loading"), rest, scan, which, intro, asking: question, more, done, message: (now) => message(now.why, now) };

function render() {
  document.title = `${t("survey.title")} · ${hall.name}`;
  head.replaceChildren(el("p", { class: "hall", dir: "auto", text: hall.name }), languageButton());
  tellLine();
  main.dataset.phase = state.phase;
  main.replaceChildren(...VIEWS[state.phase](state, steps));
}

function tellLine() {
  const words = { lost: "survey.away", connecting: null, live: null }[state.line];
  const refused = state.line === "refused" ? "survey.refused" : null;
  const shown = mode === "tablet" ? (refused ?? words) : null;
  away.hidden = !shown;
  away.textContent = shown ? t(shown) : "";
}

/** Another step: from here on presses count after a moment, and the new heading is read out. */
function show(changes) {
  Object.assign(state, { problem: null }, changes);
  render();
  settle();
  watch();
  (main.querySelector("[data-first]") ?? main.querySelector("h1"))?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function settle() {
  clearTimeout(settling);
  main.dataset.settling = "";
  settling = setTimeout(() => delete main.dataset.settling, SETTLING_MS);
}

function languageButton() {
  const [other, word] = language() === "id" ? ["en", "English"] : ["id", "Bahasa Indonesia"];
  const node = el("button", { class: "button bare speak", type: "button", lang: other, text: word });
  node.addEventListener("click", () => {
    setLanguage(other);
    render();
    head.querySelector("button").focus();
  });
  return node;
}

function forward() {
  if (state.step + 1 < QUESTIONS) show({ step: state.step + 1 });
  else show({ phase: "more" });
}

/** Ask about a ticket, from the beginning. */
function ask(ticket) {
  sent = null;
  setLanguage(ticket.language);
  show({ phase: "intro", ticket, step: 0, answers: {}, comment: "", respondent: {} });
}

/** Where the page rests: the visitor's number on the phone, the next visitor elsewhere. */
function home(more = {}) {
  Object.assign(state, more);
  if (mode === "phone") return location.assign(`/t/${state.code}`);
  sent = null;
  setLanguage("id");
  if (mode === "kiosk") return show({ phase: "scan", code: null, ticket: null });
  show({ phase: "rest", ticket: null });
  return offer();
}

/** Who stands in the hall's way is sent home after a while. */
function watch() {
  clearTimeout(idle);
  if (!STANDS) return;
  if (state.phase === "done" || state.phase === "message") idle = setTimeout(home, THANKED_MS);
  else if (state.phase === "intro" && mode === "tablet") idle = setTimeout(home, Math.max(0, state.ask_until - performance.now()));
  else if (!["rest", "scan", "loading"].includes(state.phase)) idle = setTimeout(home, IDLE_MS);
}

/** The tablet asks whoever was served last, unless somebody is answering or has said no. */
function offer() {
  const asked = state.ask?.ticket;
  if (state.phase === "intro" && asked?.id !== state.ticket.id) return home();
  const free = ["loading", "rest"].includes(state.phase);
  if (free && asked && asked.id !== state.dismissed && performance.now() < state.ask_until) return ask(asked);
  if (state.phase === "loading") return show({ phase: "rest" });
  return undefined;
}

function taken(snapshot) {
  state.ask = snapshot.ask;
  state.label = snapshot.counter.label;
  state.ask_until = performance.now() + (snapshot.ask?.seconds_left ?? 0) * 1000;
  offer();
}

async function scanned(text) {
  const code = CODE.exec(text.trim().toUpperCase().replace(/\/SURVEY\/?$/, ""))?.[1];
  if (!code) return show({ phase: "scan", wrong: true });
  Object.assign(state, { code, wrong: false });
  return load();
}

/** What of a visit can be answered for. */
async function load() {
  try {
    const { tickets } = await get(`/api/v1/visits/${encodeURIComponent(state.code)}/survey`);
    const open = tickets.filter((ticket) => ticket.survey === "open");
    const wanted = open.find((ticket) => String(ticket.id) === new URLSearchParams(location.search).get("ticket"));
    if (tickets.length) setLanguage(tickets[0].language);
    if (wanted || open.length === 1) ask(wanted ?? open[0]);
    else if (open.length > 1) show({ phase: "which", tickets: open });
    else show({ phase: "message", why: ["answered", "too_late", "off"].find((why) => tickets.some((each) => each.survey === why)) ?? "not_served" });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 404 && mode === "kiosk") show({ phase: "scan", wrong: true });
    else show({ phase: "message", why: problem.status === 404 ? "unknown" : "offline", retry: load });
  }
}

async function send() {
  if (state.sending) return;
  if (!Object.values(state.answers).some((answer) => answer !== null)) return show({ phase: "asking", step: 0, problem: "survey.one_needed" });
  const { ticket, answers, comment, respondent } = state;
  const body = { ticket: ticket.id, answers, comment: comment.trim() || null, respondent };
  const same = JSON.stringify(body);
  if (sent?.body !== same) sent = { body: same, key: newKey() };
  show({ sending: true });
  const path = mode === "tablet" ? `/api/v1/counters/${encodeURIComponent(counter)}/survey` : `/api/v1/visits/${state.code}/survey`;
  try {
    await deliver(path, body, sent.key);
    show({ phase: "done", sending: false, dismissed: ticket.id });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const why = REFUSALS[problem.code];
    if (why) show({ phase: "message", why, sending: false });
    else show({ sending: false, problem: problem.status === 0 ? "survey.problem_offline" : "survey.problem_other", problem_code: problem.code });
  }
}

/** 1 to 4 answer, the left arrow goes back: for those who cannot point. Not at a kiosk: a scanner types digits too. */
function keyed(event) {
  if (mode === "kiosk" || state.phase !== "asking" || event.ctrlKey || event.altKey || event.metaKey || "settling" in main.dataset) return;
  if (/^[1-4]$/.test(event.key)) steps.answer(Number(event.key));
  else if (event.key === "ArrowLeft") steps.back();
}

document.addEventListener("keydown", keyed);
for (const touch of ["pointerdown", "keydown", "input"]) document.addEventListener(touch, watch);
main.addEventListener("click", (event) => "settling" in main.dataset && event.stopPropagation(), true);

setLanguage(boot.language);
if (mode === "tablet") {
  render();
  const line = connect({
    screen: "survey",
    id: counter,
    snapshot: () => get(`/api/v1/counters/${encodeURIComponent(counter)}/survey`),
    onSnapshot: taken,
    onEvent: () => line.refresh(),
    onStatus(status) {
      state.line = status;
      tellLine();
    },
  });
} else if (mode === "kiosk") {
  show({ phase: "scan" });
} else if (state.code) {
  render();
  load();
} else {
  show({ phase: "message", why: "unknown" });
}
