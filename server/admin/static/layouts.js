// How the layouts of boards look, on a wide screen and on an upright one, drawn from their very data.

import { el } from "/static/dom.js";
import { name, t } from "/static/text.js";

const AUTO_SHARE = 8; // per cent of the height: about what the clock and the running text take

/** {node, show(state)}: a small drawing of each layout. */
export function layoutsCard() {
  const rows = el("ul", { class: "layouts" });
  const node = el(
    "section",
    { class: "card", "aria-labelledby": "layouts-title" },
    el("h2", { id: "layouts-title", text: t("admin.layouts") }),
    el("p", { class: "quiet", text: t("admin.layouts_hint") }),
    rows,
  );
  let drawn = null;

  return {
    node,
    show({ layouts }) {
      const wanted = JSON.stringify(layouts);
      if (wanted === drawn) return;
      drawn = wanted;
      rows.replaceChildren(...layouts.map(layoutDrawing));
    },
  };
}

function layoutDrawing({ id, name: wording, landscape, portrait }) {
  return el(
    "li",
    {},
    el("h3", { dir: "auto", text: name(wording) }),
    el("p", { class: "quiet", text: id }),
    el("div", { class: "minis", "aria-hidden": "true" }, drawing(landscape, "wide"), drawing(portrait, "upright")),
  );
}

function drawing({ rows, heights, widths }, side) {
  const box = el("div", { class: `mini ${side}` });
  const total = heights.reduce((sum, share) => sum + share, 0);
  box.style.gridTemplateAreas = rows.map((row) => `"${row}"`).join(" ");
  box.style.gridTemplateRows = heights.map((share) => `minmax(0, ${share ? share / total : AUTO_SHARE / 100}fr)`).join(" ");
  box.style.gridTemplateColumns = widths.map((share) => `minmax(0, ${share}fr)`).join(" ");
  for (const part of new Set(rows.join(" ").split(/\s+/))) {
    if (part === ".") continue;
    const area = el("span", { class: "area", data: { part }, text: t(`admin.part_${part}`) });
    area.style.gridArea = part;
    box.append(area);
  }
  return box;
}
