// The emergency message: shown over everything after a second look, and cleared by one press.

import { el, icon } from "/static/dom.js";
import { button, say } from "/static/parts.js";
import { since, t } from "/static/text.js";
import { ask, field, line, several } from "/admin/static/forms.js";

/** {node, show(state)}; `changed()` is called when it was shown or cleared. */
export function emergencyCard(changed) {
  const words = el("p", { class: "words", dir: "auto" });
  const english = el("p", { class: "quiet", lang: "en", dir: "auto" });
  const when = el("p", { class: "quiet" });
  const show_ = button({ class: "button danger", icon: icon("siren"), label: t("admin.emergency_new"), press: write });
  const clear = button({ class: "button call", icon: icon("check"), label: t("admin.emergency_clear"), press: end });
  const node = el(
    "section",
    { class: "card emergency-card", "aria-labelledby": "emergency-title" },
    el("div", {}, el("h2", { id: "emergency-title", text: t("admin.emergency") }), words, english, when),
    el("p", { class: "answers" }, show_, clear),
  );
  let state = null;

  function write() {
    const indonesian = line("", { maxlength: 500, required: true });
    const other = line("", { maxlength: 500, lang: "en" });
    const zones = several(t("admin.where_zones"), state.zones);
    ask({
      title: t("admin.emergency_new"),
      parts: [
        el("p", { text: t("admin.emergency_hint") }),
        field(t("admin.text_id"), indonesian),
        field(t("admin.text_en"), other),
        zones.node,
      ],
      label: t("admin.emergency_show"),
      look: "danger",
      send: () => ["/api/v1/emergency", { text: { id: indonesian.value.trim(), en: other.value.trim() }, zones: zones.chosen() }],
      done: changed,
    });
  }

  function end() {
    const { text, since: from } = state.emergency; // another one may take its place while this is asked
    ask({
      title: t("admin.emergency_clear"),
      parts: [el("p", { class: "words", dir: "auto", text: text.id })],
      label: t("admin.emergency_clear"),
      look: "call",
      send: () => ["/api/v1/emergency/clear", { since: from }],
      done: changed,
    });
  }

  return {
    node,
    show(next) {
      state = next;
      const shown = next.emergency;
      node.toggleAttribute("data-shown", shown !== null);
      say(words, shown ? shown.text.id : t("admin.emergency_none"));
      say(english, shown?.text.en ?? "");
      say(when, shown ? t("admin.emergency_by", { time: since(shown.since), name: shown.by }) : "");
      clear.hidden = shown === null;
    },
  };
}
