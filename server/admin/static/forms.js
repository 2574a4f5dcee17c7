// What the admin pages' forms are made of: a dialog, fields with their labels, a choice of several things.

import { newKey } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el } from "/static/dom.js";
import { button, enable } from "/static/parts.js";
import { known, name, t } from "/static/text.js";

let fields = 0;

/** A field with its label above it; `input` is the element to fill. */
export function field(label, input, hint = null) {
  fields += 1;
  input.id = `field-${fields}`;
  return el("p", { class: "labelled" }, el("label", { for: input.id, text: label }), input, hint && el("span", { class: "quiet hint", text: hint }));
}

/** A line of text. */
export function line(value = "", attributes = {}) {
  const input = el("input", { class: "field", type: "text", autocomplete: "off", ...attributes });
  input.value = value;
  return input;
}

/** One of some options, [{id, words}]. */
export function pick(options, value = "") {
  const select = el("select", { class: "field" }, options.map(({ id, words }) => el("option", { value: id, text: words })));
  select.value = value;
  return select;
}

/** Several of some things with names, as boxes to tick: {node, chosen()}. */
export function several(legend, things, chosen = []) {
  const boxes = things.map(({ id, name: wording }) => {
    const box = el("input", { type: "checkbox", value: id });
    box.checked = chosen.includes(id);
    return { box, node: el("label", { class: "tick" }, box, el("bdi", { text: name(wording) })) };
  });
  const node = el("fieldset", { class: "several" }, el("legend", { text: legend }), boxes.map((each) => each.node));
  return { node, chosen: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value) };
}

/** What a problem means, in words: the field at fault, or the code's own. */
export function problemWords(problem) {
  const key = `admin.problem_${problem.code}`;
  if (problem.errors?.length) return t("admin.problem_field", { field: problem.errors[0].path, words: problem.errors[0].message });
  return known(key) ? t(key) : t("admin.problem", { code: problem.code });
}

/**
 * Opens a dialog with `title` around `parts`. `send()` answers [path, body], which the main button (`label`, `look`)
 * posts; when the server has taken it, the dialog closes and `done()` is called. Pressed again after a lost answer, it
 * counts once.
 */
export function ask({ title, parts, label, look = "primary", send, done }) {
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const go = button({ class: `button ${look}`, label, press: submit });
  const cancel = button({ label: t("admin.cancel"), press: () => node.close() });
  const form = el("form", { method: "dialog" }, el("h2", { id: "asked", text: title }), parts, wrong, el("p", { class: "answers" }, cancel, go));
  const node = el("dialog", { class: "asking", "aria-labelledby": "asked" }, form);
  let key = null;
  let sent = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (go.getAttribute("aria-disabled") !== "true") submit();
  });
  node.addEventListener("close", () => node.remove());
  document.body.append(node);
  node.showModal();

  async function submit() {
    const [path, body] = send();
    const now = JSON.stringify([path, body]);
    if (now !== sent) key = newKey(); // another wish is another press
    sent = now;
    enable(go, false);
    try {
      await deliver(path, body, key);
      node.close();
      done();
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      wrong.textContent = problemWords(problem);
      wrong.hidden = false;
    }
    enable(go, true);
  }
}
