// What the kiosk knows of the hall: the last snapshot, kept current by the events' queue figures.

/** A snapshot of GET /api/v1/hall made easy to ask. */
export class Catalogue {
  constructor(snapshot) {
    this.hall = snapshot.hall;
    this.agencies = snapshot.agencies;
    this.printers = snapshot.printers ?? [];
    this.priorities = snapshot.priorities ?? [];
    this.next_change = snapshot.next_change ?? null;
    this.agency = new Map(snapshot.agencies.map((agency) => [agency.id, agency]));
    this.zone = new Map((snapshot.zones ?? []).map((zone) => [zone.id, zone]));
    this.service = new Map();
    this.agencyOf = new Map();
    for (const agency of snapshot.agencies) {
      for (const service of agency.services) {
        this.service.set(service.id, service);
        this.agencyOf.set(service.id, agency);
      }
    }
  }

  /** Take the figures an event carries: `queue`, or several `queues`; absolute, not differences. */
  take(event) {
    for (const queue of [event.queue, ...(event.queues ?? [])]) {
      const service = queue && this.service.get(queue.service);
      if (!service) continue;
      service.waiting = queue.waiting;
      if (queue.estimate !== undefined) service.estimate = queue.estimate;
      const agency = this.agencyOf.get(queue.service);
      agency.waiting = agency.services.reduce((sum, each) => sum + each.waiting, 0);
      agency.estimate = agencyEstimate(agency);
      if (queue.open !== undefined) offer(service, agency, queue);
    }
    const printer = event.printer && this.printers.find((each) => each.id === event.printer.id);
    if (printer) Object.assign(printer, event.printer);
  }

  /**
   * Where the slips of a kiosk come out now: {way: "here"}, {way: "elsewhere", at: the printer standing in}, or
   * {way: "nowhere"}. A kiosk without a printer has nothing that could fail; one not heard of is believed to work.
   */
  slips(kiosk) {
    const printer = this.printers.find((each) => each.kiosks?.includes(kiosk));
    if (!printer || prints(printer)) return HERE;
    const other = printer.standing_in && this.printers.find((each) => each.id === printer.fallback);
    return other && prints(other) ? { way: "elsewhere", at: other } : NOWHERE;
  }
}

const HERE = { way: "here" };
const NOWHERE = { way: "nowhere" };
const CANNOT = new Set(["paper_out", "cover_open", "offline", "error"]);

function prints(printer) {
  return !CANNOT.has(printer.state);
}

/** What the queue itself now allows: numbers, none, or with a warning. An agency is open while one of its services is. */
function offer(service, agency, { open, closed_reason, warning }) {
  Object.assign(service, { open, closed_reason, warning });
  const closed = agency.services.filter((each) => !each.open).map((each) => each.closed_reason);
  agency.open = closed.length < agency.services.length;
  const opens = (reason) => Date.parse(reason?.opens_at ?? "") || Infinity;
  agency.closed_reason = agency.open ? null : closed.reduce((first, each) => (opens(each) < opens(first) ? each : first));
}

/** How long an agency's visitors wait, as the server reckons it: its longest queue's estimate, or null. */
function agencyEstimate(agency) {
  const queued = agency.services.filter((service) => service.waiting > 0);
  const known = (queued.length ? queued : agency.services).map((service) => service.estimate).filter(Boolean);
  return known.reduce((longest, each) => (longest && longest.high_minutes >= each.high_minutes ? longest : each), null);
}
