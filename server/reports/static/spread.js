// How waits are spread: how many people waited up to five minutes, up to ten ...

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { tickets } from "/reports/static/asked.js";
import { minutesOnly, share, whole } from "/reports/static/numbers.js";

const MOST_BARS = 14;

/** {node}: a column for each step of minutes; long waits that few had are one column together. */
export function spread(asked, { spread: { bins, count, step_seconds } }) {
  const shown = gathered(bins);
  const most = Math.max(...shown.map((bin) => bin.count), 1);
  const head = [t("reports.spread_wait"), t("reports.spread_visits")];
  return {
    node: el(
      "section",
      { class: "card part", data: { part: "spread" }, "aria-labelledby": "part-spread" },
      el("h2", { id: "part-spread", text: t("reports.spread_title") }),
      el(
        "p",
        { class: "words" },
        words(bins, count, step_seconds),
        " ",
        el("a", { class: "no-print", href: tickets(asked), text: t("reports.see_tickets") }),
      ),
      count
        ? el(
            "table",
            { class: "spread" },
            el(
              "thead",
              { class: "visually-hidden" },
              el(
                "tr",
                {},
                head.map((text) => el("th", { scope: "col", text })),
              ),
            ),
            el(
              "tbody",
              {},
              shown.map((bin) => column(bin, most, count)),
            ),
          )
        : null,
    ),
  };
}

function column(bin, most, count) {
  const bar = el("span", { class: "spread-bar" });
  bar.style.width = `${(bin.count / most) * 100}%`;
  const from = minutesText(bin.from_seconds);
  const label =
    bin.to_seconds === null
      ? t("reports.spread_over", { from })
      : t("reports.spread_step", { from, to: minutesText(bin.to_seconds) });
  return el(
    "tr",
    {},
    el("th", { scope: "row", text: label }),
    el(
      "td",
      {},
      el("span", { class: "spread-track", "aria-hidden": "true" }, bar),
      el("span", { class: "spread-count", text: whole(bin.count) }),
      el("span", { class: "quiet spread-share", text: share(bin.count / count) }),
    ),
  );
}

function gathered(bins) {
  if (bins.length <= MOST_BARS) return bins;
  const rest = bins.slice(MOST_BARS - 1);
  return [
    ...bins.slice(0, MOST_BARS - 1),
    { from_seconds: rest[0].from_seconds, to_seconds: null, count: rest.reduce((sum, bin) => sum + bin.count, 0) },
  ];
}

function words(bins, count, step_seconds) {
  if (!count) return t("reports.nobody_called");
  const first = bins[0]?.count ?? 0;
  return t("reports.spread_words", { share: share(first / count), minutes: minutesText(step_seconds) });
}

function minutesText(seconds) {
  return minutesOnly(seconds).replace(/[.,]0$/, "");
}
