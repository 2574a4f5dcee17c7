// Lists that change under a finger. An element that is replaced between touch and release loses the
// touch, and on a busy day a count changes every second: so what is there stays, and only its words change.

/**
 * Keeps `container` showing `items`. `make(item)` gives {node, update(item)}; an item is known by `id`.
 * Existing nodes stay where they are unless the order itself has changed.
 */
export function keyed(container, make) {
  let parts = new Map();
  return (items) => {
    const next = new Map(items.map((item) => [item.id, parts.get(item.id) ?? make(item)]));
    const sameOrder = [...next.keys()].join("\n") === [...parts.keys()].join("\n");
    if (!sameOrder) container.replaceChildren(...[...next.values()].map((part) => part.node));
    parts = next;
    for (const item of items) parts.get(item.id).update(item);
  };
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Sets a text where it differs, and lets a change be seen for a moment. */
export function say(node, text) {
  if (node.textContent === text) return;
  const changed = node.textContent !== "";
  node.textContent = text;
  if (changed && !still.matches) node.animate([{ opacity: 0.25 }, { opacity: 1 }], { duration: 180, easing: "ease-out" });
}
