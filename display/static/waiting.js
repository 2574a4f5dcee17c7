// How many wait, per service as the messages count them and per agency as the board shows them.

/**
 * Returns `takeSnapshot(json)`, `takeEvent(event)`, `agencies()` in the catalogue's order, and
 * `agencyName(id)`: {id, en}, also of another zone's agency that a counter here has called for.
 */
export function waitingList() {
  let order = [];
  let services = new Map();
  const names = new Map();

  function takeSnapshot({ agencies, waiting, calls, recent }) {
    order = agencies;
    services = new Map(waiting.map(({ service, agency, count, estimate }) => [service, { agency, waiting: count, estimate }]));
    for (const { agency, agency_name } of [...recent, ...calls]) names.set(agency, agency_name);
    for (const { id, name } of agencies) names.set(id, name);
  }

  function takeEvent({ queue, queues = [] }) {
    for (const { service, agency, waiting, estimate } of queue ? [queue, ...queues] : queues) {
      services.set(service, { agency, waiting, estimate });
    }
  }

  function agencies() {
    return order.map((agency) => ({ ...agency, ...sum(agency.id) }));
  }

  function sum(agency) {
    const own = [...services.values()].filter((queue) => queue.agency === agency);
    if (!own.length) return {};
    return { waiting: own.reduce((total, queue) => total + queue.waiting, 0), estimate: longest(own) };
  }

  return { takeSnapshot, takeEvent, agencies, agencyName: (id) => names.get(id) };
}

/** An agency's longest estimate among its services with people waiting, or among all when nobody waits. */
function longest(queues) {
  const busy = queues.filter((queue) => queue.waiting > 0);
  const ranges = (busy.length ? busy : queues).map((queue) => queue.estimate).filter(Boolean);
  return ranges.reduce((most, range) => (most && most.high_minutes >= range.high_minutes ? most : range), null);
}
