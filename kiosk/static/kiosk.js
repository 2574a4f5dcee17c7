// The kiosk: one state, one render(). A visitor's way is start -> services (or search) -> ticket -> start; with several
// errands (`several`) each touched service joins the list on the page "errands", which takes all the numbers at once.

import { boot, get } from "/static/api.js";
import { emergencyOver } from "/static/emergency.js";
import { connect } from "/static/live.js";
import { language, setLanguage, setTimeZone } from "/static/text.js";
import { Catalogue } from "/kiosk/static/catalogue.js";
import { errands } from "/kiosk/static/errands.js";
import { cancelled, failed, unavailable, waiting } from "/kiosk/static/message.js";
import { priority } from "/kiosk/static/priority.js";
import { search } from "/kiosk/static/search.js";
import { services } from "/kiosk/static/services.js";
import { header, notice } from "/kiosk/static/shell.js";
import { start } from "/kiosk/static/start.js";
import { cancel, issue, outdated, wish, wordsFor } from "/kiosk/static/taking.js";
import { ticket } from "/kiosk/static/ticket.js";
import { guardTouch, watchIdle } from "/kiosk/static/touch.js";

const REFRESHED_BY = ["hall.changed", "service.changed", "board.changed"];
const FIRST_LANGUAGE = "id";
const RETURN_SECONDS = boot.page.return_seconds ?? 12;
const RETURN_SEVERAL_SECONDS = 20; // several numbers take longer to read
const RETURN_WITHOUT_SLIP_SECONDS = 40; // taking out a telephone and photographing the number takes a while
const IDLE_SECONDS = 30;
const CANCELLED_SECONDS = 6;
const CANCEL_WITHIN_MS = 55_000; // the server allows 60 s; the last few belong to the way there
const AWAY_AFTER_MS = 2_500; // a shorter cut is over before it can be read
const WAIT_PAGE_AFTER_MS = 350; // a quick answer needs no page in between
const SLOW_AFTER_MS = 3_000;
const SETTLE_MS = 400; // a double touch must not press what comes up under the finger
const MOST_SERVICES = 10; // of one visit; the server's limit
const DENSE_AGENCIES = 12; // with more of them everything moves a little closer together
const LONGEST_TIMER_MS = 6 * 3600_000;

const VIEWS = { start, services, search, errands, priority, wait: waiting, ticket, failed, cancelled, unavailable };
const BARE = new Set(["ticket", "wait", "failed", "cancelled"]); // without the header: one thing to see

const state = {
  view: "start",
  catalogue: null,
  status: "connecting",
  reason: null,
  away: false,
  slips: { way: "here" },
  unavailable: null,
  agency: null,
  query: "",
  page: 0,
  several: false,
  chosen: [],
  mayAdd: true,
  priority: null,
  cameFrom: "start",
  wish: null,
  slow: false,
  problem: null,
  answer: null,
  uncancelled: new Set(),
  taken_ms: 0,
  left: 0,
  mayCancel: false,
  cancelling: false,
  trouble: null,
  now: () => live?.now() ?? Date.now(),
};

let live = null;
const root = document.getElementById("kiosk");
let shown = null;
let awayTimer = null;
let changeTimer = null;
let settleTimer = null;
let reloadWanted = false; // the next time nobody stands here

// --- what a visitor can do ---

const act = {
  agency(id) {
    const offered = state.catalogue.agency.get(id)?.services ?? [];
    if (offered.length === 1 && offered[0].open && !offered[0].warning) return act.take(offered[0].id);
    return go({ view: "services", agency: id });
  },
  search: () => go({ view: "search", query: "" }),
  query: (query) => go({ query }),
  turn: () => go({ page: state.page + 1 }),
  back: () => state.wish || go({ view: "start", agency: null, query: "" }),
  speak(other) {
    setLanguage(other);
    render();
  },
  take(service) {
    if (state.several) return act.add(service);
    return act.takeAll([service]);
  },
  several: () => state.wish || go({ several: true }),
  add(service) {
    const known = state.chosen.includes(service) || !state.mayAdd;
    go({ view: "errands", agency: null, query: "", chosen: known ? state.chosen : [...state.chosen, service] });
  },
  more: () => state.wish || go({ view: "start", agency: null, query: "" }),
  remove(service) {
    if (state.wish) return;
    const chosen = state.chosen.filter((each) => each !== service);
    go({ chosen, view: chosen.length ? "errands" : "start" });
  },
  list() {
    if (state.chosen.length) go({ view: "errands", wish: null, problem: null });
    else go({ view: "start", several: false, wish: null, problem: null });
  },
  takeAll(services) {
    if (state.wish) return; // a second press of the same wish
    go({ wish: wish(services, state.priority, language()) });
    obtain();
  },
  askPriority: () => state.wish || go({ view: "priority", cameFrom: state.view }),
  prefer: (id) => go({ view: state.cameFrom, priority: id }),
  again() {
    if (state.view !== "failed") return;
    go({ view: "wait" });
    obtain();
  },
  cancel: cancelTicket,
  reset() {
    setLanguage(FIRST_LANGUAGE);
    go({ view: "start", agency: null, query: "", page: 0, ...NOTHING_WISHED });
  },
};

const NOTHING_WISHED = { several: false, chosen: [], priority: null, wish: null, problem: null, answer: null, trouble: null };

async function obtain() {
  const timers = [
    setTimeout(() => go({ view: "wait" }), WAIT_PAGE_AFTER_MS),
    setTimeout(() => go({ slow: true }), SLOW_AFTER_MS),
  ];
  state.slow = false;
  try {
    const answer = await issue(state.wish);
    state.answer = answer; // how long it stays depends on it
    state.uncancelled = new Set(answer.tickets.map((each) => each.id));
    go({ view: "ticket", taken_ms: performance.now(), left: returnSeconds(), cancelling: false, trouble: null });
  } catch (problem) {
    if (problem.status === undefined) console.error(problem);
    const old = outdated(problem);
    if (old.hall) live.refresh();
    reloadWanted ||= old.page;
    go({ view: "failed", problem: wordsFor(problem) });
  } finally {
    timers.forEach(clearTimeout);
  }
}

async function cancelTicket() {
  if (!state.mayCancel) return;
  go({ cancelling: true, trouble: null });
  try {
    await cancel(state.uncancelled);
    go({ view: "cancelled", cancelling: false, left: CANCELLED_SECONDS });
  } catch (problem) {
    const late = problem.status >= 400 && problem.status < 500 && problem.status !== 429;
    const partly = state.uncancelled.size < state.answer.tickets.length;
    const trouble = partly ? "kiosk.cancel_partly" : late ? "kiosk.cancel_late" : "kiosk.cancel_failed";
    go({ cancelling: false, trouble, left: returnSeconds() });
  }
}

// --- drawing ---

function go(change) {
  Object.assign(state, change);
  render();
}

function render() {
  derive();
  const view = state.view === "start" && state.unavailable ? "unavailable" : state.view;
  const detail = view === "unavailable" ? state.unavailable.kind : state.agency;
  const key = [view, detail, state.several, language()].join(" ");
  if (shown?.key !== key) mount(view, key);
  root.dataset.dense = (state.catalogue?.agencies.length ?? 0) > DENSE_AGENCIES;
  for (const part of shown.parts) part.update(state);
}

function derive() {
  const before = returnSeconds();
  state.slips = state.catalogue?.slips(boot.page.id) ?? state.slips;
  if (state.view === "ticket" && returnSeconds() > before) state.left = returnSeconds(); // no slip is coming after all
  state.unavailable = missing();
  if (state.view === "services" && !state.catalogue.agency.has(state.agency)) state.view = "start";
  forgetWhatIsGone();
  state.mayCancel = !state.cancelling && performance.now() - state.taken_ms < CANCEL_WITHIN_MS;
}

/** What the hall no longer offers cannot stay chosen. */
function forgetWhatIsGone() {
  const { catalogue } = state;
  if (!catalogue || state.wish) return;
  state.chosen = state.chosen.filter((service) => catalogue.service.has(service));
  state.mayAdd = state.chosen.length < MOST_SERVICES;
  if (!catalogue.priorities.some((each) => each.id === state.priority)) state.priority = null;
  if (state.view === "errands" && !state.chosen.length) state.view = "start";
  if (state.view === "priority" && !catalogue.priorities.length) state.view = state.cameFrom;
}

/** How long a number stays on the screen, in seconds, when nobody touches it. */
function returnSeconds() {
  const noPaper = state.slips.way === "nowhere" || (state.answer && !state.answer.print_job);
  if (noPaper) return RETURN_WITHOUT_SLIP_SECONDS;
  return state.answer?.tickets.length > 1 ? Math.max(RETURN_SEVERAL_SECONDS, RETURN_SECONDS) : RETURN_SECONDS;
}

/** Why there is nothing to choose from, or null. */
function missing() {
  if (state.status === "refused") {
    return { kind: "refused", picture: "lock", title: "kiosk.refused_title", text: "kiosk.refused", staff: `${boot.page.device} · ${state.reason}` };
  }
  if (!state.catalogue && state.away) return { kind: "cut", picture: "wifi-off", title: "kiosk.offline_title", text: "kiosk.offline_start" };
  if (!state.catalogue) return { kind: "loading", picture: "loader-circle", title: "kiosk.loading", text: "kiosk.loading_text" };
  if (!state.catalogue.agencies.length) return { kind: "empty", picture: "info", title: "kiosk.empty_title", text: "kiosk.empty_text" };
  return null;
}

function mount(view, key) {
  const part = VIEWS[view](act, state);
  const frame = BARE.has(view) ? [] : [header(boot.page), notice()];
  const around = view === "unavailable" ? frame.slice(0, 1) : frame;
  root.className = BARE.has(view) ? "on-sea" : "";
  root.dataset.view = view;
  root.replaceChildren(...around.map((each) => each.node), ...part.nodes);
  shown = { key, parts: [...around, part] };
  settle();
  part.focus?.focus({ preventScroll: true });
}

/** For a moment nothing can be pressed: the finger is still where the last page's button was. */
function settle() {
  clearTimeout(settleTimer);
  root.dataset.settling = "";
  settleTimer = setTimeout(() => delete root.dataset.settling, SETTLE_MS);
}

// --- time ---

function second() {
  if (state.view === "ticket" && !state.cancelling) state.left -= 1;
  if (state.view === "cancelled") state.left -= 1;
  const over = (state.view === "ticket" || state.view === "cancelled") && state.left <= 0;
  if (over) act.reset();
  else render();
}

function idle() {
  const busy = state.view === "ticket" || state.view === "cancelled" || (state.wish && state.view !== "failed");
  if (busy) return;
  act.reset();
  if (reloadWanted && state.status === "live") location.reload();
}

guardTouch(document);
watchIdle(IDLE_SECONDS * 1000, idle, () => {
  if (state.view === "ticket") state.left = returnSeconds(); // still reading
});
setInterval(second, 1000);

// --- the hall, live ---

const emergency = emergencyOver(document.getElementById("emergency"));
addEventListener("resize", emergency.redraw);

live = connect({
  screen: "kiosk",
  id: boot.page.id,
  snapshot: () => get("/api/v1/hall"),
  onSnapshot(snapshot) {
    state.catalogue = new Catalogue(snapshot);
    setTimeZone(snapshot.hall.timezone);
    const here = snapshot.emergency && (!snapshot.emergency.zones.length || snapshot.emergency.zones.includes(boot.page.zone));
    emergency.show(here ? snapshot.emergency : null);
    waitForChange();
    render();
  },
  onEvent(name, event) {
    if (REFRESHED_BY.includes(name)) live.refresh();
    state.catalogue.take(event);
    render();
  },
  onStatus(status, { reason }) {
    if (status === "live") {
      clearTimeout(awayTimer);
      awayTimer = null;
    } else {
      awayTimer ??= setTimeout(() => go({ away: true }), AWAY_AFTER_MS);
    }
    go({ status, reason, away: state.away && status !== "live" });
  },
  onVersion: () => (reloadWanted = true),
});

/** When an agency opens or closes next, ask again. */
function waitForChange() {
  clearTimeout(changeTimer);
  if (!state.catalogue.next_change) return;
  const wait = Date.parse(state.catalogue.next_change) - live.now() + 500;
  changeTimer = setTimeout(() => live.refresh(), Math.min(Math.max(wait, 5_000), LONGEST_TIMER_MS));
}
