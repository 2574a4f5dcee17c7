// The second page: which service of this agency? A touch takes the number, or, of several, adds the service.

import { el, icon } from "/static/dom.js";
import { estimate, name, t } from "/static/text.js";
import { keyed, say } from "/kiosk/static/keyed.js";
import { priorityWords } from "/kiosk/static/priority.js";
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
  const hint = el("p", { class: "hint" });
  const main = el(
    "main",
    { class: "choose" },
    el("div", { class: "ask with-icon" }, icon(agency.icon || "landmark"), title, hint),
    scroll.node,
  );
  return {
    nodes: [main, footer(act)],
    focus: title,
    update(now) {
      main.dataset.away = now.away;
      say(hint, [t(now.several ? "kiosk.errands_choose_hint" : "kiosk.choose_hint"), priorityWords(now)].filter(Boolean).join(" · "));
      show((now.catalogue.agency.get(now.agency)?.services ?? []).map((service) => offered(service, now)));
      mark(list, now);
      scroll.update();
    },
  };
}

/** A service as its row shows it: whether it is one of several, and already chosen. */
export function offered(service, { several, chosen }) {
  return { ...service, several, chosen: chosen.includes(service.id) };
}

/** One service to touch; `of` is its agency where that is not plain from the page. */
export function serviceRow(service, act, of = null) {
  const title = el("span", { class: "name", dir: "auto" });
  const waiting = el("span", { class: "waiting" });
  const wait = el("span", { class: "wait" });
  const from = of && el("span", { class: "from", dir: "auto" });
  const caution = el("span", { class: "caution", hidden: true });
  const button = el(
    "button",
    { class: "service", type: "button", data: { service: service.id }, on: { click: () => act.take(service.id) } },
    el("span", { class: "words" }, from, title, el("span", { class: "figures" }, waiting, wait), caution),
    icon("chevron-right"),
  );
  let picture = "chevron-right";
  return {
    node: el("li", {}, button),
    update(now) {
      button.disabled = !now.open;
      say(title, name(now.name));
      if (from) say(from, name(of.name));
      say(waiting, now.chosen ? t("kiosk.errands_chosen") : now.open ? t("queue.waiting", { n: now.waiting }) : reason(now));
      say(wait, now.open && !now.chosen ? estimate(now.estimate) : "");
      say(caution, now.open ? name(now.warning?.text) : "");
      caution.hidden = !caution.textContent;
      const wanted = now.chosen ? "check" : now.several ? "plus" : "chevron-right";
      if (wanted !== picture) button.lastChild.replaceWith(icon(wanted));
      picture = wanted;
    },
  };
}

/** Shows which services were touched: those chosen, or the one whose number is on the way. */
export function mark(list, { wish, chosen }) {
  const touched = wish?.services ?? chosen;
  for (const button of list.querySelectorAll(".service")) {
    button.classList.toggle("taken", touched.includes(button.dataset.service));
  }
}
