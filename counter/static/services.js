// The services of the hall to choose one from: those of this counter first, the others by agency, and a
// search over all, because fifty names are too many to read.

import { el } from "/static/dom.js";
import { name, t } from "/static/text.js";

/**
 * `onChange()` when another service is chosen; `chosen` is its id, or null. `id` tells the choices of one page apart.
 * `closed_too` offers closed services as well: who is in the hall already is passed on all the same.
 */
export function serviceChoice(onChange, id = "desk", { closed_too = false } = {}) {
  let hall = null;
  let own = [];
  let chosen = null;
  const search = el("input", {
    class: "field",
    type: "search",
    placeholder: t("counter.search_service"),
    "aria-label": t("counter.search_service"),
    autocomplete: "off",
  });
  const list = el("div", { class: "services-list" });
  const node = el("div", { class: "services" }, search, list);
  search.addEventListener("input", () => draw());
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault(); // Enter in the search takes its first answer; only the next one takes the number
    const wanted = list.querySelector("input:checked") ?? list.querySelector("input:not(:disabled)");
    wanted?.focus();
    wanted?.click();
  });

  function reset(nextHall, services) {
    own = services;
    chosen = null;
    search.value = "";
    update(nextHall);
  }

  function update(nextHall) {
    hall = nextHall ?? hall;
    const service = find(chosen);
    if (service && !service.open && !closed_too) chosen = null;
    draw();
    onChange();
  }

  function draw() {
    const wanted = plain(search.value).split(" ").filter(Boolean);
    const groups = grouped().map(([title, services]) => [
      title,
      services.filter((service) => matches(service, wanted)),
    ]);
    const full = groups.filter(([, services]) => services.length);
    const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
    list.replaceChildren(...full.map(([title, services]) => group(title, services)));
    if (!full.length)
      list.append(el("p", { class: "queue-empty", text: t(hall ? "counter.search_none" : "counter.loading") }));
    if (focused !== null) list.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
  }

  function grouped() {
    if (!hall) return [];
    const mine = own.map(find).filter(Boolean);
    const others = hall.agencies.map((agency) => [
      name(agency.name),
      agency.services.filter((service) => !own.includes(service.id)).map((service) => ({ ...service, agency })),
    ]);
    return [[t("counter.services_here"), mine], ...others];
  }

  function group(title, services) {
    return el("fieldset", { class: "services-group" }, el("legend", { text: title }), services.map(option));
  }

  function option(service) {
    const input = el("input", {
      type: "radio",
      name: `${id}-service`,
      value: service.id,
      id: `${id}-service-${service.id}`,
      disabled: !service.open && !closed_too,
    });
    input.checked = service.id === chosen;
    input.addEventListener("change", () => {
      chosen = service.id;
      onChange();
    });
    const state = service.open
      ? waitingWords(service)
      : name(service.closed_reason?.text) || t("counter.service_closed");
    return el(
      "label",
      { class: "service", for: input.id },
      input,
      el("span", { class: "service-prefix", text: service.prefix }),
      el("span", { class: "service-name", text: name(service.name) }),
      el("span", { class: "service-state", text: state }),
    );
  }

  function find(id) {
    for (const agency of hall?.agencies ?? []) {
      const service = agency.services.find((each) => each.id === id);
      if (service) return { ...service, agency };
    }
    return null;
  }

  return {
    node,
    reset,
    update,
    focus: () => search.focus(),
    nameOf: (id) => name(find(id)?.name) || id,
    get chosen() {
      return chosen;
    },
  };
}

function waitingWords(service) {
  return service.waiting ? t("counter.waiting_n", { n: service.waiting }) : "";
}

function matches(service, wanted) {
  const text = plain(
    [
      service.prefix,
      ...Object.values(service.name),
      ...Object.values(service.agency.name),
      ...(service.keywords ?? []),
    ].join(" "),
  );
  return wanted.every((word) => text.includes(word));
}

function plain(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
