// The printers of the hall, live: how each one is and what to do about it, the slips that nobody is sure of, and
// what a slip looks like here.

import { boot, get } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { connect } from "/static/live.js";
import { keyed, mark, say } from "/static/parts.js";
import { clock, name, t } from "/static/text.js";
import { jobList } from "/admin/static/jobs.js";
import { slipPictures } from "/admin/static/pictures.js";
import { printerCard, prints } from "/admin/static/printer.js";

const SOON_MS = 1_000; // a burst of events asks again once a second at most
const LOOK_MS = 4_000; // a slip that has come out tells no screen: while one is on its way, look
const LOST_SHOWN_MS = 2_000; // a line that is back at once was never worth a word

export function printersView(page) {
  let printers = null;
  let jobs = [];
  let status = "connecting";
  let problem = null; // the server's code, where it withholds the snapshot
  let known_ms = 0;
  let lost_ms = null;
  let timer = null;

  const lamp = el("span", { class: "lamp" });
  const connection = el("span");
  const summary = el("p", { class: "summary" });
  const notice = el("p", { class: "offline", role: "status", hidden: true }, icon("wifi-off"), el("span"));
  const cards = el("div", { class: "printers" });
  const show = keyed(cards, printerCard);
  const empty = el("p", { class: "nothing", hidden: true });
  const list = jobList({ printed: soon, expired: page.expired });
  const pictures = slipPictures();
  const lower = el("div", { class: "lower" }, list.node, pictures.node);
  const node = el(
    "main",
    { class: "sheet" },
    el(
      "div",
      { class: "head" },
      el("div", {}, el("h1", { text: t("admin.printers") }), summary),
      el("p", { class: "connection" }, lamp, connection),
    ),
    notice,
    cards,
    empty,
    lower,
  );

  const line = connect({
    screen: "supervisor",
    id: "",
    snapshot,
    onSnapshot(json) {
      printers = json.printers;
      jobs = json.jobs;
      known_ms = line.now();
      render();
    },
    onEvent(event, message) {
      const told = message.printer && printers.find((each) => each.id === message.printer.id);
      if (told) Object.assign(told, message.printer);
      if (told || event === "ticket.issued" || event === "hall.changed") soon();
      if (told) render();
    },
    onStatus(next, { reason }) {
      [status, problem] = [next, reason];
      lost_ms = next === "live" ? null : (lost_ms ?? performance.now());
      if (next === "refused" && reason === "unauthorized") return page.expired();
      return render();
    },
  });
  const looking = setInterval(() => onTheWay() && line.refresh(), LOOK_MS);

  async function snapshot() {
    const [found, troubled] = await Promise.all([get("/api/v1/printers"), get("/api/v1/print-jobs?limit=50")]);
    return { ...found, jobs: troubled.jobs };
  }

  function onTheWay() {
    return printers?.some((each) => each.jobs_waiting > 0) || list.busy();
  }

  function soon() {
    timer ??= setTimeout(() => {
      timer = null;
      line.refresh();
    }, SOON_MS);
  }

  function render() {
    renderConnection();
    mark(node, "waiting", printers === null);
    empty.hidden = printers?.length > 0;
    if (printers === null) {
      say(summary, t("admin.loading_text"));
      say(empty, t("admin.loading"));
      return;
    }
    say(empty, t("admin.no_printers"));
    say(summary, summaryWords(printers));
    show(printers.map((each) => around(each, printers)));
    lower.hidden = printers.length === 0;
    list.show(jobs, new Map(printers.map((each) => [each.id, name(each.name)])), line.now());
  }

  function renderConnection() {
    mark(lamp, "good", status === "live");
    mark(lamp, "bad", status !== "live" && status !== "connecting");
    say(connection, t(status === "live" ? "live.connected" : status === "connecting" ? "live.connecting" : "admin.not_connected"));
    const lasts = lost_ms !== null && performance.now() - lost_ms >= LOST_SHOWN_MS;
    notice.hidden = !lasts;
    if (lasts) say(notice.lastChild, lostWords());
  }

  function lostWords() {
    if (problem === "restarting" || status === "busy") return t(`live.${problem === "restarting" ? "restarting" : "busy"}`);
    if (status === "refused") return t("admin.problem", { code: problem });
    return printers === null ? t("live.lost") : t("admin.offline", { time: clock(known_ms) });
  }

  return {
    node,
    render,
    tick: () => lost_ms !== null && renderConnection(),
    close() {
      clearInterval(looking);
      clearTimeout(timer);
      line.close();
    },
  };
}

/** A printer with the names of what stands around it. */
function around(printer, all) {
  const other = all.find((each) => each.id === printer.fallback);
  return {
    ...printer,
    kiosk_names: printer.kiosks.map((id) => name(boot.page.kiosks[id]) || id),
    fallback_name: other ? name(other.name) : "",
    stands_in_for: all.filter((each) => each.standing_in && each.fallback === printer.id).map((each) => name(each.name)),
  };
}

function summaryWords(printers) {
  const dead = printers.filter((each) => !prints(each) && each.state !== "unknown").length;
  if (dead > 0) return t("admin.summary_trouble", { count: dead, all: printers.length });
  const low = printers.filter((each) => each.state === "paper_low").length;
  if (low > 0) return t("admin.summary_low", { count: low, all: printers.length });
  return printers.every(prints) ? t("admin.summary_good") : t("admin.summary_unknown");
}
