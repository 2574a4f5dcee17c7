// Keyboard shortcuts: one letter each, heard only when nothing else wants the keyboard.

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

/**
 * Listens while a view is shown. `press(key)` gets " " for the space bar, a lower-case letter or "?", and says whether
 * it used it. Space belongs to the large button wherever the focus is; Enter presses what is focused.
 * Returns a function that stops listening.
 */
export function listenKeys(press) {
  function down(event) {
    if (!ours(event)) return;
    const key = event.key.toLowerCase();
    if (event.repeat) {
      if (key === " ") event.preventDefault(); // a key held down is one press
      return;
    }
    if (press(key)) event.preventDefault();
  }

  /** A focused button would be pressed when the space bar is let go. */
  function up(event) {
    if (event.key === " " && ours(event)) event.preventDefault();
  }

  document.addEventListener("keydown", down);
  document.addEventListener("keyup", up);
  return () => {
    document.removeEventListener("keydown", down);
    document.removeEventListener("keyup", up);
  };
}

function ours(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.shiftKey && event.key !== "?") return false;
  if (document.querySelector("dialog[open]") || document.querySelector(".menu-panel:not([hidden])")) return false;
  return !event.target.closest?.(TYPING);
}
