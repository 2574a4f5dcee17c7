// Taking a number so that one wish gives one ticket: the key is made with the wish and kept through
// every retry, so a lost answer and a second press both come back to the same number.

import { newKey, post } from "/static/api.js";

const PATIENCE_MS = 6000;
const PAUSES_MS = [400, 700, 1100, 1600, 2200];

/** A visitor's wish for a number. Its body is fixed with its key: one key never stands for two bodies. */
export function wish(service, language) {
  return { service, key: newKey(), body: { services: [service], language } };
}

/** The server's answer to a wish. Rejects with the last Problem when it cannot be had in about 6 s. */
export function issue({ key, body }) {
  return insist(() => post("/api/v1/tickets", body, { key }));
}

/** Cancels a ticket that this kiosk has just issued. */
export function cancel(ticket) {
  const key = newKey();
  return insist(() => post(`/api/v1/tickets/${ticket}/cancel`, {}, { key }));
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

const WORDS = {
  closed: "kiosk.problem_closed",
  service_closed: "kiosk.problem_closed",
  outside_hours: "kiosk.problem_closed",
  quota: "kiosk.problem_quota",
  quota_reached: "kiosk.problem_quota",
  unknown_service: "kiosk.problem_gone",
  not_found: "kiosk.problem_gone",
};

/** The key of the words for a problem, and whether pressing again can help. */
export function wordsFor(problem) {
  if (problem.code in WORDS) return { text: WORDS[problem.code], again: false };
  if (problem.status === 401 || problem.status === 403) return { text: "kiosk.problem_forbidden", again: true };
  if (problem.status === 409) return { text: "kiosk.problem_closed", again: false };
  if (problem.status === 429) return { text: "kiosk.problem_busy", again: true };
  return { text: "kiosk.failed_text", again: true };
}
