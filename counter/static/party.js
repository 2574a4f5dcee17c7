// How many people one ticket is for: a number between two buttons.

import { el, icon } from "/static/dom.js";
import { button, enable, say } from "/static/parts.js";
import { t } from "/static/text.js";

const MAX_PARTY = 20;

/** {node, value, reset()}: the label, the buttons and the number. */
export function partyField() {
  let party = 1;
  const count = el("output", { class: "stepper-count", "aria-live": "polite" });
  const fewer = step("minus", "counter.party_fewer", -1);
  const more = step("plus", "counter.party_more", 1);
  const node = el(
    "div",
    { class: "desk-fact" },
    el("span", { class: "desk-label", text: t("counter.party_size") }),
    el("div", { class: "stepper" }, fewer, count, more),
  );
  render();

  function step(picture, label, by) {
    const press = () => set(party + by);
    return button({ class: "button stepper-step", icon: icon(picture), "aria-label": t(label), press });
  }

  function set(n) {
    party = Math.min(MAX_PARTY, Math.max(1, n));
    render();
  }

  function render() {
    say(count, String(party));
    enable(fewer, party > 1);
    enable(more, party < MAX_PARTY);
  }

  return {
    node,
    reset: () => set(1),
    add: (n) => set(party + n),
    get value() {
      return party;
    },
  };
}
