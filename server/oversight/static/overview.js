// The overview: what needs somebody now on top, then every agency; beside it the counters, the messages, the
// voices, the devices.

import { el, icon } from "/static/dom.js";
import { mark, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";
import { agencyPanel } from "/oversight/static/agencies.js";
import { alertPanel } from "/oversight/static/alerts.js";
import { counterPanel } from "/oversight/static/counters.js";
import { devicePanel } from "/oversight/static/devices.js";
import { counterDrawer } from "/oversight/static/drawer.js";
import { HallNow } from "/oversight/static/hall.js";
import { hoursDialog } from "/oversight/static/hours.js";
import { messageDialog, messagePanel } from "/oversight/static/messages.js";
import { moveDialog } from "/oversight/static/moving.js";
import { queueDialog } from "/oversight/static/queue.js";
import { alertTone } from "/oversight/static/sound.js";
import { silentBoards, voicePanel } from "/oversight/static/voices.js";

const LOST_SHOWN_MS = 2_000; // a line that is back at once was never worth a word

export function overviewView(page) {
  const hall = new HallNow({ onChange: () => render(), onAlert: alertTone, onExpired: page.expired });
  const lamp = el("span", { class: "lamp" });
  const connection = el("span");
  const lost = el("p", { class: "offline", role: "status", hidden: true }, icon("wifi-off"), el("span"));
  const line = el("p", { class: "line", role: "status" });
  const loading = el("p", { class: "loading quiet", text: t("oversight.loading") });

  const move = moveDialog(hall);
  const hours = hoursDialog(hall);
  const write = messageDialog(hall);
  const queue = queueDialog(hall, { move: move.open });
  const drawer = counterDrawer(hall, { move: move.open, write: write.open });
  const dialogs = [queue, drawer, move, hours, write];

  const alerts = alertPanel(hall);
  const agencies = agencyPanel(hall, { queue: queue.open, hours: hours.open });
  const counters = counterPanel(hall, { open: drawer.open });
  const messages = messagePanel(hall, { write: write.open });
  const voices = voicePanel(hall);
  const devices = devicePanel(hall);
  const silent = silentBoards(hall);
  const panels = [alerts, silent, agencies, counters, messages, voices, devices];
  const body = el(
    "div",
    { class: "panels" },
    el("div", { class: "main-column" }, alerts.node, silent.node, agencies.node),
    el("div", { class: "side-column" }, counters.node, messages.node, voices.node, devices.node),
  );
  const status = el("p", { class: "connection" }, lamp, connection);
  const title = el("h1", { class: "visually-hidden", text: t("oversight.title") }); // to be seen, it stands in the bar
  const node = el("main", { class: "sheet" }, title, lost, line, loading, body, status, dialogs.map((each) => each.node));

  function render() {
    const ready = hall.snapshot !== null;
    loading.hidden = ready;
    body.hidden = !ready;
    mark(body, "old", hall.offline);
    if (ready) for (const part of [...panels, ...dialogs]) part.render();
    renderLine();
    renderConnection();
  }

  function renderLine() {
    const notice = hall.notice;
    const words = notice?.words() ?? "";
    line.hidden = !words;
    say(line, words);
    line.dataset.tone = notice?.tone ?? "";
    const open = dialogs.findLast((each) => each.node.open); // the one on top
    open?.tell?.(words, notice?.tone);
  }

  function renderConnection() {
    mark(lamp, "good", hall.live === "live");
    mark(lamp, "bad", hall.live !== "live" && hall.live !== "connecting");
    const key = hall.live === "live" ? "live.connected" : hall.live === "connecting" ? "live.connecting" : "oversight.not_connected";
    say(connection, t(key));
    const lasts = hall.lost_ms !== null && performance.now() - hall.lost_ms >= LOST_SHOWN_MS;
    lost.hidden = !lasts;
    if (lasts) say(lost.lastChild, lostWords());
  }

  function lostWords() {
    if (hall.live_reason === "restarting") return t("live.restarting");
    if (hall.live === "busy") return t("live.busy");
    if (hall.live === "refused") return t("oversight.problem_other", { code: hall.live_reason });
    return hall.snapshot ? t("oversight.offline", { time: clock(hall.taken_ms) }) : t("live.lost");
  }

  function tick() {
    hall.hush();
    if (hall.snapshot && !hall.offline) for (const part of [...panels, ...dialogs]) part.tick?.();
    if (hall.lost_ms !== null) renderConnection();
  }

  hall.start();
  return {
    node,
    render,
    tick,
    close() {
      hall.close();
      for (const each of dialogs) each.node.close();
    },
  };
}
