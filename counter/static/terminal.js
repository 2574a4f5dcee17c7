// What is true at an open counter, and the officer's presses on their way.

import { get } from "/static/api.js";
import { t } from "/static/text.js";
import { Truth } from "/static/truth.js";
import { problemWords, truthWords } from "/counter/static/phrases.js";
import { profileTold } from "/counter/static/profile.js";
import { PrimaryGuard, primaryOf } from "/counter/static/primary.js";

const BY_TIME_MS = 20_000; // who is next changes by time alone: a wait gets too long, a visitor has walked over
const DOUBLE_PRESS_MS = 700; // a second press of the same button this soon is a slip of the finger

export class Terminal extends Truth {
  /** `onChange()` when what is seen has changed; `onLeave({code, label?, by?})` when the counter is ours no more. */
  constructor({ id, user, hall, onChange, onLeave, onHall }) {
    super({ screen: "counter", id, by_time_ms: BY_TIME_MS, offline_key: "counter.press_offline", onChange });
    Object.assign(this, { user, hallNow: hall, onLeave, onHall });
    this.path = `/api/v1/counters/${encodeURIComponent(id)}`;
    this.guard = new PrimaryGuard();
    this.pressed = new Map();
    this.start();
  }

  get current() {
    return this.snapshot?.current ?? null;
  }

  /** GET /hall as it was last seen, or null. */
  get hall() {
    return this.hallNow();
  }

  /** What the one large button does now. */
  get primary() {
    return primaryOf(this);
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
    return this.send(path, body, { asked: { verb, primary, number, last: verb === "close" }, done });
  }

  async refused(problem, { number }) {
    if (problem.status === 401) return this.#leave({ code: "unauthorized" });
    if (problem.code === "occupied")
      return this.#leave({ code: "taken", by: problem.body?.officer, label: this.#label });
    if (problem.status === 0) {
      this.tell("bad", () => problemWords(problem, number));
      this.soon(); // not awaited: it may take as long to fail
      return undefined;
    }
    await this.refresh();
    const stale = problem.code === "stale";
    const truth = this.snapshot;
    const words = () =>
      stale ? `${problemWords(problem, number)} ${truthWords(truth)}` : problemWords(problem, number);
    if (!this.closed) this.tell(stale ? "info" : "bad", words);
    return undefined;
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

  async fetch() {
    try {
      return await get(this.path);
    } catch (problem) {
      if (problem.status === 401) this.#leave({ code: "unauthorized" });
      if (problem.status === 403 || problem.status === 404) this.#leave({ code: "lost", label: this.#label });
      throw problem;
    }
  }

  accepts(json) {
    return !this.#lostTo(json.counter);
  }

  accepted() {
    this.guard.note(meaning(this.primary), this.pending !== null && !this.pending.primary);
  }

  heard(event, message) {
    if (event === "counter.changed" && message.counter?.id === this.id && this.#lostTo(message.counter)) return;
    if (event === "hall.changed") this.onHall();
    if (message.counter?.id === this.id) this.#tellOwn(event, message);
    this.soon();
  }

  /** 401 or 403 of the snapshot says which: logged out, or no longer our counter. */
  withheld() {
    this.refresh();
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
    if (this.closed) return;
    this.close();
    this.onLeave(why);
  }
}

/** What the large button does, and to whom: finishing one visitor is not finishing the next. */
function meaning({ kind, ticket }) {
  return kind === "advance" ? `advance ${ticket.id}` : kind;
}
