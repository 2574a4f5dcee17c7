"""The look of this hall's slips as print workers fetch it: the layout, and the logo ready to be printed."""

from __future__ import annotations

import hashlib
import json
import logging
from base64 import b64encode
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.config import Settings, Slip, SlipPart

log = logging.getLogger(__name__)


def slip_style(settings: Settings) -> dict[str, Any]:
    """`{version, logo, layout: {head, ticket, foot}}`; not to be changed.

    `logo` is base64 of a PNG of greys, at most 512 dots wide, or None; `version` differs where anything does.
    """
    return _style(settings.slip)


@lru_cache(maxsize=4)  # settings are read at the start: so is the logo, once
def _style(slip: Slip) -> dict[str, Any]:
    layout = {name: [_plain(part) for part in getattr(slip, name)] for name in ("head", "ticket", "foot")}
    style = {"logo": _logo(slip), "layout": layout}
    return {"version": hashlib.sha256(json.dumps(style, sort_keys=True).encode()).hexdigest()[:16], **style}


def _plain(part: SlipPart) -> dict[str, Any]:
    return {key: value for key, value in asdict(part).items() if value is not None}


def _logo(slip: Slip) -> str | None:
    if not slip.logo:
        return None
    from server.slip_logo import UnusableLogo, rasterise

    try:
        return b64encode(rasterise(Path(slip.logo), slip.logo_height_mm)).decode()
    except UnusableLogo as error:  # it was sound when the settings were read: slips go on without it
        log.error("the slips' logo %s %s", slip.logo, error)
        return None
