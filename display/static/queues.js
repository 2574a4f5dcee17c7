// How many wait for each agency, or for each service of the one that the board is about, and about how long.

import { el } from "/static/dom.js";
import { estimate, t } from "/static/text.js";
import { lineCapacity, unitPx } from "/display/static/fit.js";
import { both, named } from "/display/static/words.js";

const PAGE_MS = 10_000;
const [LINE, TWO_LINES] = [52, 76]; // units
const NARROW = 540; // units: a list in which most names take two lines

/** Returns `show(queues)`, as waiting.js lists them: draws them into `place`, page by page when there are more than have room. */
export function queues(place) {
  const list = el("ul", { class: "agencies" });
  const dots = el("p", { class: "pages", "aria-hidden": "true" });
  const heading = el("h2", {}, el("span", {}, both("board.waiting")), el("span", {}, both("board.estimate")));
  let agencies = [];
  let page = 0;
  let drawn = null;

  place.replaceChildren(heading, list, dots);
  setInterval(turn, PAGE_MS);

  function turn() {
    page += 1;
    draw();
  }

  function show(next) {
    agencies = next;
    draw();
  }

  function draw() {
    const narrow = list.clientWidth / unitPx() < NARROW;
    const roomy = narrow || agencies.length <= lineCapacity(list, TWO_LINES);
    const capacity = lineCapacity(list, roomy ? TWO_LINES : LINE);
    const pages = Math.max(1, Math.ceil(agencies.length / capacity));
    const size = Math.ceil(agencies.length / pages); // full pages, not one full and one nearly empty
    page %= pages;
    const shown = agencies.slice(page * size, (page + 1) * size);
    const wanted = JSON.stringify([page, pages, shown, roomy, narrow]);
    if (wanted === drawn) return;
    const turned = drawn !== null && JSON.parse(drawn)[0] !== page;
    drawn = wanted;
    heading.hidden = agencies.length === 0;
    heading.lastChild.hidden = !agencies.some(wait);
    list.style.setProperty("--lines", Math.max(size, Math.ceil(capacity * 0.6)));
    list.replaceChildren(...shown.map(line));
    list.classList.toggle("roomy", roomy);
    place.classList.toggle("narrow", narrow);
    list.classList.toggle("turned", turned);
    dots.replaceChildren(...Array.from({ length: pages === 1 ? 0 : pages }, (_, n) => el("i", { class: n === page ? "here" : "" })));
  }

  return { show };
}

function line(agency) {
  return el(
    "li",
    { class: agency.open ? "" : "closed", data: agency.service ? { service: agency.id } : { agency: agency.id } },
    el("span", { class: "name" }, named(agency.short_name ?? agency.name)),
    el("span", { class: "count", text: agency.open || agency.waiting ? String(agency.waiting) : "" }),
    el("span", { class: "time", text: wait(agency) }),
  );
}

/** "tutup", "± 25 menit", "langsung"; nothing where the server knows too little to be honest. */
function wait({ open, waiting, estimate: range }) {
  return open || waiting ? estimate(range) : t("board.closed");
}
