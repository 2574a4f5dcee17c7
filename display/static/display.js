// The hall board: one state (calls, agencies, connection), drawn whenever it has changed.

import { boot, get, post } from "/static/api.js";
import { emergencyOver } from "/static/emergency.js";
import { connect } from "/static/live.js";
import { clock, longDate, name, setTimeZone } from "/static/text.js";
import { announcer } from "/display/static/announcer.js";
import { callBook } from "/display/static/calls.js";
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
import { loudspeaker } from "/display/static/sound.js";
import { speaker } from "/display/static/speaker.js";
import { spotlight } from "/display/static/spotlight.js";
import { waitingList } from "/display/static/waiting.js";

const BROKEN_SHOWN_MS = 60_000;
const LONG_PLACE = 52; // letters of where this board stands: of more, an upright board shows them smaller
const REFRESHED_BY = ["hall.changed", "service.changed", "board.changed"];
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
const light = spotlight({ onShow: announced, onRest: rested });
const timing = announcer({ show: light.announce, speak: heardElsewhere, said: overElsewhere, stands: book.stands });
const sounding = new Map(); // the announcements that are being spoken in this board's zones, by their ids
let voice = null; // a browser without sound says so before anything could speak
const sound = loudspeaker(soundChanged);
voice = speaker({ board: boot.page.id, speaks: boot.page.speaks, sound, onBegin: begun, onEnd: ended });
const line = lineWatch({ say: foot.say, onChange: render, now: () => live.now() });
let board = boot.page; // what it is about, and its layout; the catalogue may change it
let today = null;
let brokenTold = false;

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
  tellBroken(); // a server that was started again knows nothing of it
  media.hush(json.emergency !== null);
  waiting.takeSnapshot(json);
  const fresh = book.takeSnapshot(json, live.now());
  line.loaded();
  light.review(book.stands);
  timing.review();
  timing.takeSnapshot(json.voices, fresh);
  forgetEnded(json.voices.flatMap(({ announcements }) => announcements));
  voice.hurry();
  render();
}

function eventTaken(kind, event) {
  if (REFRESHED_BY.includes(kind)) return live.refresh();
  if (timing.takeEvent(kind, event)) return voice.hurry();
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
  timing.review();
  if (!call) return;
  timing.called(call, event.announcements ?? []);
  voice.hurry();
  if (!agency) live.refresh(); // a counter here calls for another zone's agency: the snapshot knows its name
}

/** A call takes the large place. Said in the document too, for what a hall may hang on it, and for tests. */
function announced(call, heard) {
  const detail = { ticket: call.ticket, number: call.number, recalls: call.recalls, audible: heard };
  document.dispatchEvent(new CustomEvent("antrean:chime", { detail }));
  render();
}

/** This board begins to speak: what it shows for it begins in the same moment. */
function begun(item) {
  timing.began(item);
  takePlace(item, true);
}

function ended(item, whole) {
  leavePlace(item);
  const detail = { announcement: item.id, ticket: item.ticket, number: item.number };
  if (whole) document.dispatchEvent(new CustomEvent("antrean:said", { detail }));
}

function heardElsewhere(announcement) {
  takePlace(announcement, false);
}

function overElsewhere(announcement) {
  leavePlace(announcement);
}

function takePlace(announcement, heard) {
  const { id, ticket, number } = announcement;
  sounding.set(id, announcement);
  tellSpeaking();
  if (ticket === null) foot.say("test", { sign: "volume-2", key: "board.sound_test", vars: { number } });
  const call = book.find(ticket); // none: of a zone that this board speaks for and does not show
  if (call) light.speak(call, heard);
}

function leavePlace({ id, ticket }) {
  sounding.delete(id);
  tellSpeaking();
  if (ticket === null) foot.say("test", null);
  else light.said(ticket);
}

/** Pictures and films on this board are quiet while a call is spoken in its zone. */
function tellSpeaking() {
  document.dispatchEvent(new CustomEvent("antrean:speaking", { detail: { on: sounding.size > 0 } }));
}

/** Its end may have been told while the line was down. */
function forgetEnded(open) {
  for (const announcement of sounding.values()) {
    if (!open.some(({ id }) => id === announcement.id)) leavePlace(announcement);
  }
}

function rested() {
  render();
  renew.whenCalm();
}

function soundChanged(state) {
  voice?.ask();
  const quiet = { blocked: "board.sound_blocked", none: "board.sound_none" }[state];
  foot.say("sound", quiet && boot.page.speaks ? { sign: "volume-x", key: quiet } : null);
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
  tellBroken();
}

/** Staff see it on their own page; a board that is only looked at tells nothing. */
function tellBroken() {
  const broken = media.broken();
  if (!boot.page.enrolled || (broken.length === 0 && !brokenTold)) return;
  brokenTold = broken.length > 0;
  post(`/api/v1/displays/${encodeURIComponent(boot.page.id)}/media`, { broken }).catch((problem) => {
    brokenTold = true; // the next snapshot tells it again
    if (problem.status === undefined) throw problem;
  });
}

function writePlace(hall, { name: title, zones, layout: { about }, agency }) {
  const zonesHere = zones.length > 2 ? name(title) : zones.map((zone) => name(zone.name)).join(" & ");
  const here = [hall, about === "agency" ? name(agency?.name) : zonesHere].filter(Boolean).join(" · ");
  place("place").textContent = here;
  place("place").classList.toggle("long", here.length > LONG_PLACE);
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
