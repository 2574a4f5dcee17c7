// Closing a service or a whole agency for today, opening it outside its hours, or going by the hours again.

import { boot } from "/static/api.js";
import { el } from "/static/dom.js";
import { button, enable, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { overrideWords } from "/oversight/static/phrases.js";
import { labelled, popup, segments } from "/oversight/static/popup.js";

const REASONS = ["system", "break", "meeting", "full"];

export function hoursDialog(hall) {
  const box = popup("hours", "narrow");
  const now = el("p", { class: "hours-now", dir: "auto" });
  const choices = ["closed", "open", "hours"].map((value) => [value, t(`oversight.choose_${value}`)]);
  const choice = segments("hours-choice", t("oversight.hours_choice"), choices, () => render());
  const reason = el("input", { class: "field", id: "hours-reason", type: "text", maxlength: 200, dir: "auto", autocomplete: "off" });
  const english = el("input", { class: "field", id: "hours-reason-en", type: "text", maxlength: 200, dir: "auto", autocomplete: "off" });
  const usual = el("div", { class: "usual" }, REASONS.map(usualReason));
  const until = el("input", { class: "field", id: "hours-until", type: "time" });
  const why = el("div", { class: "hours-why" }, labelled(t("oversight.reason"), reason), usual, labelled(t("oversight.reason_en"), english));
  const end = el("div", {}, labelled(t("oversight.until"), until), el("p", { class: "quiet small", text: t("oversight.until_hint") }));
  const send = button({ class: "button primary", label: el("span", { text: t("oversight.hours_send") }), press: submit });
  box.body.append(now, choice.node, why, end, el("div", { class: "popup-buttons" }, send));
  let subject = null; // {kind, id}

  /** The usual reasons, one press away, in both languages. */
  function usualReason(key) {
    const press = () => {
      reason.value = boot.texts.id[`oversight.reason_${key}`];
      english.value = boot.texts.en[`oversight.reason_${key}`];
    };
    return button({ class: "button chip", label: el("span", { text: t(`oversight.reason_${key}`) }), press });
  }

  function shown() {
    if (!subject || !hall.snapshot) return null;
    return (subject.kind === "agency" ? hall.snapshot.agencies : hall.services).find((each) => each.id === subject.id) ?? null;
  }

  function open(kind, id) {
    subject = { kind, id };
    for (const field of [reason, english, until]) field.value = "";
    choice.value = shown()?.override ? "hours" : shown()?.open ? "closed" : "open";
    render();
    box.open();
  }

  async function submit() {
    const said = choice.value === "hours" ? null : choice.value;
    const body = { override: said };
    if (said === "closed" && reason.value.trim()) body.reason = reason.value;
    if (said === "closed" && english.value.trim()) body.reason_en = english.value;
    if (said && until.value) body.until = until.value;
    const words = { name: name(shown()?.name) };
    const path = subject.kind === "agency" ? "/agencies" : "/services";
    const done = await hall.command(`${path}/${encodeURIComponent(subject.id)}/hours`, body, () => t(`oversight.done_${said ?? "hours"}`, words));
    if (done) box.close();
  }

  function render() {
    const thing = shown();
    if (!thing) return;
    box.title(name(thing.name));
    const state = t(thing.open ? "oversight.gives_numbers" : "oversight.gives_none");
    say(now, overrideWords(thing.override) || state);
    why.hidden = choice.value !== "closed";
    end.hidden = choice.value === "hours";
    enable(send, !hall.pending);
  }

  return { node: box.node, open, render, tell: box.tell };
}
