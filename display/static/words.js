// A board speaks to everybody at once: every label is Indonesian, with the English beside it.

import { boot } from "/static/api.js";
import { el } from "/static/dom.js";
import { name, t } from "/static/text.js";

/** The English wording of a key, "{n}" filled from `vars`; "" where there is none. */
export function english(key, vars = {}) {
  const text = boot.texts.en?.[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, word) => (word in vars ? String(vars[word]) : whole));
}

/** Two elements: the Indonesian wording of a key and, quieter, the English one. */
export function both(key, vars = {}) {
  return [
    el("span", { class: "first", text: t(key, vars) }),
    " ",
    el("span", { class: "second", lang: "en", text: english(key, vars) }),
  ];
}

/** A name of the catalogue, kept apart from what stands around it, whatever its direction of writing. */
export function named(wording) {
  return el("bdi", { text: typeof wording === "string" ? wording : name(wording) });
}
