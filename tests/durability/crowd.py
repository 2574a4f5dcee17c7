"""Visitors and officers who press all the time, and a ledger of every press that was answered or not."""

from __future__ import annotations

import http.client
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.harness import Answer, Client, RunningHall

KIOSKS = ("one", "two", "three", "one")
COUNTERS = ("1", "2")


@dataclass
class Press:
    """One command with its idempotency key; `answer` is None where none came."""

    subject: tuple[str, str]
    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    answer: Answer | None = None

    def send(self, hall: RunningHall) -> Answer:
        """Press again, from a new connection."""
        return hall.client(*self.subject).post(self.path, self.body, key=self.key)

    def tickets(self) -> list[dict[str, Any]]:
        """The tickets that were issued."""
        found: list[dict[str, Any]] = []
        if self.path == "/tickets" and self.answer is not None and self.answer.status == 201:
            found = self.answer.json["tickets"]
        return found


class Crowd:
    """Four visitors' and two officers' threads; each stops when its server is gone."""

    def __init__(self, hall: RunningHall) -> None:
        self._hall = hall
        self.presses: list[Press] = []
        self.answered = 0
        self._stop = threading.Event()
        visitors = [threading.Thread(target=self._run, args=(self._visitor, service)) for service in KIOSKS]
        officers = [threading.Thread(target=self._run, args=(self._officer, counter)) for counter in COUNTERS]
        for role, subject in [("kiosk", "kiosk-1"), *(("counter", counter) for counter in COUNTERS)]:
            hall.token(role, subject)  # made before the crowd comes
        self._threads = visitors + officers
        for thread in self._threads:
            thread.start()

    def gone(self) -> bool:
        """Whether everybody has stopped by themselves."""
        return not any(thread.is_alive() for thread in self._threads)

    def leave(self) -> list[Press]:
        """Everybody stops; what they have pressed."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        return self.presses

    def _run(self, pressing: Callable[[str], None], place: str) -> None:
        try:
            while not self._stop.is_set():
                pressing(place)
        except (OSError, http.client.HTTPException):
            return  # killed: the press stays unanswered in the ledger

    def _press(self, subject: tuple[str, str], path: str, body: dict[str, Any]) -> Answer:
        press = Press(subject, path, body)
        self.presses.append(press)
        client = Client(self._hall.url, self._hall.token(*subject))
        try:
            press.answer = client.post(path, body, key=press.key)
        finally:
            client.close()
        self.answered += 1
        return press.answer

    def _visitor(self, service: str) -> None:
        services = [service] if service != "three" else ["three", "one"]
        answer = self._press(("kiosk", "kiosk-1"), "/tickets", {"services": services})
        assert answer.status == 201, answer.body

    def _officer(self, counter: str) -> None:
        """Open, call, start, finish; whatever is already so is a refusal, which is an answer too."""
        who, at = ("counter", counter), f"/counters/{counter}"
        for verb in ("open", "call-next", "start", "finish"):
            answer = self._press(who, f"{at}/{verb}", {})
            assert answer.status in (200, 409), answer.body
