"""What every room of the running server shares."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.auth import Keys
from server.board_media import MediaFolder
from server.catalogue import Catalogues
from server.config import Settings
from server.limits import Limiter
from server.loudspeakers import Loudspeakers
from server.policy import Policy
from server.presence import Presence
from server.reckoner import Reckoner
from server.store import Store
from server.store.threads import Signal, Threads
from server.troubles import Troubles

SILENT_S = 15.0
"""A print worker asks for jobs every 5 s, and says every few seconds that it is still at a slip."""
DEMO_FILE = "demo.json"
"""Marks a data folder as a demo's; a real hall's has none."""


@dataclass(frozen=True, slots=True)
class House:
    """The store, the settings and the machinery of one server process.

    `printing` is set whenever a print job may have become due; `slip_style` is how slips look here; `reckoner` counts
    what takes long.
    """

    store: Store
    settings: Settings
    policy: Policy
    keys: Keys
    threads: Threads
    folder: Path
    version: str
    printing: Signal
    limiter: Limiter
    reckoner: Reckoner
    slip_style: dict[str, Any]
    catalogues: Catalogues = field(default_factory=Catalogues)
    presence: Presence = field(default_factory=Presence)
    loudspeakers: Loudspeakers = field(default_factory=Loudspeakers)
    troubles: Troubles = field(default_factory=Troubles)
    media: MediaFolder = field(default_factory=lambda: MediaFolder(None))
    _heard_s: dict[str, float] = field(default_factory=dict)
    _claims: dict[str, str] = field(default_factory=dict)
    _started_s: float = field(default_factory=time.monotonic)

    def heard_of_printers(self, printers: Iterable[str]) -> None:
        """A print worker has just asked or told something about these printers."""
        now_s = time.monotonic()
        for printer in printers:
            self._heard_s[printer] = now_s

    def newest_claim(self, holder: str, printers: Iterable[str]) -> Callable[[], bool]:
        """Note who asks for printers' jobs now; says whether nobody else has asked for them since."""
        mine = dict.fromkeys(printers, holder)
        self._claims.update(mine)
        return lambda: all(self._claims[printer] == holder for printer in mine)

    def silent_printers(self, printers: Iterable[str]) -> list[str]:
        """Those of some printers of which no worker has said anything for a while."""
        before_s = time.monotonic() - SILENT_S
        return [printer for printer in printers if self._heard_s.get(printer, self._started_s) < before_s]

    def demo(self) -> dict[str, Any] | None:
        """What a demo shows newcomers (`links` that enrol devices, `logins`); None in a real hall."""
        path = self.folder / DEMO_FILE
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def policy_of(settings: Settings) -> Policy:
    """What commands and screens need of the settings."""
    return Policy(
        always_open=settings.always_open,
        public_url=settings.server.public_url if settings.server.qr else "",
        slip_expires_ms=settings.printing.expire_seconds * 1000,
        one_per_ticket=settings.slip.one_per_ticket,
        fallback_after=settings.printing.fallback_after,
        lapse_ms=settings.voice.lapse_seconds * 1000,
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What this data folder's server proves itself with; made at first start, never defaults."""

    secret_key: str
    local_token: str


def load_secrets(folder: Path) -> Secrets:
    """The secrets of a data folder, made (mode 0600) when there are none."""
    path = folder / "secrets.json"
    if not path.exists():
        made = {"secret_key": secrets.token_urlsafe(32), "local_token": secrets.token_urlsafe(32)}
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
            out.flush()
            os.fsync(out.fileno())
        os.rename(part, path)  # whole or not at all, whatever happens in between
    return Secrets(**json.loads(path.read_text()))
