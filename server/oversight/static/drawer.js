// One counter from the side: who sits there, who is there, its commands, its work profile, and its queue.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { clock, duration, t } from "/static/text.js";
import { counterState, isLate, secondsHere } from "/oversight/static/counters.js";
import { counterWords } from "/oversight/static/phrases.js";
import { popup } from "/oversight/static/popup.js";
import { profileChoice } from "/oversight/static/profiles.js";
import { ticketRow } from "/oversight/static/queue.js";

const QUEUE_SHOWN = 12;
const called = ({ current }) => current?.state === "called";
const serving = ({ current }) => current?.state === "serving";
const free = ({ current, state }) => !current && state === "open";

// `when(counter)` says whether it can be done now; a press on what cannot is not taken.
const COMMANDS = [
  { verb: "call-next", icon: "megaphone", when: free },
  { verb: "start", icon: "play", when: called },
  { verb: "recall", icon: "repeat", when: ({ current }) => Boolean(current) },
  { verb: "finish", icon: "check", when: serving },
  { verb: "no-show", icon: "user-x", when: ({ current }) => Boolean(current) },
  { verb: "requeue", icon: "undo-2", when: called },
];
const OF_THE_COUNTER = [
  { verb: "open", icon: "door-open", when: ({ state }) => state === "closed", body: {} },
  { verb: "take-over", icon: "user-check", when: ({ state }) => state !== "closed", body: { take_over: true } },
  { verb: "pause", icon: "coffee", when: free, body: {} },
  { verb: "close", icon: "door-closed", when: ({ current, state }) => !current && state !== "closed", body: {} },
];

export function counterDrawer(hall, { move, write }) {
  const box = popup("drawer", "side", () => hall.look(null));
  const state = el("p", { class: "drawer-state" });
  const officer = el("p", { class: "quiet", dir: "auto" });
  const number = el("p", { class: "number drawer-number" });
  const time = el("p", { class: "drawer-time" });
  const acts = COMMANDS.map((command) => commandButton(command));
  const seats = OF_THE_COUNTER.map((command) => commandButton(command));
  const tell = button({ class: "button", icon: icon("send"), label: el("span", { text: t("oversight.write_here") }), press: () => write(id) });
  const profiles = profileChoice(hall);
  const count = el("h3");
  const list = el("ul", { class: "tickets" });
  const show = keyed(list, () => ticketRow(hall, move));
  box.body.append(
    el("div", { class: "drawer-now" }, el("div", {}, state, officer), el("div", {}, number, time)),
    el("div", { class: "drawer-acts" }, acts.map((act) => act.node)),
    el("div", { class: "drawer-acts" }, seats.map((act) => act.node), tell),
    profiles.node,
    count,
    list,
  );
  let id = null;
  let armed = null; // what asks for a second press: taking a counter from somebody

  function open(counter) {
    id = counter;
    armed = null;
    show([]);
    hall.look(`/api/v1/counters/${encodeURIComponent(id)}`);
    render();
    box.open();
  }

  function commandButton({ verb, icon: picture, when, body }) {
    const label = el("span");
    const node = button({ class: "button", icon: icon(picture), label, data: { verb }, press });

    function press() {
      if (verb === "take-over" && armed !== verb) {
        armed = verb;
        return render();
      }
      armed = null;
      const counter = shown();
      const sent = { expect: counter.current?.id ?? null, ...body };
      const path = `/counters/${encodeURIComponent(id)}/${verb === "take-over" ? "open" : verb}`;
      return hall.command(path, sent, () => t("oversight.done", { counter: counterWords(counter.label) }));
    }

    function draw(counter) {
      const asks = armed === verb;
      say(label, t(asks ? "oversight.take_over_sure" : `oversight.verb_${verb.replace("-", "_")}`));
      mark(node, "armed", asks);
      enable(node, when(counter) && !hall.pending);
    }

    return { node, draw };
  }

  const shown = () => hall.snapshot?.counters.find((each) => each.id === id) ?? null;

  function render() {
    const counter = shown();
    if (!counter || !id) return;
    box.title(counterWords(counter.label));
    say(state, counterState(counter));
    state.dataset.state = counter.current?.state ?? counter.state;
    say(officer, counter.officer ? t("oversight.officer_since", { name: counter.officer.name, time: clock(counter.since) }) : t("oversight.no_officer"));
    say(number, counter.current?.number ?? "");
    for (const act of [...acts, ...seats]) act.draw(counter);
    const here = hall.detail?.counter?.id === id;
    profiles.show(counter, here ? hall.detail.counter.profiles : []);
    renderQueue(counter);
    tick();
  }

  function renderQueue(counter) {
    say(count, t("oversight.waiting_here", { n: counter.waiting }));
    if (hall.detail?.counter?.id === id) show(hall.detail.waiting.slice(0, QUEUE_SHOWN));
  }

  function tick() {
    const counter = shown();
    const seconds = counter && secondsHere(counter, hall);
    say(time, seconds === null ? "" : duration(seconds));
    mark(time, "late", counter && isLate(counter, seconds));
  }

  return { node: box.node, open, render, tick, tell: box.tell };
}
