// What a slip looks like in this hall, drawn from the very bytes that a printer would get.

import { el, icon } from "/static/dom.js";
import { button } from "/static/parts.js";
import { language, t } from "/static/text.js";

const WIDTHS_MM = [80, 58];
const DOTS_PER_PIXEL = 2; // a printer's dots are finer than a screen's

/** {node}: the slip on each width of paper. */
export function slipPictures() {
  const node = el(
    "section",
    { class: "card preview", "aria-labelledby": "preview" },
    el("h2", { id: "preview", text: t("admin.slip") }),
    el("p", { class: "quiet", text: t("admin.slip_hint") }),
    el("div", { class: "papers" }, WIDTHS_MM.map(paper)),
  );
  return { node };
}

function paper(width_mm) {
  const place = el("div", { class: "paper" });
  const load = () => {
    const picture = el("img", { alt: t("admin.slip_alt", { width: width_mm }) });
    picture.addEventListener("load", () => {
      picture.width = Math.round(picture.naturalWidth / DOTS_PER_PIXEL);
      place.dataset.state = "there";
      place.replaceChildren(picture);
    });
    picture.addEventListener("error", () => {
      place.dataset.state = "failed";
      const again = button({ class: "button", icon: icon("rotate-ccw"), label: t("admin.slip_again"), press: load });
      place.replaceChildren(el("p", { text: t("admin.slip_failed") }), again);
    });
    place.dataset.state = "loading";
    place.replaceChildren(el("p", { class: "quiet", text: t("admin.slip_loading") }));
    picture.src = `/admin/slip.png?width=${width_mm}&language=${language()}`;
  };
  load();
  return el("figure", { data: { width: width_mm } }, place, el("figcaption", { text: t("admin.slip_width", { width: width_mm }) }));
}
