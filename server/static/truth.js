// What is true behind a screen that gives commands: the server's snapshot, kept fresh by live events, and the command
// that is on its way. Nothing is guessed: after every command the truth is fetched again.

import { deliver } from "/static/delivery.js";
import { connect } from "/static/live.js";
import { t } from "/static/text.js";

const REFRESH_MS = 500; // a burst of events fetches the snapshot twice a second at most
const GOOD_MS = 5_000;
const BAD_MS = 12_000;

/**
 * To be extended by each screen: `fetch()` resolves to its snapshot, with `seq` and `epoch`; `heard(event, message)`
 * takes every live event; `refused(problem, asked)` finds words for a command that was refused.
 */
export class Truth {
  /**
   * `screen` and `id` say which; `by_time_ms` is how often the snapshot changes by time alone; `offline_key` the text
   * for a press that cannot be sent. `onChange()` when what is seen has changed.
   */
  constructor({ screen, id, by_time_ms, offline_key, onChange }) {
    Object.assign(this, { screen, id, by_time_ms, offline_key, onChange });
    this.snapshot = null;
    this.taken_ms = 0; // server's clock when the snapshot came: seconds in it run on from there
    this.live = "connecting";
    this.live_reason = null;
    this.lost_ms = null;
    this.pending = null; // what is said of the command that is under way
    this.notice = null; // {tone, words(), until_ms}
    this.closed = false;
    this.asked_ms = -Infinity;
    this.timer = null;
    this.by_time = null;
    this.line = null;
  }

  /** Connects; from here on `onChange` is called. */
  start() {
    this.by_time = setInterval(() => this.live === "live" && this.soon(), this.by_time_ms);
    this.line = connect({
      screen: this.screen,
      id: this.id,
      snapshot: () => this.fetch(),
      onSnapshot: (json) => this.#take(json),
      onEvent: (event, message) => this.heard(event, message),
      onStatus: (status, info) => this.#status(status, info),
      onVersion: (version) => this.#renew(version),
    });
  }

  /** Whether a snapshot is still for this screen. */
  accepts() {
    return true;
  }

  /** What else follows from a snapshot that was taken. */
  accepted() {}

  /** The server refuses the line or the snapshot, with the code `reason`. */
  withheld() {}

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.by_time);
    this.line?.close();
  }

  /** The server's clock, in milliseconds. */
  now() {
    return this.line?.now() ?? Date.now();
  }

  /** Seconds since the snapshot's own seconds were counted. */
  get age_seconds() {
    return Math.max(0, this.now() - this.taken_ms) / 1000;
  }

  /** Whether what is shown may be old, and presses would not arrive: they are refused at once, and nothing is queued. */
  get offline() {
    return !this.snapshot || !(this.live === "live" || this.live === "connecting");
  }

  tell(tone, words) {
    this.notice = { tone, words, until_ms: performance.now() + (tone === "good" ? GOOD_MS : BAD_MS) };
    this.onChange();
  }

  hush() {
    if (!this.notice || performance.now() < this.notice.until_ms) return;
    this.notice = null;
    this.onChange();
  }

  /**
   * One command at a time, and `asked` is what is said of it while it is under way; `asked.last` for one after which
   * there is nothing to fetch any more. `done(answer)` gives the words of success, or null. Resolves to the answer, or
   * null when it was refused; then the notice says why.
   */
  async send(path, body, { asked = {}, done = null } = {}) {
    if (this.pending) return null;
    if (this.offline) {
      this.tell("bad", () => t(this.offline_key));
      return null;
    }
    this.pending = asked;
    this.notice = null;
    this.onChange();
    try {
      const answer = await deliver(path, body);
      if (!asked.last) await this.refresh();
      if (done?.(answer)) this.tell("good", () => done(answer));
      return answer;
    } catch (problem) {
      if (problem.status === undefined) throw problem; // a mistake of this page, not an answer
      await this.refused(problem, asked);
      return null;
    } finally {
      this.pending = null;
      if (!this.closed) this.onChange();
    }
  }

  /** Fetches the truth now. Never rejects: a line that is down says so itself, and repairs itself. */
  async refresh() {
    try {
      this.#take(await this.fetch());
    } catch (problem) {
      if (problem.status === undefined) console.error(this.screen, problem);
    }
  }

  /** Fetches the truth within half a second, however often it is asked to. */
  soon() {
    if (this.timer !== null || this.closed) return;
    const wait_ms = Math.max(0, this.asked_ms + REFRESH_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.asked_ms = performance.now();
      this.refresh();
    }, wait_ms);
  }

  /** Answers may overtake one another: an older one changes nothing. */
  #take(json) {
    const shown = this.snapshot;
    if (this.closed || (shown && json.epoch === shown.epoch && json.seq < shown.seq)) return;
    if (!this.accepts(json)) return;
    this.snapshot = json;
    this.taken_ms = this.now();
    this.accepted(json);
    this.onChange();
  }

  #status(status, { reason }) {
    [this.live, this.live_reason] = [status, reason];
    this.lost_ms = status === "live" ? null : (this.lost_ms ?? performance.now());
    if (status === "refused") this.withheld(reason);
    if (!this.closed) this.onChange();
  }

  /** The server has been renewed: so must this page be. Once a version, lest a mismatch reload for ever. */
  #renew(version) {
    const key = `antrean.${this.screen}.renewed`;
    if (sessionStorage.getItem(key) === version || document.querySelector("dialog[open]")) return;
    sessionStorage.setItem(key, version);
    location.reload();
  }
}
