// The virtual printers' paper: what a visitor would hold in the hand, slip by slip, as it comes out.

import { boot, get, Problem } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { clock, name, t } from "/static/text.js";
import { languageButton, speakChosen } from "/visitor/static/speak.js";

const { hall, kiosks } = boot.page;
const ASK_EVERY_MS = 1_500;
const LOST_EVERY_MS = 4_000;
const OUT_MS = 180; // a slip on its way out of the slot
const DOTS_PER_PIXEL = 1.8; // a printer's dots are finer than a screen's
const still = matchMedia("(prefers-reduced-motion: reduce)");

const place = document.getElementById("paper");
const lost = el("p", { class: "offline", role: "status", hidden: true });
const main = el("main");
let printers = new Map(); // printer -> {node, list, empty, slips: Map(key -> li)}
let latest = null; // the server's last answer
let timer = null;

function draw() {
  document.title = `${t("paper.title")} · ${hall.name}`;
  const back = el("a", { class: "button bare back", href: "/" }, icon("arrow-left"), t("paper.back"));
  const words = el("div", { class: "names" }, el("h1", { text: t("paper.title") }), el("p", { class: "quiet", text: t("paper.text") }));
  lost.replaceChildren(icon("wifi-off"), el("span", { text: t("paper.lost") }));
  main.replaceChildren(el("p", { class: "quiet", text: t("paper.loading") }));
  printers = new Map();
  place.replaceChildren(el("header", { class: "top" }, back, words, languageButton(speakOther)), lost, main);
}

function speakOther() {
  draw();
  place.querySelector(".speak").focus();
  return latest && show(latest);
}

async function ask() {
  clearTimeout(timer);
  let wait_ms = ASK_EVERY_MS;
  try {
    latest = await get("/paper.json");
    lost.hidden = true;
    await show(latest);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    lost.hidden = false;
    wait_ms = LOST_EVERY_MS;
  } finally {
    // A page that nobody sees asks nothing; it goes on when it is looked at again.
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, wait_ms);
  }
}

async function show(answer) {
  const same = answer.printers.length === printers.size && answer.printers.every(({ id }) => printers.has(id));
  if (!same || printers.size === 0) arrange(answer.printers);
  await Promise.all(answer.printers.map(({ id, slips }) => feed(printers.get(id), slips)));
}

/** One slot a printer, side by side. */
function arrange(all) {
  printers = new Map(all.map((printer) => [printer.id, slot(printer)]));
  const slots = Array.from(printers.values(), (each) => each.node);
  main.replaceChildren(...(slots.length ? slots : [el("p", { class: "quiet", text: t("paper.none") })]));
}

function slot(printer) {
  const list = el("ol", { class: "slips" });
  const empty = el(
    "div",
    { class: "empty" },
    el("p", { class: "title", text: t("paper.empty") }),
    el("p", { class: "quiet", text: t("paper.empty_text") }),
    kiosks.filter((kiosk) => kiosk.printer === printer.id).map((kiosk) => el("p", {}, el("a", { href: kiosk.href, target: "_blank", rel: "noopener", text: name(kiosk.name) }))),
  );
  const node = el(
    "section",
    { class: "printer", data: { printer: printer.id } },
    el("div", { class: "mouth" }, el("h2", {}, icon("printer"), el("span", { dir: "auto", text: name(printer.name) })), el("div", { class: "slit" })),
    el("div", { class: "out" }, empty, list),
  );
  return { node, list, empty, slips: new Map(), filled: false };
}

/** Lets the slips that are new come out of the slot, and drops those that lie too far below. */
async function feed(printer, slips) {
  const keys = slips.map(keyOf);
  const fresh = await Promise.all(slips.filter((slip) => !printer.slips.has(keyOf(slip))).map(picture));
  const before = printer.list.offsetHeight;
  for (const [key, node] of printer.slips) {
    if (keys.includes(key)) continue;
    node.remove();
    printer.slips.delete(key);
  }
  const ready = fresh.filter((slip) => slip !== null && !printer.slips.has(slip.key));
  const first = printer.list.firstElementChild;
  const from = first?.offsetTop ?? 0;
  for (const { key, node } of ready) printer.slips.set(key, node);
  printer.list.prepend(...ready.map(({ node }) => node));
  printer.empty.hidden = slips.length > 0;
  const length = first ? first.offsetTop - from : printer.list.offsetHeight;
  if (printer.filled && ready.length && !still.matches) slide(printer.list, first || before === 0 ? length : 0);
  printer.filled = true;
}

function slide(list, length) {
  list.animate([{ transform: `translateY(${-length}px)` }, { transform: "none" }], { duration: OUT_MS, easing: "cubic-bezier(0.2, 0.7, 0.3, 1)" });
}

/** A slip whose picture is there, or null where it could not be had; the next answer names it again. */
async function picture(slip) {
  const time = clock(slip.at);
  const img = el("img", { src: slip.url, alt: t("paper.slip", { name: slip.name, time }) });
  try {
    await img.decode();
  } catch {
    return null;
  }
  img.style.width = `${Math.round(img.naturalWidth / DOTS_PER_PIXEL)}px`;
  const paper = el("a", { class: "slip", href: slip.url, target: "_blank", rel: "noopener" }, img);
  return { key: keyOf(slip), node: el("li", {}, paper, el("p", { class: "about", "aria-hidden": "true", text: `${slip.name} · ${time}` })) };
}

/** The same name at another time is another slip: of a data folder that began anew. */
function keyOf(slip) {
  return `${slip.url} ${slip.at}`;
}

speakChosen();
draw();
ask();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
