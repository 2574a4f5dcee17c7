"""/healthz, /readyz and /metrics: what a monitoring program asks."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.api import answer, caller_of, problem, problem_of
from server.auth import may
from server.broadcast import Broadcaster
from server.commands.printing import PRINTS, UNKNOWN_PRINTER
from server.house import House
from server.queries.printers import printers_view
from server.queries.queues import Queues
from server.store import Unavailable
from server.wire import encode

LOOPBACK = ("127.0.0.1", "::1")
Samples = list[tuple[dict[str, str], int]]
PRINTER_STATES = (*PRINTS, "paper_out", "cover_open", "offline", "error", UNKNOWN_PRINTER)
SCREENS = ("display", "counter", "kiosk", "supervisor", "visit")


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
        # It takes tickets all the same; the log says why.
        failing = [{"what": what, "for_seconds": int(lasts_s)} for what, lasts_s in house.troubles.standing().items()]
        return answer(200, encode({"status": "ready", "troubles": failing}))

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
    rooms = broadcaster.rooms.size.items()
    families: tuple[tuple[str, str, str, Samples], ...] = (
        ("waiting", "gauge", "Visitors who wait for a service.", [
            ({"agency": agency.id, "service": service}, queues.waiting(service))
            for service, agency in hall.agency_of.items()
        ]),
        ("counters_open", "gauge", "Counters that call visitors.", [
            ({}, sum(row.state == "open" for row in queues.counters.values())),
        ]),
        ("printer_ready", "gauge", "Whether slips come out of a printer (1) or not (0).", [
            ({"printer": printer["id"]}, int(printer["state"] in PRINTS)) for printer in printers
        ]),
        ("printer_state", "gauge", "The state of a printer: 1 for the one it is in.", [
            ({"printer": printer["id"], "state": state}, int(printer["state"] == state))
            for printer in printers for state in PRINTER_STATES
        ]),
        ("printer_standing_in", "gauge", "Whether a printer's slips go to its fallback now.", [
            ({"printer": printer["id"]}, int(printer["standing_in"])) for printer in printers
        ]),
        ("print_jobs_waiting", "gauge", "Slips that wait for a printer.", [
            ({"printer": printer["id"]}, printer["jobs_waiting"]) for printer in printers
        ]),
        ("screens", "gauge", "Connected screens.", [
            ({"screen": kind}, sum(size for room, size in rooms if room.partition(":")[0] == kind))
            for kind in SCREENS
        ]),
        ("chore_failing", "gauge", "Work of the house itself that fails and is tried again; the log says why.", [
            ({"chore": what}, 1) for what in house.troubles.standing()
        ]),
        ("events_total", "counter", "Events in the log.", [({}, seq)]),
    )  # fmt: skip
    return "".join(_family(f"antrean_{name}", kind, tells, samples) for name, kind, tells, samples in families)


def _family(name: str, kind: str, tells: str, samples: Samples) -> str:
    """One metric and its samples, as Prometheus' text format 0.0.4 has it."""
    lines = [f"# HELP {name} {tells}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
