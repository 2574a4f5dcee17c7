// Printers, kiosks, boards and the counters' terminals: what works, and since when something does not.

import { el } from "/static/dom.js";
import { keyed, mark, say } from "/static/parts.js";
import { name, since, t } from "/static/text.js";
import { counterWords, stateWords } from "/oversight/static/phrases.js";

const PRINTS = ["ready", "paper_low"];

export function devicePanel(hall) {
  const groups = ["printers", "kiosks", "boards", "counters"].map((kind) => deviceGroup(kind, hall));
  const node = el(
    "section",
    { class: "panel", "aria-labelledby": "devices-title" },
    el("div", { class: "panel-head" }, el("h2", { id: "devices-title", text: t("oversight.devices") })),
    groups.map((group) => group.node),
  );
  return { node, render: () => groups.forEach((group) => group.render()) };
}

function deviceGroup(kind, hall) {
  const count = el("span", { class: "quiet" });
  const list = el("ul", { class: "devices" });
  const show = keyed(list, deviceRow);
  const node = el("div", { class: "device-group", data: { group: kind } }, el("h3", {}, t(`oversight.${kind}_title`), " ", count), list);

  function render() {
    const all = hall.snapshot.devices[kind].map(kind === "printers" ? printer : screen);
    node.hidden = all.length === 0;
    say(count, t("oversight.devices_good", { count: all.filter((each) => each.good).length, all: all.length }));
    show(kind === "counters" ? missing(all) : all);
  }

  /** Terminals of closed counters are switched off, and nobody's trouble. */
  function missing(all) {
    const staffed = new Set(hall.snapshot.counters.filter((each) => each.state !== "closed").map((each) => each.id));
    return all.filter((each) => !each.good && staffed.has(each.id)).map((each) => ({ ...each, name: counterWords(each.name) }));
  }

  return { node, render };
}

function deviceRow(first) {
  const lamp = el("span", { class: "lamp" });
  const title = el("span", { class: "device-name", dir: "auto" });
  const state = el("span", { class: "device-state" });
  const node = el("li", { data: { device: first.id } }, lamp, title, state);

  function update({ good, bad, name, words }) {
    mark(lamp, "good", good);
    mark(lamp, "bad", bad);
    mark(node, "bad", bad);
    say(title, name);
    say(state, words);
  }

  return { node, update };
}

function printer({ id, name: wording, state, since: at, jobs_waiting }) {
  const good = PRINTS.includes(state);
  const words = [at && state !== "unknown" ? t("oversight.device_since", { state: stateWords(state), time: since(at) }) : stateWords(state)];
  if (jobs_waiting) words.push(t("oversight.slips_waiting", { n: jobs_waiting }));
  return { id, name: name(wording) || id, good, bad: !good && state !== "unknown", words: words.join(", ") };
}

function screen({ id, name: wording, connected, since: at }) {
  const state = t(connected ? "oversight.device_here" : at ? "oversight.device_away" : "oversight.device_never");
  const words = at ? t("oversight.device_since", { state, time: since(at) }) : state;
  return { id, name: name(wording) || id, good: connected, bad: !connected && at !== null, words };
}
