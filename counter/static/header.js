// The bar on top: which counter, who, the time, and what concerns the counter rather than a ticket.

import { el, icon } from "/static/dom.js";
import { button, otherLanguage, say } from "/static/parts.js";
import { clock, t } from "/static/text.js";

/** The bar: `title` and `detail` are nodes or words on the left, `tools` nodes on the right. */
export function header({ page, title, detail, tools, menu, now = () => Date.now() }) {
  const time = el("time", { class: "bar-clock" });
  const node = el(
    "header",
    { class: "bar on-sea" },
    el(
      "div",
      { class: "bar-where" },
      el("h1", { class: "bar-title" }, title),
      el("p", { class: "bar-detail" }, detail),
    ),
    el("div", { class: "bar-tools" }, tools, userMenu(page.state.user, menu), otherLanguage(page.setLanguage), time),
  );
  const tick = () => say(time, clock(now()));
  return { node, tick };
}

/** What supervisors and admins find in their menu besides; in a page of its own, so that the counter stays open. */
export function overseerPages(user) {
  if (!["supervisor", "admin"].includes(user.role)) return [];
  const entry = (picture, label, path) => ({ icon: picture, label, press: () => open(path, "_blank", "noopener") });
  return [
    entry("eye", t("counter.supervisor_page"), "/supervisor/"),
    entry("star", t("counter.satisfaction_page"), "/reports/satisfaction"),
    entry("printer", t("counter.printers_page"), "/admin/printers"),
  ];
}

/** The officer's name; under it what is done once a day. `menu` is [{icon, label, press}]. */
function userMenu(user, menu) {
  const entries = menu.map((entry) =>
    button(
      {
        class: "menu-entry",
        icon: icon(entry.icon),
        label: el("span", { text: entry.label }),
        press: () => {
          toggle(false);
          entry.press();
        },
      },
      entry.key,
    ),
  );
  const panel = el("div", { class: "menu-panel", hidden: true }, entries);
  const opener = button(
    {
      class: "button bare menu-opener",
      icon: icon("user"),
      label: el("span", { class: "menu-name", text: user.name }),
      "aria-expanded": "false",
      press: () => toggle(panel.hidden),
    },
    icon("chevron-down"),
  );
  const node = el("div", { class: "menu" }, opener, panel);

  function toggle(open) {
    if (open === !panel.hidden) return;
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    const listen = open ? "addEventListener" : "removeEventListener";
    document[listen]("pointerdown", outside, true);
    document[listen]("keydown", escape, true);
    if (open) entries[0].focus();
  }

  function outside(event) {
    if (!node.contains(event.target)) toggle(false);
  }

  function escape(event) {
    if (!node.isConnected) return toggle(false); // the view was drawn anew under an open menu
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      toggle(false);
      opener.focus();
    } else if (step) {
      event.preventDefault();
      entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
    }
    return undefined;
  }

  return node;
}
