// The open counter, put together: bar, current ticket, what can be done with it, one line of words, the
// large button, the queue, the status line.

import { el, icon } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { t, name } from "/static/text.js";
import { actionGrid } from "/counter/static/actions.js";
import { bigButton } from "/counter/static/big.js";
import { currentCard } from "/counter/static/current.js";
import { deskDialog } from "/counter/static/desk.js";
import { directDialog } from "/counter/static/direct.js";
import { header, overseerPages } from "/counter/static/header.js";
import { helpDialog } from "/counter/static/help.js";
import { holdDialog } from "/counter/static/hold.js";
import { listenKeys } from "/counter/static/keys.js";
import { outcomesOf, outcomeStrip } from "/counter/static/outcomes.js";
import { pauseDialog } from "/counter/static/pausing.js";
import { messageStrip } from "/counter/static/messages.js";
import { counterWords, problemWords } from "/counter/static/phrases.js";
import { hasProfiles, profileDialog, profileOf, profileWords } from "/counter/static/profile.js";
import { queuePanel } from "/counter/static/queue.js";
import { reminderWords } from "/counter/static/reminders.js";
import { statusLine } from "/counter/static/status.js";
import { transferDialog } from "/counter/static/transfer.js";

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
  const directTool = button(
    {
      class: "button bare tool",
      icon: icon("user-plus"),
      label: el("span", { text: t("counter.direct") }),
      "aria-keyshortcuts": "L",
      press: serveDirectly,
    },
    key("L"),
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
  const profileLabel = el("span", { class: "tool-name", dir: "auto" });
  const profileTool = button(
    {
      class: "button bare tool",
      icon: icon("layers"),
      label: profileLabel,
      "aria-keyshortcuts": "P",
      press: switchProfile,
    },
    key("P"),
  );
  const bar = header({
    page,
    title,
    detail,
    tools: [ticketTool, directTool, profileTool, pauseTool],
    now: () => terminal.now(),
    menu: [
      { icon: "keyboard", label: t("counter.shortcuts"), key: key("?"), press: () => help.open() },
      ...overseerPages(page.state.user),
      { icon: "door-closed", label: t("counter.close"), press: chooseAnother },
      { icon: "log-out", label: t("counter.logout"), press: logout },
    ],
  });
  const card = currentCard(terminal);
  const asks = {
    finish: () => outcomesOf(terminal).length > 0 && (outcomes.ask(), true),
    hold: () => opened(hold),
    transfer: () => opened(transfer),
  };
  const actions = actionGrid(terminal, asks);
  const line = el("p", { class: "line", role: "status" });
  const big = bigButton(terminal);
  const outcomes = outcomeStrip(terminal);
  const queue = queuePanel(terminal);
  const status = statusLine(terminal);
  const told = messageStrip(terminal);
  const help = helpDialog();
  const desk = deskDialog(page, terminal);
  const hold = holdDialog(terminal);
  const transfer = transferDialog(page, terminal);
  const pause = pauseDialog(terminal);
  const direct = directDialog(terminal);
  const profile = profileDialog(terminal);
  const asked = [help, desk, hold, transfer, pause, direct, profile];
  const dialogs = [...asked.map((each) => each.node), outcomes.dialog];
  const place = el("div", { class: "big-place" }, big.node, outcomes.node); // one at a time
  const main = el("main", { class: "work-main" }, card.node, actions.node, line, place);
  const node = el("div", { class: "work" }, bar.node, told.node, main, queue.node, status.node, dialogs);
  let lost_since_ms = null;
  // A button pressed by mouse or finger takes no focus: what the keyboard does next is never about it.
  node.addEventListener("mousedown", (event) => {
    if (event.target.closest("button") && !event.target.closest("dialog")) event.preventDefault();
  });

  const stopKeys = listenKeys((pressed) => {
    if (pressed === " ") return big.press();
    if (pressed === "m") return big.pressStart();
    if (pressed === "n") return newTicket();
    if (pressed === "l") return serveDirectly();
    if (pressed === "i") return pauseOrResume();
    if (pressed === "p") return switchProfile();
    if (pressed === "c") return queue.find();
    if (pressed === "g") return queue.turn();
    if (pressed === "o") return told.press();
    if (/^[1-9]$/.test(pressed)) return outcomes.press(pressed);
    if (pressed === "?") return help.open();
    return actions.press(pressed);
  });

  /** Opens a question, unless its answer could not be sent. */
  function opened(dialog) {
    if (terminal.offline) terminal.tell("bad", () => t("counter.press_offline"));
    else if (!terminal.pending) dialog.open();
    return true;
  }

  function newTicket() {
    return opened(desk);
  }

  function busy() {
    const current = terminal.current;
    if (current) terminal.tell("info", () => t("counter.finish_first", { number: current.number }));
    return Boolean(current);
  }

  function serveDirectly() {
    if (busy()) return true;
    if (terminal.snapshot?.counter.state !== "paused") return opened(direct);
    terminal.tell("info", () => t("counter.problem_not_open"));
    return true;
  }

  function switchProfile() {
    return hasProfiles(terminal.snapshot) && opened(profile);
  }

  function pauseOrResume() {
    const paused = terminal.snapshot?.counter.state === "paused";
    if (paused) terminal.press("open", {}, { primary: true });
    else if (!busy()) opened(pause);
    return true;
  }

  async function closeCounter() {
    if (busy()) return false;
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
    const chosen = snapshot && profileOf(snapshot);
    profileTool.hidden = !hasProfiles(snapshot);
    say(profileLabel, chosen ? profileWords(chosen) : t("counter.profile"));
    profileTool.title = t("counter.profile_key");
    enable(profileTool, snapshot && !terminal.pending);
    enable(pauseTool, snapshot && !terminal.pending);
    enable(directTool, snapshot && !snapshot.current && !paused && !terminal.pending);
    for (const part of [card, actions, big, outcomes, queue, status, told, hold, transfer]) part.render();
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
    const reminder = words ? "" : reminderWords(terminal);
    say(line, words || reminder);
    line.dataset.tone = words ? (told ? "bad" : notice.tone) : reminder && "due";
  }

  function tick() {
    bar.tick();
    card.tick();
    queue.tick();
    actions.tick();
    terminal.hush();
    renderLine();
  }

  return {
    node,
    render,
    tick,
    close: () => {
      stopKeys();
      for (const dialog of dialogs) dialog.close();
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
