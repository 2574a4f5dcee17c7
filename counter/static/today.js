// The day so far at this counter, in four figures.

import { el } from "/static/dom.js";
import { say } from "/static/parts.js";
import { t } from "/static/text.js";
import { spanShort } from "/counter/static/phrases.js";

const FIGURES = {
  served: ({ today }) => String(today.served),
  mean: ({ today }) => (today.served ? spanShort(today.mean_service_seconds ?? 0) : "–"),
  queue: (snapshot) => String(snapshot.waiting_count),
  longest: ({ today }) => (today.max_wait_seconds ? spanShort(today.max_wait_seconds) : "–"),
};

export function todayPanel() {
  const values = Object.fromEntries(Object.keys(FIGURES).map((id) => [id, el("dd")]));
  const node = el(
    "dl",
    { class: "today", "aria-label": t("counter.today") },
    Object.entries(values).map(([id, value]) =>
      el("div", {}, el("dt", { text: t(`counter.figure_${id}`) }), value),
    ),
  );
  return {
    node,
    render: (snapshot) => Object.entries(values).forEach(([id, value]) => say(value, FIGURES[id](snapshot))),
  };
}
