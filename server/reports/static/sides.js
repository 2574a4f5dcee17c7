// Agencies side by side, or the services of one: a bar to the median, its pale end at nine out of ten.

import { el, icon } from "/static/dom.js";
import { button } from "/static/parts.js";
import { t } from "/static/text.js";
import { address, tickets } from "/reports/static/asked.js";
import { changeWords } from "/reports/static/answers.js";
import { sideBySide } from "/reports/static/gather.js";
import { agencyOfService, nameOf } from "/reports/static/names.js";
import { changedWait, time } from "/reports/static/numbers.js";

const AT_FIRST = 8;

/** {node}: the longest wait on top. */
export function sides(asked, { sides: { rows }, sides_before }) {
  const by = sideBySide(asked);
  const before = new Map(sides_before.rows.map((row) => [row.key, row]));
  const known = rows
    .filter((row) => row.wait.median !== null)
    .toSorted((one, other) => other.wait.median - one.wait.median);
  const most = Math.max(...known.map((row) => row.wait.p90), 1);
  const lines = known.map((row, at) => line(asked, by, row, before.get(row.key), most, at >= AT_FIRST));
  const more = button({
    class: "button more no-print",
    icon: icon("chevron-down"),
    label: t("reports.show_all", { n: known.length }),
    press: () => {
      lines.forEach((each) => each.classList.remove("rest"));
      more.remove();
    },
  });
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "sides" }, "aria-labelledby": "part-sides" },
      el("h2", { id: "part-sides", text: t(`reports.sides_title_${by}`) }),
      el("p", { class: "words", text: t("reports.sides_words") }),
      known.length
        ? el("ul", { class: "sides" }, lines)
        : el("p", { class: "quiet", text: t("reports.nobody_called") }),
      known.length > AT_FIRST ? more : null,
    ),
  };
}

function line(asked, by, row, before, most, rest) {
  const median = el("span", { class: "bar-median" });
  const p90 = el("span", { class: "bar-p90" });
  median.style.width = `${(row.wait.median / most) * 100}%`;
  p90.style.width = `${(row.wait.p90 / most) * 100}%`;
  const change = changeWords(changedWait(row.wait.median, before?.wait.median ?? null));
  return el(
    "li",
    { class: rest ? "side rest" : "side", data: { key: row.key } },
    el("p", { class: "side-name", dir: "auto" }, name(asked, by, row.key)),
    el("div", { class: "side-bar", "aria-hidden": "true" }, p90, median),
    el(
      "p",
      { class: "side-median" },
      el("a", { href: tickets(asked, { [by]: row.key }), text: time(row.wait.median) }),
    ),
    el("p", { class: "side-p90 quiet", text: t("reports.nine_of_ten", { time: time(row.wait.p90) }) }),
    el("p", { class: "side-change" }, change),
  );
}

/** An agency's name leads to its services; a service's is the end of the way. */
function name(asked, by, key) {
  const words = nameOf(by, key);
  if (asked.service) return words;
  const next = by === "agency" ? { agency: key, service: "" } : { agency: agencyOfService(key) ?? "", service: key };
  return el("a", { class: "inward", href: address({ ...asked, ...next }), text: words });
}
