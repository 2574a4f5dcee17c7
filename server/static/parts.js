// Small things of which the views are made. A part is {node, render()}: its node stays where it is, and
// render() changes only what differs, so that focus and a finger on a button survive every event.

import { el, icon } from "/static/dom.js";
import { language } from "/static/text.js";

/** Sets a text where it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets a class, or takes it away. */
export function mark(node, name, on) {
  node.classList.toggle(name, Boolean(on));
}

/** A keyboard shortcut as it stands on a button; screen readers get it from aria-keyshortcuts. */
export function key(text) {
  return el("kbd", { class: "key", text, "aria-hidden": "true" });
}

/**
 * Whether a button may be pressed. It stays focusable: a button that vanishes under the keyboard's focus
 * throws the officer back to the top of the page.
 */
export function enable(button, on) {
  const value = on ? "false" : "true";
  if (button.getAttribute("aria-disabled") !== value) button.setAttribute("aria-disabled", value);
}

/** A button whose listener hears only presses that are allowed. */
export function button({ class: classes = "button", label, icon = null, press, ...attributes }, ...children) {
  const node = el("button", { class: classes, type: "button", ...attributes }, icon, label, ...children);
  node.addEventListener("click", (event) => {
    if (node.getAttribute("aria-disabled") !== "true") press(event);
  });
  return node;
}

/** The button that speaks the other language: `speak("en")`. */
export function otherLanguage(speak) {
  const other = language() === "id" ? "en" : "id";
  const words = { id: "Bahasa Indonesia", en: "English" }[other];
  return button({
    class: "button bare language",
    icon: icon("languages"),
    label: other.toUpperCase(),
    lang: other,
    title: words,
    "aria-label": words,
    press: () => speak(other),
  });
}

/**
 * Keeps `container` showing `items`, known by `id`; `make(item)` gives {node, update(item)}.
 * What is there stays; nodes move only when the order itself has changed. Answers the parts by id.
 */
export function keyed(container, make) {
  let parts = new Map();
  return (items) => {
    const next = new Map(items.map((item) => [item.id, parts.get(item.id) ?? make(item)]));
    for (const [id, part] of parts) if (!next.has(id)) part.node.remove();
    let place = container.firstChild;
    for (const item of items) {
      const part = next.get(item.id);
      if (part.node === place) place = place.nextSibling;
      else container.insertBefore(part.node, place);
      part.update(item);
    }
    parts = next;
    return parts;
  };
}
