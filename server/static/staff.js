// The pages of those who oversee the hall: who is logged in, who may look, and the bar that leads from each of them
// to the others, around the page's own view.

import { boot } from "/static/api.js";
import { ticking } from "/static/clocks.js";
import { el, icon } from "/static/dom.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { button, otherLanguage, say } from "/static/parts.js";
import { login, logout } from "/static/session.js";
import { clock, setLanguage, t } from "/static/text.js";

const LANGUAGE_KEY = "antrean.staff.language";
const PAGES = {
  "/supervisor/": { picture: "eye", title: "staff.supervisor" },
  "/reports/": { picture: "chart-column", title: "staff.reports" },
  "/reports/satisfaction": { picture: "star", title: "staff.satisfaction" },
  "/admin/printers": { picture: "printer", title: "staff.printers" },
  "/admin/boards": { picture: "monitor", title: "staff.boards" },
};

/** Whether somebody may open one of these pages: the server says which roles may. */
const opens = (user, path) => boot.page.pages[path].includes(user.role);

/**
 * Starts the page that stands in the bar at the path `here`. `view(page)` makes its main part, {node, render(),
 * tick?(), close?()}, for a `page` of {user(), expired(), setLanguage(language)}; `tools()` gives what else stands in
 * the bar; `product` and `hint` are the login's text keys.
 *
 * Returns `again()`, which makes the view anew: the page has another address, say.
 */
export function staffPage({ here, product, hint, view: make, tools = () => null }) {
  const app = document.getElementById("app");
  let user = boot.page.user ?? null;
  let view = null;
  let drawn = null; // how the present view is made, to make it again in another language

  /** What the views may do to the page around them. */
  const page = {
    user: () => user,
    async login(name, password) {
      user = await login(name, password);
      again();
    },
    expired: () => toLogin(() => t("login.expired")),
    setLanguage(language) {
      setLanguage(language);
      remember(LANGUAGE_KEY, language);
      draw(drawn);
    },
  };

  function draw(next) {
    drawn = next;
    view?.close?.();
    document.title = `${t(PAGES[here].title)} · ${boot.page.hall.name}`;
    view = next();
    app.replaceChildren(view.node);
    view.render();
    view.focus?.();
  }

  function toLogin(words) {
    user = null;
    draw(() => loginView(page, words, { product, hint }));
  }

  async function leave() {
    await logout();
    toLogin(null);
  }

  function again() {
    if (!user) return;
    const inner = () => (opens(user, here) ? make(page) : refusedView(user));
    draw(() => framed(inner(), { here, user, leave, tools: tools(), speak: page.setLanguage }));
  }

  setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
  ticking(() => view?.tick?.());
  if (user) again();
  else toLogin(null);
  return { again };
}

/** A view's main part with the bar above it. */
function framed(inner, { here, user, leave, tools, speak }) {
  const time = el("time", { class: "bar-clock" });
  const out = button({ class: "button bare", icon: icon("log-out"), label: el("span", { text: t("staff.logout") }), press });
  const links = Object.entries(PAGES)
    .filter(([path]) => opens(user, path))
    .map(([path, { picture, title }]) =>
      el("a", { class: "nav-link", href: path, "aria-current": path === here ? "page" : null }, icon(picture), t(title)),
    );
  const nav = el("nav", { class: "nav", "aria-label": t("staff.pages") }, links);
  const stays = el("p", { class: "bar-stays", role: "alert" });
  const bar = el(
    "header",
    { class: "bar on-sea" },
    el("p", { class: "bar-hall", dir: "auto", text: boot.page.hall.name }),
    nav,
    el("div", { class: "bar-tools" }, tools, el("span", { class: "bar-user", dir: "auto", text: user.name }), out, otherLanguage(speak), time),
  );

  /** Who could not be logged out is told so: on a desk that others use too, that matters. */
  async function press() {
    say(stays, "");
    try {
      await leave();
    } catch (problem) {
      if (problem.status === undefined) throw problem; // a mistake of this page, not an answer
      say(stays, t("staff.still_in"));
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

  /** Where the links are wider than the screen, this page's own is among those that are seen. */
  function focus() {
    const current = nav.querySelector("[aria-current]");
    if (current) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
  }

  return { node: el("div", { class: "staff" }, bar, stays, inner.node), render, tick, focus, close: inner.close };
}

/** Somebody who is logged in, but whose work this is not. */
function refusedView(user) {
  const node = el(
    "main",
    { class: "sheet message" },
    icon("lock"),
    el("h1", { text: t("staff.refused_title") }),
    el("p", { class: "quiet", text: t("staff.refused", { name: user.name }) }),
    el("a", { class: "button", href: "/counter/" }, icon("headset"), t("staff.to_counter")),
  );
  return { node, render: () => undefined };
}
