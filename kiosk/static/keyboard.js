// The kiosk's own keyboard: a touchscreen has none, and the operating system's would cover the page.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** Keys that type into `input`; after each one the input hears an "input" event. */
export function keyboard(input) {
  const put = (change) => {
    input.value = change(input.value).slice(0, input.maxLength);
    input.dispatchEvent(new Event("input"));
  };
  const letters = ROWS.map((row) => Array.from(row, (letter) => key({ text: letter.toUpperCase() }, () => put((text) => text + letter))));
  const erase = key({ class: "wide", label: t("kiosk.key_delete"), picture: "delete" }, () => put((text) => text.slice(0, -1)));
  const space = key({ class: "space", text: t("kiosk.key_space") }, () => put((text) => (text && !text.endsWith(" ") ? `${text} ` : text)));
  const clear = key({ class: "clear", text: t("kiosk.key_clear") }, () => put(() => ""));
  letters[2].push(erase);
  return el(
    "div",
    { class: "keyboard", role: "group", "aria-label": t("kiosk.keyboard") },
    [...letters, [clear, space]].map((row) => el("div", { class: "keys" }, row)),
  );
}

function key({ text, picture, label, class: kind = "" }, press) {
  const button = el("button", { class: `key ${kind}`, type: "button", "aria-label": label }, picture ? icon(picture) : text);
  // On touch, not on release: a finger that slides a little while typing has still typed.
  button.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the input keeps the focus
    press();
  });
  button.addEventListener("click", (event) => event.detail === 0 && press()); // a key pressed by a keyboard or reader
  return button;
}
