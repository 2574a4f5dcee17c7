// How many wait, per service as the messages count them and per agency as the board shows them.

/** Returns `takeSnapshot(json)`, `takeEvent(event)`, `agencies()` in the catalogue's order and `agencyName(id)`. */
export function waitingList() {
  let order = [];
  let services = new Map();

  function takeSnapshot({ agencies, waiting }) {
    order = agencies;
    services = new Map(waiting.map((queue) => [queue.service, { ...queue, waiting: queue.count }]));
  }

  /** Apply the queues an event speaks of. True when one of them is of an agency this board does not know. */
  function takeEvent({ queue, queues = [], ticket }) {
    const moved = queue ? [queue, ...queues] : queues;
    for (const { service, agency, waiting, estimate } of moved) {
      services.set(service, { service, agency, waiting, estimate });
    }
    const named = [...moved.map(({ agency }) => agency), ticket?.agency].filter(Boolean);
    return named.some((id) => !order.some((agency) => agency.id === id));
  }

  function agencies() {
    return order.map((agency) => ({ ...agency, ...sum(agency.id) }));
  }

  function sum(agency) {
    const own = [...services.values()].filter((queue) => queue.agency === agency);
    if (!own.length) return {};
    return { waiting: own.reduce((total, queue) => total + queue.waiting, 0), estimate: longest(own) };
  }

  return { takeSnapshot, takeEvent, agencies, agencyName: (id) => order.find((agency) => agency.id === id)?.name };
}

/** An agency's longest estimate among its services with people waiting, or among all when nobody waits. */
function longest(queues) {
  const busy = queues.filter((queue) => queue.waiting > 0);
  const ranges = (busy.length ? busy : queues).map((queue) => queue.estimate).filter(Boolean);
  return ranges.reduce((most, range) => (most && most.high_minutes >= range.high_minutes ? most : range), null);
}
