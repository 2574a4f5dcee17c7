// The voices of the hall: which board speaks for each, how the sound of its boards is, what waits to be spoken and what
// became of today's calls; and a test of the sound.

import { el, icon } from "/static/dom.js";
import { button, enable, keyed, mark, say } from "/static/parts.js";
import { known, name, t } from "/static/text.js";

const SILENT = ["blocked", "none"]; // the page is there, and nobody hears it

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

/** Boards that are there and cannot be heard: on top, for whoever is near goes and touches the screen. */
export function silentBoards(hall) {
  const list = el("ul", { class: "alerts silent-boards", "aria-label": t("oversight.voices"), "aria-live": "polite" });
  const show = keyed(list, silentRow);

  function render() {
    const boards = new Map(hall.snapshot.voices.flatMap((voice) => voice.boards).map((board) => [board.id, board]));
    const silent = [...boards.values()].filter(({ sound }) => SILENT.includes(sound));
    list.hidden = silent.length === 0;
    show(silent);
  }

  return { node: list, render };
}

function silentRow(first) {
  const words = el("p", { class: "alert-words", dir: "auto" });
  const node = el("li", { class: "alert", data: { silent: first.id } }, icon("volume-x"), el("div", {}, words));

  function update({ id, name: wording, sound }) {
    say(words, t("oversight.sound_trouble", { name: name(wording) || id, state: soundWords(sound) }));
  }

  return { node, update };
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
    enable(test, voice.boards.length && !hall.pending);
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
    mark(lamp, "bad", SILENT.includes(sound));
    mark(node, "bad", SILENT.includes(sound));
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
