// The third page: the number. The largest thing here, and what to do next right below it. Of several, the first to be
// done is large, and the others stand below it in their order.

import { el, icon } from "/static/dom.js";
import { allOf, clock, name, t } from "/static/text.js";
import { say } from "/kiosk/static/keyed.js";
import { heading } from "/kiosk/static/shell.js";

const MANY = 4; // with more numbers than these beside the first they stand in two columns

/** {nodes, focus, update(state)}; `state.answer` is what POST /api/v1/tickets gave. */
export function ticket(act, state) {
  const { answer, catalogue } = state;
  const [first, ...others] = answer.tickets;
  const service = catalogue.service.get(first.service);
  const agency = catalogue.agency.get(first.agency);
  const number = el("p", { class: "number", text: first.number });
  number.style.setProperty("--letters", Math.max(4, letters(first.number)));
  const title = heading(name(service?.name));
  const slip = el("p", { class: "slip", role: "status" });
  const trouble = el("p", { class: "offline", role: "alert", hidden: true });
  const scan = answer.qr && code(answer.qr);
  const cancel = el("button", { class: "button cancel", type: "button", text: t(others.length ? "kiosk.cancel_all" : "kiosk.cancel"), on: { click: act.cancel } });
  const done = el("button", { class: "button call done", type: "button", on: { click: act.reset } });
  const main = el(
    "main",
    { class: "ticket", data: { others: others.length > MANY ? "many" : others.length ? "few" : "none" } },
    el("div", { class: "whose" }, el("p", { class: "agency-name", dir: "auto", text: name(agency?.name) }), title),
    el(
      "section",
      { class: "paper card" },
      el("p", { class: "label", text: t(others.length ? "kiosk.first_number" : "kiosk.your_number", { n: answer.tickets.length }) }),
      number,
      facts(first, catalogue.zone.get(agency?.zone)),
      scan,
    ),
    others.length > 0 && then(others, catalogue),
    el("div", { class: "next" }, answer.warning && caution(answer.warning), slip, trouble),
    el("div", { class: "decide" }, cancel, done),
  );
  let pictured = null;
  return {
    nodes: [main],
    focus: title,
    update(now) {
      const { way, picture, words } = slipOf(now);
      main.dataset.slip = way;
      if (pictured !== picture) slip.replaceChildren(icon(picture), el("span"));
      pictured = picture;
      say(slip.lastChild, words);
      if (scan) say(scan.lastChild, t(way === "here" || way === "elsewhere" ? "kiosk.scan" : "kiosk.scan_instead"));
      cancel.disabled = !now.mayCancel;
      done.disabled = now.cancelling;
      done.textContent = t("kiosk.done", { n: now.left });
      trouble.hidden = !now.trouble;
      trouble.textContent = now.trouble ? t(now.trouble, { number: left(now) }) : "";
    },
  };
}

/** What the visitor should know of this number: the hall may close before its turn. */
function caution({ text }) {
  return el("p", { class: "caution", role: "note" }, icon("clock-alert"), el("span", { text: name(text) }));
}

/** How wide a number is, in digits: W and M are half as wide again, the other capitals a little wider. */
function letters(number) {
  return [...number].reduce((sum, each) => sum + (/[WM]/.test(each) ? 1.55 : /[A-Z]/.test(each) ? 1.15 : 1), 0);
}

/** The numbers that are not cancelled. */
function left({ answer, uncancelled }) {
  return allOf(answer.tickets.filter((each) => uncancelled.has(each.id)).map((each) => each.number));
}

/** Where this visitor's slip comes out, and what to do: {way, picture, words}. */
function slipOf({ answer, slips }) {
  const way = answer.print_job ? slips.way : "none";
  if (way === "here") return { way, picture: "printer", words: t("kiosk.take_slip") };
  if (way === "elsewhere") return { way, picture: "printer", words: t("kiosk.take_slip_at", { printer: name(slips.at.name) }) };
  const words = way === "none" ? "kiosk.no_slip" : answer.qr ? "kiosk.photo_or_scan" : "kiosk.photo_or_note";
  return { way, picture: "smartphone", words: t(words) };
}

/** The numbers after the first, and that none of them is lost when another is called before it. */
function then(others, catalogue) {
  const row = (each, i) => {
    const agency = catalogue.agency.get(each.agency);
    const where = [agency?.short_name ?? agency?.name, catalogue.zone.get(agency?.zone)?.name].map(name).filter(Boolean);
    return el(
      "li",
      {},
      el("span", { class: "place", text: String(i + 2) }),
      el("span", { class: "number", text: each.number }),
      el(
        "span",
        { class: "about" },
        el("span", { class: "what", dir: "auto", text: name(catalogue.service.get(each.service)?.name) }),
        el("span", { class: "where", dir: "auto", text: where.join(" · ") }),
      ),
    );
  };
  return el("section", { class: "then" }, el("p", { class: "label", text: t("kiosk.then") }), el("ol", {}, others.map(row)));
}

function facts(first, zone) {
  const when = around(first);
  return el(
    "dl",
    { class: "facts" },
    fact(t("kiosk.ahead"), first.ahead === 0 ? t("kiosk.you_next") : t("kiosk.people", { n: first.ahead })),
    when && fact(t("kiosk.called_around"), when),
    zone && fact(t("kiosk.wait_in"), name(zone.name)),
  );
}

function fact(label, value) {
  return el("div", {}, el("dt", { text: label }), el("dd", { dir: "auto", text: value }));
}

/** "10.02–10.17", counted from the moment of issue; null where nothing is known. */
function around({ estimate, issued_at }) {
  if (!estimate) return null;
  if (estimate.high_minutes <= 2) return t("kiosk.soon");
  const at = (minutes) => clock(Date.parse(issued_at) + minutes * 60_000);
  const [from, to] = [at(estimate.low_minutes), at(estimate.high_minutes)];
  return from === to ? from : `${from}–${to}`;
}

function code(address) {
  return el("div", { class: "scan" }, el("img", { src: address, alt: t("kiosk.qr_alt") }), el("p"));
}
