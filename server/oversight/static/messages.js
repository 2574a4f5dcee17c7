// Messages to counters: written here, and followed until every counter has read them.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";
import { counterWords } from "/oversight/static/phrases.js";
import { labelled, popup, segments } from "/oversight/static/popup.js";

const SHOWN = 6;
const NAMED = 8; // so many counters that have not read it are named; how many more, the line says

export function messagePanel(hall, { write }) {
  const list = el("ul", { class: "messages" });
  const show = keyed(list, messageRow);
  const empty = el("p", { class: "quiet", text: t("oversight.no_messages") });
  const compose = button({ class: "button", icon: icon("megaphone"), label: el("span", { text: t("oversight.write") }), press: () => write(null) });
  const node = el(
    "section",
    { class: "panel", "aria-labelledby": "messages-title" },
    el("div", { class: "panel-head" }, el("h2", { id: "messages-title", text: t("oversight.messages") }), compose),
    list,
    empty,
  );

  function render() {
    const messages = hall.snapshot.messages.slice(0, SHOWN);
    empty.hidden = messages.length > 0;
    show(messages);
  }

  return { node, render };
}

function messageRow(first) {
  const words = el("p", { class: "message-text", dir: "auto", text: first.text });
  const facts = el("p", { class: "message-facts" });
  const unread = el("p", { class: "message-facts" });
  const node = el("li", { class: "sent", data: { message: first.id } }, words, facts, unread);

  function update({ at, author, urgent, to_all, counters }) {
    const open = counters.filter((each) => !each.read_at);
    const sent = t("oversight.message_sent", { time: clock(at), author });
    const to = t(to_all ? "oversight.to_all" : "oversight.to_some", { n: counters.length });
    say(facts, [urgent && t("oversight.urgent"), sent, to].filter(Boolean).join(" · "));
    const read = t("oversight.read_by", { n: counters.length - open.length, all: counters.length });
    const rest = t("oversight.unread", { counters: labels(open) });
    say(unread, open.length ? `${read} · ${rest}` : t("oversight.read_by_all"));
    unread.title = counters.filter((each) => each.read_at).map((each) => `${counterWords(each.label)}: ${each.reader}, ${clock(each.read_at)}`).join("\n");
    mark(node, "done", open.length === 0);
  }

  return { node, update };
}

function labels(counters) {
  const named = counters.slice(0, NAMED).map((each) => each.label).join(", ");
  return counters.length > NAMED ? t("oversight.and_more", { named, n: counters.length - NAMED }) : named;
}

export function messageDialog(hall) {
  const box = popup("message", "narrow");
  const text = el("textarea", { class: "field", id: "message-text", rows: 4, maxlength: 300, dir: "auto", on: { input: () => render() } });
  const left = el("p", { class: "quiet small" });
  const to = segments("message-to", t("oversight.message_to"), [["all", t("oversight.all_counters")], ["some", t("oversight.some_counters")]], () => render());
  const boxes = el("div", { class: "checks", role: "group", "aria-label": t("oversight.some_counters") });
  const urgent = el("input", { type: "checkbox", id: "message-urgent" });
  const send = button({ class: "button primary", icon: icon("send"), label: el("span", { text: t("oversight.send") }), press: submit });
  box.body.append(
    labelled(t("oversight.message_text"), text),
    left,
    to.node,
    boxes,
    el("label", { class: "check", for: "message-urgent" }, urgent, el("span", { text: t("oversight.message_urgent") })),
    el("div", { class: "popup-buttons" }, send),
  );

  /** For one counter (its id), or for whom is chosen here (null). */
  function open(counter) {
    text.value = "";
    urgent.checked = false;
    to.value = counter ? "some" : "all";
    boxes.replaceChildren(...hall.snapshot.counters.map((each) => counterCheck(each, each.id === counter)));
    box.title(t("oversight.write"));
    render();
    box.open();
    text.focus();
  }

  function counterCheck({ id, label }, on) {
    const input = el("input", { type: "checkbox", value: id, id: `to-${id}`, on: { change: () => render() } });
    input.checked = on;
    return el("label", { class: "check", for: input.id }, input, el("span", { text: counterWords(label) }));
  }

  const chosen = () => [...boxes.querySelectorAll("input:checked")].map((input) => input.value);

  async function submit() {
    const counters = to.value === "all" ? null : chosen();
    const body = { text: text.value, counters, urgent: urgent.checked };
    if (await hall.command("/messages", body, () => t("oversight.message_done"))) box.close();
  }

  function render() {
    say(left, t("oversight.letters_left", { n: 300 - text.value.length }));
    boxes.hidden = to.value === "all";
    enable(send, text.value.trim() && (to.value === "all" || chosen().length) && !hall.pending);
  }

  return { node: box.node, open, render, tell: box.tell };
}
