// The quiet line at the bottom: the connection, the printers, the day's figures.

import { el } from "/static/dom.js";
import { mark, say } from "/static/parts.js";
import { known, t } from "/static/text.js";
import { printerWords, spanShort, troubled, waitWords } from "/counter/static/phrases.js";

const SHOWN = 2; // so many printers in trouble are told in words; how many more, the line says

export function statusLine(terminal) {
  const lamp = el("span", { class: "lamp" });
  const line = el("span");
  const trouble = el("span", { class: "trouble", role: "status" });
  const hint = el("span", { class: "hint" });
  const well = el("span");
  const printers = el("span", { class: "status-printers" }, trouble, hint, well);
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

  /** Those in trouble first, then paper that will not last; several that are well need no names. */
  function renderPrinters(all) {
    const bad = all.filter(troubled);
    const low = all.filter((printer) => printer.state === "paper_low");
    const words = inTrouble(bad, all);
    say(trouble, words.join(" · "));
    trouble.title = bad.map((printer) => printerWords(printer, all)).join("\n"); // what a narrow line cuts off
    say(hint, low.map((printer) => printerWords(printer, all)).join(" · "));
    say(well, bad.length || low.length ? "" : wellWords(all).join(" · "));
  }

  return { node, render };
}

function inTrouble(bad, all) {
  const words = bad.slice(0, SHOWN).map((printer) => printerWords(printer, all));
  if (bad.length > SHOWN) words.push(t("counter.printers_more", { n: bad.length - SHOWN }));
  return words;
}

function wellWords(all) {
  return ["ready", "unknown"].flatMap((state) => {
    const same = all.filter((printer) => printer.state === state);
    if (same.length > 1) return [t(`counter.printers_${state}`, { n: same.length })];
    return same.map((printer) => printerWords(printer, all));
  });
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
