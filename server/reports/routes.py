"""The reports under /api/v1/reports. Every one is reckoned in a process of its own."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Response, request

from server.api import Api, Refused, answer
from server.domain.actors import Actor
from server.domain.figures import METRICS
from server.domain.hall import WEEKDAYS
from server.house import House
from server.reports.counters import COUNTER_GROUPINGS
from server.reports.day import MOST_DAYS_READ
from server.reports.tickets import STATES, Sought
from server.reports.waiting import GROUPINGS, TOO_FAR, Question

FORMATS = ("json", "csv", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MOST_DAYS = 3_660
MOST_LETTERS = 200
MOST_AT_ONCE = 1_000
_AFTER = re.compile(r"(\d{4}-\d\d-\d\d):(\d{1,18})", re.ASCII)
_GROUP = ("agency", "service")
_FILE = ("format", "bom")


def register(api: Api) -> None:
    """/reports/waiting, counters, outcomes, distribution, tickets, monthly, state and rebuild."""
    house = api.house
    _register_figures(api, house)

    @api.get("/reports/tickets", "report.read", asks=(
        "from", "to", *_GROUP, "counter", "officer", "outcome", "result", "hour", "weekday", "after", "limit", *_FILE,
    ))  # fmt: skip
    def list_tickets(actor: Actor) -> Any:
        """The tickets behind a figure, by day and id, page by page."""
        first, last = _days()
        sought = Sought(
            first, last, _text("agency"), _text("service"), _text("counter"), _text("officer"),
            _one_of("outcome", tuple(STATES)), _text("result"), _number("hour", 0, 23), _one_of("weekday", WEEKDAYS),
        )  # fmt: skip
        after, limit = _after(), _number("limit", 1, MOST_AT_ONCE)
        head, name = {"from": first, "to": last}, f"antrean-tickets-{first}-{last}"
        return _rows(house, head, name, "tickets", sought=sought, after=after, limit=limit or 100)

    @api.get("/reports/monthly", "report.read", asks=("month",))
    def monthly(actor: Actor) -> Any:
        """The monthly report as PDF."""
        month = request.args.get("month", "")
        if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", month, re.ASCII):
            raise _wrong("month", "must be a month like 2026-11")
        now_ms = house.store.now_ms()
        made = house.reckoner.ask("monthly", month=month, today=_today(house), now_ms=now_ms)
        return file_of(made, f"antrean-{month}", "pdf")

    @api.get("/reports/state", "report.read")
    def state(actor: Actor) -> Any:
        """How many days and months before today are not rolled up yet."""
        return {"not_rolled_up": len(house.reckoner.ask("not_rolled_up", today=_today(house)))}

    @api.post("/reports/rebuild", None, "report.rebuild")
    def rebuild(actor: Actor, body: None) -> Any:
        """Roll up all figures anew from tickets and spans, in the background."""
        house.store.write(lambda tx: tx.forget_rollups())
        return {"not_rolled_up": len(house.reckoner.ask("not_rolled_up", today=_today(house)))}


def _register_figures(api: Api, house: House) -> None:
    @api.get("/reports/waiting", "report.read", asks=("from", "to", "by", *_GROUP, "compare", *_FILE))
    def waiting(actor: Actor) -> Any:
        """Waiting times over business days, by agency, service, counter, officer or time."""
        question = _question(_choice("by", GROUPINGS))
        if question.reaches_too_far:
            raise _wrong("to", TOO_FAR)
        compare = _one_of("compare", ("previous",)) is not None
        head = {"from": question.first, "to": question.last, "by": question.by}
        name = f"antrean-waiting-{question.by}-{question.first}-{question.last}"
        return _rows(house, head, name, "waiting", question=question, compare=compare)

    @api.get("/reports/counters", "report.read", asks=("from", "to", "by", *_FILE))
    def counters(actor: Actor) -> Any:
        """How long counters were open, paused and serving."""
        by = _choice("by", COUNTER_GROUPINGS)
        first, last = _days(MOST_DAYS_READ if by == "hour" else MOST_DAYS)
        head, name = {"from": first, "to": last, "by": by}, f"antrean-counters-{by}-{first}-{last}"
        return _rows(house, head, name, "counters", first=first, last=last, by=by, now_ms=house.store.now_ms())

    @api.get("/reports/outcomes", "report.read", asks=("from", "to", *_GROUP, *_FILE))
    def outcomes(actor: Actor) -> Any:
        """What came of serving visitors, for each service."""
        question = _question("service")
        head = {"from": question.first, "to": question.last}
        return _rows(house, head, f"antrean-outcomes-{question.first}-{question.last}", "outcomes", question=question)

    @api.get("/reports/distribution", "report.read", asks=("from", "to", "metric", "step", *_GROUP))
    def distribution(actor: Actor) -> Any:
        """How one kind of duration is spread, in steps of so many minutes."""
        question, metric = _question("hall"), _choice("metric", ("wait", *METRICS))
        step = _number("step", 1, 120) or 5
        head = {"from": question.first, "to": question.last}
        asked = {"question": question, "metric": metric, "step_minutes": step}
        return answer(200, house.reckoner.ask("distribution", head=head, **asked))


def _rows(house: House, head: dict[str, Any], name: str, what: str, **asked: Any) -> Any:
    """The rows that the reckoner finds, or a file of them."""
    format = _choice("format", FORMATS)
    found = house.reckoner.ask(what, head=head, format=format, bom=_flag("bom"), **asked)
    return answer(200, found) if format == "json" else file_of(found, name, format)


def file_of(content: bytes, name: str, format: str) -> Response:
    """A report as a file to save, by its name without the ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format}"', "Cache-Control": "no-store"}
    return Response(content, content_type=TYPES[format], headers=headers)


def _today(house: House) -> str:
    with house.store.read() as reader:
        return house.catalogues.hall(reader).day(house.store.now_ms())


def _question(by: str) -> Question:
    first, last = _days()
    return Question(first, last, by, _text("agency"), _text("service"))


def _days(most: int = MOST_DAYS) -> tuple[str, str]:
    first, last = _day("from"), _day("to")
    if last < first:
        raise _wrong("to", "is before from")
    if (last - first).days >= most:
        raise _wrong("to", f"is more than {most} days after from")
    return first.isoformat(), last.isoformat()


def _day(name: str) -> date:
    given = request.args.get(name, "")
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or not re.fullmatch(r"[12]\d{3}-\d\d-\d\d", given, re.ASCII):
        raise _wrong(name, "must be a day like 2026-11-21")
    return found


def _choice(name: str, choices: tuple[str, ...]) -> str:
    return _one_of(name, choices) or choices[0]


def _one_of(name: str, choices: tuple[str, ...]) -> str | None:
    given = request.args.get(name)
    if given is not None and given not in choices:
        raise _wrong(name, f"must be one of {', '.join(dict.fromkeys(choices))}")
    return given


def _text(name: str) -> str | None:
    """An id or a name. What the catalogue does not have any more can still be asked for."""
    given = request.args.get(name)
    if given is not None and not (1 <= len(given) <= MOST_LETTERS and given.isprintable()):
        raise _wrong(name, f"must have 1 to {MOST_LETTERS} letters")
    return given


def _number(name: str, least: int, most: int) -> int | None:
    given = request.args.get(name)
    if given is None:
        return None
    if not re.fullmatch(r"\d{1,9}", given, re.ASCII) or not least <= int(given) <= most:
        raise _wrong(name, f"must be a whole number from {least} to {most}")
    return int(given)


def _flag(name: str) -> bool:
    return _one_of(name, ("0", "1")) == "1"


def _after() -> tuple[str, int] | None:
    given = request.args.get("after")
    if given is None:
        return None
    found = _AFTER.fullmatch(given)
    if found is None:
        raise _wrong("after", "must be what `next` was in the answer before")
    return found[1], int(found[2])


def _wrong(name: str, words: str) -> Refused:
    return Refused(422, "invalid", f"{name} {words}", [(name, words)])
