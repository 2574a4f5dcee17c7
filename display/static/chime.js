// The chime: ding-dong, two soft bell tones of our own making. No file, no network.

const TONES = [
  { at_s: 0, hertz: 659.26 }, // e''
  { at_s: 0.5, hertz: 523.25 }, // c'': a falling third is heard as "please", a rising one as alarm
];
const PARTIALS = [
  { times: 1, gain: 0.45, fades_s: 0.55 },
  { times: 2, gain: 0.15, fades_s: 0.35 }, // small loudspeakers hardly play the ground tone
  { times: 3.01, gain: 0.07, fades_s: 0.2 },
];
const ATTACK_S = 0.012; // below ten milliseconds a tone begins with a click
const LENGTH_S = 2.6;
const ALLOWED_WITHIN_MS = 1_000; // a browser that allows sound starts it well within this
const AGAIN_MS = 15_000;

/**
 * The board's sound. `onState("starting" | "on" | "blocked" | "none")` when it changes. The context runs all
 * the time rather than for each chime: a television swallows the first half second after a silence.
 */
export function chimes(onState) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  let state = "starting";
  let context = null;

  function tell(next) {
    if (next === state) return;
    state = next;
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
      console.warn("chime", refusal);
    }
    look();
  }

  function start() {
    if (!Context) return tell("none");
    context = new Context({ latencyHint: "playback" });
    context.addEventListener("statechange", look);
    for (const touch of ["pointerdown", "pointerup", "touchend", "keydown"]) addEventListener(touch, wake);
    setTimeout(() => context.state !== "running" && tell("blocked"), ALLOWED_WITHIN_MS);
    setInterval(wake, AGAIN_MS);
    return wake();
  }

  /** Sounds once, for `call`. Says so in the document as "antrean:chime", also when nothing can be heard. */
  function ring(call) {
    const audible = context?.state === "running";
    if (audible) for (const tone of TONES) strike(context, tone);
    else wake();
    const detail = { ticket: call.ticket, number: call.number, recalls: call.recalls, audible };
    document.dispatchEvent(new CustomEvent("antrean:chime", { detail }));
  }

  start();
  return { ring };
}

function strike(context, { at_s, hertz }) {
  const begin = context.currentTime + 0.02 + at_s;
  for (const { times, gain, fades_s } of PARTIALS) {
    const tone = new OscillatorNode(context, { frequency: hertz * times });
    const envelope = new GainNode(context, { gain: 0 });
    envelope.gain.setValueAtTime(0, begin);
    envelope.gain.linearRampToValueAtTime(gain, begin + ATTACK_S);
    envelope.gain.setTargetAtTime(0, begin + ATTACK_S, fades_s);
    tone.connect(envelope).connect(context.destination);
    tone.addEventListener("ended", () => envelope.disconnect());
    tone.start(begin);
    tone.stop(begin + LENGTH_S);
  }
}
