// A visitor's page on the phone: one state, one render(). Their own tickets, and nothing about anyone else.

import { boot } from "/static/api.js";
import { el } from "/static/dom.js";
import { clock, language, name, t } from "/static/text.js";
import { follow } from "/visitor/static/follow.js";
import { mark } from "/visitor/static/marks.js";
import { card, hero } from "/visitor/static/number.js";
import { languageButton, speakChosen } from "/visitor/static/speak.js";
import { counterOf, kindOf, sentence } from "/visitor/static/standing.js";

const { code, hall } = boot.page;
const CALL_PATTERN_MS = [300, 150, 300, 150, 600];
const GROUNDS = { called: "#f5a800", usual: "#063c46" };

const state = { tickets: null, at_ms: Date.now(), line: "connecting", contact_ms: null, unknown: code === null };

const top = el("header", { class: "top" });
const away = el("p", { class: "offline", role: "status" });
const main = el("main");
const others = el("section", { class: "others" });
const foot = el("footer", { class: "foot" });
document.getElementById("visit").append(top, away, main, others, foot);
const aloud = document.getElementById("aloud");
const drawn = new Map();
let lastCall = null;

function render() {
  const [first, ...rest] = state.unknown || !state.tickets ? [] : state.tickets;
  const kind = first ? kindOf(first) : state.unknown ? "unknown" : "loading";
  ground(kind);
  draw(top, [], () => [el("p", { class: "hall", dir: "auto", text: hall.name }), languageButton(render)]);
  const isAway = state.line === "away" && !state.unknown;
  away.hidden = !isAway;
  draw(away, [isAway, state.contact_ms && clock(state.contact_ms)], () => (isAway ? [mark("cut"), el("span", { text: awayWords() })] : []));
  draw(main, [kind, first, first && clock(state.at_ms)], () => (first ? hero(first, state.at_ms) : message(kind)));
  others.hidden = rest.length === 0;
  draw(others, rest, () => [el("h2", { text: t("visit.others") }), el("ul", {}, rest.map((ticket) => card(ticket, state.at_ms)))]);
  draw(foot, [state.unknown, state.line, state.contact_ms && clock(state.contact_ms)], () => footWords(state.line));
  if (first) tell(first);
}

/** Draw a part anew only when what it shows has changed: it may just be being read aloud. */
function draw(node, shown, build) {
  const wanted = JSON.stringify([language(), shown]);
  if (drawn.get(node) === wanted) return;
  drawn.set(node, wanted);
  const hadFocus = node.contains(document.activeElement);
  node.replaceChildren(...build());
  if (hadFocus) node.querySelector("button")?.focus();
}

function ground(kind) {
  document.body.className = kind === "called" ? "calls" : "on-sea";
  document.body.dataset.kind = kind;
  document.querySelector('meta[name="theme-color"]').content = GROUNDS[kind] ?? GROUNDS.usual;
}

function message(kind) {
  const picture = kind === "unknown" ? "unknown" : "wait";
  return [el("div", { class: "message" }, mark(picture), el("h1", { text: t(`visit.${kind}`) }), el("p", { text: t(`visit.${kind}_text`) }))];
}

function awayWords() {
  return state.contact_ms === null ? t("visit.away_first") : t("visit.away", { time: clock(state.contact_ms) });
}

function footWords(line) {
  if (state.unknown || line === "away") return [];
  const lamp = el("span", { class: `lamp${line === "live" ? " good" : ""}` });
  return [el("p", { role: "status" }, lamp, el("span", { text: lineWords(line) }))];
}

function lineWords(line) {
  if (line !== "asking") return t(`visit.${line}`);
  return state.contact_ms === null ? t("visit.crowded") : t("visit.asking", { time: clock(state.contact_ms) });
}

/** The title, the voice of a screen reader, and, at a new call, the phone itself. */
function tell(first) {
  const isCalled = first.state === "called";
  const words = `${first.number}: ${sentence(first)}`;
  document.title = isCalled ? t("visit.title_called", { label: counterOf(first), number: first.number }) : `${first.number} · ${hall.name}`;
  if (first.state !== "waiting" && aloud.textContent !== words) aloud.textContent = words;
  const call = isCalled ? `${first.id} ${first.called_at} ${first.recalls}` : "";
  // Not at the first look: whoever opens the page is looking at it.
  if (call && lastCall !== null && call !== lastCall) navigator.vibrate?.(CALL_PATTERN_MS);
  lastCall = call;
}

speakChosen();
render();
if (!state.unknown) {
  const line = follow(code, {
    onTickets(tickets) {
      if (!state.tickets && tickets.length) speakChosen(tickets[0].language);
      Object.assign(state, { tickets, at_ms: line.now(), unknown: tickets.length === 0 });
      render();
    },
    onLine(next, contact_ms) {
      Object.assign(state, { line: next, contact_ms });
      render();
    },
    onUnknown() {
      state.unknown = true;
      render();
    },
  });
}
