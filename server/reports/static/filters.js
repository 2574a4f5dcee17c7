// Which days, which agency, which service: the row on top of the reports.

import { el, icon } from "/static/dom.js";
import { button, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { PERIODS } from "/reports/static/days.js";
import { today, wrongField } from "/reports/static/asked.js";
import { agencies, agencyOfService } from "/reports/static/names.js";

/** {node, tell(field, words)}; `change(part)` is called with what somebody has picked. */
export function filters(asked, change) {
  const own = ownDays(asked, change);
  const buttons = PERIODS.map((period) =>
    button({
      class: "button choice",
      label: t(`reports.period_${period}`),
      "aria-pressed": String(period === asked.period),
      "data-period": period,
      press: () => (period === "own" ? own.open() : change({ period })),
    }),
  );
  const agency = choice(
    "agency",
    t("reports.agency"),
    t("reports.all_agencies"),
    agencies,
    asked.agency || agencyOfService(asked.service),
  );
  agency.input.addEventListener("change", () => change({ agency: agency.input.value, service: "" }));
  const services = agencies.find((each) => each.id === agency.input.value)?.services ?? [];
  const service = choice("service", t("reports.service"), t("reports.all_services"), services, asked.service);
  service.input.disabled = services.length === 0;
  service.input.addEventListener("change", () => change({ agency: agency.input.value, service: service.input.value }));
  const node = el(
    "form",
    { class: "filters no-print", "aria-label": t("reports.filters"), novalidate: true },
    el("div", { class: "periods", role: "group", "aria-label": t("reports.period") }, buttons),
    el("div", { class: "whose" }, agency.node, service.node),
    own.node,
  );
  node.addEventListener("submit", (event) => event.preventDefault());
  return { node, tell: own.tell };
}

/** The two days of an own range; they are asked for once both are there and in order. */
function ownDays(asked, change) {
  const [from, to] = ["from", "to"].map((field) => {
    const input = el("input", {
      class: "field",
      type: "date",
      id: `asked-${field}`,
      max: "2999-12-31",
      "aria-describedby": "asked-wrong",
    });
    input.value = asked[field];
    return {
      field,
      input,
      node: el("div", { class: "labelled" }, el("label", { for: input.id, text: t(`reports.${field}`) }), input),
    };
  });
  const wrong = el("p", { class: "wrong", id: "asked-wrong", role: "alert" });
  const show = button({ class: "button primary", label: t("reports.show"), type: "submit", press: submit });
  const node = el("div", { class: "own", hidden: asked.period !== "own" }, from.node, to.node, show, wrong);

  function submit() {
    const days = { from: from.input.value, to: to.input.value };
    const field = wrongField(days);
    if (field)
      tell(
        field,
        t(field === "to" && days.to ? "reports.wrong_order" : "reports.wrong_day", { field: t(`reports.${field}`) }),
      );
    else change({ period: "own", ...days });
  }

  function tell(field, words) {
    node.hidden = false;
    for (const each of [from, to]) each.input.setAttribute("aria-invalid", String(each.field === field));
    say(wrong, words);
    ({ from, to })[field]?.input.focus();
  }

  function open() {
    node.hidden = false;
    for (const each of [from, to]) each.input.value ||= today();
    from.input.focus();
  }

  return { node, tell, open };
}

function choice(field, label, all, things, chosen) {
  const input = el("select", { class: "field", id: `asked-${field}` }, el("option", { value: "", text: all }));
  for (const thing of things) input.append(el("option", { value: thing.id, text: name(thing.name) }));
  if (chosen && !things.some((thing) => thing.id === chosen))
    input.append(el("option", { value: chosen, text: chosen }));
  input.value = chosen ?? "";
  return {
    input,
    node: el(
      "div",
      { class: "labelled" },
      el("label", { for: input.id, text: label }),
      el("div", { class: "select" }, input, icon("chevron-down")),
    ),
  };
}
