// One printer: how it is in the largest words, what to do next right below, and what else is worth knowing.

import { newKey } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el, icon } from "/static/dom.js";
import { button, enable, mark, say } from "/static/parts.js";
import { known, name, since, t } from "/static/text.js";

const PICTURES = {
  ready: "printer-check",
  paper_low: "receipt-text",
  paper_out: "printer-x",
  cover_open: "package-open",
  offline: "unplug",
  error: "triangle-alert",
  unknown: "circle-question-mark",
};
const TEST_SHOWN_MS = 5_000;
const TONES = { ready: "good", paper_low: "low", unknown: "dim" };

/** Whether slips come out of it. */
export function prints(printer) {
  return printer.state === "ready" || printer.state === "paper_low";
}

/** {node, update(printer)}; the printer as GET /printers has it, with the names of what stands around it. */
export function printerCard(first) {
  const title = el("h2", { dir: "auto", id: `printer-${first.id}` });
  const kiosks = el("p", { class: "quiet", dir: "auto" });
  const picture = el("span", { class: "picture" });
  const state = el("p", { class: "state" });
  const when = el("p", { class: "when" });
  const next = el("p", { class: "next" });
  const waiting = fact("admin.jobs_waiting");
  const fallback = fact("admin.fallback");
  const helping = fact("admin.helping");
  const reason = fact("admin.reason", { lang: "en" });
  const node = el(
    "section",
    { class: "card printer", "aria-labelledby": `printer-${first.id}`, data: { printer: first.id } },
    el("div", { class: "whose" }, title, kiosks),
    el("div", { class: "now", role: "status" }, picture, el("div", {}, state, when)),
    next,
    el("dl", { class: "facts" }, waiting.node, fallback.node, helping.node, reason.node),
    testButton(first.id),
  );

  function update(printer) {
    say(title, name(printer.name) || printer.id);
    say(kiosks, printer.kiosk_names.join(", "));
    if (node.dataset.state !== printer.state) picture.replaceChildren(icon(PICTURES[printer.state] ?? "circle-question-mark"));
    node.dataset.state = printer.state;
    node.dataset.tone = TONES[printer.state] ?? "bad";
    say(state, stateWords(printer.state));
    say(when, printer.since && printer.state !== "unknown" ? t("admin.since", { time: since(printer.since) }) : "");
    say(next, nextWords(printer));
    waiting.tell(printer.jobs_waiting ? t("admin.slips", { n: printer.jobs_waiting }) : t("admin.none"));
    mark(waiting.node, "many", printer.jobs_waiting && !prints(printer));
    fallback.tell(printer.fallback_name && t(printer.standing_in ? "admin.fallback_now" : "admin.fallback_ready", { printer: printer.fallback_name }));
    mark(fallback.node, "many", printer.standing_in);
    helping.tell(printer.stands_in_for.join(", "));
    reason.tell(prints(printer) ? "" : (printer.reason ?? ""));
  }

  return { node, update };
}

/** Prints a test slip at this printer; it comes out as soon as the printer can. */
function testButton(id) {
  const label = el("span", { text: t("admin.test") });
  const node = button({ class: "button test", icon: icon("printer"), label, press });
  let key = newKey();

  async function press() {
    enable(node, false);
    say(label, t("admin.test_sending"));
    try {
      await deliver(`/api/v1/printers/${id}/test`, {}, key);
      key = newKey();
      say(label, t("admin.test_sent"));
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (!problem.passing) key = newKey();
      say(label, t("admin.test_failed"));
    }
    setTimeout(() => {
      say(label, t("admin.test"));
      enable(node, true);
    }, TEST_SHOWN_MS);
  }

  return node;
}

/** What a printer's state is called; one that this page does not know yet is shown as it is. */
function stateWords(state) {
  const key = `admin.state_${state}`;
  return known(key) ? t(key) : state;
}

function nextWords(printer) {
  if (printer.state === "ready" && printer.jobs_waiting > 0) return t("admin.next_printing");
  const key = `admin.next_${printer.state}`;
  return known(key) ? t(key) : "";
}

function fact(label, attributes = {}) {
  const value = el("dd", { dir: "auto", ...attributes });
  const node = el("div", {}, el("dt", { text: t(label) }), value);
  const tell = (words) => {
    node.hidden = !words;
    say(value, words || "");
  };
  return { node, tell };
}
