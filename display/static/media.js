// Pictures and videos beside the calls: one after the other in the order of their names, the next one always loaded
// already. A call is spoken over a silent video. What cannot be shown is passed over, and told once.

import { el } from "/static/dom.js";
import { both } from "/display/static/words.js";

const LOAD_MS = 30_000;
const STUCK_MS = 15_000;
const AGAIN_MS = 5_000;

/**
 * Returns `show(media)`: {version, picture_seconds, files: [{name, kind, href}]} or null where the board has none.
 * `hush(on)` keeps videos silent. `reachable()` says whether the server is there; `onBroken(file)` is told of a file
 * once; `broken()` are the addresses of all that cannot be shown.
 */
export function mediaShow(place, { reachable, onBroken }) {
  let media = null;
  let at = -1;
  let current = null;
  let spoken = false; // a call is being spoken over it
  let hushed = false;
  let timer = null;
  let round = 0; // a list that has changed ends what was under way
  const broken = new Set();

  document.addEventListener("antrean:speaking", ({ detail }) => {
    spoken = Boolean(detail?.on);
    muteAsNeeded();
  });

  /** No sound while it is `on`: something is shown that is more important. */
  function hush(on) {
    hushed = on;
    muteAsNeeded();
  }

  function muteAsNeeded() {
    const node = current?.node;
    if (node?.tagName === "VIDEO") node.muted = spoken || hushed || node.dataset.mute === "always";
  }

  function show(next) {
    if ((next?.version ?? null) === (media?.version ?? null)) return;
    const hrefs = new Set(next?.files.map((file) => file.href));
    for (const href of broken) if (!hrefs.has(href)) broken.delete(href);
    media = next;
    round += 1;
    clearTimeout(timer);
    forward(round, load(upcoming(), round));
  }

  /** The file after the present one that is not known to be broken; null when there is none. */
  function upcoming() {
    const files = media?.files ?? [];
    for (let step = 1; step <= files.length; step += 1) {
      const next = (at + step) % files.length;
      if (!broken.has(files[next].href)) {
        at = next;
        return files[next];
      }
    }
    return null;
  }

  async function load(file, mine) {
    if (!file) return null;
    try {
      return { file, node: await (file.kind === "video" ? video(file) : picture(file)) };
    } catch {
      if (mine !== round) return null;
      // Without the server nothing can be loaded: that is no fault of the file.
      if (!reachable()) return { file: null, wait: true };
      broken.add(file.href);
      onBroken(file);
      return load(upcoming(), mine);
    }
  }

  async function forward(mine, loading) {
    const next = await loading;
    if (mine !== round) return release(next);
    if (next?.wait) {
      timer = setTimeout(() => forward(mine, load(upcoming(), mine)), AGAIN_MS);
      return;
    }
    const before = current;
    current = next;
    place.dataset.state = next ? "showing" : "empty";
    if (next) place.append(next.node);
    else place.replaceChildren(el("p", { class: "welcome" }, both("board.empty_title")));
    if (before && before.node !== next?.node) release(before);
    place.querySelector(".welcome")?.toggleAttribute("hidden", next !== null);
    if (next) stand(next, mine);
  }

  /** Shows one for its time, and loads the next one meanwhile. */
  function stand({ file, node }, mine) {
    const alone = media.files.filter(({ href }) => !broken.has(href)).length === 1;
    if (alone && file.kind === "picture") return;
    const then = load(upcoming(), mine);
    let over = false;
    const end = () => {
      if (over || mine !== round) return;
      over = true;
      clearTimeout(timer);
      forward(mine, then);
    };
    if (file.kind === "video") play(node, end);
    else timer = setTimeout(end, media.picture_seconds * 1000);
  }

  async function play(node, end) {
    node.addEventListener("ended", end, { once: true });
    node.addEventListener("error", end, { once: true });
    let seen_s = -1;
    const look = () => {
      if (!node.isConnected) return;
      if (node.currentTime === seen_s) return end(); // it stands still
      seen_s = node.currentTime;
      timer = setTimeout(look, STUCK_MS);
    };
    timer = setTimeout(look, STUCK_MS);
    muteAsNeeded();
    try {
      await node.play();
    } catch {
      // Browsers that allow no sound without a touch allow a silent video.
      node.dataset.mute = "always";
      muteAsNeeded();
      node.play().catch(end);
    }
  }

  return { show, hush, broken: () => [...broken] };
}

function picture({ href }) {
  const node = el("img", { alt: "", src: href });
  return within(node.decode().then(() => node));
}

function video({ href }) {
  const node = el("video", { preload: "auto", playsinline: true, src: href });
  return within(new Promise((resolve, reject) => {
    node.addEventListener("canplay", () => resolve(node), { once: true });
    node.addEventListener("error", () => reject(node.error), { once: true });
  }));
}

function within(loading) {
  let timer = null;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("too slow")), LOAD_MS);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

/** Takes one away; a video gives its buffers back only when its source is gone. */
function release(shown) {
  if (!shown?.node) return;
  shown.node.remove();
  if (shown.node.tagName !== "VIDEO") return;
  shown.node.pause();
  shown.node.removeAttribute("src");
  shown.node.load();
}
