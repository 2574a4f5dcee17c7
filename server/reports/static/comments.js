// What visitors wrote, and what a supervisor makes of it: shown, hidden, or erased for good.

import { get, Problem } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el } from "/static/dom.js";
import { button } from "/static/parts.js";
import { longDate, t } from "/static/text.js";

const STATES = ["all", "new", "shown", "hidden"];

/**
 * The part of the page with the comments of some days. `nameOf(agency, service)` is what a service is called;
 * `expired()` is called when the login is over.
 */
export function commentsPart({ from, to, agency, service, nameOf, expired }) {
  const state = { shown: "all", comments: null, next: null, problem: "", erasing: null };
  const tabs = el("div", { class: "tabs", role: "group", "aria-label": t("satisfaction.comments") });
  const list = el("ul", { class: "comments" });
  const more = button({ class: "button more", label: t("satisfaction.more"), press: () => load() });
  const told = el("p", { class: "problem", role: "alert" });
  const node = el(
    "section",
    { class: "card said", "aria-labelledby": "comments-title" },
    el("h2", { id: "comments-title", text: t("satisfaction.comments") }),
    el("p", { class: "quiet no-print", text: t("satisfaction.comments_hint") }),
    tabs,
    told,
    list,
    more,
  );

  function render() {
    tabs.replaceChildren(...STATES.map((value) => button({ class: "button tab", label: t(`satisfaction.state_${value}`), "aria-pressed": String(value === state.shown), press: () => choose(value) })));
    told.textContent = state.problem;
    more.hidden = state.next === null;
    const nothing = state.comments?.length === 0 && el("li", { class: "nothing quiet", text: t("satisfaction.no_comments") });
    list.replaceChildren(...(nothing ? [nothing] : (state.comments ?? []).map(row)));
  }

  function row(comment) {
    const verdict = [t(`satisfaction.is_${comment.state}`), comment.moderator].filter(Boolean).join(" · ");
    return el(
      "li",
      { class: "comment", data: { state: comment.state, ticket: comment.ticket } },
      el("p", { class: "said-text", dir: "auto", text: comment.text }),
      el("p", { class: "quiet" }, `${longDate(comment.at)} · ${nameOf(comment.agency, comment.service)}`, el("span", { class: "no-print", text: ` · ${verdict}` })),
      el("div", { class: "verdict no-print" }, verdicts(comment)),
    );
  }

  function verdicts(comment) {
    if (state.erasing === comment.ticket) {
      return [
        el("p", { class: "sure", text: t("satisfaction.sure") }),
        button({ class: "button danger", label: t("satisfaction.erase_sure"), press: () => moderate(comment, "deleted") }),
        button({ class: "button bare", label: t("satisfaction.keep"), press: () => erase(null) }),
      ];
    }
    return [
      comment.state !== "shown" && button({ class: "button", label: t("satisfaction.show"), press: () => moderate(comment, "shown") }),
      comment.state !== "hidden" && button({ class: "button", label: t("satisfaction.hide"), press: () => moderate(comment, "hidden") }),
      button({ class: "button bare danger", label: t("satisfaction.erase"), press: () => erase(comment.ticket) }),
    ];
  }

  function erase(ticket) {
    state.erasing = ticket;
    render();
  }

  function choose(value) {
    Object.assign(state, { shown: value, comments: null, next: null });
    render();
    load();
  }

  async function moderate(comment, verdict) {
    await tried(async () => {
      const answer = await deliver(`/api/v1/surveys/comments/${comment.ticket}`, { state: verdict });
      const at = state.comments.findIndex((each) => each.ticket === comment.ticket);
      if (answer.comment) state.comments[at] = answer.comment;
      else state.comments.splice(at, 1);
      state.erasing = null;
    });
  }

  async function load() {
    const wanted = state.shown;
    await tried(async () => {
      const asked = new URLSearchParams({ from, to, state: wanted });
      if (agency) asked.set("agency", agency);
      if (service) asked.set("service", service);
      if (state.next !== null) asked.set("before", state.next);
      const page = await get(`/api/v1/surveys/comments?${asked}`);
      if (wanted !== state.shown) return;
      state.comments = [...(state.comments ?? []), ...page.comments];
      state.next = page.next;
    });
  }

  async function tried(work) {
    state.problem = "";
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) return expired();
      state.problem = t("satisfaction.problem", { code: problem.code });
    }
    return render();
  }

  render();
  load();
  return node;
}
