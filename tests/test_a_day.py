"""The main job, end to end over HTTP: a ticket, a call, serving, the figures."""

from __future__ import annotations

from tests.harness import RunningHall


def test_a_visitor_is_issued_called_served_and_counted(hall: RunningHall) -> None:
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]}, key="press-1")
    ticket = issued["tickets"][0]
    assert (ticket["number"], ticket["state"], ticket["ahead"]) == ("A-001", "waiting", 0)
    assert issued["print_job"]["state"] == "queued"

    officer = hall.officer("siti")
    officer.do("/counters/1/open", {"expect": None})
    called = officer.do("/counters/1/call-next", {"expect": None})
    assert (called["ticket"]["number"], called["reason"]["rule"]) == ("A-001", "arrival")
    officer.do("/counters/1/start", {"expect": ticket["id"]})
    officer.do("/counters/1/finish", {"expect": ticket["id"]})

    day = ticket["issued_at"][:10]
    rows = hall.client("supervisor").get(f"/reports/waiting?from={day}&to={day}&by=agency")["rows"]
    assert [(row["key"], row["issued"], row["served"]) for row in rows] == [("x", 1, 1)]
    assert hall.antrean("verify").returncode == 0
