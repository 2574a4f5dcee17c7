// One live connection of a screen: it comes back by itself after a cut, a restart, a sleep or a refusal,
// keeps what the page knows whole (repair.js), and says through `onStatus` when it cannot.

import { io } from "/static/vendor/socket.io.esm.min.js";
import { boot } from "/static/api.js";
import { guarded, repairer, REFUSED_MS } from "/static/repair.js";

const SILENCE_MS = 25_000; // sync comes every 10 s: after 25 s of nothing the line is dead
const TICK_MS = 1_000;
const SLEPT_MS = 20_000; // a tick this late: the machine slept, or its clock was set
const BUSY_REASON = "full";

/**
 * Connects a screen and keeps it right.
 *
 * `screen` and `id` say which ("kiosk", "kiosk-1"); `snapshot()` resolves to JSON with `seq` (and `epoch`).
 * `onSnapshot(json)` replaces all the page knows; `onEvent(name, data)` changes it, in order, each once.
 * `onStatus(status, info)`: "connecting" (what is shown may be old), "live", "lost", "refused" and "busy"
 * (told once each change; `info.reason` is the server's code or null). `onVersion(version)`: the server
 * has become another version than this page's. `serverNow(ms)`: the server's clock, when it is told.
 *
 * Returns `close()`, `refresh()` (take a new snapshot) and `now()` (the server's clock in milliseconds).
 */
export function connect({ screen, id, snapshot, onSnapshot, onEvent, onStatus, onVersion, serverNow }) {
  const socket = io({
    transports: ["websocket"],
    forceNew: true,
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
    timeout: 8000,
    query: { screen }, // before the socket is open, the server knows a phone from a board by it
    auth: (give) => give({ screen, id, device: boot.page?.device ?? null }),
  });
  const repair = repairer({ snapshot, onSnapshot, onEvent, onState: settle });
  let status = null;
  let reason = null;
  let closed = false;
  let comeBack = null; // timer after a refusal, which Socket.IO does not retry by itself
  let anchor = null; // the server's clock at a moment of ours
  let heard = moment();
  let ticked = moment();

  function tell(next, why = null) {
    if (closed || (next === status && why === reason)) return;
    [status, reason] = [next, why];
    document.documentElement.dataset.live = next;
    guarded(onStatus, next, { reason: why });
  }

  /** The repairer's word counts only while the line stands. */
  function settle(next, why) {
    if (socket.connected) tell(next, why);
  }

  function reconnectIn(low, high) {
    clearTimeout(comeBack);
    comeBack = setTimeout(() => socket.connect(), low + Math.random() * (high - low));
  }

  function hello(message) {
    takeClock(message.now);
    if (message.version && boot.version && message.version !== boot.version) guarded(onVersion, message.version);
    repair.start(message.epoch);
  }

  function takeClock(now) {
    if (now === undefined || now === null) return;
    const at = typeof now === "number" ? now : Date.parse(now);
    if (Number.isNaN(at)) return;
    anchor = { at, since: performance.now() };
    guarded(serverNow, at);
  }

  function now() {
    return anchor ? anchor.at + (performance.now() - anchor.since) : Date.now();
  }

  function received(name, message = {}) {
    heard = moment();
    if (name === "hello") return hello(message);
    if (name === "server.restarting") return tell("lost", "restarting");
    if (name === "sync") {
      takeClock(message.now);
      if (reason === "restarting") repair.again(); // it stayed after all
    }
    return repair.take(name, message);
  }

  function disconnected() {
    repair.stop();
    if (closed) return;
    tell("lost", reason === "restarting" ? reason : null);
    if (!socket.active) reconnectIn(300, 3000); // the server closed it: Socket.IO would stay away
  }

  function refused(error) {
    if (socket.active) return tell("lost"); // no way through yet; Socket.IO goes on trying
    tell(error.message === BUSY_REASON ? "busy" : "refused", error.message);
    return reconnectIn(...REFUSED_MS);
  }

  /** Drop a line that looks open and is not; or hurry one that is waiting to be tried again. */
  function kick() {
    heard = moment();
    if (socket.io.engine?.readyState === "open") {
      socket.io.engine.close();
    } else if (!socket.active) {
      clearTimeout(comeBack);
      socket.connect();
    }
  }

  /** The screen slept, was hidden, or the network came back: nothing it shows is sure. */
  function wake() {
    if (closed || document.visibilityState === "hidden") return;
    if (socket.connected && elapsed(heard) < SILENCE_MS / 2) repair.again();
    else kick();
  }

  function tick() {
    const slept = elapsed(ticked) > SLEPT_MS;
    ticked = moment();
    if (slept) return wake();
    const refusedNow = status === "refused" || status === "busy";
    if (elapsed(heard) > SILENCE_MS && !(refusedNow && !socket.connected)) kick();
  }

  const shown = () => document.visibilityState === "visible" && wake();
  const cached = (event) => event.persisted && wake(); // back from the browser's page cache
  const listeners = [
    [document, "visibilitychange", shown],
    [document, "resume", wake],
    [window, "online", wake],
    [window, "pageshow", cached],
  ];

  socket.on("connect", () => {
    heard = moment();
    tell("connecting");
  });
  socket.on("disconnect", disconnected);
  socket.on("connect_error", refused);
  socket.onAny(received);
  for (const [target, name, listener] of listeners) target.addEventListener(name, listener);
  const ticker = setInterval(tick, TICK_MS);
  tell("connecting");
  socket.connect();

  function close() {
    closed = true;
    clearInterval(ticker);
    clearTimeout(comeBack);
    for (const [target, name, listener] of listeners) target.removeEventListener(name, listener);
    repair.stop();
    socket.offAny(received);
    socket.disconnect();
  }

  return { close, refresh: repair.again, now };
}

/** A moment on both clocks: the steady one stands still while a machine sleeps, the wall's can be set. */
function moment() {
  return { steady: performance.now(), wall: Date.now() };
}

function elapsed(since) {
  return Math.max(performance.now() - since.steady, Date.now() - since.wall);
}
