"""The machine's settings that commands and screens need beside the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """`public_url` is where visitors' phones reach this server; empty where they cannot: no QR codes."""

    always_open: bool = False
    public_url: str = ""
    slip_expires_ms: int = 180_000
    lease_ms: int = 30_000

    def visit_url(self, code: str) -> str | None:
        """The address of a visit's page for a phone, None when phones cannot reach this server."""
        return f"{self.public_url}/t/{code}" if self.public_url else None
