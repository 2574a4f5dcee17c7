// A table of figures that can be put in another order by its heads; figures stand right, in a column of their own width.

import { el, icon } from "/static/dom.js";
import { t } from "/static/text.js";

/**
 * {node}. `columns` are {id, label, value(row), show(row), kind} with kind "name", "figure" or "words"; `value` is what
 * is put in order. `total` is a row that stays at the foot. `sorted` is {id, down}, or null for the order given.
 */
export function sortable({ id, label, columns, rows, total = null, sorted = null, resorted = () => undefined }) {
  let order = sorted;
  const body = el("tbody");
  const heads = columns.map((column) => head(column, () => turn(column.id)));
  const node = el(
    "div",
    { class: "wide", tabindex: "0", role: "region", "aria-label": label },
    el(
      "table",
      { class: "figures", id },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((each) => each.node),
        ),
      ),
      body,
      total && el("tfoot", {}, line(columns, total)),
    ),
  );

  function turn(column) {
    const kind = columns.find((each) => each.id === column).kind;
    order = order?.id === column ? { id: column, down: !order.down } : { id: column, down: kind !== "name" };
    render();
    resorted(order);
  }

  function render() {
    for (const each of heads) each.mark(order);
    body.replaceChildren(...inOrder(rows, columns, order).map((row) => line(columns, row)));
  }

  render();
  return { node };
}

/** "wait_median" as it stands in an address for an order, with a minus for the largest first; and back. */
export function orderText(order) {
  return order ? `${order.down ? "-" : ""}${order.id}` : "";
}

/** The order that a text of an address means; null for none of these columns. */
export function orderOf(text, columns) {
  const id = (text ?? "").replace(/^-/, "");
  return columns.some((column) => column.id === id) ? { id, down: text.startsWith("-") } : null;
}

function inOrder(rows, columns, order) {
  if (!order) return rows;
  const { value } = columns.find((column) => column.id === order.id);
  const known = rows.filter((row) => value(row) !== null && value(row) !== undefined);
  const unknown = rows.filter((row) => !known.includes(row)); // whatever has no figure stands last, either way
  const compare = (one, other) => (typeof one === "string" ? one.localeCompare(other) : one - other);
  known.sort((one, other) => compare(value(one), value(other)) * (order.down ? -1 : 1));
  return [...known, ...unknown];
}

function head(column, press) {
  const turning = el("span", { class: "turning", "aria-hidden": "true" });
  const push = el(
    "button",
    { class: "head", type: "button", on: { click: press }, data: { column: column.id }, title: column.hint ?? null },
    el("span", { text: column.label }),
    turning,
  );
  const node = el("th", { scope: "col", class: column.kind }, push);
  return {
    node,
    mark(order) {
      const mine = order?.id === column.id;
      node.setAttribute("aria-sort", mine ? (order.down ? "descending" : "ascending") : "none");
      turning.replaceChildren(icon(mine ? (order.down ? "chevron-down" : "chevron-up") : "chevrons-up-down"));
    },
  };
}

function line(columns, row) {
  return el(
    "tr",
    { data: { key: row.key } },
    columns.map((column, at) => {
      const shown = column.show(row);
      const attributes = {
        class: column.kind,
        data: { column: column.id },
        dir: column.kind === "name" ? "auto" : null,
      };
      return at === 0 ? el("th", { scope: "row", ...attributes }, shown) : el("td", attributes, shown);
    }),
  );
}

/** A figure that leads to its tickets; without an address it is only itself. */
export function linked(text, href) {
  return href ? el("a", { href, text }) : text;
}

/** What a table says when there is nothing in it. */
export function nothing(words = t("reports.nothing")) {
  return el("p", { class: "quiet", text: words });
}
