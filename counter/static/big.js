// The one large button: what the officer presses eighty times a day.

import { el } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { t } from "/static/text.js";
import { outcomesOf } from "/counter/static/outcomes.js";
import { afterWords, nextWords } from "/counter/static/phrases.js";

const SLOW_MS = 400; // an answer that is quicker needs no "sending"

export function bigButton(terminal) {
  const title = el("span", { class: "big-title" });
  const text = el("span", { class: "big-text" });
  const startKey = key("M");
  const node = button(
    { class: "big", label: el("span", { class: "big-words" }, title, text), "aria-keyshortcuts": "Space", press },
    el("span", { class: "big-keys" }, startKey, key(t("counter.key_space"))),
  );
  let slow = false;
  let timer = null;

  /** A press that comes too soon after the meaning changed, or while a command is under way, is not taken. */
  function press() {
    const primary = terminal.primary;
    if (terminal.pending || !terminal.guard.accepts()) return true;
    if (primary.kind === "serving")
      terminal.tell("info", () => t("counter.finish_how", { number: primary.ticket.number }));
    else if (primary.enabled) VERBS[primary.kind](terminal);
    return true;
  }

  /** M starts serving, whatever has just changed: it can mean nothing else. */
  function pressStart() {
    if (terminal.current?.state === "called" && terminal.primary.enabled) VERBS.start(terminal);
    return true;
  }

  function render() {
    const primary = terminal.primary;
    const [words, note] = WORDS[primary.kind](primary, terminal);
    waiting();
    say(title, slow ? t("counter.sending") : words);
    say(text, note);
    node.dataset.kind = primary.kind;
    mark(node, "sending", terminal.pending);
    startKey.hidden = primary.kind !== "start";
    node.hidden = primary.kind === "serving" && outcomesOf(terminal).length > 0;
    enable(node, primary.enabled || primary.kind === "serving");
  }

  /** Says "sending" only when the answer takes long enough to be wondered about. */
  function waiting() {
    if (!terminal.pending) {
      clearTimeout(timer);
      timer = null;
      slow = false;
    } else if (timer === null) {
      timer = setTimeout(() => {
        slow = true;
        render();
      }, SLOW_MS);
    }
  }

  return { node, render, press, pressStart };
}

const VERBS = {
  call: (terminal) =>
    terminal.press(
      "call-next",
      {},
      { primary: true, number: "", done: (answer) => (answer.ticket ? null : t("counter.done_none")) },
    ),
  start: (terminal) => terminal.press("start", {}, { primary: true }),
  resume: (terminal) => terminal.press("open", {}, { primary: true }),
  advance: (terminal) => terminal.press("call-next", {}, { primary: true }),
};

const WORDS = {
  loading: () => [t("counter.call_next"), t("counter.loading")],
  call: ({ next }, terminal) => [t("counter.call_next"), nextWords(next, terminal)],
  start: ({ ticket }) => [t("counter.start", { number: ticket.number }), t("counter.start_hint")],
  serving: ({ ticket }, terminal) => [t("counter.finish_first", { number: ticket.number }), afterWords(terminal)],
  advance: ({ ticket, next }, terminal) => [
    next ? t("counter.call_next") : t("counter.finish_number", { number: ticket.number }),
    next ? t("counter.finishes", { number: ticket.number, next: nextWords(next, terminal) }) : t("counter.after_none"),
  ],
  resume: (_primary, terminal) => [t("counter.resume"), t("counter.waiting_n", { n: terminal.snapshot.waiting_count })],
  empty: () => [t("counter.call_next"), t("counter.nobody")],
  elsewhere: () => [t("counter.call_next"), t("counter.all_elsewhere")],
};
