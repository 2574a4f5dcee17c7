// A dialog with a title, a way out, and one line for what the server says to a press in it.

import { el, icon } from "/static/dom.js";
import { button, say } from "/static/parts.js";
import { t } from "/static/text.js";

/** {node, body, title(words), open(), close(), tell(words, tone)}; `classes` say its size. `onClose()` when it is left. */
export function popup(id, classes, onClose = () => undefined) {
  const heading = el("h2", { id: `${id}-title`, dir: "auto", tabindex: "-1" });
  const line = el("p", { class: "line", role: "status", hidden: true });
  const leave = button({
    class: "button bare popup-close",
    icon: icon("x"),
    label: el("span", { text: t("oversight.close") }),
    press: () => node.close(),
  });
  const body = el("div", { class: "popup-body" });
  const node = el(
    "dialog",
    { class: `popup ${classes}`, id, "aria-labelledby": `${id}-title` },
    el("div", { class: "popup-head" }, heading, leave),
    line,
    body,
  );
  node.addEventListener("close", () => {
    tell("");
    onClose();
  });

  function tell(words, tone = "") {
    say(line, words);
    line.hidden = !words;
    line.dataset.tone = tone;
  }

  function open() {
    if (node.open) return;
    node.showModal();
    heading.focus();
  }

  return { node, body, title: (words) => say(heading, words), open, close: () => node.open && node.close(), tell };
}

/** A label above its field. */
export function labelled(words, input) {
  return el("div", { class: "field-block" }, el("label", { class: "field-label", for: input.id, text: words }), input);
}

/** A choice of which one counts: {node, value}. `options` are [value, words]. */
export function segments(name, legend, options, changed = () => undefined) {
  const inputs = options.map(([value]) => el("input", { type: "radio", name, value, id: `${name}-${value}`, on: { change: changed } }));
  const labels = options.map(([, words], i) => el("label", { class: "segment", for: inputs[i].id }, inputs[i], el("span", { text: words })));
  return {
    node: el("fieldset", { class: "field-block" }, el("legend", { class: "field-label", text: legend }), el("div", { class: "segments" }, labels)),
    get value() {
      return inputs.find((input) => input.checked)?.value ?? options[0][0];
    },
    set value(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}
