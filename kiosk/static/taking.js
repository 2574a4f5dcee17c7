// Taking a number so that one wish gives one ticket: the key is made with the wish and kept through
// every retry, so a lost answer and a second press both come back to the same number.

import { newKey, post } from "/static/api.js";

const PATIENCE_MS = 6000;
const PAUSES_MS = [400, 700, 1100, 1600, 2200];

/** A visitor's wish for numbers. Its body is fixed with its key: one key never stands for two bodies. */
export function wish(services, priority, language) {
  const body = { services, language, ...(priority && { priority }) };
  return { services, key: newKey(), body };
}

/** The server's answer to a wish. Rejects with the last Problem when it cannot be had in about 6 s. */
export function issue({ key, body }) {
  return insist(() => post("/api/v1/tickets", body, { key }));
}

/** Cancels tickets that this kiosk has just issued, one after the other; those that are done leave `left`, a Set. */
export async function cancel(left) {
  for (const ticket of left) {
    const key = newKey();
    await insist(() => post(`/api/v1/tickets/${ticket}/cancel`, {}, { key }));
    left.delete(ticket);
  }
}

async function insist(send) {
  const began = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (problem) {
      const pause = pauseBefore(problem, attempt);
      if (pause === null || performance.now() - began + pause > PATIENCE_MS) throw problem;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}

/** Milliseconds until it is worth asking again, or null when it is not. */
function pauseBefore(problem, attempt) {
  const pause = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)];
  if (problem.passing) return pause;
  if (problem.status === 429) return Math.max(pause, (problem.retry_after_s ?? 1) * 1000);
  return null;
}

/** What to say about a problem: {text: key, why: {id, en} or null, which: service's id, again: whether pressing again can help}. */
export function wordsFor(problem) {
  return { ...saying(problem), which: problem.body?.service ?? null };
}

const FULL = new Set(["quota_reached", "last_ticket"]);

function saying(problem) {
  if (problem.code === "unknown_service") return { text: "kiosk.problem_gone", why: null, again: false };
  if (FULL.has(problem.code)) return { text: "kiosk.problem_full", why: problem.body?.reason?.text ?? null, again: false };
  if (problem.status === 409) return { text: "kiosk.problem_closed", why: problem.body?.reason?.text ?? null, again: false };
  if (problem.status === 401 || problem.status === 403) return { text: "kiosk.problem_forbidden", why: null, again: true };
  if (problem.status === 429) return { text: "kiosk.problem_busy", why: null, again: true };
  return { text: "kiosk.failed_text", why: null, again: true };
}

/** Whether a problem says that this page knows too little of the hall, or is too old itself. */
export function outdated(problem) {
  return { hall: problem.status === 409 || problem.code === "unknown_service", page: problem.status === 401 || problem.status === 403 };
}
