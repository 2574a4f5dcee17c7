// Who waits, and who did not come. A row's button calls that very ticket, or puts a missed one back.

import { el } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";
import { priorityWords, serviceWords, waitShort } from "/counter/static/phrases.js";

const TABS = ["waiting", "missed"];

export function queuePanel(terminal) {
  let shown = "waiting";
  const tabs = Object.fromEntries(TABS.map((id) => [id, tabButton(id)]));
  const lists = { waiting: waitingList(terminal), missed: missedList(terminal) };
  const bar = el(
    "div",
    { class: "tabs", role: "tablist", "aria-label": t("counter.lists") },
    TABS.map((id) => tabs[id].node),
  );
  const node = el(
    "aside",
    { class: "queue", "aria-label": t("counter.lists") },
    bar,
    TABS.map((id) => lists[id].node),
  );
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    show(TABS.find((id) => id !== shown));
    tabs[shown].node.focus();
  });
  node.addEventListener("keydown", walk);

  function tabButton(id) {
    const label = el("span", { text: t(`counter.tab_${id}`) });
    const count = el("span", { class: "tab-count" });
    const tab = button(
      { class: "tab", label, role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, press: () => show(id) },
      count,
    );
    return { node: tab, count };
  }

  function show(id) {
    shown = id;
    render();
  }

  function render() {
    const snapshot = terminal.snapshot;
    const counts = { waiting: snapshot?.waiting_count ?? 0, missed: snapshot?.missed.length ?? 0 };
    for (const id of TABS) {
      const active = id === shown;
      tabs[id].node.setAttribute("aria-selected", String(active));
      tabs[id].node.tabIndex = active ? 0 : -1;
      say(tabs[id].count, String(counts[id]));
      lists[id].node.hidden = !active;
      if (snapshot) lists[id].render(snapshot);
    }
  }

  return { node, render, tick: () => terminal.snapshot && lists.waiting.tick() };
}

/** Up and down from row to row. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll(".rows:not([hidden]) .row-button")].filter(
    (each) => each.offsetParent,
  );
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? buttons[0] : buttons[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function waitingList(terminal) {
  const rows = el("ul", { class: "rows" });
  const more = el("p", { class: "queue-more" });
  const empty = el("p", { class: "queue-empty", text: t("counter.nobody_waits") });
  const node = el(
    "div",
    { class: "panel", role: "tabpanel", id: "panel-waiting", "aria-labelledby": "tab-waiting" },
    rows,
    more,
    empty,
  );
  const update = keyed(rows, () => waitingRow(terminal));
  let parts = new Map();

  function render(snapshot) {
    parts = update(snapshot.waiting);
    const hidden = snapshot.waiting_count - snapshot.waiting.length;
    more.hidden = hidden <= 0;
    say(more, t("counter.more", { n: hidden }));
    empty.hidden = snapshot.waiting_count > 0;
  }

  return { node, render, tick: () => parts.forEach((part) => part.tick()) };
}

function waitingRow(terminal) {
  let ticket = null;
  const number = el("span", { class: "number row-number" });
  const service = el("span", { class: "row-service" });
  const facts = el("span", { class: "row-facts" });
  const wait = el("span", { class: "row-wait" });
  const call = button({ class: "row-button", label: t("counter.call"), press });
  const node = el("li", { class: "row" }, number, el("div", { class: "row-what" }, service, facts), wait, call);

  function press() {
    terminal.press("call", { ticket: ticket.id }, { number: ticket.number });
  }

  function update(next) {
    const snapshot = terminal.snapshot;
    ticket = next;
    say(number, ticket.number);
    say(service, serviceWords(snapshot, ticket.service));
    service.title = service.textContent;
    say(facts, rowFacts(ticket).join(" · "));
    mark(node, "told", facts.textContent);
    call.setAttribute("aria-label", t("counter.call_number", { number: ticket.number }));
    const free = !snapshot.current && snapshot.counter.state === "open";
    call.hidden = !free; // there is nothing to explain on every row: the large button says why
    enable(call, free && !terminal.pending);
    mark(node, "callable", free);
    tick();
  }

  function tick() {
    const snapshot = terminal.snapshot;
    const target_minutes = snapshot.services[ticket.service]?.target_wait_minutes;
    const seconds = ticket.wait_seconds + terminal.age_seconds;
    const late = target_minutes !== undefined && seconds > target_minutes * 60;
    say(wait, waitShort(seconds));
    mark(wait, "late", late);
    const title = late ? t("counter.late", { n: target_minutes }) : "";
    if (wait.title !== title) wait.title = title;
  }

  return { node, update, tick };
}

function rowFacts(ticket) {
  const facts = [];
  if (ticket.priority) facts.push(priorityWords(ticket.priority));
  if (ticket.party_size > 1) facts.push(t("counter.party", { n: ticket.party_size }));
  return facts;
}

function missedList(terminal) {
  const rows = el("ul", { class: "rows" });
  const empty = el("p", { class: "queue-empty", text: t("counter.nobody_missed") });
  const node = el(
    "div",
    { class: "panel", role: "tabpanel", id: "panel-missed", "aria-labelledby": "tab-missed" },
    rows,
    empty,
  );
  const update = keyed(rows, () => missedRow(terminal));
  function render(snapshot) {
    update(snapshot.missed);
    empty.hidden = snapshot.missed.length > 0;
  }
  return { node, render };
}

function missedRow(terminal) {
  let ticket = null;
  const number = el("span", { class: "number row-number" });
  const service = el("span", { class: "row-service" });
  const restore = button({ class: "row-button", label: t("counter.restore"), press });
  const when = el("span", { class: "row-facts" });
  const node = el("li", { class: "row missed told" }, number, el("div", { class: "row-what" }, service, when), restore);

  function press() {
    const words = () => t("counter.done_restore", { number: ticket.number });
    terminal.press("restore", { ticket: ticket.id }, { number: ticket.number, done: words });
  }

  function update(next) {
    ticket = next;
    say(number, ticket.number);
    say(service, serviceWords(terminal.snapshot, ticket.service));
    say(when, ticket.no_show_at ? t("counter.missed_at", { time: clock(ticket.no_show_at) }) : "");
    service.title = service.textContent;
    restore.setAttribute("aria-label", t("counter.restore_number", { number: ticket.number }));
    enable(restore, !terminal.pending && terminal.snapshot.counter.state === "open");
  }

  return { node, update };
}
