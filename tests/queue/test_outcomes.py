"""What came of serving a visitor: chosen at the end, from what the service knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.commands import serving
from server.commands.desk import UNSAID
from server.domain.errors import DomainError
from server.domain.outcomes import Told
from server.domain.tickets import State, Ticket
from server.hall_file import hall_document as document_of
from server.hall_file import parse_hall
from server.hall_rules import broken_rules
from server.queries.counter import counter_snapshot
from server.reports.waiting import to_csv, waiting_report
from server.views import ticket_view
from tests.queue.house import SITI, QueueHall, hall_document, name

OUTCOMES: list[dict[str, Any]] = [
    {"id": "selesai", "name": name("Selesai")},
    {"id": "kurang-berkas", "name": name("Berkas kurang"), "documents": True},
]


def with_outcomes() -> dict[str, Any]:
    document = hall_document()
    document["agencies"][0]["services"][0]["outcomes"] = OUTCOMES
    return document


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    with QueueHall(tmp_path, with_outcomes()) as found:
        found.open("1", SITI)
        yield found


def finish(queue: QueueHall, outcome: str | None = None, *documents: str) -> Ticket:
    told = Told(outcome, documents)
    return queue.write(lambda tx: serving.finish(tx, queue.hall, SITI, "1", expect=UNSAID, told=told))


def being_served(queue: QueueHall, service: str = "akta") -> Ticket:
    queue.ticket(service)
    queue.call_next("1", SITI)
    return queue.press("start", "1", SITI)


def test_the_outcome_stands_on_the_ticket_and_in_the_log(queue: QueueHall) -> None:
    being_served(queue)
    finished = finish(queue, "kurang-berkas", "KK asli", " surat nikah ")
    shown = ticket_view(queue.hall, queue.now(finished), queue.clock.now_ms())
    assert (shown["state"], shown["outcome"], shown["documents"]) == (
        "finished", "kurang-berkas", ["KK asli", "surat nikah"],
    )  # fmt: skip
    told = json.loads(queue.sql("SELECT payload FROM events ORDER BY seq DESC LIMIT 1")[0]["payload"])["ticket"]
    assert (told["outcome"], told["documents"]) == ("kurang-berkas", ["KK asli", "surat nikah"])


def test_nothing_need_be_told(queue: QueueHall) -> None:
    being_served(queue)
    finished = finish(queue)
    assert (finished.state, finished.outcome, finished.documents) == (State.FINISHED, None, None)


@pytest.mark.parametrize(
    ("service", "outcome", "documents", "field", "code"),
    [
        ("akta", "nonsense", (), "outcome", "unknown_outcome"),
        ("ktp", "selesai", (), "outcome", "unknown_outcome"),
        ("akta", "selesai", ("KK",), "documents", "invalid"),
        ("akta", None, ("KK",), "documents", "invalid"),
        ("akta", "kurang-berkas", ("KK", " "), "documents[1]", "invalid"),
        ("akta", "kurang-berkas", ("x" * 201,), "documents[0]", "invalid"),
        ("akta", "kurang-berkas", ("dua\nbaris",), "documents[0]", "invalid"),
        ("akta", "kurang-berkas", ("KK",) * 11, "documents", "invalid"),
    ],
)
def test_what_the_service_does_not_know_is_refused_and_serving_goes_on(
    queue: QueueHall, service: str, outcome: str | None, documents: tuple[str, ...], field: str, code: str
) -> None:
    ticket = being_served(queue, service)
    with pytest.raises(DomainError) as refused:
        finish(queue, outcome, *documents)
    assert (refused.value.status, refused.value.code, refused.value.field) == (422, code, field)
    assert queue.now(ticket).state is State.SERVING


def test_undo_takes_the_outcome_back(queue: QueueHall) -> None:
    being_served(queue)
    finish(queue, "kurang-berkas", "KK")
    again = queue.press("undo", "1", SITI)
    assert (again.state, again.outcome, again.documents) == (State.SERVING, None, None)
    assert finish(queue, "selesai").outcome == "selesai"


def test_reports_count_what_was_told_and_everybody_of_a_family(queue: QueueHall) -> None:
    for outcome, party_size in (("selesai", 4), ("kurang-berkas", 1), ("selesai", 1), (None, 1)):
        queue.direct("1", SITI, "akta", party_size)
        finish(queue, outcome)
    queue.direct("1", SITI, "akta", 20)
    day = queue.hall.day(queue.clock.now_ms())
    rows = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, day, day, "service"))
    (row,) = rows
    assert (row["served"], row["persons_served"]) == (4, 7), "who is still being served is not counted yet"
    assert row["results"] == {"kurang-berkas": 1, "selesai": 2}
    assert to_csv(rows).splitlines()[0].endswith(",persons_served")


def test_the_officer_is_shown_what_to_choose_from(queue: QueueHall) -> None:
    being_served(queue)
    shown = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter["1"], now_ms))
    expected = [{"documents": False, **OUTCOMES[0]}, OUTCOMES[1]]
    assert shown["services"]["akta"]["outcomes"] == expected == shown["current"]["outcomes"]
    assert shown["services"]["ktp"]["outcomes"] == []


def test_a_catalogue_keeps_its_outcomes_and_tells_what_is_wrong_with_them() -> None:
    document = with_outcomes()
    hall = parse_hall(document)
    assert parse_hall(document_of(hall)) == hall and len(hall.services["akta"].outcomes) == 2
    where = "agencies[0].services[0].outcomes"
    document["agencies"][0]["services"][0]["outcomes"] = [
        {"id": "a b", "name": name("Satu")}, {"id": "dua", "name": {"id": "", "en": "x" * 201}},
        {"id": "dua", "name": name("Dua")},
    ]  # fmt: skip
    paths = [path for path, _ in broken_rules(document)]
    assert sorted(paths) == [f"{where}[0].id", f"{where}[1].name.en", f"{where}[1].name.id", f"{where}[2].id"]
