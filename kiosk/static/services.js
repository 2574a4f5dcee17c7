// The second page: which service of this agency? A touch takes the number.

import { el, icon } from "/static/dom.js";
import { estimate, name, t } from "/static/text.js";
import { keyed, say } from "/kiosk/static/keyed.js";
import { scroller } from "/kiosk/static/scroller.js";
import { footer, heading } from "/kiosk/static/shell.js";
import { reason } from "/kiosk/static/start.js";

/** {nodes, focus, update(state)}. */
export function services(act, state) {
  const agency = state.catalogue.agency.get(state.agency);
  const title = heading(name(agency.name));
  const list = el("ul", { class: "services" });
  const show = keyed(list, (service) => serviceRow(service, act));
  const scroll = scroller(list);
  const main = el(
    "main",
    { class: "choose" },
    el("div", { class: "ask with-icon" }, icon(agency.icon || "landmark"), title, el("p", { class: "hint", text: t("kiosk.choose_hint") })),
    scroll.node,
  );
  return {
    nodes: [main, footer(act)],
    focus: title,
    update(now) {
      main.dataset.away = now.away;
      show(now.catalogue.agency.get(now.agency)?.services ?? []);
      mark(list, now.wish?.service);
      scroll.update();
    },
  };
}

/** One service to touch; `of` is its agency where that is not plain from the page. */
export function serviceRow(service, act, of = null) {
  const title = el("span", { class: "name", dir: "auto" });
  const waiting = el("span", { class: "waiting" });
  const wait = el("span", { class: "wait" });
  const from = of && el("span", { class: "from", dir: "auto" });
  const button = el(
    "button",
    { class: "service", type: "button", data: { service: service.id }, on: { click: () => act.take(service.id) } },
    el("span", { class: "words" }, from, title, el("span", { class: "figures" }, waiting, wait)),
    icon("chevron-right"),
  );
  return {
    node: el("li", {}, button),
    update(now) {
      button.disabled = !now.open;
      say(title, name(now.name));
      if (from) say(from, name(of.name));
      say(waiting, now.open ? t("queue.waiting", { n: now.waiting }) : reason(now));
      say(wait, now.open ? estimate(now.estimate) : "");
    },
  };
}

/** Shows which service was touched while its number is on the way. */
export function mark(list, service) {
  for (const button of list.querySelectorAll(".service")) {
    button.classList.toggle("taken", button.dataset.service === service);
  }
}
