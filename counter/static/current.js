// The card of the visitor who is at the counter or on the way to it; without one, what awaits the officer.

import { el } from "/static/dom.js";
import { mark, say } from "/static/parts.js";
import { clock, duration, t } from "/static/text.js";
import { aboutVisit } from "/counter/static/aboutvisit.js";
import { givesUpInSeconds } from "/counter/static/absence.js";
import { pauseWords } from "/counter/static/pausing.js";
import { counterOf, priorityWords, serviceWords, waitWords } from "/counter/static/phrases.js";
import { todayPanel } from "/counter/static/today.js";

const MOST_QUEUES = 6; // two rows of them

export function currentCard(terminal) {
  const visitor = visitorPart(terminal);
  const idle = idlePart(terminal);
  const node = el("section", { class: "card current", "aria-label": t("counter.current") }, visitor.node, idle.node);

  function render() {
    const current = terminal.current;
    visitor.node.hidden = !current;
    idle.node.hidden = Boolean(current);
    node.dataset.state = current?.state ?? terminal.snapshot?.counter.state ?? "loading";
    if (current) visitor.render(current);
    else idle.render();
  }

  function tick() {
    if (terminal.current) visitor.tick(terminal.current);
    else idle.tick();
  }

  return { node, render, tick };
}

function visitorPart(terminal) {
  const number = el("p", { class: "number current-number", "aria-live": "polite" });
  const service = el("p", { class: "current-service" });
  const facts = el("p", { class: "current-facts" });
  const badges = el("ul", { class: "badges" });
  const timerLabel = el("p", { class: "timer-label" });
  const timer = el("p", { class: "timer" });
  const timerNote = el("p", { class: "timer-note" });
  const bar = el("div", { class: "progress", role: "presentation" }, el("div", { class: "progress-done" }));
  const visit = aboutVisit();
  const node = el(
    "div",
    { class: "visitor" },
    el("div", { class: "visitor-who" }, el("div", { class: "visitor-number" }, number, badges), service, facts),
    el("div", { class: "visitor-time" }, timerLabel, timer, timerNote),
    visit.node,
    bar,
  );

  let here = null;

  function render(ticket) {
    const snapshot = terminal.snapshot;
    if (here !== ticket.id) arrive(node);
    here = ticket.id;
    say(number, ticket.number);
    mark(number, "long", ticket.number.length > 6);
    say(service, serviceWords(snapshot, ticket.service, terminal.hall));
    service.title = service.textContent;
    say(facts, factWords(ticket, terminal));
    mark(node, "told", visit.render(ticket));
    const shown = badgeWords(ticket, terminal.snapshot);
    if (badges.dataset.shown !== shown.join("|")) {
      badges.dataset.shown = shown.join("|");
      badges.replaceChildren(...shown.map((text) => el("li", { class: "badge", text })));
    }
    say(timerLabel, t(ticket.state === "called" ? "counter.calling" : "counter.serving"));
    tick(ticket);
  }

  function tick(ticket) {
    const target_s = (terminal.snapshot.services[ticket.service]?.target_service_minutes ?? 0) * 60;
    const serving = ticket.state === "serving";
    const seconds = serving
      ? ticket.service_here_seconds + terminal.age_seconds
      : (terminal.now() - Date.parse(ticket.called_at)) / 1000;
    const over = serving && target_s > 0 && seconds > target_s;
    say(timer, duration(seconds));
    mark(timer, "long", seconds >= 3600);
    say(timerNote, noteWords(ticket, { serving, over, seconds, target_s, gone_s: givesUpInSeconds(terminal) }));
    mark(node, "over", over);
    bar.hidden = !serving || target_s === 0;
    bar.firstChild.style.width = `${Math.min(100, (seconds / (target_s || 1)) * 100)}%`;
  }

  return { node, render, tick };
}

/** A new visitor is seen to be new. */
function arrive(node) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  node.animate(
    [
      { opacity: 0, transform: "translateY(6px)" },
      { opacity: 1, transform: "none" },
    ],
    { duration: 180, easing: "ease-out" },
  );
}

function factWords(ticket, terminal) {
  const came = t("counter.came", { time: clock(ticket.issued_at) });
  if (ticket.source === "direct") return [t("counter.without_ticket"), came].join(" · ");
  const facts = [t("counter.waited", { wait: waitWords(ticket.wait_seconds) }), came];
  if (ticket.source === "desk") facts.push(t("counter.from_desk"));
  if (ticket.return_to && ticket.return_to !== terminal.id)
    facts.push(t("counter.returns_to", { counter: counterOf(ticket.return_to, terminal.hall) }));
  return facts.join(" · ");
}

function badgeWords(ticket, snapshot) {
  const badges = [];
  if (ticket.priority) badges.push(priorityWords(ticket.priority, snapshot));
  if (ticket.party_size > 1) badges.push(t("counter.party", { n: ticket.party_size }));
  if (ticket.language === "en") badges.push(t("counter.speaks_en"));
  return badges;
}

function noteWords(ticket, { serving, over, seconds, target_s, gone_s }) {
  if (!serving) {
    const recalled = ticket.recalls ? t("counter.recalled_times", { n: ticket.recalls + 1 }) : "";
    if (gone_s === null) return recalled || t("counter.called_at", { time: clock(ticket.called_at) });
    return [recalled, t("counter.gives_up_in", { time: duration(gone_s) })].filter(Boolean).join(" · ");
  }
  if (over) return t("counter.over_target", { span: duration(seconds - target_s) });
  return target_s ? t("counter.target", { n: target_s / 60 }) : "";
}

function idlePart(terminal) {
  const title = el("p", { class: "idle-title" });
  const text = el("p", { class: "idle-text" });
  const queues = el("ul", { class: "idle-queues" });
  const last = el("p", { class: "idle-last" });
  const today = todayPanel();
  const node = el(
    "div",
    { class: "idle" },
    el("div", { class: "idle-now" }, title, text, queues, last),
    today.node,
  );

  function render() {
    const snapshot = terminal.snapshot;
    if (!snapshot) {
      say(title, t("counter.loading"));
      return;
    }
    const paused = snapshot.counter.state === "paused";
    const n = snapshot.waiting_count;
    const why = paused ? pauseWords(snapshot.counter.pause_reason) : "";
    if (why) say(title, t("counter.paused_for", { reason: why }));
    else say(title, t(paused ? "counter.paused_title" : n ? "counter.idle_title" : "counter.empty_title"));
    mark(node, "none", !n && !paused);
    renderQueues(snapshot);
    today.render(snapshot);
    say(last, lastWords(snapshot));
    last.hidden = !snapshot.undo;
    tick();
  }

  function renderQueues(snapshot) {
    const counts = snapshot.counter.services
      .map((id) => [id, snapshot.waiting_by_service[id] ?? 0])
      .filter(([, count]) => count > 0);
    const shape = JSON.stringify(counts);
    queues.hidden = counts.length < 2;
    if (queues.dataset.shown === shape) return;
    queues.dataset.shown = shape;
    const named = counts.length > MOST_QUEUES ? counts.slice(0, MOST_QUEUES - 1) : counts;
    const others = counts.length - named.length;
    queues.replaceChildren(
      ...named.map(([id, count]) => el("li", {}, el("strong", { text: count }), ` ${serviceWords(snapshot, id)}`)),
      ...(others ? [el("li", { text: t("counter.idle_others", { n: others }) })] : []),
    );
  }

  function tick() {
    const snapshot = terminal.snapshot;
    if (!snapshot) return;
    if (snapshot.counter.state === "paused") {
      const since = snapshot.counter.since;
      say(
        text,
        since
          ? t("counter.paused_since", {
              time: clock(since),
              span: duration((terminal.now() - Date.parse(since)) / 1000),
            })
          : "",
      );
      return;
    }
    if (!snapshot.waiting_count) {
      say(text, t("counter.empty_text"));
      return;
    }
    const longest_s = Math.max(...snapshot.waiting.map((ticket) => ticket.wait_seconds)) + terminal.age_seconds;
    say(text, t("counter.idle_text", { n: snapshot.waiting_count, wait: waitWords(longest_s) }));
  }

  return { node, render, tick };
}

/** What was just done, while it can be undone. */
function lastWords(snapshot) {
  if (!snapshot.undo) return "";
  const { ticket, verb } = snapshot.undo;
  return t(verb === "finish" ? "counter.last_finished" : "counter.last_missed", { number: ticket.number });
}
