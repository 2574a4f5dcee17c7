// Places the parts of a board on its screen, as the board's layout says for the way the screen stands.

const SLIM = 0.95; // a stage that is not even as wide as high: the large call stands above its counter

/**
 * Returns `apply({layout, text})`: `layout` has {landscape, portrait}, each {rows, heights, widths}; `text` is the
 * size for the distance: "normal", "large" or "huge". `onChange()` is called whenever the places have changed.
 */
export function layoutOf(board, stage, onChange) {
  const upright = matchMedia("(orientation: portrait)");
  const parts = [...board.querySelectorAll("[data-part]")];
  let wanted = null;
  let placed = null;

  upright.addEventListener("change", place);
  new ResizeObserver(([{ contentRect: { width, height } }]) => {
    const slim = width < height * SLIM;
    if (stage.classList.contains("slim") === slim) return;
    stage.classList.toggle("slim", slim);
    onChange();
  }).observe(stage);

  function apply(next) {
    wanted = next;
    place();
  }

  function place() {
    if (!wanted) return;
    const arrangement = upright.matches ? wanted.layout.portrait : wanted.layout.landscape;
    const now = JSON.stringify([arrangement, wanted.text]);
    if (now === placed) return;
    placed = now;
    document.documentElement.dataset.text = wanted.text;
    draw(arrangement);
    onChange();
  }

  function draw({ rows, heights, widths }) {
    const used = new Set(rows.join(" ").split(/\s+/));
    const apart = used.has("hero") || used.has("rows");
    stage.classList.toggle("apart", apart);
    for (const part of parts) part.toggleAttribute("data-absent", !isThere(part.dataset.part));
    board.style.gridTemplateAreas = rows.map((row) => `"${row}"`).join(" ");
    board.style.gridTemplateRows = heights.map((share) => (share ? `minmax(0, ${share}fr)` : "auto")).join(" ");
    board.style.gridTemplateColumns = widths.map((share) => `minmax(0, ${share}fr)`).join(" ");

    function isThere(part) {
      if (part === "calls") return used.has("calls") || apart;
      return used.has(part) || (!apart && used.has("calls") && (part === "hero" || part === "rows"));
    }
  }

  return { apply };
}
