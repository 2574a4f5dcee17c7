"""/healthz, /readyz and /metrics: what a monitoring program asks."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.api import answer, caller_of, problem, problem_of
from server.auth import may
from server.broadcast import Broadcaster
from server.house import House
from server.queries import Queues, printers_view
from server.store import Unavailable
from server.wire import encode

LOOPBACK = ("127.0.0.1", "::1")


def pages(house: House, broadcaster: Broadcaster) -> Blueprint:
    """The three addresses."""
    room = Blueprint("metrics", __name__)

    @room.get("/healthz")
    def health() -> Response:
        return answer(200, encode({"status": "ok", "version": house.version}))

    @room.get("/readyz")
    def ready() -> Response:
        jump = house.store.clock_jump()
        if jump is not None:
            return answer(503, encode(problem(503, "clock_jumped", jump, [])))
        try:
            # Something is really written: an empty commit would succeed on a full disk.
            house.store.write(lambda tx: tx.set_meta("asked_ready_ms", str(tx.now_ms)))
        except Unavailable as error:
            return answer(503, encode(problem_of(error)))
        return answer(200, encode({"status": "ready"}))

    @room.get("/metrics")
    def metrics() -> Response:
        if request.remote_addr not in LOOPBACK:
            actor = caller_of(house).actor
            if actor is None:
                return answer(401, encode(problem(401, "unauthorized", "log in, or send a token", [])))
            if not may(actor, "metrics.read"):
                return answer(403, encode(problem(403, "forbidden", "metrics are for supervisors", [])))
        return Response(_exposition(house, broadcaster), content_type="text/plain; version=0.0.4; charset=utf-8")

    return room


def _exposition(house: House, broadcaster: Broadcaster) -> str:
    with house.store.read() as reader:
        hall = house.catalogues.hall(reader)
        queues, seq = Queues(reader, hall, house.store.now_ms()), reader.head()
        printers = printers_view(reader, hall)
    lines = ["# TYPE antrean_waiting gauge"]
    for service, agency in hall.agency_of.items():
        lines.append(f'antrean_waiting{{agency="{agency.id}",service="{service}"}} {queues.waiting(service)}')
    lines.append("# TYPE antrean_counters_open gauge")
    lines.append(f"antrean_counters_open {sum(row.state == 'open' for row in queues.counters.values())}")
    lines.append("# TYPE antrean_printer_ready gauge")
    lines += [f'antrean_printer_ready{{printer="{p["id"]}"}} {int(p["state"] == "ready")}' for p in printers]
    lines.append("# TYPE antrean_print_jobs_waiting gauge")
    lines += [f'antrean_print_jobs_waiting{{printer="{p["id"]}"}} {p["jobs_waiting"]}' for p in printers]
    lines.append("# TYPE antrean_screens gauge")
    kinds = ("display", "counter", "kiosk", "supervisor", "visit")
    for kind in kinds:
        count = sum(size for room, size in broadcaster.rooms.size.items() if room.partition(":")[0] == kind)
        lines.append(f'antrean_screens{{screen="{kind}"}} {count}')
    lines += ["# TYPE antrean_events_total counter", f"antrean_events_total {seq}"]
    return "\n".join(lines) + "\n"
