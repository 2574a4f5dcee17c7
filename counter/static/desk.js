// A ticket at the desk, for a visitor who cannot use the kiosk: choose the service, say the number.

import { newKey } from "/static/api.js";
import { deliver } from "/static/delivery.js";
import { el } from "/static/dom.js";
import { button, enable, mark, say } from "/static/parts.js";
import { estimate, language, t } from "/static/text.js";
import { partyField } from "/counter/static/party.js";
import { problemWords } from "/counter/static/phrases.js";
import { priorityField } from "/counter/static/priority.js";
import { serviceChoice } from "/counter/static/services.js";

export function deskDialog(page, terminal) {
  let spoken = language();
  let sending = false;
  let attempt = null; // {shape, key}: the same wish sent again keeps its key until its fate is known

  const choice = serviceChoice(() => render());
  const message = el("p", { class: "line", role: "alert" });
  const party = partyField();
  const languages = ["id", "en"].map((id) => languageChoice(id));
  const priority = priorityField("desk-priority");
  const take = el("button", { class: "button primary", type: "submit", text: t("counter.take_number") });
  const cancel = button({ class: "button", label: t("counter.not_now"), press: () => node.close() });
  const form = el(
    "form",
    { class: "desk-form", novalidate: true },
    el("h2", { id: "desk-title", text: t("counter.new_ticket") }),
    choice.node,
    el(
      "div",
      { class: "desk-facts" },
      party.node,
      el(
        "fieldset",
        { class: "desk-fact" },
        el("legend", { class: "desk-label", text: t("counter.slip_language") }),
        el("div", { class: "segments" }, languages),
      ),
      priority.node,
    ),
    message,
    el("div", { class: "dialog-buttons" }, cancel, take),
  );
  const issued = el("div", { class: "desk-issued", hidden: true });
  const node = el("dialog", { class: "dialog desk", "aria-labelledby": "desk-title" }, form, issued);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  function languageChoice(id) {
    const input = el("input", { type: "radio", name: "desk-language", value: id, id: `desk-language-${id}` });
    input.addEventListener("change", () => {
      spoken = id;
    });
    return el(
      "label",
      { class: "segment", for: input.id },
      input,
      el("span", { text: { id: "Indonesia", en: "English" }[id] }),
    );
  }

  function open() {
    if (node.open) return;
    party.reset();
    attempt = null;
    spoken = language();
    priority.reset(terminal.snapshot?.priorities ?? []);
    for (const label of languages) label.firstChild.checked = label.firstChild.value === spoken;
    issued.hidden = true;
    form.hidden = false;
    tell("");
    choice.reset(page.state.hall, terminal.snapshot?.counter.services ?? []);
    render();
    node.showModal();
    choice.focus();
    page.loadHall().then(
      (hall) => choice.update(hall),
      (problem) => tell(problemWords(problem)),
    );
  }

  async function submit() {
    if (sending || !choice.chosen) return;
    const body = { services: [choice.chosen], party_size: party.value, language: spoken };
    if (priority.value) body.priority = priority.value;
    const shape = JSON.stringify(body);
    if (attempt?.shape !== shape) attempt = { shape, key: newKey() };
    sending = true;
    tell("");
    render();
    try {
      const answer = await deliver("/api/v1/tickets", body, attempt.key);
      attempt = null;
      showIssued(answer);
      terminal.refresh();
    } catch (problem) {
      if (problem.status === 401) page.expired();
      if (problem.status > 0 && problem.status < 500) attempt = null;
      tell(problemWords(problem));
    } finally {
      sending = false;
      render();
    }
  }

  function showIssued(answer) {
    const ticket = answer.tickets[0];
    const another = button({ class: "button", label: t("counter.another"), press: again });
    const done = button({ class: "button primary", label: t("counter.close_dialog"), press: () => node.close() });
    issued.replaceChildren(
      el("p", { class: "quiet", text: t("counter.visitor_number") }),
      el("p", { class: "number desk-number", text: ticket.number }),
      el("p", { class: "desk-service", text: choice.nameOf(ticket.service) }),
      el("p", { class: "quiet", text: queueWords(ticket) }),
      el("p", { class: "desk-slip", text: t(answer.print_job ? "counter.slip_coming" : "counter.slip_none") }),
      ...(answer.qr ? [el("img", { class: "desk-qr", src: answer.qr, alt: t("counter.qr_alt") })] : []),
      el("div", { class: "dialog-buttons" }, another, done),
    );
    form.hidden = true;
    issued.hidden = false;
    done.focus();
  }

  function again() {
    node.close();
    open();
  }

  function tell(words) {
    say(message, words);
    message.dataset.tone = words ? "bad" : "";
  }

  function render() {
    enable(take, choice.chosen && !sending);
    mark(take, "sending", sending);
  }

  return { node, open, close: () => node.open && node.close() };
}

function queueWords(ticket) {
  const ahead = ticket.ahead ? t("counter.ahead", { n: ticket.ahead }) : t("counter.ahead_none");
  return [ahead, estimate(ticket.estimate)].filter(Boolean).join(" · ");
}
