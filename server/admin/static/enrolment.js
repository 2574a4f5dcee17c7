// Screens that show a code and wait to be made a board.

import { get } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { button, keyed, say } from "/static/parts.js";
import { name, since, t } from "/static/text.js";
import { ask, field, line, pick, several } from "/admin/static/forms.js";

const LOOK_MS = 3_000;
const NEW = "";

/** {node, show(state), close()}; `changed()` is called when a screen was accepted or refused. */
export function enrolmentCard(changed) {
  const rows = el("ul", { class: "codes" });
  const hint = el("p", { class: "quiet", text: t("admin.enrol_hint", { address: `${location.origin}/display/` }) });
  const node = el(
    "section",
    { class: "card", "aria-labelledby": "enrol-title" },
    el("h2", { id: "enrol-title", text: t("admin.enrol") }),
    hint,
    rows,
  );
  const show = keyed(rows, () => codeRow({ accept, refuse }));
  const looking = setInterval(look, LOOK_MS);
  let state = null;
  look();

  async function look() {
    try {
      const { enrolments } = await get("/api/v1/display-enrolments");
      show(enrolments.map((each) => ({ ...each, id: each.code })));
    } catch (problem) {
      if (problem.status === undefined) throw problem; // without the server the page says so itself
    }
  }

  function done() {
    look();
    changed();
  }

  function accept({ code }) {
    const form = boardForm(state);
    ask({
      title: t("admin.enrol_accept_title", { code }),
      parts: form.parts,
      label: t("admin.enrol_accept"),
      send: () => [`/api/v1/display-enrolments/${code}/accept`, form.body()],
      done,
    });
  }

  function refuse({ code }) {
    ask({
      title: t("admin.enrol_refuse_title", { code }),
      parts: [el("p", { text: t("admin.enrol_refuse_text") })],
      label: t("admin.enrol_refuse"),
      look: "danger",
      send: () => [`/api/v1/display-enrolments/${code}/refuse`, {}],
      done,
    });
  }

  return { node, show: (next) => (state = next), close: () => clearInterval(looking) };
}

function codeRow({ accept, refuse }) {
  let enrolment = null;
  const code = el("p", { class: "number code" });
  const about = el("p", { class: "quiet" });
  const yes = button({ class: "button primary", icon: icon("check"), label: t("admin.enrol_accept"), press: () => accept(enrolment) });
  const no = button({ class: "button", label: t("admin.enrol_refuse"), press: () => refuse(enrolment) });
  return {
    node: el("li", {}, el("div", {}, code, about), el("p", { class: "tools" }, yes, no)),
    update(next) {
      enrolment = next;
      say(code, next.code);
      say(about, t("admin.enrol_from", { address: next.address, time: since(next.asked_at) }));
    },
  };
}

/** Which board a screen becomes: one that is there, or a new one with all that it needs. */
function boardForm({ boards, zones, layouts, agencies, counters }) {
  const which = pick([...boards.map(({ id, name: wording }) => ({ id, words: name(wording) })), { id: NEW, words: t("admin.board_new") }], NEW);
  const title = line("", { maxlength: 200 });
  const english = line("", { maxlength: 200, lang: "en" });
  const id = line("", { maxlength: 40, pattern: "[a-z0-9][a-z0-9-]*" });
  const where = several(t("admin.board_zones"), zones, zones.length === 1 ? [zones[0].id] : []);
  const layout = pick(layouts.map((each) => ({ id: each.id, words: name(each.name) })), "calls");
  const agency = pick(agencies.map((each) => ({ id: each.id, words: name(each.name) })), agencies[0]?.id);
  const counter = pick(counters.map((each) => ({ id: each.id, words: each.label })), counters[0]?.id);
  const text = pick(["normal", "large", "huge"].map((size) => ({ id: size, words: t(`admin.size_${size}`) })), "normal");
  const ofAgency = field(t("admin.board_agency"), agency);
  const ofCounter = field(t("admin.board_counter"), counter);
  const fresh = el(
    "div",
    { class: "fresh" },
    field(t("admin.board_name_id"), title),
    field(t("admin.board_name_en"), english),
    field(t("admin.board_id"), id, t("admin.board_id_hint")),
    where.node,
    field(t("admin.board_layout"), layout),
    ofAgency,
    ofCounter,
    field(t("admin.board_text"), text),
  );

  const about = () => layouts.find((each) => each.id === layout.value)?.about;
  function shape() {
    fresh.hidden = which.value !== NEW;
    ofAgency.hidden = about() !== "agency";
    ofCounter.hidden = about() !== "counter";
  }
  for (const each of [which, layout]) each.addEventListener("change", shape);
  shape();

  function body() {
    if (which.value !== NEW) return { display: which.value };
    return {
      board: {
        id: id.value.trim(),
        name: { id: title.value.trim(), en: english.value.trim() || title.value.trim() },
        zones: where.chosen(),
        layout: layout.value,
        text: text.value,
        ...(about() === "agency" && { agency: agency.value }),
        ...(about() === "counter" && { counter: counter.value }),
      },
    };
  }

  return { parts: [field(t("admin.board_which"), which), fresh], body };
}
