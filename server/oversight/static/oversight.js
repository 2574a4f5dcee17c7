// The supervisor's page: who is logged in, who may look, and the frame around the overview.

import { boot } from "/static/api.js";
import { ticking } from "/static/clocks.js";
import { el, icon } from "/static/dom.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { button, otherLanguage, say } from "/static/parts.js";
import { login, logout } from "/static/session.js";
import { clock, setLanguage, t } from "/static/text.js";
import { overviewView } from "/oversight/static/overview.js";
import { soundSwitch } from "/oversight/static/sound.js";

const LANGUAGE_KEY = "antrean.oversight.language";

const app = document.getElementById("app");
let user = boot.page.user ?? null;
let view = null;
let drawn = null; // how the present view is made, to make it again in another language

/** What the views may do to the page around them. */
const page = {
  async login(name, password) {
    user = await login(name, password);
    enter();
  },
  expired: () => toLogin(() => t("login.expired")),
  setLanguage(language) {
    setLanguage(language);
    remember(LANGUAGE_KEY, language);
    draw(drawn);
  },
};

function draw(make) {
  drawn = make;
  view?.close?.();
  document.title = `${t("oversight.title")} · ${boot.page.hall.name}`;
  view = make();
  app.replaceChildren(view.node);
  view.render();
  view.focus?.();
}

function toLogin(words) {
  user = null;
  draw(() => loginView(page, words, { product: "oversight.product", hint: "oversight.login_hint" }));
}

function enter() {
  draw(() => framed(boot.page.roles.includes(user.role) ? overviewView(page) : refusedView()));
}

/** The bar on top, around a view's main part. */
function framed(inner) {
  const time = el("time", { class: "bar-clock" });
  const link = (href, picture, label) => el("a", { class: "button bare", href }, icon(picture), el("span", { text: label }));
  const out = button({ class: "button bare", icon: icon("log-out"), label: el("span", { text: t("oversight.logout") }), press: leave });
  const bar = el(
    "header",
    { class: "bar on-sea" },
    el("p", { class: "bar-hall", dir: "auto", text: boot.page.hall.name }),
    el("h1", { class: "bar-title", text: t("oversight.title") }),
    el(
      "div",
      { class: "bar-tools" },
      link("/admin/boards", "monitor", t("oversight.boards_page")),
      link("/admin/printers", "printer", t("oversight.printers_page")),
      soundSwitch(),
      el("span", { class: "bar-user", text: user.name }),
      out,
      otherLanguage(page.setLanguage),
      time,
    ),
  );

  async function leave() {
    try {
      await logout();
      toLogin(null);
    } catch (problem) {
      inner.tell?.(problem);
    }
  }

  function tick() {
    say(time, clock());
    inner.tick?.();
  }

  function render() {
    tick();
    inner.render();
  }

  return { node: el("div", { class: "oversight" }, bar, inner.node), render, tick, close: inner.close };
}

/** Somebody who is logged in, but whose work this is not. */
function refusedView() {
  const node = el(
    "main",
    { class: "message" },
    icon("lock"),
    el("h2", { text: t("oversight.refused_title") }),
    el("p", { class: "quiet", text: t("oversight.refused", { name: user.name }) }),
    el("a", { class: "button", href: "/counter/" }, icon("headset"), t("oversight.to_counter")),
  );
  return { node, render: () => undefined };
}

setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
ticking(() => view?.tick?.());
if (user) enter();
else toLogin(null);
