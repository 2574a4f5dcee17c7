// How many wait, per service as the messages count them and per agency as the board shows them.

/**
 * Returns `takeSnapshot(json)`, `takeEvent(event)`, `listed()` in the catalogue's order (agencies; or services on a
 * board that is about one agency or counter), and
 * `serviceName(id)` and `agencyName(id)`: {id, en}, the latter also of another zone's agency that a counter here has called for.
 */
export function waitingList() {
  let order = [];
  let services = new Map();
  const names = new Map();

  function takeSnapshot({ agencies, services: told = [], waiting, calls, recent }) {
    order = told.length ? told.map((service) => ({ ...service, service: true })) : agencies;
    services = new Map(waiting.map(({ service, agency, count, estimate }) => [service, { agency, waiting: count, estimate }]));
    for (const { agency, agency_name } of [...recent, ...calls]) names.set(agency, agency_name);
    for (const { id, name } of agencies) names.set(id, name);
  }

  function takeEvent({ queue, queues = [] }) {
    for (const { service, agency, waiting, estimate } of queue ? [queue, ...queues] : queues) {
      services.set(service, { agency, waiting, estimate });
    }
  }

  function listed() {
    return order.map((line) => ({ ...line, ...sum(line) }));
  }

  function sum({ id, service }) {
    const own = service ? [services.get(id)].filter(Boolean) : [...services.values()].filter((queue) => queue.agency === id);
    if (!own.length) return {};
    return { waiting: own.reduce((total, queue) => total + queue.waiting, 0), estimate: longest(own) };
  }

  /** The name of a service on a board that tells of services; undefined elsewhere. */
  function serviceName(id) {
    return order.find((line) => line.service && line.id === id)?.name;
  }

  return { takeSnapshot, takeEvent, listed, agencyName: (id) => names.get(id), serviceName };
}

/** An agency's longest estimate among its services with people waiting, or among all when nobody waits. */
function longest(queues) {
  const busy = queues.filter((queue) => queue.waiting > 0);
  const ranges = (busy.length ? busy : queues).map((queue) => queue.estimate).filter(Boolean);
  return ranges.reduce((most, range) => (most && most.high_minutes >= range.high_minutes ? most : range), null);
}
