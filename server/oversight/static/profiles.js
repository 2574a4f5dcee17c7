// By which of its profiles a counter works: seen and switched from the side.

import { el } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { name, t } from "/static/text.js";
import { counterWords } from "/oversight/static/phrases.js";

/** {node, show(counter, profiles)}; nothing is shown of a counter that has no other profiles than its usual one. */
export function profileChoice(hall) {
  const list = el("div", { class: "profiles", role: "group", "aria-labelledby": "profiles-title" });
  const show = keyed(list, (each) => choice(each));
  const node = el("div", { class: "profile-block" }, el("h3", { id: "profiles-title", text: t("oversight.profile") }), list);
  let counter = null;

  function choice({ profile }) {
    const label = el("span", { class: "profile-name", dir: "auto" });
    const services = el("span", { class: "profile-services", dir: "auto" });
    const node = button({ class: "button", label: el("span", { class: "profile-words" }, label, services), press });

    function press() {
      const path = `/counters/${encodeURIComponent(counter.id)}/profile`;
      const told = { counter: counterWords(counter.label), profile: label.textContent };
      return hall.command(path, { profile, expect: counter.current?.id ?? null }, () => t("oversight.profile_done", told));
    }

    function update({ profile, name: wording, services: served }) {
      const now = counter.profile === profile;
      say(label, profile === null ? t("oversight.profile_usual") : name(wording));
      say(services, served.map((service) => serviceWords(service, hall)).join(", "));
      mark(node, "chosen", now);
      node.setAttribute("aria-pressed", String(now));
      enable(node, !now && !hall.pending);
    }

    return { node, update };
  }

  return {
    node,
    show(of, profiles) {
      counter = of;
      node.hidden = profiles.length < 2;
      // The usual one has no id; a part needs one, and a counter's parts are not another's.
      show(profiles.map((each) => ({ ...each, profile: each.id, id: `${of.id}/${each.id ?? ""}` })));
    },
  };
}

/** "A Akta Kelahiran". */
function serviceWords(id, hall) {
  const service = hall.services.find((each) => each.id === id);
  return service ? `${service.prefix} ${name(service.name)}` : id;
}
