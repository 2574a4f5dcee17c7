// The pages of those who keep the hall running: who is logged in, who may look, and the frame around each page.

import { boot } from "/static/api.js";
import { ticking } from "/static/clocks.js";
import { el, icon } from "/static/dom.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { button, otherLanguage, say } from "/static/parts.js";
import { login, logout } from "/static/session.js";
import { clock, setLanguage, t } from "/static/text.js";
import { boardsView } from "/admin/static/boards.js";
import { printersView } from "/admin/static/printers.js";

const LANGUAGE_KEY = "antrean.admin.language";
const PAGES = [
  { path: "/admin/printers", picture: "printer", title: "admin.printers", view: printersView },
  { path: "/admin/boards", picture: "monitor", title: "admin.boards", view: boardsView },
];
const here = PAGES.find(({ path }) => path === location.pathname) ?? PAGES[0];

const app = document.getElementById("app");
let user = boot.page.user ?? null;
let view = null;
let drawn = null; // how the present view is made, to make it again in another language

/** What the views may do to the page around them. */
const page = {
  user: () => user,
  async login(name, password) {
    user = await login(name, password);
    enter();
  },
  async logout() {
    await logout();
    toLogin(null);
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
  document.title = `${t(here.title)} · ${boot.page.hall.name}`;
  view = make();
  app.replaceChildren(view.node);
  view.render();
  view.focus?.();
}

function toLogin(words) {
  user = null;
  draw(() => loginView(page, words, { product: "admin.product", hint: "admin.login_hint" }));
}

function enter() {
  draw(() => framed(boot.page.roles.includes(user.role) ? here.view(page) : refusedView()));
}

/** The bar on top and the way to the other pages, around a view's main part. */
function framed(inner) {
  const time = el("time", { class: "bar-clock" });
  const out = button({ class: "button bare", icon: icon("log-out"), label: el("span", { text: t("admin.logout") }), press: leave });
  const links = PAGES.map(({ path, picture, title }) =>
    el("a", { class: "nav-link", href: path, "aria-current": path === here.path ? "page" : null }, icon(picture), t(title)),
  );
  const overview = el("a", { class: "nav-link", href: "/supervisor/" }, icon("eye"), t("admin.oversight_page"));
  const bar = el(
    "header",
    { class: "bar on-sea" },
    el("p", { class: "bar-hall", dir: "auto", text: boot.page.hall.name }),
    el("nav", { class: "nav", "aria-label": t("admin.pages") }, overview, links),
    el("div", { class: "bar-tools" }, el("span", { class: "bar-user", text: user.name }), out, otherLanguage(page.setLanguage), time),
  );

  async function leave() {
    try {
      await page.logout();
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

  return { node: el("div", { class: "admin" }, bar, inner.node), render, tick, close: inner.close };
}

/** Somebody who is logged in, but whose work this is not. */
function refusedView() {
  const node = el(
    "main",
    { class: "sheet message" },
    icon("lock"),
    el("h1", { text: t("admin.refused_title") }),
    el("p", { class: "quiet", text: t("admin.refused", { name: user.name }) }),
    el("a", { class: "button", href: "/counter/" }, icon("headset"), t("admin.to_counter")),
  );
  return { node, render: () => undefined };
}

setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
ticking(() => view?.tick?.());
if (user) enter();
else toLogin(null);
