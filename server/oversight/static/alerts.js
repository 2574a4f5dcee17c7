// What a supervisor should look at: the newest first, each with who has seen it.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { since, t } from "/static/text.js";
import { alertWords } from "/oversight/static/phrases.js";

const PICTURES = { wait_over_target: "hourglass", printer_out: "printer-x", kiosk_gone: "tablet-smartphone", board_gone: "monitor-off" };

export function alertPanel(hall) {
  const list = el("ul", { class: "alerts", "aria-label": t("oversight.alerts"), "aria-live": "polite" });
  const show = keyed(list, (alert) => alertRow(alert, hall));

  function render() {
    const alerts = hall.snapshot.alerts;
    list.hidden = alerts.length === 0;
    // Those that nobody has seen first; the server has the newest first.
    show([...alerts.filter((each) => !each.acknowledged_at), ...alerts.filter((each) => each.acknowledged_at)]);
  }

  return { node: list, render };
}

function alertRow(first, hall) {
  const words = el("p", { class: "alert-words", dir: "auto" });
  const when = el("p", { class: "alert-when" });
  const seen = button({ class: "button", icon: icon("eye"), label: el("span", { text: t("oversight.acknowledge") }), press });
  const node = el(
    "li",
    { class: "alert", data: { kind: first.kind, subject: first.subject } },
    icon(PICTURES[first.kind] ?? "triangle-alert"),
    el("div", {}, words, when),
    seen,
  );

  function press() {
    hall.command(`/alerts/${first.id}/acknowledge`, {});
  }

  function update(alert) {
    const by = alert.acknowledged_by;
    say(words, alertWords(alert));
    const raised = t("oversight.alert_since", { time: since(alert.raised_at) });
    say(when, by ? `${raised} · ${t("oversight.alert_seen", { name: by, time: since(alert.acknowledged_at) })}` : raised);
    mark(node, "seen", by);
    seen.hidden = Boolean(by);
    enable(seen, !hall.pending);
  }

  return { node, update };
}
