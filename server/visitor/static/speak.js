// Which language these pages speak: the reader's choice, remembered for as long as the tab is open.

import { el } from "/static/dom.js";
import { language, setLanguage, t } from "/static/text.js";
import { mark } from "/visitor/static/marks.js";

const KEPT_AS = "antrean.language";

/** Speak what was chosen in this tab before, else `usual` ("id" or "en"). */
export function speakChosen(usual = "id") {
  setLanguage(kept((storage) => storage.getItem(KEPT_AS)) ?? usual);
}

/** The button that speaks the other language and then calls `changed`. */
export function languageButton(changed) {
  const other = language() === "id" ? "en" : "id";
  const press = () => {
    setLanguage(other);
    kept((storage) => storage.setItem(KEPT_AS, other));
    changed();
  };
  return el("button", { class: "button bare speak", type: "button", lang: other, on: { click: press } }, mark("words"), t("visit.language_other"));
}

function kept(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null; // a browser may forbid storage; then the choice lasts until the page is left
  }
}
