// The habits of a browser that a kiosk must not have, and the watch on whether anyone is there.

/** No menu, no selecting, no dragging, no zooming by two fingers. */
export function guardTouch(target) {
  const refuse = (event) => event.preventDefault();
  const refuseZoom = (event) => event.ctrlKey && event.preventDefault();
  const refusePinch = (event) => event.touches.length > 1 && event.preventDefault();
  target.addEventListener("contextmenu", refuse);
  target.addEventListener("dragstart", refuse);
  target.addEventListener("wheel", refuseZoom, { passive: false });
  target.addEventListener("touchmove", refusePinch, { passive: false });
}

/** Calls `idle` whenever nothing was touched or typed for `after_ms`, and `touched` at every touch. */
export function watchIdle(after_ms, idle, touched) {
  let timer = null;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      idle();
      again();
    }, after_ms);
  };
  const seen = () => {
    again();
    touched();
  };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, seen, { capture: true, passive: true });
  again();
}
