"""/metrics as Prometheus reads it, and the addresses of the admin room."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from server.metrics import PRINTER_STATES
from tests.harness import Client, RunningHall

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\d+)')


def metrics(hall: RunningHall) -> Iterator[tuple[str, dict[str, str], int]]:
    """Every sample, once the whole of the text has been found to be right: name, labels, value."""
    answer = Client(hall.url).request("GET", "/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.body.decode()
    assert text.endswith("\n")
    told, name = set(), ""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in told, f"{name} stands in two places"
            told.add(name)
            assert re.fullmatch(rf"# TYPE {name} (gauge|counter)", next(lines))
            continue
        found = SAMPLE.fullmatch(line)
        assert found and found[1] == name, line
        yield found[1], dict(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', found[2] or "")), int(found[3])


@pytest.mark.parametrize("state", [state for state in PRINTER_STATES if state != "unknown"])
def test_a_printer_is_in_one_state_at_a_time(wide_hall: RunningHall, state: str) -> None:
    wide_hall.client("printer", "printer-1").do("/printers/printer-1/status", {"state": state})
    samples = list(metrics(wide_hall))
    states = {
        (labels["printer"], labels["state"]): value
        for name, labels, value in samples
        if name == "antrean_printer_state"
    }
    assert {at for (printer, at), value in states.items() if printer == "printer-1" and value} == {state}
    assert {at for printer, at in states if printer == "printer-2"} == set(PRINTER_STATES)
    ready = {labels["printer"]: value for name, labels, value in samples if name == "antrean_printer_ready"}
    assert ready["printer-1"] == (state in ("ready", "paper_low"))


def test_jobs_that_wait_are_counted_for_each_printer(wide_hall: RunningHall) -> None:
    def waiting() -> dict[str, int]:
        return {
            labels["printer"]: value
            for name, labels, value in metrics(wide_hall)
            if name == "antrean_print_jobs_waiting"
        }

    before = waiting()
    wide_hall.client("kiosk", "kiosk-2").do("/tickets", {"services": ["one"]})
    assert waiting() == before | {"printer-2": before["printer-2"] + 1}


def test_the_admin_pages_begin_with_the_printers(wide_hall: RunningHall) -> None:
    client = Client(wide_hall.url)
    sent_on = client.request("GET", "/admin/")
    assert (sent_on.status, sent_on.headers["Location"]) == (302, "/admin/printers")
    assert client.request("GET", "/admin/printers").status == 200  # to log in there


@pytest.mark.parametrize(
    ("role", "status"), [(None, 401), ("kiosk", 403), ("counter", 403), ("printer", 403), ("supervisor", 200)]
)
def test_the_picture_of_the_slip_is_for_supervisors(wide_hall: RunningHall, role: str | None, status: int) -> None:
    subject = {"kiosk": "kiosk-1", "counter": "1", "printer": "printer-1"}.get(role or "")
    answer = wide_hall.client(role, subject).request("GET", "/admin/slip.png?width=58&language=en")
    assert answer.status == status
    assert answer.body.startswith(b"\x89PNG") == (status == 200)


@pytest.mark.parametrize("query", ["width=57", "width=", "language=de", "width=80&language=../id"])
def test_a_slip_that_is_not_printed_here_is_refused_in_words(wide_hall: RunningHall, query: str) -> None:
    answer = wide_hall.client("admin").request("GET", f"/admin/slip.png?{query}")
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert answer.json["errors"][0]["path"] in ("width", "language")
