// What a board knows of the calls. No page and no clock in here.
//
// A visitor who looked away for a minute needs, in this order: everybody who is called and not yet at the
// counter; who is being served; and what was called last, the missed ones with a word of what to do.
// A call that was taken back (put back in the queue, cancelled, expired) is shown nowhere: whoever read
// it would walk to a counter for nothing.

const ENDED_MAX = 40; // more than the spotlight may still have before it (30); the rows show a few
const AT_COUNTER = new Set(["called", "serving"]);
const ENDED = new Set(["finished", "no_show"]);
const RANK = { called: 0, serving: 1, no_show: 2, finished: 3 };

/**
 * The calls of a board. A call is {ticket, number, counter: {id, label}, agency, agency_name, state,
 * called_at, recalls, summoned_ms}; `summoned_ms` is when its visitor was last called, first or again.
 * `memory` is what `remembered()` of the page before this one gave.
 */
export function callBook(memory = null) {
  let calls = new Map(memory?.calls ?? []);
  let newest_ms = memory?.newest_ms ?? null; // the newest call ever known: what a snapshot is compared with

  /**
   * Replace all that is known. Returns the calls to be announced, oldest first: those made or repeated since
   * the last message before a loss. The first snapshot of a page announces nothing.
   */
  function takeSnapshot({ calls: current, recent }, now_ms) {
    const before = calls;
    const mark = newest_ms;
    calls = new Map();
    for (const view of [...current, ...recent].reverse()) {
      if (RANK[view.state] === undefined || !view.called_at || !view.counter) continue;
      const known = before.get(view.ticket);
      calls.delete(view.ticket); // said again by `calls`, whose word is the last
      calls.set(view.ticket, { ...view, summoned_ms: summoned(view, known, now_ms) });
    }
    trim();
    remember();
    if (mark === null) return [];
    return ordered().filter((call) => call.state === "called" && isNew(call, before.get(call.ticket), mark)).reverse();
  }

  /** Apply a ticket's event. Returns the call to be announced, or null. */
  function takeEvent(name, { at, ticket, counter }, agencyName) {
    const known = calls.get(ticket.id);
    calls.delete(ticket.id);
    const shown = AT_COUNTER.has(ticket.state) || (ENDED.has(ticket.state) && known);
    if (!shown || !ticket.called_at) return null;
    const call = {
      ticket: ticket.id,
      number: ticket.number,
      counter: counter ?? known?.counter ?? { id: ticket.counter, label: ticket.counter },
      agency: ticket.agency,
      service: ticket.service,
      agency_name: agencyName ?? known?.agency_name ?? null,
      state: ticket.state,
      called_at: ticket.called_at,
      recalls: ticket.recalls ?? 0,
      summoned_ms: known?.summoned_ms ?? Date.parse(ticket.called_at),
    };
    const announced = name === "ticket.called" || name === "ticket.recalled";
    if (announced) call.summoned_ms = Date.parse(at ?? ticket.called_at);
    calls.set(call.ticket, call);
    trim();
    remember();
    return announced ? call : null;
  }

  /** A ticket that has gone to a counter or an agency that this board is not about. */
  function drop(ticket) {
    calls.delete(ticket);
  }

  function remember() {
    for (const call of calls.values()) newest_ms = Math.max(newest_ms ?? 0, Date.parse(call.called_at));
    newest_ms ??= 0;
  }

  /** Calls that are over are forgotten after a while: a board runs for months. */
  function trim() {
    const over = ordered().filter((call) => ENDED.has(call.state));
    for (const call of over.slice(ENDED_MAX)) calls.delete(call.ticket);
  }

  /** All calls, the newest summons first; of the same millisecond the one that was heard later. */
  function ordered() {
    return [...calls.values()].reverse().sort((a, b) => b.summoned_ms - a.summoned_ms);
  }

  /** All calls in the order in which a visitor needs them: called, being served, missed, done; newest first in each. */
  function needed() {
    return ordered().sort((a, b) => RANK[a.state] - RANK[b.state]);
  }

  /** The call for the large place: the newest whose visitor is not there yet, else the newest that was answered. */
  function foremost() {
    const calls = ordered();
    return calls.find(({ state }) => state === "called") ?? calls.find(({ state }) => state !== "no_show") ?? null;
  }

  /** Whether a call that was announced is still to be followed: not taken back, not missed, not another one since. */
  function stands(call) {
    const now = calls.get(call.ticket);
    return now !== undefined && now.called_at === call.called_at && now.state !== "no_show";
  }

  function find(ticket) {
    return calls.get(ticket) ?? null;
  }

  /** Whoever is at a counter now: called to it or served there; null for nobody. */
  function at(counter) {
    return ordered().find((call) => call.counter.id === counter && AT_COUNTER.has(call.state)) ?? null;
  }

  function remembered() {
    return { calls: [...calls], newest_ms };
  }

  return { takeSnapshot, takeEvent, drop, needed, foremost, at, stands, find, remembered };
}

/** A snapshot does not say when a call was repeated: kept where we heard it, now where it is news to us. */
function summoned(view, known, now_ms) {
  if (!known || known.called_at !== view.called_at) return Date.parse(view.called_at);
  return view.recalls > known.recalls ? now_ms : known.summoned_ms;
}

function isNew(call, known, mark_ms) {
  if (known?.called_at === call.called_at) return call.recalls > known.recalls;
  return Date.parse(call.called_at) >= mark_ms;
}
