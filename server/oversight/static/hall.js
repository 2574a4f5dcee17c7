// What is true in the hall: the server's picture, kept fresh by live events, and the supervisor's commands.
// Nothing is guessed: after every command the truth is fetched again.

import { get } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { connect } from "/static/live.js";
import { t } from "/static/text.js";
import { problemWords } from "/oversight/static/phrases.js";

const REFRESH_MS = 500; // a burst of events fetches the picture twice a second at most
const BY_TIME_MS = 10_000; // heartbeats and forecasts change without an event
const RENEWED_KEY = "antrean.oversight.renewed";
const GOOD_MS = 5_000;
const BAD_MS = 12_000;

export class HallNow {
  /** `onChange()` when what is seen has changed; `onAlert(alert)` for a new one; `onExpired()` when the login is over. */
  constructor({ onChange, onAlert, onExpired }) {
    Object.assign(this, { onChange, onAlert, onExpired });
    this.snapshot = null;
    this.detail = null; // what is looked at besides: a counter's snapshot or a service's queue
    this.looked = null; // its path
    this.taken_ms = 0;
    this.live = "connecting";
    this.live_reason = null;
    this.lost_ms = null;
    this.notice = null; // {tone, words(), until_ms}
    this.sending = false;
    this.asked_ms = -Infinity;
    this.timer = null;
    this.closed = false;
    this.by_time = null;
    this.line = null;
  }

  /** Connects; from here on `onChange` is called. */
  start() {
    this.by_time = setInterval(() => this.live === "live" && this.#soon(), BY_TIME_MS);
    this.line = connect({
      screen: "supervisor",
      id: "",
      snapshot: () => this.#fetch(),
      onSnapshot: (json) => this.#take(json),
      onEvent: (event, message) => this.#heard(event, message),
      onStatus: (status, info) => this.#status(status, info),
      onVersion: (version) => this.#renew(version),
    });
  }

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

  /** Seconds since the picture's own seconds were counted. */
  get age_seconds() {
    return this.offline ? 0 : Math.max(0, this.now() - this.taken_ms) / 1000;
  }

  /** Whether what is shown may be old, and commands would not arrive. */
  get offline() {
    return !this.snapshot || !(this.live === "live" || this.live === "connecting");
  }

  get services() {
    return (this.snapshot?.agencies ?? []).flatMap((agency) => agency.services);
  }

  /** Look at one thing more ("/api/v1/counters/3"), or at nothing (null). */
  async look(path) {
    this.looked = path;
    this.detail = null;
    if (path) await this.refresh();
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

  /** One command. Resolves to the answer, or null when it was refused; then the notice says why. */
  async command(path, body, done = null) {
    if (this.sending) return null;
    if (this.offline) {
      this.tell("bad", () => t("oversight.press_offline"));
      return null;
    }
    this.sending = true;
    this.notice = null;
    this.onChange();
    try {
      const answer = await deliver(`/api/v1${path}`, body);
      await this.refresh();
      if (done) this.tell("good", done);
      return answer;
    } catch (problem) {
      await this.#refused(problem);
      return null;
    } finally {
      this.sending = false;
      if (!this.closed) this.onChange();
    }
  }

  async #refused(problem) {
    if (problem.status === undefined) throw problem; // a mistake of this page, not an answer
    if (problem.status === 401) return this.onExpired();
    if (problem.status > 0) await this.refresh();
    return this.tell("bad", () => problemWords(problem));
  }

  /** Fetches the truth now. Never rejects: a line that is down says so itself, and repairs itself. */
  async refresh() {
    try {
      this.#take(await this.#fetch());
    } catch (problem) {
      if (problem.status === undefined) console.error("oversight", problem);
    }
  }

  #soon() {
    if (this.timer !== null || this.closed) return;
    const wait_ms = Math.max(0, this.asked_ms + REFRESH_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.asked_ms = performance.now();
      this.refresh();
    }, wait_ms);
  }

  /** The picture and what is looked at besides; of two moments the earlier one is what is known for sure. */
  async #fetch() {
    const looked = this.looked;
    const [whole, detail] = await Promise.all([get("/api/v1/supervisor"), looked && get(looked).catch(gone)]);
    return { ...whole, seq: Math.min(whole.seq, detail?.seq ?? Infinity), looked, detail };
  }

  /** Answers may overtake one another: an older one changes nothing. */
  #take({ looked, detail, ...json }) {
    const shown = this.snapshot;
    if (this.closed || (shown && json.epoch === shown.epoch && json.seq < shown.seq)) return;
    this.snapshot = json;
    if (looked === this.looked) this.detail = detail;
    this.taken_ms = this.now();
    this.onChange();
  }

  #heard(event, message) {
    if (event === "alert.raised") this.onAlert(message.alert);
    this.#soon();
  }

  /** The server has been renewed: so must this page be. Once a version, lest a mismatch reload for ever. */
  #renew(version) {
    if (sessionStorage.getItem(RENEWED_KEY) === version || document.querySelector("dialog[open]")) return;
    sessionStorage.setItem(RENEWED_KEY, version);
    location.reload();
  }

  #status(status, { reason }) {
    [this.live, this.live_reason] = [status, reason];
    this.lost_ms = status === "live" ? null : (this.lost_ms ?? performance.now());
    if (status === "refused" && (reason === "unauthorized" || reason === "forbidden")) return this.onExpired();
    return this.onChange();
  }
}

/** What is looked at may be gone by now; everything else is a reason not to believe the rest either. */
function gone(problem) {
  if (problem.status === 404) return null;
  throw problem;
}
