// The open counter, put together: bar, current ticket, what can be done with it, one line of words, the
// large button, the queue, the status line.

import { el, icon } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { t, name } from "/static/text.js";
import { actionGrid } from "/counter/static/actions.js";
import { bigButton } from "/counter/static/big.js";
import { currentCard } from "/counter/static/current.js";
import { deskDialog } from "/counter/static/desk.js";
import { header, overseerPages } from "/counter/static/header.js";
import { helpDialog } from "/counter/static/help.js";
import { listenKeys } from "/counter/static/keys.js";
import { counterWords, problemWords } from "/counter/static/phrases.js";
import { queuePanel } from "/counter/static/queue.js";
import { statusLine } from "/counter/static/status.js";

const LOST_SHOWN_MS = 1_500; // a line that is back at once was never worth a word

export function workView(page, terminal) {
  const title = el("span");
  const detail = el("span");
  const pauseLabel = el("span");
  const ticketTool = button(
    {
      class: "button bare tool",
      icon: icon("ticket-plus"),
      label: el("span", { text: t("counter.new_ticket") }),
      "aria-keyshortcuts": "N",
      press: newTicket,
    },
    key("N"),
  );
  const pauseTool = button(
    {
      class: "button bare tool",
      icon: icon("coffee"),
      label: pauseLabel,
      "aria-keyshortcuts": "I",
      press: pauseOrResume,
    },
    key("I"),
  );
  const bar = header({
    page,
    title,
    detail,
    tools: [ticketTool, pauseTool],
    now: () => terminal.now(),
    menu: [
      { icon: "keyboard", label: t("counter.shortcuts"), key: key("?"), press: () => help.open() },
      ...overseerPages(page.state.user),
      { icon: "door-closed", label: t("counter.close"), press: chooseAnother },
      { icon: "log-out", label: t("counter.logout"), press: logout },
    ],
  });
  const card = currentCard(terminal);
  const actions = actionGrid(terminal);
  const line = el("p", { class: "line", role: "status" });
  const big = bigButton(terminal);
  const queue = queuePanel(terminal);
  const status = statusLine(terminal);
  const help = helpDialog();
  const desk = deskDialog(page, terminal);
  const main = el("main", { class: "work-main" }, card.node, actions.node, line, big.node);
  const node = el("div", { class: "work" }, bar.node, main, queue.node, status.node, help.node, desk.node);
  let lost_since_ms = null;
  // A button pressed by mouse or finger takes no focus: what the keyboard does next is never about it.
  node.addEventListener("mousedown", (event) => {
    if (event.target.closest("button") && !event.target.closest("dialog")) event.preventDefault();
  });

  const stopKeys = listenKeys((pressed) => {
    if (pressed === " ") return big.press();
    if (pressed === "m") return big.pressStart();
    if (pressed === "n") return newTicket();
    if (pressed === "i") return pauseOrResume();
    if (pressed === "?") return help.open();
    return actions.press(pressed);
  });

  function newTicket() {
    if (terminal.offline) terminal.tell("bad", () => t("counter.press_offline"));
    else desk.open();
    return true;
  }

  function pauseOrResume() {
    const paused = terminal.snapshot?.counter.state === "paused";
    if (!paused && terminal.current)
      terminal.tell("info", () => t("counter.finish_first", { number: terminal.current?.number }));
    else if (terminal.snapshot) terminal.press(paused ? "open" : "pause", {}, { primary: true });
    return true;
  }

  async function closeCounter() {
    if (terminal.current) {
      terminal.tell("info", () => t("counter.finish_first", { number: terminal.current?.number }));
      return false;
    }
    const closed = await terminal.press("close");
    if (closed) terminal.close(); // what the server says of this counter from here on concerns us no more
    return Boolean(closed);
  }

  async function chooseAnother() {
    if (await closeCounter()) page.choose(null);
  }

  /** Who leaves leaves no open counter behind: its visitors would wait for nobody. */
  async function logout() {
    if (!(await closeCounter())) return;
    try {
      await page.logout();
    } catch (problem) {
      page.choose(() => problemWords(problem));
    }
  }

  function render() {
    const snapshot = terminal.snapshot;
    const paused = snapshot?.counter.state === "paused";
    say(title, counterWords(snapshot?.counter.label ?? terminal.id));
    say(detail, agencies(snapshot, page.state.hall));
    say(pauseLabel, t(paused ? "counter.resume" : "counter.pause"));
    mark(pauseTool, "on", paused);
    enable(pauseTool, snapshot && !terminal.pending);
    for (const part of [card, actions, big, queue, status]) part.render();
    renderLine();
    document.title = pageTitle(snapshot);
    tick();
  }

  /** Not connected goes before everything else: it says why presses are refused. */
  function renderLine() {
    const lost = terminal.snapshot ? terminal.offline : terminal.live !== "connecting" && terminal.live !== "live";
    lost_since_ms = lost ? (lost_since_ms ?? performance.now()) : null;
    const told =
      lost && (terminal.live !== "lost" || terminal.live_reason || performance.now() - lost_since_ms >= LOST_SHOWN_MS);
    const notice = terminal.notice;
    const refusedNow = notice && notice.tone === "bad";
    const words = told && !refusedNow ? lostWords(terminal) : (notice?.words() ?? "");
    say(line, words);
    line.dataset.tone = words ? (told ? "bad" : notice.tone) : "";
  }

  function tick() {
    bar.tick();
    card.tick();
    queue.tick();
    actions.tick();
    terminal.hush();
    if (lost_since_ms !== null) renderLine();
  }

  return {
    node,
    render,
    tick,
    close: () => {
      stopKeys();
      help.close();
      desk.close();
    },
  };
}

function lostWords(terminal) {
  if (terminal.live_reason === "restarting") return t("live.restarting");
  return t(terminal.live === "busy" ? "live.busy" : "counter.offline");
}

/** "Kependudukan", or "BPJS Kesehatan · Pajak" for a counter of several agencies. */
function agencies(snapshot, hall) {
  if (!snapshot) return "";
  const short = new Map(
    hall?.agencies.flatMap((agency) => agency.services.map((service) => [service.id, name(agency.short_name)])),
  );
  const names = snapshot.counter.services.map((id) => short.get(id) || name(snapshot.services[id]?.agency_name));
  return [...new Set(names.filter(Boolean))].join(" · ");
}

function pageTitle(snapshot) {
  const counter = counterWords(snapshot?.counter.label ?? "");
  if (!snapshot) return t("counter.title");
  const what = snapshot.current?.number ?? t("counter.waiting_n", { n: snapshot.waiting_count });
  return `${what} · ${counter}`;
}
