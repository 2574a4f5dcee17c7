// The board's sound: clips of the server, decoded whole before they start, one after the other without a gap in time.

import { boot, Problem } from "/static/api.js";

const ALLOWED_WITHIN_MS = 1_000; // a browser that allows sound starts it well within this
const AGAIN_MS = 15_000;
const FETCH_MS = 8_000;
const KEPT_CLIPS = 6; // the chime, what is being said, what comes next; a board runs for months
const SOON_S = 0.02; // so far ahead a start is exact
const PAUSE_S = 0.3; // between the chime and the words, and before they are repeated
const STUCK_MS = 3_000; // a clip that has not ended so long after its time never will

/**
 * `onState("starting" | "on" | "blocked" | "none")` when it changes. The context runs all the time rather than for
 * each call: a television swallows the first half second after a silence.
 */
export function loudspeaker(onState) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  const clips = new Map(); // address -> its decoded clip, the one asked for last at the end
  let state = "starting";
  let context = null;
  let halt = null; // ends what is playing, which is then not whole

  function tell(next) {
    if (next === state) return;
    state = next;
    if (next !== "on") halt?.();
    onState(next);
  }

  function look() {
    if (context.state === "running") tell("on");
    else if (state === "on") tell("blocked"); // the browser or the machine took it back
  }

  /** Ask the browser to let us sound; after a touch or a key it does. */
  async function wake() {
    if (!context || context.state === "running") return;
    try {
      await context.resume();
    } catch (refusal) {
      console.warn("sound", refusal);
    }
    look();
  }

  function start() {
    if (!Context) return tell("none");
    context = new Context();
    context.addEventListener("statechange", look);
    for (const touch of ["pointerdown", "pointerup", "touchend", "keydown"]) addEventListener(touch, wake);
    setTimeout(() => context.state !== "running" && tell("blocked"), ALLOWED_WITHIN_MS);
    setInterval(wake, AGAIN_MS);
    return wake();
  }

  /** Resolves to the clip of an address, ready to be played; rejects with Problem or a decoding error. */
  function load(url) {
    const clip = clips.get(url) ?? decoded(url);
    clips.delete(url);
    clips.set(url, clip);
    clip.catch(() => clips.delete(url));
    for (const oldest of [...clips.keys()].slice(0, -KEPT_CLIPS)) clips.delete(oldest);
    return clip;
  }

  async function decoded(url) {
    return context.decodeAudioData(await fetched(url));
  }

  /**
   * Play clips one after the other, at a `volume` of 0 to 1. Resolves when they are over: whether they were heard
   * to their end. `stop()` of the promise ends them.
   */
  function play(buffers, volume) {
    const gain = new GainNode(context, { gain: volume });
    gain.connect(context.destination);
    let at = context.currentTime + SOON_S;
    const sources = buffers.map((buffer) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(gain);
      source.start(at);
      at += buffer.duration + PAUSE_S;
      return source;
    });
    let timer = null;
    const over = new Promise((resolve) => {
      sources.at(-1).addEventListener("ended", () => resolve(true));
      halt = () => resolve(false);
      timer = setTimeout(halt, (at - context.currentTime) * 1000 + STUCK_MS);
    }).then((whole) => {
      clearTimeout(timer);
      halt = null;
      for (const source of sources) source.stop();
      gain.disconnect();
      return whole;
    });
    return Object.assign(over, { stop: halt });
  }

  start();
  return { load, play, state: () => state };
}

async function fetched(url) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), FETCH_MS);
  try {
    const headers = { "X-Antrean-Device": boot.page.device };
    const answer = await fetch(url, { headers, credentials: "same-origin", signal: controller.signal });
    if (!answer.ok) throw new Problem({ status: answer.status, code: "no_clip" });
    return await answer.arrayBuffer();
  } catch (error) {
    throw error instanceof Problem ? error : new Problem({ detail: String(error) });
  } finally {
    clearTimeout(timer);
  }
}
