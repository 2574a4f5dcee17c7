// The reports: who may read them, the bar on top, and going from one view to the next without losing the way back.

import { boot } from "/static/api.js";
import { ticking } from "/static/clocks.js";
import { el, icon } from "/static/dom.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { button, otherLanguage, say } from "/static/parts.js";
import { login, logout } from "/static/session.js";
import { clock, setLanguage, t } from "/static/text.js";
import { HOME, TICKETS } from "/reports/static/asked.js";
import { overview } from "/reports/static/overview.js";
import { ticketList } from "/reports/static/tickets.js";

const LANGUAGE_KEY = "antrean.reports.language";
const NEIGHBOURS = {
  "/reports/satisfaction": { picture: "smile", title: "reports.nav_satisfaction" },
  "/supervisor/": { picture: "activity", title: "reports.nav_supervisor" },
};

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
  /** To another address of these pages; with `keep` the page stays where it was scrolled to. */
  go(address, { keep = false } = {}) {
    const at = keep ? scrollY : 0;
    history.replaceState({ at: scrollY }, "");
    history.pushState({ at }, "", address);
    enter(at);
  },
};

function draw(make) {
  drawn = make;
  view?.close?.();
  document.title = `${t("reports.title")} · ${boot.page.hall.name}`;
  view = make();
  app.replaceChildren(view.node);
  view.render();
  view.focus?.();
}

function toLogin(words) {
  user = null;
  draw(() => loginView(page, words, { product: "reports.product", hint: "reports.login_hint" }));
}

function enter(at = null) {
  if (!boot.page.roles.includes(user.role)) return draw(() => framed(refusedView()));
  const height = document.documentElement.scrollHeight;
  draw(() => framed(location.pathname === TICKETS ? ticketList(page) : overview(page)));
  if (at === null) return undefined;
  document.body.style.minHeight = `${at ? height : 0}px`; // room to stand in until the figures are there
  scrollTo(0, at);
  return undefined;
}

/** The bar on top, around a view's main part. */
function framed(inner) {
  const time = el("time", { class: "bar-clock" });
  const out = button({
    class: "button bare",
    icon: icon("log-out"),
    label: el("span", { text: t("reports.logout") }),
    press: () => page.logout().catch(page.expired),
  });
  const links = boot.page.neighbours.map((path) =>
    el("a", { class: "nav-link", href: path }, icon(NEIGHBOURS[path].picture), t(NEIGHBOURS[path].title)),
  );
  const bar = el(
    "header",
    { class: "bar on-sea no-print" },
    el("p", { class: "bar-hall", dir: "auto", text: boot.page.hall.name }),
    el(
      "nav",
      { class: "nav", "aria-label": t("reports.nav") },
      el("a", { class: "nav-link", href: HOME, "aria-current": "page" }, icon("chart-column"), t("reports.title")),
      links,
    ),
    el(
      "div",
      { class: "bar-tools" },
      el("span", { class: "bar-user", text: user.name }),
      out,
      otherLanguage(page.setLanguage),
      time,
    ),
  );

  function tick() {
    say(time, clock());
  }

  return {
    node: el("div", { class: "admin" }, bar, inner.node),
    render() {
      tick();
      inner.render();
    },
    tick,
    close: inner.close,
  };
}

/** Somebody who is logged in, but whose work this is not. */
function refusedView() {
  const node = el(
    "main",
    { class: "sheet message" },
    icon("lock"),
    el("h1", { text: t("reports.refused_title") }),
    el("p", { class: "quiet", text: t("reports.refused", { name: user.name }) }),
    el("a", { class: "button", href: "/counter/" }, icon("headset"), t("reports.to_counter")),
  );
  return { node, render: () => undefined };
}

/** Links from one of these views to another do not load the page anew. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.hasAttribute("download") || event.defaultPrevented) return;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || ![HOME, TICKETS].includes(to.pathname)) return;
  event.preventDefault();
  page.go(to.pathname + to.search);
}

history.scrollRestoration = "manual";
addEventListener("click", follow);
addEventListener("popstate", (event) => user && enter(event.state?.at ?? 0));
setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
ticking(() => view?.tick?.());
if (user) enter();
else toLogin(null);
