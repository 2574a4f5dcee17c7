// The number: the largest thing on the page; and the smaller cards of a visitor's other numbers.

import { boot } from "/static/api.js";
import { el } from "/static/dom.js";
import { clock, name, t } from "/static/text.js";
import { mark } from "/visitor/static/marks.js";
import { advice, around, counterOf, kindOf, markOf, sentence } from "/visitor/static/standing.js";

/** The one ticket that matters now, as the page's main part. `at_ms` is when it was so. */
export function hero(ticket, at_ms) {
  return kindOf(ticket) === "called" ? summons(ticket) : standing(ticket, at_ms);
}

/** Called: where to go comes before everything else. */
function summons(ticket) {
  const { recalls, called_at } = ticket;
  const when = recalls > 0 ? [t("visit.called_again", { n: recalls + 1 })] : [];
  return [
    el(
      "h1",
      { class: "where" },
      el("span", { class: "go", text: t("visit.answer_counter") }),
      " ",
      el("span", { class: "label", text: t("visit.counter") }),
      " ",
      sized(el("span", { class: "number", text: counterOf(ticket) })),
    ),
    el(
      "section",
      { class: "paper card" },
      el("p", { class: "label", text: t("visit.your_number") }),
      sized(el("p", { class: "number", text: ticket.number })),
      whose(ticket, "p"),
    ),
    el(
      "div",
      { class: "told" },
      el("p", { class: "advice", text: t("visit.called_hint") }),
      el("p", { text: [t("visit.called_at", { time: clock(called_at) }), ...when].join(" · ") }),
    ),
  ];
}

function standing(ticket, at_ms) {
  const kind = kindOf(ticket);
  return [
    whose(ticket, "h1"),
    el(
      "section",
      { class: "paper card" },
      el("p", { class: "label", text: t("visit.your_number") }),
      sized(el("p", { class: "number", text: ticket.number })),
      kind === "waiting" && facts(ticket, at_ms),
    ),
    el(
      "div",
      { class: "state" },
      mark(markOf(ticket)),
      el("div", {}, ...spoken(kind, ticket).map((text, i) => el("p", { class: i ? "advice" : "sentence", text }))),
    ),
    rating(ticket, at_ms),
  ].filter(Boolean);
}

/** The way to say what one thought of the service, once one was served and for as long as it is asked; then thanks. */
function rating(ticket, at_ms) {
  const { code, survey_hours } = boot.page;
  if (ticket.survey === "answered") return el("p", { class: "rated", text: t("visit.survey_done") });
  const over_ms = Date.parse(ticket.finished_at ?? 0) + survey_hours * 3_600_000;
  if (ticket.survey !== "open" || !survey_hours || at_ms > over_ms) return null;
  return el("a", { class: "button call rate", href: `/t/${code}/survey?ticket=${ticket.id}`, text: t("visit.survey") });
}

/** What stands beside the mark. How many are ahead is among the facts already. */
function spoken(kind, ticket) {
  if (kind !== "waiting") return [sentence(ticket), advice(ticket)];
  const zone = name(ticket.zone_name);
  return ticket.ahead === 0 ? [t("visit.next"), t("visit.next_text", { zone })] : [t("visit.wait_in", { zone }), t("visit.wait_text")];
}

/** The agency, quiet, and the service. */
function whose(ticket, heading) {
  return el(
    "div",
    { class: "whose" },
    el("p", { class: "agency", dir: "auto", text: name(ticket.agency_name) }),
    el(heading, { class: "service", dir: "auto", text: name(ticket.service_name) }),
  );
}

function facts(ticket, at_ms) {
  const when = around(ticket, at_ms);
  return el(
    "dl",
    { class: "facts" },
    fact(t("visit.ahead"), ticket.ahead === 0 ? t("visit.nobody") : t("visit.people", { n: ticket.ahead })),
    when && fact(t("visit.around"), when.clock, when.span),
  );
}

function fact(label, value, more) {
  return el("div", {}, el("dt", { text: label }), el("dd", { text: value }), more && el("dd", { class: "more", text: more }));
}

/** Another number of the same visitor. */
export function card(ticket, at_ms) {
  return el(
    "li",
    { class: "other card", data: { kind: kindOf(ticket) } },
    el("p", { class: "number", text: ticket.number }),
    el(
      "div",
      { class: "about" },
      el("p", { class: "service", dir: "auto", text: name(ticket.service_name) }),
      el("p", { class: "agency", dir: "auto", text: name(ticket.agency_name) }),
    ),
    el("p", { class: "sentence" }, mark(markOf(ticket)), el("span", { text: sentence(ticket) })),
    rating(ticket, at_ms),
  );
}

/** As large as its place is wide: the style sheet divides by the letters. */
function sized(node) {
  node.style.setProperty("--letters", Math.max(1, node.textContent.length));
  return node;
}
