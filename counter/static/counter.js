// The officer's terminal: who is logged in, which counter is open, and which of the three views shows it.
// Login → choose a counter → work. The work itself is terminal.js (what is true) and work.js (what is seen).

import { boot, get } from "/static/api.js";
import { ticking } from "/static/clocks.js";
import { loginView } from "/static/login.js";
import { recall, remember } from "/static/memory.js";
import { login, logout } from "/static/session.js";
import { setLanguage, setTimeZone, t } from "/static/text.js";
import { chooseView } from "/counter/static/choose.js";
import { leavingWords } from "/counter/static/phrases.js";
import { Terminal } from "/counter/static/terminal.js";
import { workView } from "/counter/static/work.js";

const LANGUAGE_KEY = "antrean.counter.language";
const app = document.getElementById("app");
const state = { user: boot.page.user ?? null, counter: boot.page.counter ?? null, terminal: null, hall: null };
let view = null;
let drawn = null; // how the present view is made, to make it again in another language

/** What the views may do to the page around them. */
const page = {
  state,
  async login(name, password) {
    state.user = await login(name, password);
    await toCounter();
  },
  async logout() {
    await logout();
    toLogin(null);
  },
  work: toWork,
  choose: toChoose,
  expired: () => toLogin(() => t("login.expired")),
  async loadHall() {
    state.hall = await get("/api/v1/hall");
    setTimeZone(state.hall.hall.timezone);
    return state.hall;
  },
  setLanguage(language) {
    setLanguage(language);
    remember(LANGUAGE_KEY, language);
    draw(drawn);
  },
};

function draw(make) {
  drawn = make;
  view?.close?.();
  view = make();
  app.replaceChildren(view.node);
  document.title = t("counter.title");
  view.render();
  view.focus?.();
}

function toLogin(words) {
  leaveTerminal();
  state.user = null;
  draw(() => loginView(page, words, { product: "login.product", hint: "login.hint" }));
}

function toChoose(words) {
  leaveTerminal();
  draw(() => chooseView(page, words));
}

/** After a login: back to the counter that this officer still has open, or to the choice. */
async function toCounter() {
  const hall = await page.loadHall().catch(() => null);
  const mine = hall?.counters.find(
    (counter) => counter.state !== "closed" && counter.officer?.name === state.user.name,
  );
  if (mine) toWork(mine.id);
  else toChoose(null);
}

function toWork(id) {
  leaveTerminal();
  state.counter = id;
  state.terminal = new Terminal({
    id,
    user: state.user,
    hall: () => state.hall,
    onChange: () => view?.render(),
    onLeave: (why) => (why.code === "unauthorized" ? page.expired() : toChoose(() => leavingWords(why))),
    onHall: () =>
      page.loadHall().then(
        () => view?.render(),
        () => null,
      ), // names only; the next change tries again
  });
  draw(() => workView(page, state.terminal));
  if (!state.hall)
    page.loadHall().then(
      () => view?.render(),
      () => null,
    ); // the snapshot has names of its own
}

function leaveTerminal() {
  state.terminal?.close();
  state.terminal = null;
  state.counter = null;
}

setLanguage(recall(LANGUAGE_KEY) ?? boot.language);
ticking(() => view?.tick?.());
if (!state.user) toLogin(null);
else if (state.counter) toWork(state.counter);
else toChoose(null);
