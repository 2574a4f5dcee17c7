"""What chance decides: who comes, for what, when, how long it takes. Pure functions of a random generator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

PRIORITY_SHARE = 0.10
NO_SHOW_SHARE = 0.05
ENGLISH_SHARE = 0.05
TWO_SERVICES_SHARE = 0.06
SECOND_THOUGHTS_SHARE = 0.015
"""Of those who took a ticket, so many cancel it at the kiosk right away."""
COMES_BACK_SHARE = 0.4
"""Of those who were missed, so many turn up at the counter after all."""
PAUSE_SHARE = 0.02
"""After so many of their visitors an officer steps away for a while."""

ELEMENTS, SCALE = [f"u{n}" for n in range(1, 10)], (1, 2, 3, 4)
OPINION_SHARE = 0.3
"""Of those who were served, so many say what they thought of it."""
MOODS = {(0, 0, 30, 70): 70, (0, 8, 62, 30): 25, (15, 45, 35, 5): 5}
"""How often each answer from 1 to 4 is given in a mood; and how often that mood is met."""
COMMENT_SHARE = 0.15
COMMENTS = ("Petugas ramah dan jelas.", "Cepat, terima kasih.", "Kursi tunggu kurang.", "Syaratnya sudah jelas.",
            "Mohon loketnya ditambah pada pagi hari.", "Ruangannya bersih dan sejuk.")  # fmt: skip

PRIORITIES = {"elderly": 60, "pregnant": 25, "disability": 15}
OTHER_PRIORITY = 20
"""How often a class of the hall's own is met, on the scale of PRIORITIES."""
PARTY_SIZES = {1: 82, 2: 12, 3: 4, 4: 1, 5: 1}
PAUSE_REASONS = ("Istirahat sebentar", "Salat", "Fotokopi berkas", "Rapat singkat")
SPREAD = 0.45
"""Sigma of the log-normal service times: one in twenty takes twice as long as the usual one."""
WALK_SECONDS, WALK_SPREAD, LONGEST_WALK_SECONDS = 25.0, 0.5, 110.0
PATIENCE_MINUTES, PATIENCE_SPREAD = 45.0, 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What one visitor asks for at the kiosk."""

    services: tuple[str, ...]
    priority: str | None
    party_size: int
    language: str

    def body(self) -> dict[str, Any]:
        """As POST /tickets takes it."""
        given = {"services": list(self.services), "party_size": self.party_size, "language": self.language}
        return given if self.priority is None else {**given, "priority": self.priority}


def wish(rng: Random, weights: Mapping[str, float], classes: Iterable[str] = tuple(PRIORITIES)) -> Wish:
    """What the next visitor wants; `weights` say how sought after each service is, `classes` who has priority here."""
    services = [_one_of(rng, weights)]
    others = {service: weight for service, weight in weights.items() if service not in services}
    if others and rng.random() < TWO_SERVICES_SHARE:
        services.append(_one_of(rng, others))
    known = {kind: PRIORITIES.get(kind, OTHER_PRIORITY) for kind in classes}
    priority = _one_of(rng, known) if known and rng.random() < PRIORITY_SHARE else None
    language = "en" if rng.random() < ENGLISH_SHARE else "id"
    return Wish(tuple(services), priority, _one_of(rng, PARTY_SIZES), language)


def _one_of(rng: Random, weights: Mapping[T, float]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


def opinion(rng: Random) -> dict[str, Any]:
    """Nine answers of one mood, at times with a comment, as POST /visits/<code>/survey takes them."""
    often = _one_of(rng, MOODS)
    told: dict[str, Any] = {"answers": {name: rng.choices(SCALE, often)[0] for name in ELEMENTS}}
    return {**told, "comment": rng.choice(COMMENTS)} if rng.random() < COMMENT_SHARE else told


def service_seconds(rng: Random, usual_seconds: float) -> float:
    """How long serving takes: log-normal around the usual time, which half of all stay below."""
    return rng.lognormvariate(math.log(usual_seconds), SPREAD)


def mean_service_seconds(usual_seconds: float) -> float:
    """The mean of `service_seconds`: the long ones pull it above the usual time."""
    return usual_seconds * math.exp(SPREAD**2 / 2)


def walk_seconds(rng: Random) -> float:
    """From the call to the counter."""
    return min(LONGEST_WALK_SECONDS, rng.lognormvariate(math.log(WALK_SECONDS), WALK_SPREAD))


def patience_seconds(rng: Random) -> float:
    """The longest wait a visitor takes a ticket for."""
    return rng.lognormvariate(math.log(PATIENCE_MINUTES * 60), PATIENCE_SPREAD)
