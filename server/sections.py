"""The tables of config.toml that are about the machine: where it listens, its limits, backups, slips and printers.

docs/settings.md tells each of them to the person who sets them; a test keeps the two alike.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from server.domain.hall import Text
from server.domain.satisfaction import SurveyRules

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "allow_inf_nan": False}


def _public_url(value: str) -> str:
    """An address that a phone can open, without the slash at its end. Raises ValueError."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if value and (not good or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f]", value)):
        raise ValueError('must be an address like "http://antrean.example" or ""')
    return value.rstrip("/")


def _clock(value: str) -> str:
    """A time of day, `HH:MM`. Raises ValueError."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError('must be a time like "18:30"')
    return value


def _filled(value: str) -> str:
    """A text with something in it. Raises ValueError."""
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _queue_name(value: str) -> str:
    """A name that CUPS takes for a queue. Raises ValueError."""
    if not re.fullmatch(r"(?!-)[!-~]{1,127}", value) or set(value) & set("/#'\"\\"):
        raise ValueError('must be the name of a queue of CUPS, like "karcis-1"')
    return value


Filled = Annotated[str, AfterValidator(_filled)]
QueueName = Annotated[str, AfterValidator(_queue_name)]
Port = Annotated[int, Field(ge=0, le=65535)]
RealPort = Annotated[int, Field(ge=1, le=65535)]
Rate = Annotated[float, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
UsbId = Annotated[int, Field(ge=0, le=0xFFFF)]


@dataclass(frozen=True, slots=True)
class Server:
    """[server]: where it listens (port 0: a free one), how it runs, and the address that QR codes point to."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    host: Filled = "127.0.0.1"
    port: Port = 8080
    async_mode: Literal["gevent", "eventlet", "threading"] = "gevent"
    public_url: Annotated[str, AfterValidator(_public_url)] = ""

    @property
    def qr(self) -> bool:
        """Whether a phone could follow a QR code: there is a public address, and not one of this machine only."""
        name = urlsplit(self.public_url).hostname or "localhost"
        try:
            return not ipaddress.ip_address(name).is_loopback
        except ValueError:
            return name != "localhost" and not name.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Limits:
    """[limits]: how much is let through; 0 means no limit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    tickets_per_second: Rate = 10.0
    logins_per_minute: Rate = 10.0
    public_requests_per_second: Rate = 200.0
    public_sockets: Count = 2000
    enrolments_per_minute: Rate = 6.0


@dataclass(frozen=True, slots=True)
class Backup:
    """[backup]: the daily copy of the database. `folder` empty means `backups` in the data folder."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    folder: str = ""
    second_folder: str = ""
    at: Annotated[str, AfterValidator(_clock)] = "18:30"
    keep_days: Annotated[int, Field(ge=1, le=36_500)] = 30


@dataclass(frozen=True, slots=True)
class Retention:
    """[retention]: how long what is known of visitors is kept, and when months of the event log go to files. 0: never.

    `archive_second_folder` empty means that the files are in the data folder's `archive` alone.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    personal_days: Annotated[int, Field(ge=0, le=36_500)] = 30
    archive_after_months: Annotated[int, Field(ge=0, le=1_200)] = 0
    archive_second_folder: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """[reports]: the monthly reports. `folder` empty means `reports` in the data folder."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    folder: str = ""
    monthly: bool = False


@dataclass(frozen=True, slots=True)
class Printing:
    """[printing]: how long a slip is worth printing and a printer may take to answer; when its stand-in takes over."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    expire_seconds: Annotated[int, Field(ge=1, le=86_400)] = 180
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 3.0
    fallback_after: Annotated[int, Field(ge=0, le=1000)] = 2


@dataclass(frozen=True, slots=True)
class Boards:
    """[boards]: the folder of pictures and videos, counted from the data folder, and how long a picture stands."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    media: Filled = "media"
    picture_seconds: Annotated[int, Field(ge=2, le=3600)] = 12


@dataclass(frozen=True, slots=True)
class Survey:
    """[survey]: when visitors are asked what they thought of it, how the index is weighed, what is alarming."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    enabled: bool = True
    open_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    ask_seconds: Annotated[int, Field(ge=10, le=600)] = 60
    weight: Literal["exact", "0.11"] = "exact"
    alert_on_one: bool = True
    alert_mean: Annotated[float, Field(ge=0, le=4)] = 2.0
    keep_comments_days: Annotated[int, Field(ge=0, le=36_500)] = 365

    def rules(self) -> SurveyRules:
        """What commands and pages need of these settings."""
        return SurveyRules(
            self.enabled, self.open_hours, self.ask_seconds, self.weight, self.alert_on_one, self.alert_mean
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """[voice]: what the hall says aloud, in which languages, and in whose voice.

    `clips` is a folder of recordings, here absolute, or empty. `template` holds the sentence of a language where it is
    not the usual one. A hall without languages only chimes. A call that could not be spoken for
    `lapse_seconds` is not spoken any more.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    languages: tuple[str, ...] = ("id", "en")
    reading: Literal["digits", "words"] = "digits"
    chime: Literal["ding-dong", "gong", "marimba", "none"] = "ding-dong"
    speed_wpm: Annotated[int, Field(ge=80, le=400)] = 160
    timbre: Literal["", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"] = ""
    clips: str = ""
    cache_mb: Annotated[int, Field(ge=10, le=100_000)] = 200
    template: dict[str, str] = field(default_factory=dict)
    lapse_seconds: Annotated[int, Field(ge=5, le=86_400)] = 60


PartName = Literal[
    "copy", "logo", "hall", "date", "rule", "gap", "text", "heading", "number", "agency", "service", "party", "ahead",
    "estimate", "zone", "counters", "documents", "qr", "scan", "footer",
]
"""What can stand on a slip; docs/slip.md tells what each one prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPart:
    """One part of a slip's layout; what is None is as usual for this part. `text` is of the part "text" alone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    part: PartName
    text: Text | None = None
    size: Literal["small", "normal", "tall", "large", "largest"] | None = None
    bold: bool | None = None
    reverse: bool | None = None
    align: Literal["left", "center"] | None = None


def _layout(*names: PartName) -> tuple[SlipPart, ...]:
    return tuple(SlipPart(part=name) for name in names)


_HEAD = _layout("copy", "gap", "logo", "gap", "hall", "date", "rule")
_TICKET = _layout(
    "heading", "number", "agency", "service", "party", "gap", "ahead", "estimate", "zone", "counters", "gap",
    "documents", "rule",
)
_FOOT = _layout("gap", "qr", "gap", "scan", "gap", "footer")
SlipParts = Annotated[tuple[SlipPart, ...], Field(max_length=40)]


@dataclass(frozen=True, slots=True)
class Slip:
    """[slip]: the logo, the layout (`ticket` is printed for each ticket), one slip for a visit or one for each ticket.

    `logo` is a path, here absolute, or empty.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    logo: str = ""
    logo_height_mm: Annotated[int, Field(ge=5, le=30)] = 20
    one_per_ticket: bool = False
    head: SlipParts = _HEAD
    ticket: SlipParts = _TICKET
    foot: SlipParts = _FOOT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connection:
    """What every [[printer]] has: the id of a printer of the catalogue, what it can print, how it is asked.

    `timeout_s` outweighs that of [printing]. `status` is whether it is asked how it is: "auto" as far as it answers,
    "required" always, "none" never.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    profile: Filled = "default"
    width_mm: Literal[58, 80] = 80
    timeout_s: Annotated[float, Field(gt=0, le=60)] | None = None
    status: Literal["auto", "required", "none"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConnection(_Connection):
    """A printer on the LAN, by raw TCP."""

    driver: Literal["network"]
    host: Filled
    port: RealPort = 9100


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbConnection(_Connection):
    """A printer on USB; the serial number tells two of the same make apart."""

    driver: Literal["usb"]
    vendor_id: UsbId
    product_id: UsbId
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialConnection(_Connection):
    """A printer on a serial line, such as /dev/ttyS0."""

    driver: Literal["serial"]
    device: Filled
    baudrate: Annotated[int, Field(ge=300, le=4_000_000)] = 9600


@dataclass(frozen=True, slots=True, kw_only=True)
class FileConnection(_Connection):
    """A printer that is a file of the system, such as /dev/usb/lp0."""

    driver: Literal["file"]
    device: Filled


@dataclass(frozen=True, slots=True, kw_only=True)
class CupsConnection(_Connection):
    """A printer behind a queue of CUPS."""

    driver: Literal["cups"]
    queue: QueueName


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualConnection(_Connection):
    """A printer of ours without paper: a TCP listener on this machine that shows what it was sent."""

    driver: Literal["virtual"]
    port: Port = 0


PrinterConnection = (
    NetworkConnection | UsbConnection | SerialConnection | FileConnection | CupsConnection | VirtualConnection
)
