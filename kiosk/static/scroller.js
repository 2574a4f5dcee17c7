// A list that may be longer than the screen: it scrolls by finger, and a button says that there is more,
// because a visitor does not look for what cannot be seen.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";

/** Wraps a list: {node, update()}; `update` after its content has changed. */
export function scroller(list) {
  const port = el("div", { class: "port" }, list);
  const more = el("button", { class: "button more", type: "button", hidden: true }, icon("chevron-down"), t("kiosk.services_more"));
  const node = el("div", { class: "scroller" }, port, more);
  const update = () => {
    more.hidden = list.offsetHeight <= node.clientHeight;
    more.classList.toggle("at-end", port.scrollHeight - port.clientHeight - port.scrollTop < 8);
  };
  more.addEventListener("click", () => port.scrollBy({ top: port.clientHeight * 0.8, behavior: "smooth" }));
  port.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(node);
  return { node, update, toTop: () => port.scrollTo({ top: 0 }) };
}
