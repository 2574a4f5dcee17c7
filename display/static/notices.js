// Calm lines at the foot of the board: not connected, sound blocked. Nothing there when all is well.

import { el, icon } from "/static/dom.js";
import { both } from "/display/static/words.js";

/** Returns `say(what, {sign, key, vars})`, and `say(what, null)` when it is over. */
export function notices(place) {
  const lines = new Map();

  function say(what, notice) {
    if (notice) lines.set(what, notice);
    else if (!lines.delete(what)) return;
    place.replaceChildren(...[...lines].map(([kind, { sign, key, vars }]) => (
      el("p", { class: "offline", data: { notice: kind } }, icon(sign), el("span", {}, both(key, vars)))
    )));
    place.hidden = lines.size === 0;
  }

  place.hidden = true;
  return { say };
}
