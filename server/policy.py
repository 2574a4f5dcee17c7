"""The machine's settings that commands and screens need beside the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """`public_url` is where visitors' phones reach this server; empty where they cannot: no QR codes.

    A print worker has `lease_ms` to say that it is still at a slip; `one_per_ticket` gives each ticket of a visit a
    slip of its own; after `fallback_after` failures in a row (0: never) a printer's stand-in takes over.
    A call that could not be spoken for `lapse_ms` is not spoken any more.
    """

    always_open: bool = False
    public_url: str = ""
    slip_expires_ms: int = 180_000
    lease_ms: int = 15_000
    one_per_ticket: bool = False
    fallback_after: int = 2
    lapse_ms: int = 60_000

    def visit_url(self, code: str) -> str | None:
        """The address of a visit's page for a phone, None when phones cannot reach this server."""
        return f"{self.public_url}/t/{code}" if self.public_url else None
