// Choosing a counter: free ones are one press away; one that somebody else has open is taken over only
// with a second, deliberate press.

import { deliver } from "/static/delivery.js";
import { el } from "/static/dom.js";
import { recall, remember } from "/static/memory.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { header, overseerPages } from "/counter/static/header.js";
import { counterWords, problemWords } from "/counter/static/phrases.js";

const POLL_MS = 5_000; // there is no live line before a counter is open; five seconds are soon enough for a choice

export function chooseView(page, words) {
  let hall = page.state.hall;
  let message = words ? { tone: "info", words } : null;
  let opening = null;
  let closed = false;
  let timer = null;

  const bar = header({
    page,
    title: hall?.hall.name ?? "",
    detail: "",
    tools: [],
    menu: [...overseerPages(page.state.user), { icon: "log-out", label: t("counter.logout"), press: logout }],
  });
  const takeOver = askDialog((counter) => open(counter, true));
  const title = bar.node.querySelector(".bar-title");
  const line = el("p", { class: "line", role: "status" });
  const zones = el("div", { class: "choose-zones" });
  const list = keyed(zones, zonePart);
  const heading = el("h2", { class: "choose-title", tabindex: "-1", text: t("counter.choose_title") });
  const node = el(
    "div",
    { class: "choose" },
    bar.node,
    el(
      "main",
      { class: "choose-main" },
      heading,
      el("p", { class: "quiet", text: t("counter.choose_hint") }),
      line,
      zones,
    ),
    takeOver.node,
  );

  async function poll() {
    clearTimeout(timer);
    try {
      hall = await page.loadHall();
      if (message?.passing) message = null;
    } catch (problem) {
      if (problem.status === 401 && !closed) return page.expired();
      message = { tone: "bad", passing: true, words: () => problemWords(problem) };
    }
    if (closed) return undefined;
    render();
    timer = setTimeout(poll, POLL_MS);
    return undefined;
  }

  async function open(counter, take_over) {
    if (opening) return;
    opening = counter.id;
    message = null;
    render();
    try {
      await deliver(`/api/v1/counters/${encodeURIComponent(counter.id)}/open`, take_over ? { take_over: true } : {});
      closed = true;
      remember(lastKey(page.state.user.name), counter.id);
      page.work(counter.id);
      return;
    } catch (problem) {
      if (problem.status === 401) return page.expired();
      if (problem.code === "occupied") takeOver.ask(counter, problem.body?.officer ?? "");
      else message = { tone: "bad", words: () => problemWords(problem) };
    } finally {
      opening = null;
    }
    poll();
  }

  async function logout() {
    try {
      await page.logout();
    } catch (problem) {
      message = { tone: "bad", words: () => problemWords(problem) };
      render();
    }
  }

  function zonePart(zone) {
    const grid = el("div", { class: "choose-grid" });
    const cards = keyed(grid, counterCard);
    const part = el("section", { class: "choose-zone" }, el("h3", { text: name(zone.name) }), grid);
    return { node: part, update: () => cards(hall.counters.filter((counter) => counter.zone === zone.id)) };
  }

  function counterCard() {
    let counter = null;
    const label = el("span", { class: "choose-label" });
    const services = el("span", { class: "choose-services" });
    const state = el("span", { class: "choose-state" });
    const card = button({ class: "choose-card", label: [label, services, state], press: pressed });

    function pressed() {
      const other = occupiedBy(counter, page.state.user);
      if (other === null) return open(counter, false);
      return takeOver.ask(counter, other);
    }

    function update(next) {
      counter = next;
      const other = occupiedBy(counter, page.state.user);
      const last = recall(lastKey(page.state.user.name)) === counter.id;
      say(label, counterWords(counter.label));
      say(services, agencyWords(hall, counter));
      say(state, stateWords(hall, counter, page.state.user, last));
      mark(card, "free", other === null);
      mark(card, "last", other === null && last);
      mark(card, "mine", counter.state !== "closed" && other === null);
      enable(card, opening === null);
    }

    return { node: card, update };
  }

  function render() {
    say(line, message ? message.words() : "");
    line.dataset.tone = message?.tone ?? "";
    bar.tick();
    if (!hall) return;
    say(title, hall.hall.name);
    list(hall.zones.filter((zone) => hall.counters.some((counter) => counter.zone === zone.id)));
  }

  poll();
  return {
    node,
    render,
    tick: bar.tick,
    focus: () => heading.focus({ preventScroll: true }),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** The second, deliberate press before another officer loses the counter. */
function askDialog(yes) {
  let counter = null;
  const title = el("h2", { id: "ask-title" });
  const text = el("p");
  const node = el(
    "dialog",
    { class: "dialog ask", "aria-labelledby": "ask-title" },
    title,
    text,
    el(
      "div",
      { class: "dialog-buttons" },
      button({ class: "button", label: t("counter.not_now"), press: () => node.close() }),
      button({
        class: "button danger",
        label: t("counter.take_over"),
        press: () => {
          node.close();
          yes(counter);
        },
      }),
    ),
  );

  function ask(wanted, by) {
    counter = wanted;
    say(title, t("counter.take_over_ask", { counter: counterWords(counter.label) }));
    say(text, t("counter.take_over_text", { by: by || t("counter.another_officer") }));
    if (!node.open) node.showModal();
  }

  return { node, ask };
}

/** Who else has the counter open: null nobody, "" somebody whose name we are not told. */
function occupiedBy(counter, user) {
  if (counter.state === "closed" || counter.officer?.name === user.name) return null;
  return counter.officer?.name ?? "";
}

function agencyWords(hall, counter) {
  const agencies = hall.agencies.filter((agency) =>
    agency.services.some((service) => counter.services.includes(service.id)),
  );
  return agencies.map((agency) => name(agency.short_name) || name(agency.name)).join(" · ");
}

function stateWords(hall, counter, user, last) {
  const other = occupiedBy(counter, user);
  if (other) return t(counter.state === "paused" ? "counter.paused_by" : "counter.open_by", { by: other });
  if (other === "") return t("counter.open_by_someone");
  if (counter.state !== "closed") return t("counter.open_by_you");
  const services = hall.agencies
    .flatMap((agency) => agency.services)
    .filter((service) => counter.services.includes(service.id));
  const waiting = services.reduce((sum, service) => sum + service.waiting, 0);
  const words = [last && t("counter.last_used"), waiting > 0 && t("counter.waiting_n", { n: waiting })];
  return words.filter(Boolean).join(" · ");
}

/** Each officer's last counter on this machine: most come back to the same desk every morning. */
function lastKey(user) {
  return `antrean.counter.last.${user}`;
}
