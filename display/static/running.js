// The running text at the foot: still where all of it has room, else moving calmly; page by page for those who asked
// their system for less motion.

import { el } from "/static/dom.js";
import { unitPx } from "/display/static/fit.js";

const UNITS_A_SECOND = 110;
const PAGE_MS = 9_000;
const EDGES = 80; // units: what stays free at both ends of a page
const ROOM = 0.97; // what is measured without drawing is a little off

/** Returns `show(messages)`, [{id, text: {id, en}}], which draws them into `place`; and `redraw()` at another width. */
export function runningText(place) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const belt = el("div", { class: "belt" });
  let messages = [];
  let drawn = null;
  let motion = null;
  let timer = null;

  place.append(belt);
  calm.addEventListener("change", redraw);
  document.fonts.addEventListener("loadingdone", redraw);

  function show(next) {
    const wanted = JSON.stringify(next);
    if (wanted === drawn) return;
    drawn = wanted;
    messages = next;
    redraw();
  }

  function redraw() {
    stop();
    place.hidden = messages.length === 0;
    belt.replaceChildren();
    if (messages.length === 0) return;
    belt.append(loop());
    const width_px = belt.firstChild.getBoundingClientRect().width;
    const moves = width_px > place.clientWidth;
    place.dataset.motion = !moves ? "still" : calm.matches ? "pages" : "moving";
    if (place.dataset.motion === "pages") turn(pagesOf(messages, belt, (place.clientWidth - EDGES * unitPx()) * ROOM));
    else if (moves) move(width_px);
  }

  /** Two copies, one after the other: when the first has left, it all begins again without a seam. */
  function move(width_px) {
    const copy = loop();
    copy.setAttribute("aria-hidden", "true");
    belt.append(copy);
    const way = [{ transform: "translateX(0)" }, { transform: `translateX(${-width_px}px)` }];
    motion = belt.animate(way, { duration: (width_px / (UNITS_A_SECOND * unitPx())) * 1000, iterations: Infinity });
  }

  function turn(pages, at = 0) {
    const { text, second } = pages[at % pages.length];
    belt.replaceChildren(el("p", { class: second ? "second" : "first", lang: second ? "en" : "id", dir: "auto", text }));
    timer = setTimeout(() => turn(pages, at + 1), PAGE_MS);
  }

  function stop() {
    motion?.cancel();
    motion = null;
    clearTimeout(timer);
  }

  function loop() {
    return el("p", { class: "loop" }, messages.map(({ text }) => [
      el("bdi", { class: "first", text: text.id }),
      text.en && el("bdi", { class: "second", lang: "en", text: text.en }),
      el("i", { class: "dot", "aria-hidden": "true" }),
    ]));
  }

  return { show, redraw };
}

/** The messages cut between words into pieces that have room, each language by itself. */
function pagesOf(messages, sample, room_px) {
  const pen = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(sample);
  pen.font = `600 ${style.fontSize} ${style.fontFamily}`;
  const fits = (text) => pen.measureText(text).width <= room_px;
  const wordings = messages.flatMap(({ text }) => [
    { words: text.id.split(" "), second: false },
    ...(text.en ? [{ words: text.en.split(" "), second: true }] : []),
  ]);
  return wordings.flatMap(({ words, second }) => lines(words, fits).map((text) => ({ text, second })));
}

function lines(words, fits) {
  const found = [];
  for (const word of words.flatMap((each) => pieces(each, fits))) {
    const longer = found.length ? `${found.at(-1)} ${word}` : word;
    if (found.length && fits(longer)) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

/** A word without a space that is wider than the screen is cut where it ends. */
function pieces(word, fits) {
  const found = [];
  for (let rest = [...word]; rest.length; ) {
    let length = rest.length;
    while (length > 1 && !fits(rest.slice(0, length).join(""))) length = Math.ceil(length / 2);
    found.push(rest.splice(0, length).join(""));
  }
  return found;
}
