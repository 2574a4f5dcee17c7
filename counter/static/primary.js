// The one large button. Space is always this button, so what it does must never change under the finger:
// a press right after its meaning changed is not taken.

const SETTLE_MS = 700;

/**
 * What the large button does: {kind, enabled, ticket?, next?}. Kinds: "call" the next visitor, "start" serving the one
 * who was called, "resume" after a pause, "advance" in a one-button hall: finish who is here and call the next; and,
 * not to be pressed, "serving", "empty", "elsewhere" (all who wait are at other counters), "loading".
 */
export function primaryOf({ snapshot, pending }) {
  if (!snapshot) return { kind: "loading", enabled: false };
  const { current, next, counter } = snapshot;
  const free = pending === null;
  if (current && snapshot.rules.one_button) return { kind: "advance", enabled: free, ticket: current, next };
  if (current?.state === "called") return { kind: "start", enabled: free, ticket: current };
  if (current) return { kind: "serving", enabled: false, ticket: current, next };
  if (counter.state === "paused") return { kind: "resume", enabled: free };
  if (next) return { kind: "call", enabled: free, next };
  return { kind: snapshot.waiting_count ? "elsewhere" : "empty", enabled: false };
}

export class PrimaryGuard {
  #kind = null;
  #since_ms = -Infinity;

  /**
   * Notes what the button does now, and to whom. A change that the officer made with another button (finish, then Space) was
   * meant: the next press counts at once.
   */
  note(kind, meant) {
    if (kind === this.#kind) return;
    this.#since_ms = this.#kind === null || meant ? -Infinity : performance.now();
    this.#kind = kind;
  }

  /** Whether the button has meant the same for long enough to be pressed. */
  get settled() {
    return performance.now() - this.#since_ms >= SETTLE_MS;
  }

  /** Whether a press counts now. One that came too soon makes the next one wait as long again: a hammered key is one. */
  accepts() {
    if (this.settled) return true;
    this.#since_ms = performance.now();
    return false;
  }
}
