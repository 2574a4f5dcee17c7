// The large place of the board goes from call to call: a call that is spoken has it from its first sound on; of those
// that nobody speaks each has it for a while, in the order of the calls, and none is left out because the next came
// at once.

const HOLD_MS = 4_000; // long enough to read a number and a counter, even when more are waiting
const ATTENTION_MS = 8_000;
const SPEECH_MAX_MS = 45_000; // longer than any call is spoken, three times and in three languages
const PENDING_MAX = 30; // two minutes behind: what is older was read in the rows long ago

/**
 * `onShow(call, heard)` when a call takes the large place (`heard`: this very board sounds it), `onRest()` when the
 * last one has had its time and the board may be calm again.
 */
export function spotlight({ onShow, onRest }) {
  let pending = [];
  let shown = null;
  let since_ms = 0;
  let spoken = false; // the call shown has, or had, a voice
  let held = false; // the call shown is still spoken, or has not had its four seconds yet
  let timer = null;

  /** A new call or a repeated one that nobody speaks. */
  function announce(call) {
    // A visitor called again and again waits in line once, so that the others' calls come through.
    const again = pending.findIndex((other) => other.ticket === call.ticket && other.recalls > 0);
    if (again >= 0) pending[again] = call;
    else pending.push(call);
    pending = pending.slice(-PENDING_MAX);
    if (!held) next();
  }

  /** A call that begins to be spoken now. One that has no voice, and was there for a moment only, comes back. */
  function speak(call, heard) {
    pending = pending.filter((other) => other.ticket !== call.ticket);
    const cutShort = shown && !spoken && shown.ticket !== call.ticket && performance.now() - since_ms < HOLD_MS;
    if (cutShort) pending.unshift(shown);
    spoken = true;
    show(call, SPEECH_MAX_MS, heard);
  }

  /** A call has been spoken. */
  function said(ticket) {
    if (!held || shown?.ticket !== ticket) return;
    clearTimeout(timer);
    timer = setTimeout(release, Math.max(0, since_ms + HOLD_MS - performance.now()));
  }

  /** Drops every call for which `stands(call)` no longer holds: it was taken back, and nobody is to follow it. */
  function review(stands) {
    pending = pending.filter(stands);
    if (shown && !stands(shown)) next();
  }

  function next() {
    clearTimeout(timer);
    const call = pending.shift();
    spoken = false;
    if (call) return show(call, HOLD_MS, false);
    [shown, held] = [null, false];
    return onRest();
  }

  function show(call, hold_ms, heard) {
    clearTimeout(timer);
    [shown, held, since_ms] = [call, true, performance.now()];
    timer = setTimeout(release, hold_ms);
    onShow(call, heard);
  }

  function release() {
    held = false;
    if (pending.length) next();
    else timer = setTimeout(next, Math.max(0, since_ms + ATTENTION_MS - performance.now()));
  }

  return { announce, speak, said, review, shown: () => shown };
}
