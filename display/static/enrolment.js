// A screen that is no board yet: it asks for a code, shows it, and goes on by itself once an admin has accepted it.

import { boot, get, post } from "/static/api.js";
import { el } from "/static/dom.js";
import { recall, remember } from "/static/memory.js";
import { both } from "/display/static/words.js";

const LOOK_MS = 2_000;
const AGAIN_MS = 5_000;
const REFUSED_MS = 60_000;
const KEPT = "antrean.enrolment"; // a screen that is switched off and on again shows the same code

const place = document.getElementById("enrolment");
let secret = recall(KEPT);

function show(state, code = null) {
  place.dataset.state = state;
  place.replaceChildren(
    el("h1", {}, both(`enrol.${state}_title`)),
    code && el("p", { class: "code number", text: code }),
    el("p", { class: "how" }, both(`enrol.${state}_text`, { hall: boot.page.hall.name })),
  );
}

async function ask() {
  const answer = await post("/api/v1/display-enrolments");
  secret = answer.secret;
  remember(KEPT, secret);
}

function forget() {
  secret = null;
  remember(KEPT, "");
}

/** Looks what became of the code. Answers how long to wait before the next look, in milliseconds; null: no more. */
async function look() {
  if (!secret) await ask();
  const { state, code, enrol_url } = await get(`/api/v1/display-enrolments/${encodeURIComponent(secret)}`);
  if (state === "accepted") {
    forget();
    location.replace(enrol_url);
    return null;
  }
  if (state !== "waiting") forget();
  if (state === "expired") return 0;
  show(state, state === "waiting" ? code : null);
  return state === "refused" ? REFUSED_MS : LOOK_MS;
}

async function watch() {
  let wait_ms = AGAIN_MS;
  try {
    wait_ms = await look();
  } catch (problem) {
    if (problem.status === 404) forget(); // the server knows this screen no more
    else show(problem.status === 429 ? "crowded" : "lost");
    wait_ms = Math.max(AGAIN_MS, (problem.retry_after_s ?? 0) * 1000);
  }
  if (wait_ms !== null) setTimeout(watch, wait_ms);
}

watch();
