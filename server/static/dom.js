// Making elements: always by createElement and textContent, never from a string of HTML, so that a
// name typed by an admin can never become markup.

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = "/static/vendor/lucide.svg";

/**
 * An element. `class` and `text` are what they say, `on` maps event names to listeners, `data` is the
 * dataset; everything else is an attribute (true sets it empty; null, undefined and false leave it out).
 * Children are nodes, strings, or arrays of them; null and false are passed over.
 */
export function el(tag, { class: classes, text, on, data, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, value] of Object.entries(data ?? {})) element.dataset[name] = value;
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/**
 * A lucide icon by its name ("id-card"). It says nothing to a screen reader: a word stands beside it.
 * The sprite is fetched once and its drawings copied, so that a page without a connection still has them.
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.dataset.icon = name;
  if (sprite) draw(svg);
  else load().then(() => draw(svg), () => refer(svg));
  return svg;
}

let sprite = null;
let loading = null;

function load() {
  loading ??= fetchSprite().finally(() => (loading = null));
  return loading;
}

async function fetchSprite() {
  const answer = await fetch(SPRITE);
  if (!answer.ok) throw new Error(`${SPRITE}: ${answer.status}`);
  sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
}

function draw(svg) {
  const symbol = sprite.getElementById(svg.dataset.icon);
  if (symbol) svg.replaceChildren(...Array.from(symbol.childNodes, (node) => document.importNode(node, true)));
}

/** The sprite could not be had now: let the browser try it in its own way. */
function refer(svg) {
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${encodeURIComponent(svg.dataset.icon)}`);
  svg.replaceChildren(use);
}
