// The emergency message: over everything, on boards and kiosks, until a supervisor clears it.

import { boot } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { clock } from "/static/text.js";

const SIZES = [150, 124, 102, 84, 70, 58, 48, 40, 34, 28]; // units; as large as there is room for

/** Returns `show(emergency)`, {text: {id, en}, since} or null, and `redraw()` at another size of the screen. */
export function emergencyOver(place) {
  let drawn = "null";
  let shown = null;

  function show(next) {
    const wanted = JSON.stringify(next ?? null);
    if (wanted === drawn) return;
    drawn = wanted;
    shown = next;
    place.hidden = !next;
    place.replaceChildren(...(next ? words(next) : []));
    redraw();
  }

  function redraw() {
    if (!shown) return;
    for (const size of SIZES) {
      place.style.setProperty("--size", size);
      if (place.scrollHeight <= place.clientHeight) return;
    }
  }

  return { show, redraw };
}

function words({ text, since }) {
  return [
    icon("triangle-alert"),
    el("h2", { dir: "auto", text: text.id }),
    text.en && el("p", { class: "second", lang: "en", dir: "auto", text: text.en }),
    el("p", { class: "since" }, sinceWords("id", since), " · ", sinceWords("en", since)),
  ].filter(Boolean);
}

function sinceWords(lang, since) {
  const text = boot.texts[lang]["page.emergency_since"].replace("{time}", clock(since));
  return el("span", { class: lang === "en" ? "second" : "", lang, text });
}
