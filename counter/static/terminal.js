// What is true at an open counter: the server's snapshot, kept fresh by live events, and the officer's
// presses on their way. Nothing is guessed: after every command the truth is fetched again.

import { get } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { connect } from "/static/live.js";
import { t } from "/static/text.js";
import { problemWords, truthWords } from "/counter/static/phrases.js";
import { profileTold } from "/counter/static/profile.js";
import { PrimaryGuard, primaryOf } from "/counter/static/primary.js";

const BY_TIME_MS = 20_000; // who is next changes by time alone: a wait gets too long, a visitor has walked over
const REFRESH_MS = 500; // a burst of events fetches the snapshot twice a second at most
const DOUBLE_PRESS_MS = 700; // a second press of the same button this soon is a slip of the finger
const GOOD_MS = 5_000;
const BAD_MS = 12_000;

export class Terminal {
  /** `onChange()` when what is seen has changed; `onLeave({code, label?, by?})` when the counter is ours no more. */
  constructor({ id, user, hall, onChange, onLeave, onHall }) {
    Object.assign(this, { id, user, hallNow: hall, onChange, onLeave, onHall });
    this.path = `/api/v1/counters/${encodeURIComponent(id)}`;
    this.snapshot = null;
    this.taken_ms = 0; // server's clock when the snapshot came: seconds in it run on from there
    this.live = "connecting";
    this.live_reason = null;
    this.pending = null; // {verb, primary} while a command is under way
    this.notice = null; // {tone, words(), until_ms}
    this.guard = new PrimaryGuard();
    this.left = false;
    this.pressed = new Map();
    this.asked_ms = -Infinity;
    this.timer = null;
    this.by_time = setInterval(() => this.live === "live" && this.#soon(), BY_TIME_MS);
    this.line = connect({
      screen: "counter",
      id,
      snapshot: () => this.#fetch(),
      onSnapshot: (json) => this.#take(json),
      onEvent: (event, message) => this.#heard(event, message),
      onStatus: (status, info) => this.#status(status, info),
      onVersion: (version) => this.#reload(version),
    });
  }

  close() {
    this.left = true;
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

  get current() {
    return this.snapshot?.current ?? null;
  }

  /** GET /hall as it was last seen, or null. */
  get hall() {
    return this.hallNow();
  }

  /** Whether presses would not reach the server: they are refused here at once, and nothing is queued. */
  get offline() {
    return !this.snapshot || !(this.live === "live" || this.live === "connecting");
  }

  /** What the one large button does now. */
  get primary() {
    return primaryOf(this);
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
   * One press: `verb` of this counter ("call-next", "finish") with what else it needs. `number` names the ticket in
   * words; `done(answer)` gives the words of success, or null. Resolves to the answer, or null when it was refused.
   */
  press(verb, body = {}, { number = this.current?.number, done = null, primary = false } = {}) {
    const expect = this.current?.id ?? null;
    return this.#command(verb, `${this.path}/${verb}`, { expect, ...body }, { number, done, primary });
  }

  /** Cancels a ticket by its id; a late press can hit no other. */
  cancel(ticket, { done = null } = {}) {
    return this.#command("cancel", `/api/v1/tickets/${ticket.id}/cancel`, {}, { number: ticket.number, done });
  }

  /** Says that a supervisor's message was read here. */
  acknowledge(message) {
    return this.#command("acknowledge", `${this.path}/acknowledge`, { message: message.id }, {});
  }

  async #command(verb, path, body, { number, done, primary = false }) {
    const at = performance.now();
    if (this.pending || at - (this.pressed.get(verb) ?? -Infinity) < DOUBLE_PRESS_MS) return null;
    this.pressed.set(verb, at);
    if (this.offline) {
      this.tell("bad", () => t("counter.press_offline"));
      return null;
    }
    this.pending = { verb, primary };
    this.notice = null;
    this.onChange();
    try {
      const answer = await deliver(path, body);
      if (verb !== "close") await this.refresh();
      if (done?.(answer)) this.tell("good", () => done(answer));
      return answer;
    } catch (problem) {
      await this.#refused(problem, number);
      return null;
    } finally {
      this.pending = null;
      if (!this.left) this.onChange();
    }
  }

  async #refused(problem, number) {
    if (problem.status === undefined) throw problem; // a mistake of this page, not an answer
    if (problem.status === 401) return this.#leave({ code: "unauthorized" });
    if (problem.code === "occupied")
      return this.#leave({ code: "taken", by: problem.body?.officer, label: this.#label });
    if (problem.status === 0) {
      this.tell("bad", () => problemWords(problem, number));
      this.#soon(); // not awaited: it may take as long to fail
      return undefined;
    }
    await this.refresh();
    const stale = problem.code === "stale";
    const truth = this.snapshot;
    const words = () =>
      stale ? `${problemWords(problem, number)} ${truthWords(truth)}` : problemWords(problem, number);
    if (!this.left) this.tell(stale ? "info" : "bad", words);
    return undefined;
  }

  /** Fetches the truth now. Never rejects: a line that is down says so itself, and repairs itself. */
  async refresh() {
    try {
      this.#take(await this.#fetch());
    } catch (problem) {
      if (problem.status === undefined) console.error("terminal", problem);
    }
  }

  /** Who waits with these digits in their number, also far behind those that the list shows; [] where it is unknown. */
  async find(digits) {
    try {
      return (await get(`${this.path}?number=${digits}`)).found;
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      return []; // the line that says "not connected" says why
    }
  }

  #soon() {
    if (this.timer !== null || this.left) return;
    const wait_ms = Math.max(0, this.asked_ms + REFRESH_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.asked_ms = performance.now();
      this.refresh();
    }, wait_ms);
  }

  async #fetch() {
    try {
      return await get(this.path);
    } catch (problem) {
      if (problem.status === 401) this.#leave({ code: "unauthorized" });
      if (problem.status === 403 || problem.status === 404) this.#leave({ code: "lost", label: this.#label });
      throw problem;
    }
  }

  /** Answers may overtake one another: an older one changes nothing. */
  #take(json) {
    const shown = this.snapshot;
    if (this.left || (shown && json.epoch === shown.epoch && json.seq < shown.seq)) return;
    if (this.#lostTo(json.counter)) return;
    this.snapshot = json;
    this.taken_ms = this.now();
    this.guard.note(meaning(this.primary), this.pending !== null && !this.pending.primary);
    this.onChange();
  }

  #heard(event, message) {
    if (event === "counter.changed" && message.counter?.id === this.id && this.#lostTo(message.counter)) return;
    if (event === "hall.changed") this.onHall();
    if (message.counter?.id === this.id) this.#tellOwn(event, message);
    this.#soon();
  }

  /** What others, or the house itself, have done at this counter is told in words. */
  #tellOwn(event, { from, reason, ticket }) {
    if (event === "ticket.no_show" && reason?.rule === "no_show_after")
      this.tell("info", () => t("counter.gave_up", { number: ticket.number, n: reason.seconds }));
    if (event !== "counter.changed" || !from || this.pending?.verb === "profile") return;
    // Told once the truth is here, in the words of what this counter serves now.
    this.refresh().then(() => this.tell("info", () => profileTold("counter.profile_changed", this)));
  }

  /** Whether another officer, or nobody, has the counter now. The snapshot says {name}, the event the name alone. */
  #lostTo(counter) {
    const by = counter.officer?.name ?? counter.officer ?? undefined;
    if (counter.state !== "closed" && (by === undefined || by === this.user.name)) return false;
    const code = counter.state === "closed" ? "closed" : "taken";
    if (this.pending?.verb === "close") return true; // we close it ourselves: its answer says so
    this.#leave({ code, by, label: counter.label ?? this.#label });
    return true;
  }

  get #label() {
    return this.snapshot?.counter.label ?? this.id;
  }

  #leave(why) {
    if (this.left) return;
    this.close();
    this.onLeave(why);
  }

  #status(status, { reason }) {
    this.live = status;
    this.live_reason = reason;
    if (status === "refused") this.refresh(); // 401 or 403 says which: logged out, or no longer our counter
    this.onChange();
  }

  /** The server has been renewed: so must this page be. Once a version, lest a mismatch reload for ever. */
  #reload(version) {
    const key = "antrean.counter.reloaded";
    if (sessionStorage.getItem(key) === version || document.querySelector("dialog[open]")) return;
    sessionStorage.setItem(key, version);
    location.reload();
  }
}

/** What the large button does, and to whom: finishing one visitor is not finishing the next. */
function meaning({ kind, ticket }) {
  return kind === "advance" ? `advance ${ticket.id}` : kind;
}
