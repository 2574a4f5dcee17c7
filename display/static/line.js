// Whether the board may be believed: connected, or the last state greyed with the time of the last contact.

import { clock, known } from "/static/text.js";

const PATIENCE_MS = 3_000; // a repair takes a moment: only a longer one is worth a visitor's notice
const TICK_MS = 1_000;

/**
 * `say` writes a notice (notices.js), `onChange` draws, `now()` is the server's clock in milliseconds. Returns
 * `changed(status, info)` for live.js, `loaded()` when there is a state to show, and `message()`: the words for a
 * board that has no call to show.
 */
export function lineWatch({ say, onChange, now }) {
  let status = "connecting";
  let reason = null;
  let loadedOnce = false;
  let contact_ms = null;
  let patience = null;

  setInterval(() => {
    if (status === "live") contact_ms = now(); // while the machine sleeps this stands still, as it should
  }, TICK_MS);

  function changed(next, info) {
    [status, reason] = [next, info?.reason ?? null];
    clearTimeout(patience);
    if (status === "live") {
      contact_ms = now();
      told();
    } else if (status === "connecting") {
      patience = setTimeout(told, PATIENCE_MS);
    } else {
      told();
    }
    onChange();
  }

  function told() {
    const off = status !== "live" && loadedOnce;
    document.body.classList.toggle("old", off);
    say("line", off ? { sign: "unplug", key: "board.offline", vars: { time: clock(contact_ms ?? now()) } } : null);
  }

  function loaded() {
    loadedOnce = true;
  }

  function message() {
    if (loadedOnce) return { title: "board.empty_title", text: "board.empty_text" };
    if (status === "refused") return { title: "live.refused" };
    const key = reason && known(`live.${reason}`) ? `live.${reason}` : `live.${status === "live" ? "connecting" : status}`;
    return { title: key };
  }

  return { changed, loaded, message };
}
