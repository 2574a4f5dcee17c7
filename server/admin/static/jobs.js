// The slips of which nobody knows that the visitor has them, and the button that prints each of them again.

import { newKey } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { clock, known, t } from "/static/text.js";

const RECENT_MS = 12 * 3600_000;
const COMING = ["queued", "sending"];
const IN_QUEUE = ["waiting", "called", "serving", "held"];

/** {node, show(jobs, names, now_ms), busy()}; `printed()` is called after every reprint. */
export function jobList({ printed, expired }) {
  const pressed = new Map(); // job -> {state: "sending", "sent" or "failed", key, words()}
  const line = el("p", { class: "line", role: "status", hidden: true });
  const empty = el("p", { class: "nothing good", hidden: true }, icon("circle-check"), el("span", { text: t("admin.jobs_none") }));
  const rows = el("ul", { class: "jobs" });
  const show = keyed(rows, () => row(press));
  let shown = [];
  const node = el(
    "section",
    { class: "card troubled", "aria-labelledby": "troubled" },
    el("h2", { id: "troubled", text: t("admin.jobs") }),
    el("p", { class: "quiet", text: t("admin.jobs_hint") }),
    line,
    empty,
    rows,
  );

  async function press(job) {
    const before = pressed.get(job.id);
    if (before && before.state !== "failed") return;
    // One key for one wish: pressing again after a lost answer prints no second copy.
    const key = before?.key ?? newKey();
    pressed.set(job.id, { state: "sending", key });
    render();
    try {
      await deliver(`/api/v1/tickets/${job.tickets[0].id}/reprint`, {}, key);
      pressed.set(job.id, { state: "sent", key });
      line.hidden = true;
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      pressed.set(job.id, { state: "failed", key: problem.passing ? key : newKey() });
      if (problem.status === 401) expired();
      else tell(problem);
    }
    render();
    printed();
  }

  function tell(problem) {
    const key = `admin.problem_${problem.code}`;
    say(line, known(key) ? t(key) : t("admin.problem", { code: problem.code }));
    line.hidden = false;
  }

  function render() {
    show(shown.map((job) => ({ ...job, pressed: pressed.get(job.id)?.state })));
    empty.hidden = shown.length > 0;
  }

  return {
    node,
    busy: () => shown.some((job) => COMING.includes(job.later?.state) || pressed.get(job.id)?.state === "sent"),
    show(jobs, names, now_ms) {
      // What was printed again since is settled; and what failed again stands in the list by itself.
      const open = jobs.filter((job) => !job.later || COMING.includes(job.later.state));
      const recent = newestOfEach(open).filter((job) => now_ms - Date.parse(job.created_at) < RECENT_MS);
      shown = recent.map((job) => ({ ...job, printer_name: names.get(job.printer) ?? job.printer }));
      render();
    },
  };
}

/** Of several jobs for the same tickets (a slip and its copies) the newest; `jobs` are newest first. */
function newestOfEach(jobs) {
  const seen = new Set();
  return jobs.filter((job) => {
    const whose = job.tickets.map((ticket) => ticket.id).join(" ") || `job ${job.id}`;
    return !seen.has(whose) && seen.add(whose);
  });
}

function row(press) {
  let job = null;
  const number = el("p", { class: "number" });
  const what = el("p", { class: "what" });
  const where = el("p", { class: "quiet where" });
  const reason = el("p", { class: "quiet reason", lang: "en" });
  const label = el("span");
  const again = button({ class: "button again", icon: icon("printer"), label, press: () => press(job) });
  const node = el("li", {}, number, el("div", { class: "about" }, what, where, reason), again);
  return {
    node,
    update(next) {
      job = next;
      const coming = job.pressed === "sending" || job.pressed === "sent" || COMING.includes(job.later?.state);
      say(number, job.tickets.map((ticket) => ticket.number).join(" · "));
      say(what, t(`admin.job_${job.state}`));
      say(where, whereWords(job));
      say(reason, job.reason ?? "");
      reason.hidden = !job.reason;
      say(label, t(coming ? "admin.reprint_coming" : "admin.reprint"));
      again.hidden = job.tickets.length === 0;
      enable(again, !coming);
      mark(node, "coming", coming);
    },
  };
}

function whereWords(job) {
  const words = [clock(job.created_at), job.printer_name];
  if (job.copy) words.push(t("admin.job_copy"));
  if (job.tickets.length > 0 && !job.tickets.some((ticket) => IN_QUEUE.includes(ticket.state))) words.push(t("admin.job_over"));
  return words.join(" · ");
}
