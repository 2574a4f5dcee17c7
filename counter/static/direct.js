// Serving somebody who has no ticket: the visit is counted as any other, from now.

import { el } from "/static/dom.js";
import { t } from "/static/text.js";
import { choicesDialog } from "/counter/static/choices.js";
import { partyField } from "/counter/static/party.js";
import { serviceWords } from "/counter/static/phrases.js";
import { priorityField } from "/counter/static/priority.js";

export function directDialog(terminal) {
  const party = partyField();
  const priority = priorityField("direct-priority");
  const facts = el("div", { class: "desk-facts" }, party.node, priority.node);
  const dialog = choicesDialog("direct", facts, { "+": () => party.add(1), "-": () => party.add(-1) });

  function take(service) {
    const body = { expect: null, service, party_size: party.value };
    if (priority.value) body.priority = priority.value;
    terminal.press("direct", body, { number: "", primary: true });
  }

  function open() {
    const snapshot = terminal.snapshot;
    party.reset();
    priority.reset(snapshot.priorities);
    const answers = snapshot.counter.services.map((service) => ({
      label: serviceWords(snapshot, service),
      take: () => take(service),
    }));
    dialog.ask(t("counter.direct_title"), answers);
  }

  return { ...dialog, open };
}
