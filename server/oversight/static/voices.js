// The voices of the hall: which board speaks for each, how the sound of its boards is, what waits to be spoken and what
// became of today's calls; and a test of the sound.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { known, name, t } from "/static/text.js";

const HEARD = ["on", "starting"];

export function voicePanel(hall) {
  const list = el("ul", { class: "voices" });
  const show = keyed(list, (voice) => voiceRow(voice, hall));
  const edit = el("a", { class: "button", href: "/admin/boards" }, icon("monitor"), el("span", { text: t("oversight.boards_edit") }));
  const node = el(
    "section",
    { class: "panel", "aria-labelledby": "voices-title" },
    el("div", { class: "panel-head" }, el("h2", { id: "voices-title", text: t("oversight.voices") }), edit),
    list,
  );
  return { node, render: () => show(hall.snapshot.voices) };
}

function voiceRow(first, hall) {
  const title = el("h3", { dir: "auto" });
  const speaker = el("p", { class: "voice-speaker" });
  const figures = el("p", { class: "voice-figures" });
  const boards = el("ul", { class: "devices" });
  const show = keyed(boards, boardRow);
  const test = button({ class: "button", icon: icon("volume-2"), label: el("span", { text: t("oversight.voice_test") }), press });
  const node = el("li", { class: "voice", data: { voice: first.id } }, el("div", { class: "voice-head" }, title, test), speaker, boards, figures);

  function press() {
    const words = { name: title.textContent };
    hall.command(`/voice/${encodeURIComponent(first.id)}/test`, {}, () => t("oversight.voice_tested", words));
  }

  function update(voice) {
    say(title, zoneWords(voice, hall));
    say(speaker, speakerWords(voice));
    mark(speaker, "bad", !voice.speaker);
    say(figures, figureWords(voice.today));
    show(voice.boards);
    enable(test, voice.boards.length && !hall.sending);
  }

  return { node, update };
}

function boardRow(first) {
  const lamp = el("span", { class: "lamp" });
  const title = el("span", { class: "device-name", dir: "auto" });
  const state = el("span", { class: "device-state" });
  const node = el("li", { data: { board: first.id } }, lamp, title, state);

  function update({ id, name: wording, sound }) {
    mark(lamp, "good", sound === "on");
    mark(lamp, "bad", !HEARD.includes(sound));
    mark(node, "bad", !HEARD.includes(sound));
    say(title, name(wording) || id);
    say(state, soundWords(sound));
  }

  return { node, update };
}

/** The zones that share a voice: "Zona A, Zona B". */
function zoneWords({ zones }, { snapshot }) {
  return snapshot.zones.filter(({ id }) => zones.includes(id)).map((zone) => name(zone.name)).join(", ");
}

/** How a board's sound is. */
function soundWords(sound) {
  const key = `oversight.sound_is_${sound}`;
  return known(key) ? t(key) : sound;
}

/** Who speaks, or why nobody does. */
function speakerWords({ speaker, boards, quiet }) {
  if (boards.length === 0) return t("oversight.voice_no_boards");
  const board = boards.find(({ id }) => id === speaker);
  const said = speaker ? t("oversight.voice_speaker", { name: name(board?.name) || speaker }) : t("oversight.voice_nobody");
  return [said, quiet && t("oversight.voice_quiet")].filter(Boolean).join(" ");
}

/** "1 menunggu dibunyikan · hari ini 24 dibunyikan, 3 tidak (2 ditarik kembali, 1 terlambat)". */
function figureWords({ queued, playing, played, lapsed, reasons }) {
  const waiting = t("oversight.voice_queue", { n: queued + playing });
  const why = Object.entries(reasons).map(([reason, n]) => `${n} ${reasonWords(reason)}`).join(", ");
  const today = lapsed ? t("oversight.voice_today_lapsed", { played, lapsed, why }) : t("oversight.voice_today", { played });
  return `${waiting} · ${today}`;
}

/** Why a call was not spoken; a reason that this page does not know yet stays as it is. */
function reasonWords(reason) {
  const key = `oversight.lapsed_${reason}`;
  return known(key) ? t(key) : reason;
}
