// Follows one visit: live where the server has room for this phone, by asking now and then where it has not
// (all places taken, a network without WebSockets). The same tickets come out of both.

import { get, Problem } from "/static/api.js";
import { connect } from "/static/live.js";

const ASK_EVERY_MS = [15_000, 30_000]; // spread, so that thousands of phones do not ask in step
const ASK_FIRST_MS = [3_000, 8_000]; // sooner while there is nothing to show
const AWAY_AFTER_MS = 4_000; // a shorter cut is over before it can be read
const TICK_MS = 2_000;
const LATE_MS = 3 * TICK_MS; // a tick so late: the phone slept
const FULL = new Set(["busy", "refused"]);
const CROWDED = new Set([429, 503]); // the server is there, and asks for patience

/**
 * Follow the visit of a code. `onTickets(tickets)` with every change; `onLine(line, contact_ms)`, where `line` is
 * "connecting", "live", "asking" (no live line, but the server answers) or "away", and `contact_ms` the last moment of contact
 * or null; `onUnknown()` when the server does not know the code (any more). Returns `now()`, the server's clock in
 * milliseconds.
 */
export function follow(code, { onTickets, onLine, onUnknown }) {
  const path = `/api/v1/visits/${encodeURIComponent(code)}`;
  let epoch = null;
  let seq = -1;
  let line = "connecting";
  let contact_ms = null;
  let isLive = false;
  let asking = false;
  let timer = null; // runs while the line is not live
  let ticked_ms = Date.now();
  let ended = false;

  const live = connect({
    screen: "visit",
    id: code,
    snapshot: () => get(path),
    onSnapshot: take,
    onEvent: (name, event) => event.tickets && take(event),
    onStatus,
  });

  function take(message) {
    if (message.epoch === epoch && message.seq < seq) return; // an answer that was overtaken
    [epoch, seq] = [message.epoch, message.seq];
    contact_ms = live.now();
    onTickets(message.tickets);
  }

  function tell(next) {
    line = next;
    onLine(line, contact_ms);
  }

  function onStatus(status) {
    if (ended) return;
    isLive = status === "live";
    if (isLive) {
      clearTimeout(timer);
      timer = null;
      contact_ms = live.now();
      tell("live");
    } else if (FULL.has(status)) {
      askIn(contact_ms === null ? 0 : between(ASK_EVERY_MS));
    } else {
      timer ??= setTimeout(ask, AWAY_AFTER_MS);
    }
  }

  function askIn(wait_ms) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait_ms);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    let wait_ms = between(ASK_EVERY_MS);
    try {
      const answer = await get(path);
      if (!isLive && !ended) {
        take(answer);
        tell("asking");
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 404) return end();
      if (!isLive && !ended) tell(CROWDED.has(problem.status) ? "asking" : "away");
      wait_ms = Math.max(contact_ms === null ? between(ASK_FIRST_MS) : wait_ms, (problem.retry_after_s ?? 0) * 1000);
    } finally {
      asking = false;
      if (!isLive && !ended) askIn(wait_ms);
    }
    return undefined;
  }

  function end() {
    ended = true;
    clearInterval(ticker);
    clearTimeout(timer);
    live.close();
    onUnknown();
  }

  /** While the line stands, every moment is one of contact; but none of those that the phone slept through. */
  function tick() {
    const late = Date.now() - ticked_ms > LATE_MS;
    ticked_ms = Date.now();
    if (isLive && !late) contact_ms = live.now();
  }

  const ticker = setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !isLive && !ended) askIn(Math.random() * 1000);
  });

  return { now: live.now };
}

function between([low, high]) {
  return low + Math.random() * (high - low);
}
