// A short question with a few answers, each one key away: why the break, which service.

import { el } from "/static/dom.js";
import { button, key } from "/static/parts.js";
import { t } from "/static/text.js";

const EARLY_MS = 700; // the space bar, or the letter that asked, just meant something else: this soon it is no answer

/**
 * `ask(title, answers)`; an answer is {label, note?, mark?, take(), again?}, `again` the letter that takes it besides its
 * digit. `facts` is what stands below the answers and belongs to all of them, `keys` has further keys and what they do.
 */
export function choicesDialog(id, facts = null, keys = {}) {
  const title = el("h2", { id: `${id}-title` });
  const list = el("div", { class: "choices" });
  const cancel = button({ class: "button", label: t("counter.not_now"), press: () => node.close() });
  const node = el(
    "dialog",
    { class: "dialog choose-one", "aria-labelledby": `${id}-title` },
    title,
    list,
    facts,
    el("div", { class: "dialog-buttons" }, cancel),
  );
  let answers = [];
  let opened_ms = 0;

  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
    if (event.key === " " && (event.repeat || performance.now() - opened_ms < EARLY_MS)) event.preventDefault();
    if (event.target.tagName === "SELECT" && !/^[1-9]$/.test(event.key)) return undefined; // its own arrows and letters
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) return move(event, step);
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
      return undefined;
    }
    const late = performance.now() - opened_ms >= EARLY_MS;
    const takes = ({ again }, i) => event.key === String(i + 1) || (late && event.key.toLowerCase() === again);
    const at = answers.findIndex(takes);
    if (at < 0 || event.repeat) return undefined;
    event.preventDefault();
    take(answers[at]);
    return undefined;
  });
  node.addEventListener("keyup", (event) => {
    if (event.key === " " && performance.now() - opened_ms < EARLY_MS) event.preventDefault();
  });

  function move(event, step) {
    event.preventDefault();
    const buttons = [...list.children];
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }

  function take(answer) {
    node.close();
    answer.take();
  }

  function ask(words, given) {
    if (node.open) return;
    answers = given;
    title.textContent = words;
    list.replaceChildren(
      ...given.map((answer, i) =>
        button(
          { class: "choice", label: labelOf(answer), press: () => take(answer) },
          ...(i < 9 ? [key(String(i + 1))] : []),
        ),
      ),
    );
    opened_ms = performance.now();
    node.showModal();
    list.firstChild.focus();
  }

  return { node, ask, close: () => node.open && node.close() };
}

function labelOf({ label, note = "", mark = "" }) {
  return el(
    "span",
    { class: "choice-words" },
    el("span", { class: "choice-label" }, el("span", { dir: "auto", text: label }), mark && el("span", { class: "badge", text: mark })),
    note && el("span", { class: "choice-note", text: note }),
  );
}
