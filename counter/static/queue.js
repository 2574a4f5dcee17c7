// Who waits, who was set aside, and who did not come: three lists, and a search by number over all of them.

import { el } from "/static/dom.js";
import { button, key, keyed, mark, say } from "/static/parts.js";
import { t } from "/static/text.js";
import { isOverdue } from "/counter/static/reminders.js";
import { heldRow, missedRow, waitingRow } from "/counter/static/rows.js";

const TABS = ["waiting", "held", "missed"];
const ROWS = { waiting: waitingRow, held: heldRow, missed: missedRow };

export function queuePanel(terminal) {
  let shown = "waiting";
  const far = farList(terminal, () => render());
  const search = el("input", {
    class: "field",
    type: "search",
    placeholder: t("counter.search_number"),
    "aria-label": t("counter.search_number"),
    "aria-keyshortcuts": "C",
    autocomplete: "off",
  });
  const finder = el("div", { class: "finder" }, search, key("C"));
  const tabs = Object.fromEntries(TABS.map((id) => [id, tabButton(id)]));
  const lists = Object.fromEntries(TABS.map((id) => [id, list(terminal, id)]));
  const bar = el(
    "div",
    { class: "tabs", role: "tablist", "aria-label": t("counter.lists") },
    TABS.map((id) => tabs[id].node),
  );
  const node = el(
    "aside",
    { class: "queue", "aria-label": t("counter.lists") },
    bar,
    finder,
    TABS.map((id) => lists[id].node),
  );
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(neighbour(step));
    tabs[shown].node.focus();
  });
  node.addEventListener("keydown", walk);
  search.addEventListener("input", () => {
    far.seek(plain(search.value));
    render();
    // A number is sought wherever it is: the list that has it comes forward.
    const found = TABS.filter((id) => lists[id].found > 0);
    if (search.value && found.length && !found.includes(shown)) show(found[0]);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaveSearch();
    else if (event.key === "Enter") firstButton()?.focus();
    else return;
    event.preventDefault();
  });

  function tabButton(id) {
    const label = el("span", { text: t(`counter.tab_${id}`) });
    const count = el("span", { class: "tab-count" });
    const tab = button(
      { class: "tab", label, role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, press: () => show(id) },
      count,
    );
    return { node: tab, count };
  }

  function neighbour(step) {
    return TABS[(TABS.indexOf(shown) + step + TABS.length) % TABS.length];
  }

  function firstButton() {
    return lists[shown].node.querySelector(".row-button:not([hidden])");
  }

  function show(id) {
    shown = id;
    render();
  }

  /** The next list, by keyboard: its first button waits for Enter. */
  function turn() {
    show(neighbour(1));
    (firstButton() ?? tabs[shown].node).focus();
    return true;
  }

  function find() {
    search.focus();
    search.select();
    return true;
  }

  function leaveSearch() {
    search.value = "";
    search.blur();
    far.seek("");
    render();
  }

  function render() {
    const snapshot = terminal.snapshot;
    const wanted = plain(search.value);
    for (const id of TABS) {
      const active = id === shown;
      tabs[id].node.setAttribute("aria-selected", String(active));
      tabs[id].node.tabIndex = active ? 0 : -1;
      lists[id].node.hidden = !active;
      if (snapshot) lists[id].render(snapshot, wanted, id === "waiting" ? far.found(snapshot, wanted) : []);
      say(tabs[id].count, String(wanted ? lists[id].found : snapshot ? countOf(snapshot, id) : 0));
    }
    tick();
  }

  function tick() {
    if (!terminal.snapshot) return;
    lists[shown].tick();
    mark(
      tabs.held.node,
      "due",
      terminal.snapshot.held.some((ticket) => isOverdue(terminal, ticket)),
    );
  }

  return { node, render, tick, turn, find };
}

function countOf(snapshot, id) {
  return id === "waiting" ? snapshot.waiting_count : snapshot[id].length;
}

/** Up and down from row to row, left and right along a row's buttons. */
function walk(event) {
  const [down, along] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [];
  if (down === undefined || event.target.closest(".tabs")) return;
  const row = document.activeElement.closest(".row");
  if (along && !row) return; // within the search, the arrows belong to the letters
  const next = along ? sibling(row, along) : rowButton(event.currentTarget, row, down);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function sibling(row, along) {
  const buttons = [...row.querySelectorAll(".row-button")];
  return buttons[buttons.indexOf(document.activeElement) + along];
}

function rowButton(panel, row, down) {
  const rows = [...panel.querySelectorAll(".row")].filter((each) => each.querySelector(".row-button")?.offsetParent);
  const at = rows.indexOf(row);
  return (at < 0 ? rows[0] : rows[at + down])?.querySelector(".row-button");
}

function list(terminal, id) {
  const rows = el("ul", { class: "rows" });
  const helped = id === "waiting" ? helpedPart(terminal) : null; // and no other list has somebody else's visitors
  const more = id === "waiting" ? el("p", { class: "queue-more" }) : null; // the other lists are whole
  const empty = el("p", { class: "queue-empty" });
  const node = el(
    "div",
    { class: "panel", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` },
    rows,
    more,
    empty,
    helped?.node,
  );
  const update = keyed(rows, () => ROWS[id](terminal));
  let parts = new Map();
  let found = 0;

  function render(snapshot, wanted, further) {
    const tickets = [...snapshot[id].filter((ticket) => isWanted(ticket.number, wanted)), ...further];
    found = tickets.length + (helped?.render(snapshot, wanted) ?? 0);
    parts = update(tickets);
    const hidden = more ? snapshot.waiting_count - snapshot.waiting.length : 0;
    if (more) {
      more.hidden = hidden <= 0 || Boolean(wanted);
      say(more, t("counter.more", { n: hidden }));
    }
    empty.hidden = found > 0 || more?.hidden === false;
    say(empty, t(wanted ? "counter.number_none" : `counter.none_${id}`));
  }

  return {
    node,
    render,
    tick: () => {
      parts.forEach((part) => part.tick?.());
      helped?.tick();
    },
    get found() {
      return found;
    },
  };
}

/** Visitors of services that this counter only helps, while it does: below its own, and said to be others'. */
function helpedPart(terminal) {
  const rows = el("ul", { class: "rows" });
  const title = el("h3", { class: "queue-helped", text: t("counter.helped_title") });
  const node = el("section", { "aria-label": t("counter.helped_title") }, title, rows);
  const update = keyed(rows, () => waitingRow(terminal));
  let parts = new Map();

  function render(snapshot, wanted) {
    const tickets = snapshot.helped.filter((ticket) => isWanted(ticket.number, wanted));
    node.hidden = tickets.length === 0;
    parts = update(tickets);
    return tickets.length;
  }

  return { node, render, tick: () => parts.forEach((part) => part.tick()) };
}

/** Those who wait behind what the list shows, found by their number: {seek(text), found(snapshot, text)}. */
function farList(terminal, onFound) {
  let sought = ""; // digits
  let tickets = [];
  let seq = null;

  async function ask() {
    const asked = sought;
    seq = terminal.snapshot.seq;
    const found = await terminal.find(asked);
    if (asked !== sought) return; // more has been typed meanwhile
    tickets = found;
    onFound();
  }

  function seek(wanted) {
    const digits = wanted.match(/\d{1,6}$/)?.[0] ?? "";
    const all = terminal.snapshot && terminal.snapshot.waiting_count > terminal.snapshot.waiting.length;
    sought = all ? digits : "";
    tickets = [];
    if (sought) ask();
  }

  function found(snapshot, wanted) {
    if (sought && seq !== snapshot.seq) ask(); // the queue has moved: who was found may have been called
    const listed = new Set([...snapshot.waiting, ...snapshot.helped].map((ticket) => ticket.id));
    return tickets.filter((ticket) => !listed.has(ticket.id) && isWanted(ticket.number, wanted));
  }

  return { seek, found };
}

/** "12", "a12", "A-012": however much of a number somebody types. */
function isWanted(number, wanted) {
  return plain(number).includes(wanted) || plain(number).replace(/^([A-Z]*)0+/, "$1").includes(wanted);
}

function plain(text) {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
}
