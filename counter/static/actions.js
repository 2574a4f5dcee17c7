// What can be done with the current ticket. Every button has its fixed place and its letter; what cannot
// be done now is grey and stays where it is, so that the hand learns the way.

import { el } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { t } from "/static/text.js";
import { absenceLacks, lacksShort, lacksWords } from "/counter/static/absence.js";
import { outcomesOf } from "/counter/static/outcomes.js";

const CONFIRM_FROM_MS = 500; // sooner is a double tap, not an answer
const CONFIRM_UNTIL_MS = 5_000;

const called = (ticket) => ticket?.state === "called";
const serving = (ticket) => ticket?.state === "serving";

/** In a one-button hall the large button calls the next at once: starting has a button of its own. */
const startsHere = ({ current, snapshot }) => Boolean(snapshot?.rules.one_button && called(current));

// `when(current)` says whether the ticket's state allows it, `done` names the words of success, `asks` what opens a
// question first, `shown(terminal)` which of two has the place now.
const ACTIONS = [
  { verb: "start", letter: "M", label: "counter.help_start", when: called, shown: startsHere },
  {
    verb: "finish",
    letter: "S",
    label: "counter.finish",
    when: serving,
    asks: "finish",
    shown: (terminal) => !startsHere(terminal),
  },
  { verb: "recall", letter: "U", label: "counter.recall", when: Boolean, done: "counter.done_recall" },
  { verb: "no-show", letter: "T", label: "counter.no_show", when: Boolean, recalls_first: true },
  { verb: "hold", letter: "D", label: "counter.hold", when: serving, asks: "hold" },
  { verb: "transfer", letter: "A", label: "counter.transfer", when: Boolean, asks: "transfer" },
  { verb: "requeue", letter: "K", label: "counter.requeue", when: called, done: "counter.done_requeue" },
  {
    verb: "cancel",
    letter: "B",
    label: "counter.cancel",
    when: called,
    done: "counter.done_cancel",
    confirm: true,
  },
];

/** `asks` has what opens for those actions that need to know more; each says whether it did. */
export function actionGrid(terminal, asks) {
  const parts = [...ACTIONS.map((action) => actionButton(terminal, action, asks)), undoButton(terminal)];
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

function actionButton(terminal, action, asks) {
  const label = el("span", { class: "action-label" });
  const left = el("span", { class: "action-left" });
  const node = button({ class: "action", label, "aria-keyshortcuts": action.letter, press }, left, key(action.letter));
  let armed = null; // {ticket, at_ms}: the first of two presses
  let timer = null;

  function press() {
    const ticket = terminal.current;
    const lacks = action.recalls_first ? absenceLacks(terminal) : null;
    if (lacks) terminal.tell("info", () => lacksWords(absenceLacks(terminal) ?? lacks, ticket.number));
    if (lacks || (action.asks && asks[action.asks]()) || (action.confirm && !confirmed(ticket))) return;
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
    mark(node, "next", action.verb === "finish" && possible && !outcomesOf(terminal).length);
    say(left, action.recalls_first && possible ? lacksShort(absenceLacks(terminal)) : "");
    if (action.shown) node.hidden = !action.shown(terminal);
    mark(node, "sending", terminal.pending?.verb === action.verb);
    enable(node, possible && !terminal.pending);
  }

  return { node, render, tick: action.recalls_first && render, letter: action.letter.toLowerCase() };
}

/**
 * Takes back the last finish or no-show, for a minute, while the counter is still free; where serving begins with the
 * call, the call of the visitor who is there too.
 */
function undoButton(terminal) {
  const label = el("span", { class: "action-label" });
  const left = el("span", { class: "action-left" });
  const node = button({ class: "action undo", label, "aria-keyshortcuts": "Z", press }, left, key("Z"));

  function press() {
    const { ticket, verb } = terminal.snapshot.undo;
    const words = verb === "call" ? "counter.done_undo_call" : "counter.done_undo";
    terminal.press("undo", {}, { number: ticket.number, done: () => t(words, { number: ticket.number }) });
  }

  function render() {
    const undo = terminal.snapshot?.undo;
    const seconds = undo ? Math.ceil((Date.parse(undo.until) - terminal.now()) / 1000) : 0;
    const there = undo?.verb === "call" ? terminal.current?.id === undo.ticket.id : !terminal.current;
    const possible = seconds > 0 && there && terminal.snapshot.counter.state === "open";
    say(label, possible ? t(`counter.undo_${undo.verb}`) : t("counter.undo"));
    say(left, possible ? t("counter.seconds_left", { n: seconds }) : "");
    enable(node, possible && !terminal.pending);
  }

  return { node, render, tick: render, letter: "z" };
}
