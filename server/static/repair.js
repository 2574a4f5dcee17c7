// The rule by which a screen repairs itself: subscribe, buffer, take a snapshot, drop what the snapshot
// already holds, apply the rest; and whenever a message is missing (`prev` beyond what we have) or the
// epoch changes (a restored database), take a new snapshot.

const RETRY_FIRST_MS = 400;
const RETRY_LAST_MS = 8_000;

/** How long to wait, at least and at most, before asking again where we were refused. */
export const REFUSED_MS = [15_000, 30_000];

/**
 * The part that keeps a page's knowledge whole. `start(epoch)` when the server has said hello, `take` for
 * every message, `again` for a new snapshot, `stop` when the line is gone. `onState(state, reason)` says
 * "live" or "connecting", or "refused" when the server withholds the snapshot.
 */
export function repairer({ snapshot, onSnapshot, onEvent, onState }) {
  let running = false;
  let fetching = false;
  let wanted = false; // a new snapshot was asked for while one is under way
  let round = 0; // an answer to a question of an earlier line is not used
  let failures = 0;
  let gaps = 0;
  let timer = null;
  let epoch = null;
  let seq = -1;
  let buffer = [];

  function start(theirs) {
    stop();
    running = true;
    epoch = theirs ?? null;
    fetchNow();
  }

  function stop() {
    running = false;
    fetching = false;
    wanted = false;
    failures = 0;
    round += 1;
    clearTimeout(timer);
    timer = null;
    buffer = [];
  }

  function again() {
    if (!running) return;
    if (fetching) wanted = true;
    else fetchNow();
  }

  function take(name, message) {
    if (!running) return;
    if (fetching || timer !== null) buffer.push([name, message]);
    else apply(name, message);
  }

  async function fetchNow() {
    clearTimeout(timer);
    timer = null;
    fetching = true;
    wanted = false;
    buffer = []; // whatever came before the question is in the answer: events leave after their commit
    const mine = round;
    try {
      const json = await snapshot();
      if (mine === round) arrived(json);
    } catch (problem) {
      if (mine === round) failed(problem);
    }
  }

  function arrived(json) {
    fetching = false;
    failures = 0;
    epoch = json.epoch ?? epoch;
    seq = json.seq;
    guarded(onSnapshot, json);
    const waiting = buffer;
    buffer = [];
    while (waiting.length && timer === null) apply(...waiting.shift());
    if (timer !== null) return; // another gap: the next snapshot covers the rest
    onState("live", null);
    if (wanted) fetchNow();
  }

  function failed(problem) {
    fetching = false;
    const refused = problem?.status >= 400 && problem.status < 500 && problem.status !== 429;
    if (!problem?.code) console.error("snapshot", problem);
    onState(refused ? "refused" : "connecting", refused ? problem.code : null);
    failures += 1;
    const wait = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** (failures - 1));
    fetchIn(refused ? REFUSED_MS[0] : Math.max(wait, (problem?.retry_after_s ?? 0) * 1000));
  }

  function fetchIn(wait_ms) {
    clearTimeout(timer);
    timer = setTimeout(fetchNow, wait_ms * (0.75 + Math.random() / 2));
  }

  function apply(name, message) {
    if (message.epoch !== undefined && message.epoch !== epoch) {
      epoch = message.epoch;
      return missing();
    }
    if (message.prev > seq) return missing();
    gaps = 0;
    if (name === "sync" || message.seq <= seq) return undefined;
    seq = message.seq ?? seq;
    return guarded(onEvent, name, message);
  }

  /** A message is missing. The first time at once; a server that keeps leaving gaps is asked ever less often. */
  function missing() {
    onState("connecting", null);
    gaps += 1;
    fetchIn(gaps === 1 ? 0 : Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** (gaps - 2)));
  }

  return { start, stop, take, again };
}

/** A page's mistake in drawing must not take the line down with it. */
export function guarded(callback, ...values) {
  try {
    callback?.(...values);
  } catch (error) {
    console.error("live", error);
  }
}
