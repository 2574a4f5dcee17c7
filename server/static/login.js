// Logging in: a name, a password, and calm words when they do not fit.

import { boot } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { mark, otherLanguage, say } from "/static/parts.js";
import { clock, longDate, t } from "/static/text.js";

/**
 * The view of a page that is for staff: `page.login(name, password)` and `page.setLanguage(language)` are what it
 * asks for; `product` and `hint` are text keys; `words()` says why somebody is here again, or is null.
 */
export function loginView(page, words, { product, hint }) {
  let sending = false;
  let problem = words;
  const time = el("p", { class: "login-clock" });
  const date = el("p", { class: "login-date" });
  const message = el("p", { class: "login-message", role: "alert" });
  const name = field("username", {
    type: "text",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
  });
  const password = field("password", { type: "password", autocomplete: "current-password" });
  const capsLock = el("p", { class: "login-caps", hidden: true }, icon("arrow-big-up"), t("login.caps_lock"));
  const shown = el("input", { type: "checkbox", id: "login-show" });
  const enter = el("button", { class: "button primary login-enter", type: "submit" }, t("login.enter"));
  const form = el(
    "form",
    { class: "card login-form", novalidate: true },
    el("h1", { text: t("login.title") }),
    el("p", { class: "quiet", text: t(hint) }),
    labelled("login.name", name),
    labelled("login.password", password),
    capsLock,
    el("label", { class: "login-show", for: "login-show" }, shown, t("login.show")),
    message,
    enter,
  );
  const node = el(
    "div",
    { class: "login" },
    el(
      "header",
      { class: "login-hall on-sea" },
      el("p", { class: "login-product", text: t(product) }),
      el("p", { class: "login-name", text: boot.page.hall?.name ?? "" }),
      el("div", { class: "login-when" }, time, date),
    ),
    el("main", { class: "login-main" }, form, el("div", { class: "login-language" }, otherLanguage(page.setLanguage))),
  );

  shown.addEventListener("change", () => {
    password.type = shown.checked ? "text" : "password";
  });
  password.addEventListener("keydown", caps);
  password.addEventListener("keyup", caps);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  function caps(event) {
    capsLock.hidden = !event.getModifierState?.("CapsLock");
  }

  async function submit() {
    if (sending) return;
    const [who, secret] = [name.value.trim(), password.value];
    if (!who || !secret) {
      problem = () => t("login.incomplete");
      render();
      (who ? password : name).focus();
      return;
    }
    sending = true;
    problem = null;
    render();
    try {
      await page.login(who, secret);
    } catch (caught) {
      problem = () => loginProblem(caught);
      if (caught.status === 401) password.value = "";
      password.focus();
    } finally {
      sending = false;
      render();
    }
  }

  function render() {
    say(message, problem ? problem() : "");
    mark(message, "shown", problem);
    mark(message, "calm", problem === words); // why we are here again is no mistake of the officer's
    for (const input of [name, password])
      input.setAttribute("aria-invalid", String(Boolean(problem) && problem !== words));
    say(enter, t(sending ? "login.entering" : "login.enter"));
    enter.disabled = sending;
    tick();
  }

  function tick() {
    say(time, clock());
    say(date, longDate());
  }

  return { node, render, tick, focus: () => (name.value ? password : name).focus() };
}

function field(id, attributes) {
  return el("input", { class: "field", id: `login-${id}`, name: id, required: true, maxlength: 200, ...attributes });
}

function labelled(key, input) {
  return el("div", { class: "login-field" }, el("label", { for: input.id, text: t(key) }), input);
}

function loginProblem(problem) {
  if (problem.status === 0) return t("login.problem_offline");
  if (problem.status === 401) return t("login.problem_wrong");
  if (problem.status === 429) {
    const n = problem.retry_after_s;
    return n > 5 ? t("login.problem_wait_seconds", { n }) : t("login.problem_wait");
  }
  return t("login.problem_other", { code: problem.code });
}
