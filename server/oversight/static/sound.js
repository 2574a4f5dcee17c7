// A short tone for a new alert: off until somebody wishes it, and remembered on this machine.

import { icon } from "/static/dom.js";
import { recall, remember } from "/static/memory.js";
import { button } from "/static/parts.js";
import { t } from "/static/text.js";

const KEY = "antrean.oversight.sound";
const TONES_HZ = [660, 880];
const TONE_S = 0.16;

let context = null;
let wanted = recall(KEY) === "on";

/** Two short tones, where sound is wished. A browser that allows none before a touch stays silent. */
export function alertTone() {
  document.dispatchEvent(new CustomEvent("antrean:alert", { detail: { sounded: wanted } }));
  if (!wanted) return;
  context ??= new AudioContext();
  context.resume();
  TONES_HZ.forEach((hertz, i) => tone(hertz, context.currentTime + i * TONE_S));
}

function tone(hertz, at_s) {
  const [pitch, volume] = [context.createOscillator(), context.createGain()];
  pitch.frequency.value = hertz;
  volume.gain.setValueAtTime(0.15, at_s);
  volume.gain.exponentialRampToValueAtTime(0.001, at_s + TONE_S);
  pitch.connect(volume).connect(context.destination);
  pitch.start(at_s);
  pitch.stop(at_s + TONE_S);
}

/** The button that turns the tone on and off; turning it on lets it be heard. */
export function soundSwitch() {
  const node = button({ class: "button bare sound", label: "", press });
  show();

  function press() {
    wanted = !wanted;
    remember(KEY, wanted ? "on" : "off");
    show();
    if (wanted) alertTone();
  }

  function show() {
    const words = t(wanted ? "oversight.sound_on" : "oversight.sound_off");
    node.replaceChildren(icon(wanted ? "bell-ring" : "bell-off"), words);
    node.setAttribute("aria-pressed", String(wanted));
  }

  return node;
}
