// The quiet line at the bottom: the connection, the printers, the day's figures.

import { el } from "/static/dom.js";
import { known, t } from "/static/text.js";
import { mark, say } from "/counter/static/parts.js";
import { printerWords, spanShort, waitWords } from "/counter/static/phrases.js";

export function statusLine(terminal) {
  const lamp = el("span", { class: "lamp" });
  const line = el("span");
  const printers = el("span", { class: "status-printers" });
  const today = el("span", { class: "status-today" });
  const node = el("footer", { class: "status" }, el("span", { class: "status-line" }, lamp, line), printers, today);

  function render() {
    const status = terminal.live;
    mark(lamp, "good", status === "live");
    mark(lamp, "bad", status !== "live" && status !== "connecting");
    say(line, statusWords(status));
    const snapshot = terminal.snapshot;
    renderPrinters(snapshot?.printers ?? []);
    say(today, snapshot ? todayWords(snapshot.today) : "");
  }

  /** Those in trouble first; several that are ready need no names. */
  function renderPrinters(all) {
    const troubled = all.filter((printer) => printer.state !== "ready" && printer.state !== "unknown");
    const words = troubled.map(printerWords);
    for (const state of ["ready", "unknown"]) {
      const same = all.filter((printer) => printer.state === state);
      if (same.length === 1) words.push(printerWords(same[0]));
      if (same.length > 1) words.push(t(`counter.printers_${state}`, { n: same.length }));
    }
    say(printers, words.join(" · "));
    mark(printers, "trouble", troubled.length);
  }

  return { node, render };
}

function statusWords(status) {
  if (status === "live") return t("live.connected");
  if (status === "connecting") return t("live.connecting");
  const key = `counter.status_${status}`;
  return known(key) ? t(key) : t("counter.status_lost");
}

function todayWords(today) {
  const words = [t("counter.today_served", { n: today.served })];
  if (today.served && today.mean_service_seconds !== null)
    words.push(t("counter.today_mean", { span: spanShort(today.mean_service_seconds) }));
  if (today.max_wait_seconds) words.push(t("counter.today_longest", { wait: waitWords(today.max_wait_seconds) }));
  return words.join(" · ");
}
