// The hall board: one state (calls, agencies, connection), drawn whenever it has changed.

import { boot, get } from "/static/api.js";
import { emergencyOver } from "/static/emergency.js";
import { connect } from "/static/live.js";
import { clock, longDate, name, setTimeZone } from "/static/text.js";
import { callBook } from "/display/static/calls.js";
import { chimes } from "/display/static/chime.js";
import { fitWhenFontsLoad } from "/display/static/fit.js";
import { hero } from "/display/static/hero.js";
import { layoutOf } from "/display/static/layout.js";
import { lineWatch } from "/display/static/line.js";
import { mediaShow } from "/display/static/media.js";
import { notices } from "/display/static/notices.js";
import { plate } from "/display/static/plate.js";
import { queues } from "/display/static/queues.js";
import { renewal } from "/display/static/renewal.js";
import { rows } from "/display/static/rows.js";
import { runningText } from "/display/static/running.js";
import { spotlight } from "/display/static/spotlight.js";
import { waitingList } from "/display/static/waiting.js";

const BROKEN_SHOWN_MS = 60_000;
const REFRESH_MS = 60_000; // estimates and opening hours move with the clock, without an event

const place = (id) => document.getElementById(id);
const renew = renewal(() => light.shown() === null, () => book.remembered());
const book = callBook(renew.memory);
const waiting = waitingList();
const views = { hero: hero(place("hero")), rows: rows(place("rows")), queues: queues(place("queues")), plate: plate(place("plate")) };
const foot = notices(place("notices"));
const running = runningText(place("running"));
const emergency = emergencyOver(place("emergency"));
const media = mediaShow(place("media"), { reachable: () => document.documentElement.dataset.live === "live", onBroken: mediaBroken });
const sound = chimes(soundChanged);
const light = spotlight({ onShow: announced, onRest: rested });
const line = lineWatch({ say: foot.say, onChange: render, now: () => live.now() });
let board = boot.page; // what it is about, and its layout; the catalogue may change it
let today = null;

const live = connect({
  screen: "display",
  id: boot.page.id,
  snapshot: () => get(`/api/v1/displays/${encodeURIComponent(boot.page.id)}`),
  onSnapshot: snapshotTaken,
  onEvent: eventTaken,
  onStatus: line.changed,
  onVersion: renew.outdated,
});

function snapshotTaken(json) {
  setTimeZone(json.hall.timezone);
  board = json.display;
  writePlace(json.hall.name, board);
  layout.apply(board);
  running.show(json.messages);
  emergency.show(json.emergency);
  media.show(json.media);
  media.hush(json.emergency !== null);
  waiting.takeSnapshot(json);
  const fresh = book.takeSnapshot(json, live.now());
  line.loaded();
  light.review(book.stands);
  for (const call of fresh) light.announce(call);
  render();
}

function eventTaken(kind, event) {
  if (kind === "hall.changed" || kind === "board.changed") return live.refresh();
  waiting.takeEvent(event);
  if (board.counter && event.counter?.id === board.counter.id) board.counter = { ...board.counter, ...event.counter };
  if (event.ticket) takeTicket(kind, event);
  return render();
}

/** Whether a call stands here: boards of one counter or agency also hear who else serves its visitors. */
function isOurs({ ticket, counter }) {
  return board.shows.agencies.includes(ticket.agency) || board.shows.counters.includes(counter?.id ?? ticket.counter);
}

function takeTicket(kind, event) {
  if (!isOurs(event)) {
    book.drop(event.ticket.id);
    light.review(book.stands);
    return;
  }
  const agency = waiting.agencyName(event.ticket.agency);
  const call = book.takeEvent(kind, event, agency);
  light.review(book.stands);
  if (!call) return;
  light.announce(call);
  if (!agency) live.refresh(); // a counter here calls for another zone's agency: the snapshot knows its name
}

function announced(call) {
  sound.ring(call);
  render();
}

function rested() {
  render();
  renew.whenCalm();
}

function soundChanged(state) {
  const quiet = { blocked: "board.sound_blocked", none: "board.sound_none" }[state];
  foot.say("sound", quiet ? { sign: "volume-x", key: quiet } : null);
}

function render() {
  const shown = light.shown();
  const call = shown ?? book.foremost();
  views.hero.show({ call: call && told(call), fresh: shown !== null, message: line.message() });
  views.rows.show(book.needed().filter(({ ticket }) => ticket !== call?.ticket).map(told));
  views.queues.show(waiting.listed());
  const here = board.counter && book.at(board.counter.id);
  views.plate.show({ counter: board.counter, call: here, fresh: shown !== null && shown.ticket === here?.ticket });
}

/** A call as it is told: where all are of one agency, its service says more. */
function told(call) {
  const service = board.layout.about === "agency" && waiting.serviceName(call.service);
  return service ? { ...call, agency_name: service } : call;
}

function resized() {
  running.redraw();
  emergency.redraw();
  render();
}

function mediaBroken({ name: file }) {
  foot.say("media", { sign: "image-off", key: "board.media_broken", vars: { file } });
  setTimeout(() => foot.say("media", null), BROKEN_SHOWN_MS);
}

function writePlace(hall, { name: title, zones, layout: { about }, agency }) {
  const zonesHere = zones.length > 2 ? name(title) : zones.map((zone) => name(zone.name)).join(" & ");
  place("place").textContent = [hall, about === "agency" ? name(agency?.name) : zonesHere].filter(Boolean).join(" · ");
  document.title = `${name(title)} · ${hall}`;
}

function tick() {
  const now = live.now();
  const texts = { clock: clock(now), date: longDate(now) };
  for (const [id, text] of Object.entries(texts)) {
    if (place(id).textContent !== text) place(id).textContent = text;
  }
  if (today !== null && today !== texts.date) live.refresh(); // a new day: yesterday's calls go
  today = texts.date;
  setTimeout(tick, 1000 - (now % 1000));
}

const layout = layoutOf(place("board"), place("stage"), resized);
writePlace(boot.page.hall.name, boot.page);
layout.apply(boot.page);
fitWhenFontsLoad(place("hero"), place("rows"), place("plate"));
setInterval(live.refresh, REFRESH_MS);
addEventListener("resize", resized);
tick();
render();
