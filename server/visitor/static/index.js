// All pages of this hall. In a demo they open ready to use, and the logins stand beside them.

import { boot } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { clock, known, longDate, name, t } from "/static/text.js";
import { languageButton, speakChosen } from "/visitor/static/speak.js";

const { hall, kiosks, displays, user, demo } = boot.page;
const API = "/api/v1/openapi.json";

const place = document.getElementById("index");
const time = el("time", { class: "time" });

function render() {
  document.title = `${t("index.title")} · ${hall.name}`;
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(
    el("header", { class: "top on-sea" }, names(), el("div", { class: "now" }, languageButton(render), time)),
    el("main", {}, demo && band(), rooms(), officers(), programs()),
  );
  tick();
  if (hadFocus) place.querySelector(".speak").focus();
}

function names() {
  return el(
    "div",
    { class: "names" },
    el("h1", { dir: "auto", text: hall.name }),
    el("p", { class: "quiet", text: `${t("index.title")} · ${longDate()}` }),
  );
}

function band() {
  return el(
    "section",
    { class: "demo" },
    el("div", {}, el("h2", {}, icon("flask-conical"), t("index.demo")), el("p", { text: t("index.demo_text") })),
    demo.paper && link({ href: "/paper", picture: "receipt-text", title: t("index.paper"), text: t("index.paper_text") }),
  );
}

function rooms() {
  return el(
    "div",
    { class: "column" },
    group(t("index.kiosks"), kiosks.map((kiosk) => device("kiosk", "tablet-smartphone", kiosk)), t("index.none_kiosks")),
    group(t("index.boards"), displays.map((display) => device("display", "monitor", display)), t("index.none_boards")),
    !demo && el("p", { class: "quiet", text: t("index.devices_text") }),
  );
}

function device(kind, picture, { id, name: wording, href }) {
  const path = `/${kind}/${encodeURIComponent(id)}`;
  return link({ href: href ?? path, picture, title: name(wording), text: path });
}

function officers() {
  const text = user ? t("index.account", { name: user.name }) : t("index.counter_text");
  return el(
    "div",
    { class: "column officers" },
    group(t("index.officers"), [
      link({ href: "/counter/", picture: "headset", title: t("index.counter"), text }),
      link({ href: "/supervisor/", picture: "eye", title: t("index.supervisor"), text: t("index.supervisor_text") }),
      link({ href: "/reports/", picture: "chart-column", title: t("index.reports"), text: t("index.reports_text") }),
      link({ href: "/reports/satisfaction", picture: "star", title: t("index.satisfaction"), text: t("index.satisfaction_text") }),
      link({ href: "/admin/boards", picture: "monitor-cog", title: t("index.admin_boards"), text: t("index.admin_boards_text") }),
      link({ href: "/admin/printers", picture: "printer", title: t("index.printers"), text: t("index.printers_text") }),
    ]),
    demo?.logins.length > 0 && logins(demo.logins),
  );
}

function programs() {
  return group(t("index.api"), [link({ href: API, picture: "code-xml", title: t("index.api_link"), text: t("index.api_text") })]);
}

function group(title, cards, none) {
  const body = cards.length ? el("ul", { class: "cards" }, cards.map((card) => el("li", {}, card))) : el("p", { class: "quiet", text: none });
  return el("section", {}, el("h2", { text: title }), body);
}

/** A card that opens a page; in a demo beside this one, so that several can be watched together. */
function link({ href, picture, title, text }) {
  return el(
    "a",
    { class: "card link", href, ...(demo && { target: "_blank", rel: "noopener" }) },
    icon(picture),
    el(
      "span",
      { class: "words" },
      el("span", { class: "title", dir: "auto", text: title }),
      el("span", { class: "text", text }),
      demo && el("span", { class: "visually-hidden", text: ` ${t("index.new_tab")}` }),
    ),
    icon(demo ? "arrow-up-right" : "arrow-right"),
  );
}

function logins(all) {
  const withCounter = all.some(({ counter }) => counter);
  const heads = ["login_name", "login_password", "login_role", ...(withCounter ? ["login_counter"] : [])];
  return el(
    "section",
    { class: "logins" },
    el("h2", { id: "logins", text: t("index.logins") }),
    el(
      "table",
      { "aria-labelledby": "logins" },
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col", text: t(`index.${head}`) })))),
      el("tbody", {}, all.map((each) => login(each, withCounter))),
    ),
  );
}

function login({ name: who, password, role, counter }, withCounter) {
  const key = `index.role_${role}`;
  return el(
    "tr",
    {},
    el("th", { scope: "row", text: who }),
    el("td", {}, el("code", { text: password })),
    el("td", { text: known(key) ? t(key) : role }),
    withCounter && el("td", { text: counter ?? "–" }),
  );
}

function tick() {
  const now = clock();
  if (time.textContent !== now) time.textContent = now;
}

speakChosen();
render();
setInterval(tick, 1000);
