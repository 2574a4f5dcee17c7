// What did not work, in words, and a way on.

import { el, icon } from "/static/dom.js";
import { button } from "/static/parts.js";
import { t } from "/static/text.js";

/** What went wrong with asking for figures; `again()` asks once more. */
export function problemView(problem, again) {
  const offline = problem.status === 0;
  return el(
    "section",
    { class: "message problem", role: "alert" },
    icon(offline ? "wifi-off" : "triangle-alert"),
    el("h2", { text: t(offline ? "reports.offline" : "reports.failed") }),
    el("p", { class: "quiet", text: words(problem) }),
    button({ class: "button primary", icon: icon("rotate-ccw"), label: t("reports.try_again"), press: again }),
  );
}

function words(problem) {
  if (problem.status === 0) return t("reports.offline_hint");
  const [wrong] = problem.errors ?? [];
  if (wrong) return t("reports.failed_field", { field: wrong.path });
  return t("reports.failed_hint", { code: problem.code });
}
