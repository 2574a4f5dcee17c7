// The reports: going from one view to the next without losing the way back.

import { staffPage } from "/static/staff.js";
import { HOME, TICKETS } from "/reports/static/asked.js";
import { overview } from "/reports/static/overview.js";
import { ticketList } from "/reports/static/tickets.js";

const { again } = staffPage({
  here: HOME,
  product: "reports.product",
  hint: "reports.login_hint",
  view: (page) => (location.pathname === TICKETS ? ticketList : overview)({ ...page, go }),
});

/** To another address of these pages; with `keep` the page stays where it was scrolled to. */
function go(address, { keep = false } = {}) {
  const at = keep ? scrollY : 0;
  history.replaceState({ at: scrollY }, "");
  history.pushState({ at }, "", address);
  show(at);
}

/** What the address asks for, scrolled down by `at` pixels. */
function show(at) {
  const height = document.documentElement.scrollHeight;
  again();
  document.body.style.minHeight = `${at ? height : 0}px`; // room to stand in until the figures are there
  scrollTo(0, at);
}

/** Links from one of these views to another do not load the page anew. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.hasAttribute("download") || event.defaultPrevented) return;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || ![HOME, TICKETS].includes(to.pathname)) return;
  event.preventDefault();
  go(to.pathname + to.search);
}

history.scrollRestoration = "manual";
addEventListener("click", follow);
addEventListener("popstate", (event) => show(event.state?.at ?? 0));
