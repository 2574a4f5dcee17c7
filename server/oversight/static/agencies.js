// Every agency as one calm row: who waits and how long, which counters are open, whether the queue ends in time.
// A row opens into its services, where a queue can be looked into, and a service closed or opened.

import { el, icon } from "/static/dom.js";
import { recall, remember } from "/static/memory.js";
import { button, keyed, mark, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { forecastWords, overrideWords, waitWords } from "/oversight/static/phrases.js";
import { segments } from "/oversight/static/popup.js";

const ORDER_KEY = "antrean.oversight.order";
const NOBODY_SERVES = 1_000; // more than any wait: people wait, and no counter is open

export function agencyPanel(hall, acts) {
  const total = el("p", { class: "total" });
  const choice = segments("order", t("oversight.order"), [["worst", t("oversight.order_worst")], ["hall", t("oversight.order_hall")]], reorder);
  choice.value = recall(ORDER_KEY) === "hall" ? "hall" : "worst";
  choice.node.classList.add("order");
  const list = el("div", { class: "agencies" });
  const show = keyed(list, (agency) => agencyRow(agency, hall, acts));
  const empty = el("p", { class: "nothing quiet", text: t("oversight.no_agencies"), hidden: true });
  const names = ["agency", "waiting", "longest", "counters_open", "forecast", "served"];
  const heads = el("div", { class: "row row-heads", "aria-hidden": "true" }, names.map((each) => el("span", { text: t(`oversight.head_${each}`) })));
  const node = el(
    "section",
    { class: "panel", "aria-labelledby": "agencies-title" },
    el("div", { class: "panel-head" }, el("div", {}, el("h2", { id: "agencies-title", text: t("oversight.agencies") }), total), choice.node),
    heads,
    list,
    empty,
  );
  let order = [];
  let parts = new Map();

  function reorder() {
    remember(ORDER_KEY, choice.value);
    order = sorted();
    render();
  }

  function sorted() {
    const all = [...hall.snapshot.agencies];
    return (choice.value === "worst" ? all.sort((a, b) => trouble(b) - trouble(a)) : all).map((each) => each.id);
  }

  function render() {
    const all = new Map(hall.snapshot.agencies.map((each) => [each.id, each]));
    // Rows do not move under a pointer, nor under the keyboard's focus.
    const held = list.matches(":hover") || list.contains(document.activeElement);
    if (!held || order.length !== all.size || !order.every((id) => all.has(id))) order = sorted();
    parts = show(order.map((id) => all.get(id)));
    empty.hidden = all.size > 0;
    const sum = (figure) => hall.snapshot.agencies.reduce((whole, each) => whole + each[figure], 0);
    say(total, t("oversight.total", { waiting: sum("waiting"), late: sum("over_target"), served: sum("served") }));
  }

  return { node, render, tick: () => parts.forEach((part) => part.tick()) };
}

/** How bad it is: the longest wait in targets; people who wait for nobody come first. */
function trouble(agency) {
  const each = agency.services.map((service) => {
    const targets = service.longest_wait_seconds / (60 * Math.max(1, service.target_wait_minutes));
    return service.waiting && !service.open_counters ? NOBODY_SERVES + targets : targets;
  });
  return Math.max(0, ...each);
}

function agencyRow(first, hall, acts) {
  let agency = first;
  const title = el("span", { class: "row-name", dir: "auto" });
  const said = el("span", { class: "row-said", dir: "auto" });
  const figures = figureCells(hall);
  const inside = el("div", { class: "services", id: `services-${first.id}`, hidden: true });
  const show = keyed(inside, (service) => serviceRow(service, hall, acts));
  const whole = button({
    class: "button",
    icon: icon("clock"),
    label: el("span", { text: t("oversight.agency_hours") }),
    press: () => acts.hours("agency", agency.id),
  });
  const foot = el("div", { class: "row-actions", hidden: true }, whole);
  const head = button(
    {
      class: "row agency-row",
      label: el("span", { class: "row-title" }, title, said),
      "aria-expanded": "false",
      "aria-controls": inside.id,
      press: toggle,
    },
    figures.cells,
    icon("chevron-down"),
  );
  const node = el("div", { class: "agency", data: { agency: first.id } }, head, inside, foot);
  let parts = new Map();

  function toggle() {
    const open = inside.hidden;
    inside.hidden = foot.hidden = !open;
    head.setAttribute("aria-expanded", String(open));
  }

  function update(next) {
    agency = next;
    say(title, name(agency.name));
    say(said, overrideWords(agency.override) || (agency.open ? "" : t("oversight.closed")));
    mark(said, "strong", agency.override);
    figures.update(agency);
    parts = show(agency.services);
  }

  function tick() {
    figures.tick();
    parts.forEach((part) => part.tick());
  }

  return { node, update, tick };
}

function serviceRow(first, hall, { queue, hours }) {
  const title = el("span", { class: "row-name", dir: "auto" });
  const said = el("span", { class: "row-said", dir: "auto" });
  const figures = figureCells(hall);
  const see = button({ class: "button", icon: icon("list"), label: el("span", { text: t("oversight.see_queue") }), press: () => queue(first.id) });
  const change = button({ class: "button", icon: icon("clock"), label: el("span"), press: () => hours("service", first.id) });
  const node = el(
    "div",
    { class: "service", data: { service: first.id } },
    el("div", { class: "row" }, el("span", { class: "row-title" }, title, said), figures.cells),
    el("div", { class: "row-actions" }, see, change),
  );

  function update(service) {
    say(title, `${service.prefix} · ${name(service.name)}`);
    say(said, overrideWords(service.override) || name(service.closed_reason?.text));
    mark(said, "strong", service.override);
    say(change.lastChild, t(service.override ? "oversight.hours_change" : service.open ? "oversight.hours_close" : "oversight.hours_open"));
    figures.update(service);
  }

  return { node, update, tick: figures.tick };
}

/** The figures of an agency or a service, which have the same names. */
function figureCells(hall) {
  const cells = ["waiting", "longest", "open", "forecast", "served"].map(cell);
  const [waiting, longest, open, forecast, served] = cells;
  let shown = null;

  function update(next) {
    shown = next;
    waiting.tell(String(shown.waiting));
    const busy = [shown.called && t("oversight.called_n", { n: shown.called }), shown.serving && t("oversight.serving_n", { n: shown.serving })];
    open.tell(t("oversight.open_n", { n: shown.open_counters }), busy.filter(Boolean).join(", "));
    const words = forecastWords(shown);
    forecast.tell(words.text, words.note, words.late);
    mark(forecast.node, "unknown", !words.late && !shown.forecast);
    served.tell(String(shown.served));
    tick();
  }

  function tick() {
    if (!shown.waiting) return longest.tell("–");
    const seconds = shown.longest_wait_seconds + hall.age_seconds;
    const target = shown.target_wait_minutes;
    const late = shown.over_target > 0 || (target !== undefined && seconds > target * 60);
    const over = shown.over_target ? t("oversight.over_target", { n: shown.over_target }) : "";
    return longest.tell(waitWords(seconds), over || (target === undefined ? "" : t("oversight.target", { n: target })), late);
  }

  return { cells: cells.map((each) => each.node), update, tick };
}

function cell(figure) {
  const value = el("span", { class: "cell-value" });
  const note = el("span", { class: "cell-note" });
  const node = el("span", { class: "cell", data: { figure } }, el("span", { class: "cell-name visually-hidden", text: t(`oversight.cell_${figure}`) }), value, note);
  const tell = (words, more = "", late = false) => {
    say(value, words);
    say(note, more);
    mark(node, "late", late);
  };
  return { node, tell };
}
