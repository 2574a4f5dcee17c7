// Asks the server for all figures of a page, two at a time, and tells each as it comes.

import { get } from "/static/api.js";
import { count, earlier } from "/reports/static/days.js";
import { report } from "/reports/static/asked.js";

const AT_ONCE = 2; // as many as the server reckons at the same time
const LONGEST_MS = 120_000; // years that are not rolled up yet
const KEPT_MS = 60_000; // going back from a list of tickets shows the page at once
const MOST_DAYS_APART = 92; // a trend of more days goes by months
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60];
const BINS = 12;
const ENOUGH = 10; // a median of fewer visits says little about where waiting is worst

const kept = new Map(); // path -> {at_ms, answer}

/** Forget what was asked lately: the next question goes to the server. */
export function forget() {
  kept.clear();
}

/** The answer to a path; one of the last minute need not be asked again. */
export async function answerTo(path) {
  const known = kept.get(path);
  if (known && Date.now() - known.at_ms < KEPT_MS) return known.answer;
  const answer = await get(path, { timeout_ms: LONGEST_MS });
  kept.set(path, { at_ms: Date.now(), answer });
  return answer;
}

/** How the trend is told: by day, or by month over longer times. */
export function trendBy({ from, to }) {
  return count(from, to) > MOST_DAYS_APART ? "month" : "day";
}

/** What the groups side by side are: agencies, or the services of one. */
export function sideBySide({ agency, service }) {
  return agency || service ? "service" : "agency";
}

/** The row of the longest median wait among those with enough visits; null where there is none. */
export function worst(rows) {
  const enough = rows.filter((row) => row.key !== "" && row.called >= ENOUGH && row.wait.median !== null);
  const some = enough.length ? enough : rows.filter((row) => row.key !== "" && row.wait.median !== null);
  return some.reduce((longest, row) => (longest && longest.wait.median >= row.wait.median ? longest : row), null);
}

/**
 * Gathers the figures for what is asked. `arrived(name, answer, done, all)` is called for each; `wanted()` says
 * whether this page still wants them. Resolves when all are there, rejects with the first Problem.
 */
export async function gather(asked, arrived, wanted) {
  const before = { ...asked, ...earlier(asked) };
  const side = sideBySide(asked);
  const many = asked.from !== asked.to;
  const whole = ["whole", report("waiting", asked, { by: "hall" })];
  const rest = [
    ["whole_before", report("waiting", before, { by: "hall" })],
    ["sides", report("waiting", asked, { by: side })],
    ["hours", report("waiting", asked, { by: "hour" })],
    ["sides_before", report("waiting", before, { by: side })],
    ...(many ? [["week", report("waiting", asked, { by: "hour_weekday" })]] : []),
    ...(many ? [["trend", report("waiting", asked, { by: trendBy(asked) })]] : []),
    ...(many ? [["trend_before", report("waiting", before, { by: trendBy(asked) })]] : []),
    ["groups", report("waiting", asked, { by: asked.by })],
    ["groups_before", report("waiting", before, { by: asked.by })],
    ["counters", report("counters", { from: asked.from, to: asked.to }, { by: "counter" })],
    ["outcomes", report("outcomes", asked)],
  ];
  const all = rest.length + 3;
  let done = 0;
  const ask = async ([name, path]) => {
    const answer = path === null ? { rows: [] } : await answerTo(path);
    if (!wanted()) return answer;
    done += 1;
    arrived(name, answer, done, all);
    return answer;
  };
  const first = await ask(whole);
  if (!wanted() || !first.rows.length) return;
  rest.push(["spread", report("distribution", asked, { metric: "wait", step: stepMinutes(first.rows[0].wait.p95) })]);
  await lanes(
    rest,
    async (question) => {
      const answer = await ask(question);
      if (question[0] === "sides" && wanted()) await ask(["worst_hours", hoursOfWorst(asked, side, answer.rows)]);
    },
    wanted,
  );
}

function hoursOfWorst(asked, side, rows) {
  const where = worst(rows);
  return where && report("waiting", { ...asked, [side]: where.key }, { by: "hour" });
}

/** Bins so wide that nearly all waits lie in about a dozen. */
function stepMinutes(seconds) {
  const wanted = (seconds ?? 0) / 60 / BINS;
  return STEPS_MINUTES.find((step) => step >= wanted) ?? STEPS_MINUTES.at(-1);
}

async function lanes(questions, ask, wanted) {
  const open = [...questions];
  const lane = async () => {
    while (open.length && wanted()) await ask(open.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
