// Speaks what the server gives this page to speak: one announcement after the other, each reported when it begins and
// when it has ended, so that another board can say it where this one dies in mid-sentence.

import { newKey, post } from "/static/api.js";

const EVERY_MS = 1_000; // the server takes a page of which it hears nothing for 3.5 s for gone
const REFUSED_MS = 15_000;
const TRIES = 2; // a clip that cannot be had or read twice is not asked for a third time

/**
 * `board` is its id, `sound` what sound.js gives. `onBegin(item)` in the very moment in which an announcement begins to
 * sound, `onEnd(item, whole)` when it is over, `whole` unless it was cut off. An item is {id, voice, ticket, number,
 * counter, recalls, times, speech_url, chime_url, volume, repeat}. Returns `ask()`: there is something to tell
 * the server, and `hurry()`: there may be something to speak. A page that is not to be the board's voice (a
 * supervisor's, or of a board without a loudspeaker) never `speaks`.
 */
export function speaker({ board, speaks, sound, onBegin, onEnd }) {
  const path = `/api/v1/displays/${encodeURIComponent(board)}/voice`;
  const session = newKey();
  let current = null; // {item, buffers, clip}: what is being loaded (no buffers yet), may begin, or is played
  let played = [];
  let failed = [];
  let attempts = { id: null, count: 0 };
  let asking = false;
  let wanted = false;
  let refused_ms = -Infinity;
  let mayFollow = false; // this page speaks for some voice

  /** One question at a time, so that the server hears them in their order. */
  async function ask() {
    wanted = true;
    if (asking || !speaks || performance.now() - refused_ms < REFUSED_MS) return;
    asking = true;
    while (wanted) {
      wanted = false;
      await askOnce();
    }
    asking = false;
  }

  async function askOnce() {
    const told = { played: [...played], failed: [...failed] };
    const asked = current && { of: current, begun: current.clip !== null, ready: current.buffers !== null };
    const playing = asked?.begun ? current.item.id : null;
    try {
      const answer = await post(path, { session, sound: sound.state(), playing, ...told });
      played = played.filter((id) => !told.played.includes(id));
      failed = failed.filter((id) => !told.failed.includes(id));
      take(answer, asked);
    } catch (problem) {
      // No answer is no harm: what is being said is said to its end, and told with the next question.
      if (!problem.passing) refused_ms = performance.now();
    }
  }

  /** `asked`: what was current when the question was put, and how far it had come. */
  function take({ speaks, playing, next }, asked) {
    mayFollow = speaks.length > 0;
    const sameAsAsked = current !== null && asked?.of === current;
    if (current && !speaks.includes(current.item.voice)) {
      current.clip?.stop(); // another board has taken over, and says it from the start
      current = current.clip ? current : null;
    } else if (sameAsAsked && asked.begun && playing !== current.item.id) {
      current.clip.stop(); // taken back in the moment in which it began
    } else if (sameAsAsked && !asked.begun && next?.id !== current.item.id) {
      current = null; // taken back while it was loaded
    } else if (sameAsAsked && !asked.begun && asked.ready) {
      return begin(current); // it was still to be spoken when nothing but to begin was left
    }
    if (!next || played.includes(next.id) || failed.includes(next.id)) return undefined;
    return current ? prepare(next) : speak(next);
  }

  /** While one is spoken the next is fetched, so that it can follow at once; whether it does, the server says then. */
  function prepare(item) {
    if (item.speech_url && item.id !== current.item.id) sound.load(item.speech_url).catch(() => {});
  }

  /** Loads it and asks once more: a call may be taken back meanwhile, of which a board of other zones hears nothing. */
  async function speak(item) {
    const mine = { item, buffers: null, clip: null };
    current = mine;
    try {
      const words = item.speech_url ? Array(item.repeat).fill(item.speech_url) : [];
      const buffers = await Promise.all([item.chime_url, ...words].filter(Boolean).map(sound.load));
      if (current !== mine) return undefined; // meanwhile it became another board's, or nobody's
      if (!buffers.length) throw new RangeError("nothing to play");
      mine.buffers = buffers;
    } catch (problem) {
      return current === mine && couldNot(item, problem);
    }
    return ask();
  }

  async function begin(mine) {
    const { item } = mine;
    try {
      mine.clip = sound.play(mine.buffers, item.volume / 100);
    } catch (problem) {
      return couldNot(item, problem);
    }
    onBegin(item);
    ask();
    const whole = await mine.clip;
    current = null;
    if (whole) played.push(item.id);
    onEnd(item, whole);
    return ask();
  }

  function couldNot(item, problem) {
    current = null;
    if (problem.passing) return; // no way to the server: the next question asks for it again
    console.warn("announcement", item.number, problem);
    attempts = { id: item.id, count: attempts.id === item.id ? attempts.count + 1 : 1 };
    if (attempts.count >= TRIES) failed.push(item.id);
  }

  /** Only who is to speak it need ask at once; the others do every second. What is loaded may have been taken back. */
  function hurry() {
    if (mayFollow && !current?.clip) ask();
  }

  setInterval(ask, EVERY_MS);
  ask();
  return { ask, hurry };
}
