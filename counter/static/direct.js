// Serving somebody who has no ticket: the visit is counted as any other, from now.

import { t } from "/static/text.js";
import { choicesDialog } from "/counter/static/choices.js";
import { serviceWords } from "/counter/static/phrases.js";

export function directDialog(terminal) {
  const dialog = choicesDialog("direct");

  function open() {
    const snapshot = terminal.snapshot;
    const answers = snapshot.counter.services.map((service) => ({
      label: serviceWords(snapshot, service),
      take: () => terminal.press("direct", { expect: null, service }, { number: "", primary: true }),
    }));
    dialog.ask(t("counter.direct_title"), answers);
  }

  return { ...dialog, open };
}
