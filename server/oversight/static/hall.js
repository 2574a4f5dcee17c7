// What is true in the hall, and the supervisor's commands.

import { get } from "/static/api.js";
import { Truth } from "/static/truth.js";
import { problemWords } from "/oversight/static/phrases.js";

const BY_TIME_MS = 10_000; // heartbeats and forecasts change without an event

export class HallNow extends Truth {
  /** `onChange()` when what is seen has changed; `onAlert(alert)` for a new one; `onExpired()` when the login is over. */
  constructor({ onChange, onAlert, onExpired }) {
    super({ screen: "supervisor", id: "", by_time_ms: BY_TIME_MS, offline_key: "oversight.press_offline", onChange });
    Object.assign(this, { onAlert, onExpired });
    this.detail = null; // what is looked at besides: a counter's snapshot or a service's queue
    this.looked = null; // its path
  }

  get age_seconds() {
    return this.offline ? 0 : super.age_seconds;
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

  /** One command, `path` without "/api/v1"; `done()` gives the words of success. Resolves as `send` does. */
  command(path, body, done = null) {
    return this.send(`/api/v1${path}`, body, { done });
  }

  async refused(problem) {
    if (problem.status === 401) return this.onExpired();
    if (problem.status > 0) await this.refresh();
    return this.tell("bad", () => problemWords(problem));
  }

  /** The picture and what is looked at besides; of two moments the earlier one is what is known for sure. */
  async fetch() {
    const looked = this.looked;
    const [whole, detail] = await Promise.all([get("/api/v1/supervisor"), looked && get(looked).catch(gone)]);
    return { ...whole, seq: Math.min(whole.seq, detail?.seq ?? Infinity), looked, detail };
  }

  accepted({ looked, detail }) {
    if (looked === this.looked) this.detail = detail;
  }

  heard(event, message) {
    if (event === "alert.raised") this.onAlert(message.alert);
    this.soon();
  }

  withheld(reason) {
    if (reason === "unauthorized" || reason === "forbidden") this.onExpired();
  }
}

/** What is looked at may be gone by now; everything else is a reason not to believe the rest either. */
function gone(problem) {
  if (problem.status === 404) return null;
  throw problem;
}
