// The boards of the hall: which are connected, what runs along their foot, the emergency message, screens that want to
// become boards, and how the layouts look.

import { get } from "/static/api.js";
import { el, icon } from "/static/dom.js";
import { connect } from "/static/live.js";
import { keyed, mark, say } from "/static/parts.js";
import { clock, name, since, t } from "/static/text.js";
import { emergencyCard } from "/admin/static/emergency.js";
import { enrolmentCard } from "/admin/static/enrolment.js";
import { layoutsCard } from "/admin/static/layouts.js";
import { messagesCard } from "/admin/static/messages.js";

const LOOK_MS = 5_000; // a board that comes or goes tells nobody

/** The view of /admin/boards for `page`, whose `user` is {name, role}. */
export function boardsView(page) {
  const admin = page.user().role === "admin";
  let state = null;
  let status = "connecting";
  let known_ms = 0;

  const notice = el("p", { class: "offline", role: "status", hidden: true }, icon("wifi-off"), el("span"));
  const summary = el("p", { class: "summary" });
  const emergency = emergencyCard(refresh);
  const messages = messagesCard(refresh);
  const layouts = layoutsCard();
  const enrolment = admin ? enrolmentCard(refresh) : null;
  const rows = el("ul", { class: "screens" });
  const show = keyed(rows, boardRow);
  const media = el("ul", { class: "broken-media" });
  const showMedia = keyed(media, brokenRow);
  const boards = el(
    "section",
    { class: "card", "aria-labelledby": "boards-there" },
    el("h2", { id: "boards-there", text: t("admin.boards_there") }),
    rows,
    media,
  );
  const node = el(
    "main",
    { class: "sheet boards" },
    el("div", { class: "head" }, el("div", {}, el("h1", { text: t("admin.boards") }), summary)),
    notice,
    emergency.node,
    el("div", { class: "two" }, el("div", {}, messages.node), el("div", {}, enrolment?.node, boards)),
    layouts.node,
  );

  const line_ = connect({
    screen: "supervisor",
    id: "",
    snapshot: () => get("/api/v1/boards"),
    onSnapshot(json) {
      state = json;
      known_ms = line_.now();
      render();
    },
    onEvent: (event) => (event === "board.changed" || event === "hall.changed") && refresh(),
    onStatus(next, { reason }) {
      status = next;
      if (next === "refused" && reason === "unauthorized") return page.expired();
      return render();
    },
  });
  const looking = setInterval(refresh, LOOK_MS);

  function refresh() {
    line_.refresh();
  }

  function render() {
    const lost = status !== "live" && status !== "connecting";
    notice.hidden = !lost;
    if (lost) say(notice.lastChild, state ? t("admin.offline", { time: clock(known_ms) }) : t("live.lost"));
    mark(node, "waiting", state === null);
    if (state === null) return say(summary, t("admin.loading"));
    const there = state.boards.filter(({ screens }) => screens > 0).length;
    say(summary, t("admin.boards_summary", { count: there, all: state.boards.length }));
    show(state.boards.map((board) => ({ ...board, around: state })));
    const named = (id) => name(state.boards.find((board) => board.id === id)?.name) || id;
    showMedia(state.media.broken.map((file) => ({ id: file.name, boards: file.boards.map(named).join(", ") })));
    emergency.show(state);
    messages.show(state);
    layouts.show(state);
    enrolment?.show(state);
  }

  return {
    node,
    render,
    close() {
      clearInterval(looking);
      enrolment?.close();
      line_.close();
    },
  };
}

/** A picture or a film that some boards cannot show. */
function brokenRow({ id: file }) {
  const words = el("p", { dir: "auto" });
  const node = el("li", { class: "broken", data: { file } }, icon("image-off"), words);
  return { node, update: ({ boards }) => say(words, t("admin.media_broken", { file, boards })) };
}

function boardRow() {
  const lamp = el("span", { class: "lamp" });
  const title = el("a", { class: "open-board", dir: "auto", target: "_blank" });
  const seen = el("p", { class: "quiet" });
  const about = el("p", { class: "quiet" });
  const node = el("li", {}, lamp, el("div", {}, title, seen, about));
  return {
    node,
    update({ id, name: wording, screens, seen_at, layout, zones, around }) {
      mark(lamp, "good", screens > 0);
      say(title, name(wording));
      title.href = `/display/${encodeURIComponent(id)}`;
      const gone = seen_at ? t("admin.board_gone", { time: since(seen_at) }) : t("admin.board_never");
      say(seen, screens > 0 ? t("admin.board_there", { n: screens }) : gone);
      const known = around.layouts.find((each) => each.id === layout);
      const where = around.zones.filter((zone) => zones.includes(zone.id)).map((zone) => name(zone.name));
      say(about, [id, known ? name(known.name) : layout, ...where].join(" · "));
    },
  };
}
