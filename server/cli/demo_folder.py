"""A demo's data folder: its mark, its logins, and its devices' tokens, which are kept from one start to the next."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from server.auth import check_password, hash_password
from server.cli.access import COMMAND_LINE, hall_in_force
from server.commands import access
from server.commands.access import hash_token
from server.config import Settings
from server.domain.events import ACCESS_CHANGED
from server.domain.hall import Counter, Hall, Hours
from server.house import DEMO_FILE
from server.simulation.demand import Desk, free_counters
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.sqlite import DATABASE

PASSWORD = "antrean-demo"
OFFICERS, OVERSEERS = ("petugas-01", "petugas-02", "petugas-03"), ("supervisor", "admin")
NAMES = {"supervisor": "pengawas", "admin": "admin"}
PEOPLE = (
    "Rina", "Budi", "Dewi", "Agus", "Yuni", "Hendra", "Fitri", "Joko", "Lina", "Rudi", "Sari", "Wahyu", "Mega", "Dian",
    "Andi", "Putri", "Eko", "Nur", "Tono", "Wati", "Arif", "Ratna", "Bayu", "Indah",
)  # fmt: skip
"""The simulated officers, one at each counter."""
USUAL_DAY_SECONDS = 7.5 * 3600


def is_real_hall(data: Path) -> bool:
    """Whether a data folder holds a hall that no demo made."""
    return (data / DATABASE).exists() and not (data / DEMO_FILE).exists()


def prepare_demo(data: Path, settings: Settings) -> tuple[dict[str, Any], Hall]:
    """Logins and enrolled devices in the database, and the demo's file that tells of them; that, and the hall.

    The caller holds the folder's lock. The file is there before the database, so that a start that was broken off
    leaves no folder that looks like a real hall's. Raises SchemaTooNew, sqlite3.Error, OSError.
    """
    path = data / DEMO_FILE
    known = _read(path)
    if not path.exists():
        _write(path, {"links": {}, "logins": [], "tokens": {}})
    shown, hall = write_offline(data / DATABASE, lambda tx: _people_and_devices(tx, settings, known), despite_jump=True)
    _write(path, shown)
    return shown, hall


def _read(path: Path) -> dict[str, str]:
    """The tokens of an earlier start, by role/id; none where the file cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        return {device: token for device, token in kept.items() if isinstance(token, str)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _write(path: Path, document: Mapping[str, Any]) -> None:
    """Put the file there whole, and readable to its owner alone from the first byte: it holds tokens."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(document, out, ensure_ascii=False, indent=1)
    fresh.replace(path)


def _people_and_devices(tx: Changes, settings: Settings, known: Mapping[str, str]) -> tuple[dict[str, Any], Hall]:
    hall = hall_in_force(tx, settings.hall)
    free = free_counters([Desk(counter.id, counter.zone, counter.services) for counter in hall.counters])
    officers = {counter.id: _person(at) for at, counter in enumerate(hall.counters)}
    tokens = _tokens(tx, hall, officers, known)
    logins = _logins(tx, free)
    tx.record(ACCESS_CHANGED, COMMAND_LINE.id, {"demo": {"logins": [login["name"] for login in logins]}})
    links = {device: f"/enrol?token={token}" for device, token in tokens.items() if not device.startswith("counter/")}
    shown = {
        "links": links,
        "logins": logins,
        "tokens": tokens,
        "officers": officers,
        "free": list(free),
        "day_seconds": day_seconds(hall.hours),
        "paper": True,
    }
    return shown, hall


def _person(at: int) -> str:
    """A name for the officer of a counter, no two the same."""
    round_, name = divmod(at, len(PEOPLE))
    return f"{PEOPLE[name]} {round_ + 1}" if round_ else PEOPLE[name]


def _logins(tx: Changes, free: tuple[str, ...]) -> list[dict[str, str | None]]:
    """Three officers, each with a free counter to try, and the overseers."""
    logins: list[dict[str, str | None]] = []
    people = [(name, "officer") for name in OFFICERS] + [(NAMES[role], role) for role in OVERSEERS]
    for at, (name, role) in enumerate(people):
        user = tx.user(name)
        # Given again only where it has changed: that logs out whoever is still logged in from the last time.
        if user is None or user.role != role or not check_password(user.password_hash, PASSWORD):
            access.add_user(tx, COMMAND_LINE, name, role, hash_password(PASSWORD), replace=True)
        counter = free[at % len(free)] if role == "officer" and free else None
        logins.append({"name": name, "password": PASSWORD, "role": role, "counter": counter})
    return logins


def _tokens(tx: Changes, hall: Hall, officers: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """A token for every kiosk, board and counter: the earlier one where it still holds; the others are taken back."""
    names = {f"kiosk/{id}": f"kiosk {id}" for id in hall.kiosk}
    names |= {f"display/{id}": f"board {id}" for id in hall.display}
    names |= {f"counter/{id}": officers[id] for id in hall.counter}
    tokens = {}
    for device, name in names.items():
        role, _, subject = device.partition("/")
        kept = tx.token(hash_token(known[device])) if device in known else None
        if kept is not None and (kept.role, kept.subject, kept.name) == (role, subject, name):
            tokens[device] = known[device]
        else:
            tokens[device] = access.create_token(tx, hall, COMMAND_LINE, role, name, subject)
    for device, token in known.items():
        if tokens.get(device) != token and tx.token(hash_token(token)) is not None:
            tx.remove_token(hash_token(token))
            tx.record(ACCESS_CHANGED, COMMAND_LINE.id, {"token": {"name": device, "removed": True}})
    return tokens


def day_seconds(hours: Hours) -> float:
    """How long the hall's longest day is, from its first opening to its last closing."""
    days = [stretches for weekday in range(7) if (stretches := hours.on(weekday))]
    return max((_seconds(day[-1][1]) - _seconds(day[0][0]) for day in days), default=USUAL_DAY_SECONDS)


def _seconds(moment: time) -> float:
    return moment.hour * 3600.0 + moment.minute * 60 + moment.second


def agencies_at(hall: Hall, counter: Counter) -> str:
    """The agencies whose services a counter serves, by their short names."""
    found = {hall.agency_of[service].id: hall.agency_of[service] for service in counter.services}
    return ", ".join((agency.short_name or agency.name).id for agency in found.values())
