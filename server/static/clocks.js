// One heartbeat for everything that shows time: on the second, so that all timers step together.

/** Calls `beat` at every full second while the page is seen. */
export function ticking(beat) {
  const next = () => {
    setTimeout(
      () => {
        beat();
        next();
      },
      1000 - (Date.now() % 1000),
    );
  };
  next();
}
