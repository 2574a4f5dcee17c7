// A new version of the server: nobody presses reload on a wall, so the board does it itself.

import { boot } from "/static/api.js";

const DONE = "antrean.board.renewed"; // the version this page was already loaded again for
const MEMORY = "antrean.board.memory";

/**
 * Returns `outdated(version)` for live.js, `whenCalm()` for the end of an announcement, and `memory`: what
 * `remembered()` of the page before this one gave, so that a call made during the change is announced too.
 * The page is loaded again only while `calm()` holds, and once a version: an old page out of some cache must
 * not make the board reload for ever.
 */
export function renewal(calm, remembered) {
  let wanted = null;
  const memory = JSON.parse(sessionStorage.getItem(MEMORY));
  sessionStorage.removeItem(MEMORY);

  function outdated(version) {
    if (version === boot.version || sessionStorage.getItem(DONE) === version) return;
    wanted = version;
    whenCalm();
  }

  function whenCalm() {
    if (wanted === null || !calm()) return;
    sessionStorage.setItem(DONE, wanted);
    sessionStorage.setItem(MEMORY, JSON.stringify(remembered()));
    location.reload();
  }

  return { outdated, whenCalm, memory };
}
