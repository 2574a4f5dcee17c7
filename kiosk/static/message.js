// Pages of one sentence: on its way, did not work, cancelled, nothing here, not allowed.

import { el, icon } from "/static/dom.js";
import { allOf, name, t } from "/static/text.js";
import { heading, languageButton } from "/kiosk/static/shell.js";

/** A number is on its way. After a while it asks for patience. */
export function waiting(act) {
  const words = el("p", { class: "say" });
  return page({ kind: "wait", picture: "loader-circle", title: t("kiosk.wait_title"), words }, (now) => {
    words.textContent = t(now.slow ? "kiosk.wait_longer" : "kiosk.wait_text");
  });
}

/** It did not work: say what to do, and let the same wish be tried again. */
export function failed(act, state) {
  const { text, why, which, again } = state.problem;
  const service = state.several && state.catalogue.service.get(which);
  return page({
    kind: "failed",
    picture: "circle-alert",
    title: t("kiosk.failed_title"),
    words: [
      service && el("p", { class: "say which", dir: "auto", text: name(service.name) }),
      why && el("p", { class: "say why", text: name(why) }),
      el("p", { class: "say", text: t(text) }),
    ],
    buttons: [
      state.several ? button("to-list", t("kiosk.errands_change"), act.list) : button("to-start", t("kiosk.to_start"), act.reset),
      again && button("call again", t("kiosk.again"), act.again),
    ],
  });
}

/** The ticket is cancelled, or all of them. */
export function cancelled(act, state) {
  const { tickets } = state.answer;
  const words = tickets.length > 1 ? "kiosk.cancelled_several" : "kiosk.cancelled_text";
  return page({
    kind: "cancelled",
    picture: "circle-check",
    title: t("kiosk.cancelled_title"),
    words: el("p", { class: "say", text: t(words, { number: allOf(tickets.map((each) => each.number)) }) }),
    buttons: [button("to-start", t("kiosk.to_start"), act.reset)],
  });
}

/** There is nothing to choose from: not here yet, not connected, not allowed, or an empty hall. */
export function unavailable(act, state) {
  const { picture, title, text, staff } = state.unavailable;
  return page({
    kind: state.unavailable.kind,
    picture,
    title: t(title),
    words: [el("p", { class: "say", text: t(text) }), staff && el("p", { class: "staff", text: staff })],
    buttons: [languageButton(act)],
  });
}

function page({ kind, picture, title, words, buttons = [] }, update = () => {}) {
  const head = heading(title);
  const main = el(
    "main",
    { class: `message ${kind}`, role: kind === "failed" ? "alert" : null },
    el("div", { class: "middle" }, icon(picture), head, words),
    el("div", { class: "decide" }, buttons),
  );
  return { nodes: [main], focus: head, update };
}

function button(kind, text, click) {
  return el("button", { class: `button ${kind}`, type: "button", text, on: { click } });
}
