// What can be done with the current ticket. Every button has its fixed place and its letter; what cannot
// be done now is grey and stays where it is, so that the hand learns the way.

import { el } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { t } from "/static/text.js";

const CONFIRM_FROM_MS = 500; // sooner is a double tap, not an answer
const CONFIRM_UNTIL_MS = 5_000;

// `when(current)` says whether the ticket's state allows it, `done` names the words of success.
const ACTIONS = [
  { verb: "finish", letter: "S", label: "counter.finish", when: (ticket) => ticket?.state === "serving" },
  { verb: "recall", letter: "U", label: "counter.recall", when: Boolean, done: "counter.done_recall" },
  { verb: "no-show", letter: "T", label: "counter.no_show", when: Boolean },
  {
    verb: "requeue",
    letter: "K",
    label: "counter.requeue",
    when: (ticket) => ticket?.state === "called",
    done: "counter.done_requeue",
  },
  {
    verb: "cancel",
    letter: "B",
    label: "counter.cancel",
    when: (ticket) => ticket?.state === "called",
    done: "counter.done_cancel",
    confirm: true,
  },
];

export function actionGrid(terminal) {
  const parts = [...ACTIONS.map((action) => actionButton(terminal, action)), undoButton(terminal)];
  const node = el(
    "div",
    { class: "actions", role: "group", "aria-label": t("counter.actions") },
    parts.map((part) => part.node),
  );
  return {
    node,
    render: () => parts.forEach((part) => part.render()),
    tick: () => parts.forEach((part) => part.tick?.()),
    /** Whether a letter belonged to one of these buttons; grey ones take the press and do nothing. */
    press: (letter) => {
      const part = parts.find((each) => each.letter === letter);
      part?.node.click();
      return Boolean(part);
    },
  };
}

function actionButton(terminal, action) {
  const label = el("span", { class: "action-label" });
  const node = button({ class: "action", label, "aria-keyshortcuts": action.letter, press }, key(action.letter));
  let armed = null; // {ticket, at_ms}: the first of two presses
  let timer = null;

  function press() {
    const ticket = terminal.current;
    if (action.confirm && !confirmed(ticket)) return;
    disarm();
    const done = action.done ? () => t(action.done, { number: ticket.number }) : null;
    if (action.verb === "cancel") terminal.cancel(ticket, { done });
    else terminal.press(action.verb, {}, { done });
  }

  function confirmed(ticket) {
    const now = performance.now();
    if (armed?.ticket === ticket.id) return now - armed.at_ms >= CONFIRM_FROM_MS;
    armed = { ticket: ticket.id, at_ms: now };
    clearTimeout(timer);
    timer = setTimeout(() => {
      disarm();
      render();
    }, CONFIRM_UNTIL_MS);
    render();
    return false;
  }

  function disarm() {
    clearTimeout(timer);
    armed = null;
  }

  function render() {
    const ticket = terminal.current;
    const possible = action.when(ticket);
    if (armed && (!possible || armed.ticket !== ticket.id)) disarm();
    say(label, armed ? t(`${action.label}_confirm`) : t(action.label));
    mark(node, "armed", armed);
    mark(node, "next", action.verb === "finish" && possible);
    mark(node, "sending", terminal.pending?.verb === action.verb);
    enable(node, possible && !terminal.pending);
  }

  return { node, render, letter: action.letter.toLowerCase() };
}

/** Takes back the last finish or no-show, for a minute, while the counter is still free. */
function undoButton(terminal) {
  const label = el("span", { class: "action-label" });
  const left = el("span", { class: "action-left" });
  const node = button({ class: "action undo", label, "aria-keyshortcuts": "Z", press }, left, key("Z"));

  function press() {
    const ticket = terminal.snapshot.undo.ticket;
    terminal.press(
      "undo",
      {},
      { number: ticket.number, done: () => t("counter.done_undo", { number: ticket.number }) },
    );
  }

  function render() {
    const undo = terminal.snapshot?.undo;
    const seconds = undo ? Math.ceil((Date.parse(undo.until) - terminal.now()) / 1000) : 0;
    const possible = seconds > 0 && !terminal.current && terminal.snapshot.counter.state === "open";
    say(
      label,
      possible ? t(undo.verb === "finish" ? "counter.undo_finish" : "counter.undo_no_show") : t("counter.undo"),
    );
    say(left, possible ? t("counter.seconds_left", { n: seconds }) : "");
    enable(node, possible && !terminal.pending);
  }

  return { node, render, tick: render, letter: "z" };
}
