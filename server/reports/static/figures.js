// The figures of the satisfaction report: the index with its class, nine bars, a table of agencies, the respondents.

import { el } from "/static/dom.js";
import { language, name, t } from "/static/text.js";

const LOCALES = { id: "id-ID", en: "en-GB" };
const LEAST = 1;
const MOST = 4;

/** A number with so many decimals in the reader's way of writing, "–" for none. */
export function number(value, places = 0) {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(LOCALES[language()], { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
}

/** The index, large, with its class; and whether enough people were asked. */
export function summary({ total, weight }) {
  const { sample, respondents } = total;
  const share = sample.needed ? Math.min(1, respondents / sample.needed) : 0;
  const words = total.class ? t(`satisfaction.class_${total.class.toLowerCase()}`) : t(respondents ? "satisfaction.incomplete" : "satisfaction.nobody");
  return el(
    "section",
    { class: "card summary", "aria-labelledby": "index-title" },
    el("h2", { id: "index-title", text: t("satisfaction.index") }),
    el("div", { class: "index" }, el("p", { class: "number", text: number(total.index, 2) }), el("p", { class: "class", data: { class: total.class ?? "none" } }, total.class && el("strong", { text: total.class }), el("span", { text: words }))),
    el("p", { class: "quiet", text: t(weight === "exact" ? "satisfaction.weight_exact" : "satisfaction.weight_rounded") }),
    el(
      "div",
      { class: "sample" },
      el("p", {}, el("strong", { text: number(respondents) }), " ", t("satisfaction.respondents_of", { n: number(sample.needed) })),
      meter(share, sample.reached ? "good" : "short"),
      el("p", { class: "quiet", text: t(sample.reached ? "satisfaction.sample_reached" : "satisfaction.sample_short", { n: number(sample.population) }) }),
    ),
  );
}

function meter(share, tone) {
  const fill = el("span", { class: "fill" });
  fill.style.setProperty("--share", share.toFixed(4));
  return el("span", { class: `meter ${tone}`, "aria-hidden": "true" }, fill);
}

/** The mean of each element from 1 to 4; the lowest are said to be so in words too. */
export function bars({ total }) {
  const rows = total.elements.map((element) => {
    const isLowest = total.lowest.includes(element.id) && total.lowest.length < total.elements.length;
    const share = element.nrr === null ? 0 : (element.nrr - LEAST) / (MOST - LEAST);
    return el(
      "li",
      { class: isLowest ? "bar-row lowest" : "bar-row" },
      el("span", { class: "bar-name" }, el("strong", { text: element.id.toUpperCase() }), " ", t(`survey.${element.id}_name`), isLowest && el("em", { text: t("satisfaction.lowest") })),
      meter(share, isLowest ? "short" : "good"),
      el("span", { class: "bar-value", text: number(element.nrr, 3) }),
    );
  });
  return el("section", { class: "card elements", "aria-labelledby": "elements-title" }, el("h2", { id: "elements-title", text: t("satisfaction.elements") }), el("p", { class: "quiet", text: t("satisfaction.elements_hint") }), el("ul", {}, rows));
}

/** A row for each agency or service; `open(key)` looks closer at one. */
export function groups({ rows, by }, agencies, open) {
  if (!rows.length) return null;
  const known = new Map(by === "agency" ? agencies.map((each) => [each.id, each.name]) : agencies.flatMap((each) => each.services.map((service) => [service.id, service.name])));
  const heads = [by === "agency" ? "satisfaction.agency" : "satisfaction.service", "satisfaction.respondents", "satisfaction.needed", "satisfaction.index", "satisfaction.class", "satisfaction.lowest_element"];
  const lines = rows.map((row) => {
    const look = el("button", { class: "link", type: "button", dir: "auto", text: name(known.get(row.key)) || row.key });
    look.addEventListener("click", () => open(row.key));
    const lowest = row.lowest.length < row.elements.length ? row.lowest.map((id) => id.toUpperCase()).join(", ") : "";
    return el("tr", {}, el("th", { scope: "row" }, look), el("td", { text: number(row.respondents) }), el("td", { text: number(row.sample.needed) }), el("td", { class: "strong", text: number(row.index, 2) }), el("td", { class: "strong", text: row.class ?? "–" }), el("td", { text: lowest || "–" }));
  });
  return el(
    "section",
    { class: "card groups", "aria-labelledby": "groups-title" },
    el("h2", { id: "groups-title", text: t(by === "agency" ? "satisfaction.by_agency" : "satisfaction.by_service") }),
    el("div", { class: "scroller" }, el("table", {}, el("thead", {}, el("tr", {}, heads.map((key) => el("th", { scope: "col", text: t(key) })))), el("tbody", {}, lines))),
  );
}

/** Who answered, as far as they said. */
export function respondents({ respondents: found, total }) {
  if (!total.respondents) return null;
  // The server's JSON has them in the order of the ministry's form.
  const tables = Object.entries(found).map(([field, counts]) =>
    el(
      "div",
      { class: "told" },
      el("h3", { text: t(`survey.${field}`) }),
      el(
        "dl",
        {},
        Object.entries(counts).map(([value, count]) => el("div", { class: value }, el("dt", { text: t(value === "unsaid" ? "survey.unsaid" : `survey.${field}_${value}`) }), el("dd", { text: number(count) }))),
      ),
    ),
  );
  return el("section", { class: "card respondents", "aria-labelledby": "respondents-title" }, el("h2", { id: "respondents-title", text: t("satisfaction.who") }), el("div", { class: "tables" }, tables));
}
