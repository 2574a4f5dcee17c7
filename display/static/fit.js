// How wide a number is, so that the style sheet can make it as large as its place allows:
// "A-012" and "WWW-1234" both fill the panel and neither leaves it.

import { el } from "/static/dom.js";

const PROBE_PX = 100;
const probe = el("span", { class: "number probe", "aria-hidden": "true" });
probe.style.fontSize = `${PROBE_PX}px`;
const ruler = el("span", { class: "probe ruler", "aria-hidden": "true" });
document.body.append(probe, ruler);

/** How many pixels of this screen are one unit of the drawing board. */
export function unitPx() {
  return ruler.getBoundingClientRect().width / PROBE_PX;
}

/** How many lines, each `line` units high and `gap` units from the next, have room in a place; at least one. */
export function lineCapacity(place, line, gap = 0) {
  const room = place.clientHeight / unitPx();
  return Math.max(1, Math.floor((room + gap) / (line + gap) + 0.05));
}

/**
 * Sets `--ems` on each `.number` below `root`: the width of its text in units of its font size; and
 * `--ems-max` on `root`: the width of the widest that stands in a `.which`.
 */
export function fit(root) {
  let widest = 0.5;
  for (const element of root.querySelectorAll(".number")) {
    probe.textContent = element.textContent;
    const ems = Math.max(0.5, probe.getBoundingClientRect().width / PROBE_PX);
    element.style.setProperty("--ems", ems.toFixed(3));
    if (element.closest(".which")) widest = Math.max(widest, ems);
  }
  root.style.setProperty("--ems-max", widest.toFixed(3));
  probe.textContent = "";
}

/** Measures again whenever a font has arrived: until then the widths are another font's. */
export function fitWhenFontsLoad(...roots) {
  document.fonts.addEventListener("loadingdone", () => roots.forEach(fit));
}
