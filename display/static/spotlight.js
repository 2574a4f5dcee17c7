// The large place of the board goes from call to call: each has it for a while, in the order of the calls,
// and none is left out because the next came at once.

const HOLD_MS = 4_000; // long enough to read a number and a counter, even when more are waiting
const ATTENTION_MS = 8_000;
const PENDING_MAX = 30; // two minutes behind: what is older was read in the rows long ago

/**
 * `onShow(call)` when a call takes the large place (its chime belongs here), `onRest()` when the last one
 * has had its time and the board may be calm again.
 */
export function spotlight({ onShow, onRest }) {
  let pending = [];
  let shown = null;
  let held = false; // the call shown has not had its four seconds yet
  let timer = null;

  /** A new call or a repeated one. */
  function announce(call) {
    // A visitor called again and again waits in line once, so that the others' calls come through.
    const again = pending.findIndex((other) => other.ticket === call.ticket && other.recalls > 0);
    if (again >= 0) pending[again] = call;
    else pending.push(call);
    pending = pending.slice(-PENDING_MAX);
    if (!held) next();
  }

  /** Drops every call for which `stands(call)` no longer holds: it was taken back, and nobody is to follow it. */
  function review(stands) {
    pending = pending.filter(stands);
    if (shown && !stands(shown)) next();
  }

  function next() {
    clearTimeout(timer);
    shown = pending.shift() ?? null;
    held = shown !== null;
    if (!shown) return onRest();
    timer = setTimeout(release, HOLD_MS);
    return onShow(shown);
  }

  function release() {
    held = false;
    if (pending.length) next();
    else timer = setTimeout(next, ATTENTION_MS - HOLD_MS);
  }

  return { announce, review, shown: () => shown };
}
