// The running text: its messages in their order, each with its days and places; written, paused, moved and deleted here.

import { deliver } from "/static/delivery.js";
import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { ask, field, line, problemWords, several } from "/admin/static/forms.js";

/** {node, show(state)}; `changed()` is called after every change. */
export function messagesCard(changed) {
  const wrong = el("p", { class: "wrong", role: "status", hidden: true });
  const rows = el("ol", { class: "messages" });
  const empty = el("p", { class: "nothing", text: t("admin.messages_none") });
  const add = button({ class: "button primary", icon: icon("plus"), label: t("admin.message_new"), press: () => write(null) });
  const node = el(
    "section",
    { class: "card", "aria-labelledby": "messages-title" },
    el("h2", { id: "messages-title", text: t("admin.messages") }),
    el("p", { class: "quiet", text: t("admin.messages_hint") }),
    wrong,
    rows,
    empty,
    el("p", { class: "answers" }, add),
  );
  const show = keyed(rows, () => messageRow({ write, change }));
  let state = null;

  async function change(message, path, body) {
    try {
      await deliver(`/api/v1/board-messages/${message.id}${path}`, body);
      wrong.hidden = true;
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      say(wrong, problemWords(problem));
      wrong.hidden = false;
    }
    changed();
  }

  function write(message) {
    const id = line(message?.text.id, { maxlength: 500, required: true });
    const en = line(message?.text.en, { maxlength: 500, lang: "en" });
    const first = line(message?.first_day, { type: "date" });
    const last = line(message?.last_day, { type: "date" });
    const zones = several(t("admin.where_zones"), state.zones, message?.zones);
    const boards = several(t("admin.where_boards"), state.boards, message?.boards);
    ask({
      title: t(message ? "admin.message_change" : "admin.message_new"),
      parts: [
        field(t("admin.text_id"), id),
        field(t("admin.text_en"), en),
        el("div", { class: "days" }, field(t("admin.first_day"), first), field(t("admin.last_day"), last)),
        zones.node,
        boards.node,
      ],
      label: t("admin.save"),
      send: () => [
        `/api/v1/board-messages${message ? `/${message.id}` : ""}`,
        {
          text: { id: id.value.trim(), en: en.value.trim() },
          first_day: first.value,
          last_day: last.value,
          zones: zones.chosen(),
          boards: boards.chosen(),
        },
      ],
      done: changed,
    });
  }

  return {
    node,
    show(next) {
      state = next;
      empty.hidden = next.messages.length > 0;
      const last = next.messages.length;
      show(next.messages.map((message) => ({ ...message, last, around: next })));
    },
  };
}

function messageRow({ write, change }) {
  let message = null;
  const words = el("p", { class: "words", dir: "auto" });
  const english = el("p", { class: "quiet", lang: "en", dir: "auto" });
  const about = el("p", { class: "quiet" });
  const small = (sign, key, press) => button({ class: "button bare", icon: icon(sign), label: "", "aria-label": t(key), title: t(key), press });
  const up = small("arrow-up", "admin.message_up", () => change(message, "", { position: message.position - 1 }));
  const down = small("arrow-down", "admin.message_down", () => change(message, "", { position: message.position + 1 }));
  const pausing = el("span");
  const pause = button({ class: "button", label: pausing, press: () => change(message, "", { paused: !message.paused }) });
  const edit = button({ class: "button", icon: icon("pencil"), label: t("admin.message_edit"), press: () => write(message) });
  const gone = button({ class: "button danger", icon: icon("x"), label: t("admin.message_delete"), press: () => change(message, "/delete", {}) });
  const node = el("li", {}, el("div", {}, words, english, about), el("p", { class: "tools" }, up, down, pause, edit, gone));
  return {
    node,
    update(next) {
      message = next;
      mark(node, "dim", !next.due);
      say(words, next.text.id);
      say(english, next.text.en);
      say(about, whenAndWhere(next));
      say(pausing, t(next.paused ? "admin.message_resume" : "admin.message_pause"));
      enable(up, next.position > 1);
      enable(down, next.position < next.last);
    },
  };
}

function whenAndWhere({ paused, due, first_day, last_day, zones, boards, around }) {
  const named = (ids, all) => all.filter(({ id }) => ids.includes(id)).map((each) => name(each.name)).join(", ");
  const place = boards.length ? named(boards, around.boards) : zones.length ? named(zones, around.zones) : t("admin.everywhere");
  const days = first_day || last_day ? `${first_day || "…"} – ${last_day || "…"}` : t("admin.always");
  return [t(paused ? "admin.message_paused" : due ? "admin.message_shown" : "admin.message_not_due"), days, place].join(" · ");
}
