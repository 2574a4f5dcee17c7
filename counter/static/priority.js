// Which of the hall's priority classes a visitor has, if any.

import { el } from "/static/dom.js";
import { name, t } from "/static/text.js";

/** {node, value, reset(priorities)}; `value` is the id of a class, "" for none. */
export function priorityField(id) {
  const select = el("select", { class: "field", id });
  const node = el(
    "div",
    { class: "desk-fact" },
    el("label", { class: "desk-label", for: id, text: t("counter.priority") }),
    select,
  );

  function reset(priorities) {
    select.replaceChildren(
      el("option", { value: "", text: t("counter.priority_none") }),
      ...priorities.map((each) => el("option", { value: each.id, text: name(each.name) })),
    );
  }

  return {
    node,
    reset,
    get value() {
      return select.value;
    },
  };
}
