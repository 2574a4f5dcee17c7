// What the kiosk knows of the hall: the last snapshot, kept current by the events' queue figures.

/** A snapshot of GET /api/v1/hall made easy to ask. */
export class Catalogue {
  constructor(snapshot) {
    this.hall = snapshot.hall;
    this.agencies = snapshot.agencies;
    this.printers = snapshot.printers ?? [];
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
    }
    const printer = event.printer && this.printers.find((each) => each.id === event.printer.id);
    if (printer) printer.state = event.printer.state;
  }

  /** Whether the slips of this kiosk come out now. A kiosk without a printer has nothing that could fail. */
  printerReady(kiosk) {
    const printer = this.printers.find((each) => each.kiosks?.includes(kiosk));
    return !printer || printer.state === "ready" || printer.state === "unknown";
  }
}

/** How long an agency's visitors wait, as the server reckons it: its longest queue's estimate, or null. */
function agencyEstimate(agency) {
  const queued = agency.services.filter((service) => service.waiting > 0);
  const known = (queued.length ? queued : agency.services).map((service) => service.estimate).filter(Boolean);
  return known.reduce((longest, each) => (longest && longest.high_minutes >= each.high_minutes ? longest : each), null);
}
