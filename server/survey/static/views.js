// What each step of the questions looks like. A view takes the page's state and the steps that its buttons lead to, and
// gives the nodes of the main part; the one marked data-first, else the heading, gets the focus.

import { boot } from "/static/api.js";
import { el } from "/static/dom.js";
import { button, say } from "/static/parts.js";
import { name, t } from "/static/text.js";

const ANSWERS = [1, 2, 3, 4];
const MAX_COMMENT = 500;
const LOW_ON_LETTERS = 100;

const heading = (text) => el("h1", { text, tabindex: "-1" });

/** Nobody is asked just now. */
export function rest(state) {
  return [
    el(
      "div",
      { class: "calm" },
      state.label && el("p", { class: "where", text: t("survey.counter", { label: state.label }) }),
      heading(t("survey.rest_title")),
      el("p", { class: "quiet", text: t("survey.rest_text") }),
    ),
  ];
}

/** A kiosk waits for the code of a slip; a scanner types it and presses Enter. */
export function scan(state, steps) {
  const field = el("input", {
    class: "field code", id: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 300, inputmode: "none", "data-first": true,
  });
  const form = el("form", { class: "scan", novalidate: true }, el("label", { for: "code", text: t("survey.scan_field") }), field);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) steps.scanned(field.value);
  });
  field.addEventListener("blur", () => setTimeout(() => field.isConnected && document.activeElement === document.body && field.focus()));
  return [
    el("div", { class: "calm" }, heading(t("survey.scan_title")), el("p", { class: "lead", text: t("survey.scan_text") }), form, el("p", { class: "problem", role: "alert", text: state.wrong ? t("survey.scan_wrong") : "" })),
  ];
}

/** A visitor of several services says which one. */
export function which(state, steps) {
  const choices = state.tickets.map((ticket) =>
    button({
      class: "button answer",
      label: el("span", { class: "words", dir: "auto", text: name(ticket.service_name) }),
      press: () => steps.choose(ticket),
    }, el("span", { class: "badge wide", text: ticket.number })),
  );
  return [heading(t("survey.which")), el("div", { class: "paper card" }, el("div", { class: "answers" }, choices))];
}

/** What comes, how long it takes, and that nobody must. */
export function intro(state, steps) {
  const { ticket } = state;
  return [
    el(
      "div",
      { class: "calm" },
      heading(t("survey.title")),
      el("p", { class: "lead", dir: "auto", text: t("survey.about", { number: ticket.number, service: name(ticket.service_name) }) }),
      el("p", { class: "quiet", text: t("survey.intro") }),
      el(
        "div",
        { class: "actions" },
        button({ class: "button call begin", label: t("survey.begin"), press: steps.begin }),
        button({ class: "button bare leave", label: t("survey.not_now"), press: steps.leave }),
      ),
    ),
  ];
}

/** One of the nine, with its four answers in its own words. */
export function question(state, steps) {
  const id = `u${state.step + 1}`;
  const given = state.answers[id];
  return [
    progress(state.step),
    el(
      "div",
      { class: "paper card" },
      heading(t(`survey.${id}_question`)),
      el(
        "div",
        { class: "answers", role: "group", "aria-label": t(`survey.${id}_name`) },
        ANSWERS.map((value) =>
          button(
            {
              class: "button answer",
              "aria-pressed": String(given === value),
              "aria-keyshortcuts": String(value),
              "data-value": value,
              label: el("span", { class: "words", text: t(`survey.${id}_${value}`) }),
              press: () => steps.answer(value),
            },
            el("span", { class: "badge", "aria-hidden": "true", text: value }),
          ),
        ),
      ),
      el("p", { class: "problem", role: "alert", text: state.problem ? t(state.problem) : "" }),
    ),
    el(
      "div",
      { class: "actions row" },
      button({ class: "button back", label: t("survey.back"), press: steps.back }),
      button({ class: "button bare skip", label: t("survey.skip"), press: () => steps.answer(null) }),
    ),
  ];
}

function progress(step) {
  const parts = Array.from({ length: 9 }, (_, at) => el("span", { class: at < step ? "past" : at === step ? "now" : "" }));
  return el(
    "div",
    { class: "progress" },
    el("p", { class: "step", role: "status", text: t("survey.step", { n: step + 1 }) }),
    el("div", { class: "parts", "aria-hidden": "true" }, parts),
  );
}

/** A comment and a little about oneself, both as one likes; then all of it is sent. */
export function more(state, steps) {
  const left = el("p", { class: "left quiet", role: "status" });
  const comment = el("textarea", { class: "field", id: "comment", rows: 3, maxlength: MAX_COMMENT, dir: "auto" });
  comment.value = state.comment;
  const count = () => {
    state.comment = comment.value;
    const letters = MAX_COMMENT - comment.value.length;
    say(left, letters <= LOW_ON_LETTERS ? t("survey.left", { n: letters }) : "");
  };
  comment.addEventListener("input", count);
  count();
  return [
    el(
      "div",
      { class: "paper card" },
      heading(t("survey.more_title")),
      el("p", { class: "quiet", text: t("survey.more_text") }),
      el("div", { class: "asked" }, el("label", { for: "comment", text: t("survey.comment") }), comment, left),
      el("h2", { text: t("survey.you_title") }),
      el("p", { class: "quiet", text: t("survey.you_text") }),
      el("div", { class: "about" }, boot.page.respondent.map(([id, choices]) => choice(state, id, choices))),
      el("p", { class: "problem", role: "alert", text: state.problem ? t(state.problem, { code: state.problem_code ?? "" }) : "" }),
    ),
    el(
      "div",
      { class: "actions row" },
      button({ class: "button back", label: t("survey.back"), press: steps.back }),
      button({ class: "button call send", label: t(state.sending ? "survey.sending" : "survey.send"), "aria-disabled": String(Boolean(state.sending)), press: steps.send }),
    ),
  ];
}

function choice(state, id, choices) {
  const options = ["", ...choices].map((value) => el("option", { value, text: t(value ? `survey.${id}_${value}` : "survey.unsaid") }));
  const select = el("select", { class: "field", id: `about-${id}` }, options);
  select.value = state.respondent[id] ?? "";
  select.addEventListener("change", () => {
    if (select.value) state.respondent[id] = select.value;
    else delete state.respondent[id];
  });
  return el("div", { class: "asked" }, el("label", { for: select.id, text: t(`survey.${id}`) }), select);
}

/** It has arrived. */
export function done(state) {
  const back = boot.page.mode === "phone" && el("div", { class: "actions" }, el("a", { class: "button", href: `/t/${state.code}`, text: t("survey.to_visit") }));
  return [el("div", { class: "calm" }, tick(), heading(t("survey.done_title")), el("p", { class: "lead", text: t("survey.done_text") }), back)];
}

/** Why there is nothing to ask, in one sentence; `why` is a key such as "answered". */
export function message(why, state) {
  if (why === "loading") return [el("div", { class: "calm" }, heading(t("survey.loading")))];
  const back = boot.page.mode === "phone" && boot.page.code && el("div", { class: "actions" }, el("a", { class: "button", href: `/t/${boot.page.code}`, text: t("survey.to_visit") }));
  if (why === "offline") {
    const again = button({ class: "button call again", label: t("survey.again"), press: () => state.retry() });
    return [el("div", { class: "calm" }, heading(t("survey.offline_title")), el("p", { class: "lead", text: t("survey.offline_text") }), el("div", { class: "actions" }, again))];
  }
  return [el("div", { class: "calm" }, heading(t(`survey.${why}_title`)), el("p", { class: "lead", text: t(`survey.${why}_text`) }), back)];
}

const SVG = "http://www.w3.org/2000/svg";

/** A tick in a ring, drawn here: the sprite of all icons is too much for a phone. */
function tick() {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M7.9 12.3l2.8 2.8 5.4-5.7");
  svg.append(path);
  return svg;
}
