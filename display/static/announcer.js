// When a call takes the board's large place: together with its voice where a board of the hall speaks it, at once where
// none can. The rows show every call at once in any case.

/**
 * `show(call)` puts a call into the large place when its turn comes, `speak(announcement)` at once, while it is being
 * spoken by another board, and `said(announcement)` when that is over. `stands(call)`: whether it is still to be
 * followed. Returns `called(call, announcements)` for a call that was made, `takeEvent(kind, event)` (whether it was
 * about announcements), `takeSnapshot(voices, calls)`, `review()` when calls may have been taken back, and
 * `began(item)` for what this page speaks itself.
 */
export function announcer({ show, speak, said, stands }) {
  const awaited = new Map(); // announcement -> {voice, call}: its large place comes with its voice
  let speakers = new Map(); // the voices of this board's zones -> the board that speaks, or null
  let mine = null; // what this page began last: its own echo from the server is no news

  function called(call, announcements) {
    const coming = announcements.find(({ voice, state }) => state === "queued" && speakers.get(voice));
    if (coming) awaited.set(coming.id, { voice: coming.voice, call });
    else show(call);
  }

  function takeEvent(kind, { announcement, voice }) {
    if (kind === "voice.changed") return speakerChanged(voice);
    const part = { playing: begun, played: over, lapsed: lapsed }[kind.replace("announcement.", "")];
    part?.(announcement);
    return kind.startsWith("announcement.");
  }

  function speakerChanged(voice) {
    if (speakers.has(voice.id)) speakers.set(voice.id, voice.speaker);
    if (!voice.speaker) letGo((each) => each.voice === voice.id);
    return true;
  }

  function begun(announcement) {
    awaited.delete(announcement.id);
    if (key(announcement) !== mine) speak(announcement);
  }

  function over(announcement) {
    awaited.delete(announcement.id);
    if (key(announcement) !== mine) said(announcement);
  }

  /** Not spoken, so it is shown now; unless nobody is to follow it. */
  function lapsed(announcement) {
    if (announcement.reason === "withdrawn") awaited.delete(announcement.id);
    else letGo((each, id) => id === announcement.id);
  }

  function letGo(those) {
    for (const [id, each] of awaited) {
      if (!those(each, id)) continue;
      awaited.delete(id);
      show(each.call);
    }
  }

  function review() {
    for (const [id, { call }] of awaited) if (!stands(call)) awaited.delete(id);
  }

  /** `calls` were made since the last message before a loss. What is not open any more has had its time or lapsed. */
  function takeSnapshot(voices, calls) {
    speakers = new Map(voices.map(({ id, speaker }) => [id, speaker]));
    const open = voices.flatMap(({ announcements }) => announcements);
    letGo(({ voice }, id) => !speakers.get(voice) || !open.some((each) => each.id === id));
    for (const call of calls) called(call, open.filter(({ ticket }) => ticket === call.ticket));
  }

  function began(item) {
    mine = key({ ...item, times: item.times + 1 });
    awaited.delete(item.id);
  }

  return { called, takeEvent, takeSnapshot, review, began };
}

function key({ id, times }) {
  return `${id}/${times}`;
}
