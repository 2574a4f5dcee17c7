// Several errands: what was chosen, one more or one less, and one touch for all the numbers.

import { el, icon } from "/static/dom.js";
import { estimate, name, t } from "/static/text.js";
import { keyed, say } from "/kiosk/static/keyed.js";
import { priorityButton } from "/kiosk/static/priority.js";
import { scroller } from "/kiosk/static/scroller.js";
import { heading, languageButton } from "/kiosk/static/shell.js";
import { reason } from "/kiosk/static/start.js";

/** {nodes, focus, update(state)}. */
export function errands(act, state) {
  const title = heading(t("kiosk.errands_title"));
  const hint = el("p", { class: "hint", role: "status" });
  const list = el("ul", { class: "services chosen" });
  const show = keyed(list, (service) => chosenRow(service, act));
  const scroll = scroller(list);
  const add = el("button", { class: "button add", type: "button", on: { click: act.more } }, icon("plus"), t("kiosk.errands_add"));
  const take = el("button", { class: "button call take-all", type: "button", on: { click: () => act.takeAll(state.chosen) } });
  const main = el(
    "main",
    { class: "choose errands" },
    el("div", { class: "ask" }, title, hint),
    scroll.node,
    el("div", { class: "decide" }, add, take),
  );
  const stop = el("button", { class: "button back", type: "button", on: { click: act.reset } }, icon("x"), t("kiosk.errands_stop"));
  const priority = priorityButton(act, state);
  return {
    nodes: [main, el("footer", { class: "bottom" }, stop, priority?.node, languageButton(act))],
    focus: title,
    update(now) {
      const services = now.chosen.map((id) => now.catalogue.service.get(id));
      const closed = services.some((service) => !service.open);
      main.dataset.away = now.away;
      say(hint, t(closed ? "kiosk.errands_closed" : now.mayAdd ? "kiosk.errands_hint" : "kiosk.errands_full"));
      show(services.map((service) => ({ ...service, agency: now.catalogue.agencyOf.get(service.id) })));
      add.hidden = !now.mayAdd;
      take.disabled = closed;
      say(take, t("kiosk.errands_take", { n: services.length }));
      priority?.update(now);
      scroll.update();
    },
  };
}

function chosenRow(service, act) {
  const from = el("p", { class: "from", dir: "auto" });
  const title = el("p", { class: "name", dir: "auto" });
  const waiting = el("span", { class: "waiting" });
  const wait = el("span", { class: "wait" });
  const remove = el("button", { class: "button remove", type: "button", on: { click: () => act.remove(service.id) } }, icon("x"), t("kiosk.errands_remove"));
  const figures = el("p", { class: "figures" }, waiting, wait);
  const row = el("div", { class: "service errand", data: { errand: service.id } }, el("div", { class: "words" }, from, title, figures), remove);
  return {
    node: el("li", {}, row),
    update(now) {
      row.classList.toggle("shut", !now.open);
      say(from, name(now.agency.name));
      say(title, name(now.name));
      say(waiting, now.open ? t("queue.waiting", { n: now.waiting }) : reason(now));
      say(wait, now.open ? estimate(now.estimate) : "");
      remove.setAttribute("aria-label", `${t("kiosk.errands_remove")}: ${name(now.name)}`);
    },
  };
}
