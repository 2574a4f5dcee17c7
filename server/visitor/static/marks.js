// The few marks of the phone's page, drawn here and our own: the sprite of all icons weighs half a megabyte, too much
// for thousands of phones on one hall's network, and a phone that has lost its connection must still show them.

const SVG = "http://www.w3.org/2000/svg";
const RING = "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0";

const MARKS = {
  wait: `${RING}M12 7v5.4l3.4 2`,
  go: "M4 12h15.5M13 5.5l6.5 6.5-6.5 6.5",
  here: "M3 15.5h18M5.5 15.5V20M18.5 15.5V20M9 6a3 3 0 1 0 6 0a3 3 0 1 0-6 0M6.8 15.5c.3-3 2.3-4.5 5.2-4.5s4.9 1.5 5.2 4.5",
  done: `${RING}M7.9 12.3l2.8 2.8 5.4-5.7`,
  missed: `${RING}M12 7.3v5.2M12 16.3v.1`,
  void: `${RING}M9 9l6 6M15 9l-6 6`,
  cut: "M4.5 12.3a11 11 0 0 1 4-2.3M15.5 10a11 11 0 0 1 4 2.3M8 16a6 6 0 0 1 8 0M12 19.5v.1M3.5 3.5l17 17",
  unknown: `${RING}M9.3 9.6a2.75 2.75 0 1 1 3.9 2.5c-.8.4-1.2.9-1.2 1.7M12 17v.1`,
  words: `${RING}M3 12h18M12 3c2.6 2.6 3.9 5.6 3.9 9s-1.3 6.4-3.9 9c-2.6-2.6-3.9-5.6-3.9-9S9.4 5.6 12 3z`,
};

/** A mark by its name. It says nothing to a screen reader: a word stands beside it. */
export function mark(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", MARKS[name]);
  svg.append(path);
  return svg;
}
