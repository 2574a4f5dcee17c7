// What a supervisor tells this counter: one message at a time above the work, until it is acknowledged.

import { el, icon } from "/static/dom.js";
import { button, enable, key, mark, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";

/** {node, render(), press()}: press acknowledges what is shown, and says whether anything was. */
export function messageStrip(terminal) {
  const words = el("p", { class: "told-text", dir: "auto" });
  const from = el("p", { class: "told-from" });
  const seen = button(
    {
      class: "button told-seen",
      label: el("span", { text: t("counter.message_seen") }),
      "aria-keyshortcuts": "O",
      press: acknowledge,
    },
    key("O"),
  );
  // Above all a number must have room: the strip is never higher than three lines.
  const strip = el("div", { class: "memo", hidden: true }, icon("megaphone"), words, el("div", {}, seen, from));
  const node = el("div", { class: "told-place", role: "status" }, strip);

  const first = () => terminal.snapshot?.messages[0] ?? null;

  function acknowledge() {
    const message = first();
    if (message) terminal.acknowledge(message);
  }

  function press() {
    if (!first()) return false;
    seen.click();
    return true;
  }

  function render() {
    const message = first();
    strip.hidden = !message;
    if (!message) return;
    const more = terminal.snapshot.messages.length - 1;
    const who = t("counter.message_from", { author: message.author, time: clock(message.at) });
    mark(strip, "urgent", message.urgent);
    say(words, message.text);
    const facts = [message.urgent && t("counter.message_urgent"), who, more && t("counter.messages_more", { n: more })];
    say(from, facts.filter(Boolean).join(" · "));
    enable(seen, !terminal.pending && !terminal.offline);
  }

  return { node, render, press };
}
