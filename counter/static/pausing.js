// Why the counter takes a break: one key each.

import { known, t } from "/static/text.js";
import { choicesDialog } from "/counter/static/choices.js";

const REASONS = ["prayer", "meal", "other"];

export function pauseDialog(terminal) {
  const dialog = choicesDialog("pause");

  function open() {
    const answers = REASONS.map((reason) => ({
      label: t(`counter.pause_${reason}`),
      take: () => terminal.press("pause", { reason }, { primary: true }),
      again: reason === "other" ? "i" : undefined,
    }));
    dialog.ask(t("counter.pause_title"), answers);
  }

  return { ...dialog, open };
}

/** A reason in words; another program's reason as it said it; "" where there is nothing to add to "on a break". */
export function pauseWords(reason) {
  if (reason === "other") return "";
  const key = `counter.pause_${reason}`;
  return known(key) ? t(key) : (reason ?? "");
}
