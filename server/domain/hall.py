"""The catalogue of a hall: zones, agencies, services, counters, kiosks, boards, printers.

Plain frozen data. Reading it from TOML, and everything that can be wrong with it, is
`server.config`'s work; changing it is a new catalogue, never a change in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from server.domain.boards import Scope, scope_of
from server.domain.layouts import BUILT_IN, Layout
from server.domain.wording import Text as Text  # the whole house takes it from here

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, slots=True)
class Hours:
    """A week: for each day the open stretches, `"08:00-12:00"`, in the hall's time zone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    mon: tuple[str, ...] = ()
    tue: tuple[str, ...] = ()
    wed: tuple[str, ...] = ()
    thu: tuple[str, ...] = ()
    fri: tuple[str, ...] = ()
    sat: tuple[str, ...] = ()
    sun: tuple[str, ...] = ()

    def on(self, weekday: int) -> list[tuple[time, time]]:
        """The open stretches of a weekday (0 = Monday), in order of the day."""
        stretches = getattr(self, WEEKDAYS[weekday])
        return sorted(parse_stretch(text) for text in stretches)


def parse_stretch(text: str) -> tuple[time, time]:
    """`"08:00-12:00"` as two times, the end after the start.

    Raises ValueError with words for the person who wrote it.
    """
    try:
        start_text, end_text = text.split("-")
        start = time.fromisoformat(start_text.strip())
        end = time.max if end_text.strip() == "24:00" else time.fromisoformat(end_text.strip())
    except ValueError:
        raise ValueError(f'"{text}" is not a stretch of time like "08:00-12:00"') from None
    if end <= start:
        raise ValueError(f'"{text}" ends before it begins')
    return start, end


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a service's numbers run: first, last (None = no end), and digits shown at least."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    first: int = 1
    last: int | None = None
    padding: int = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can come of serving a visitor; with `documents` the officer tells which documents are missing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    documents: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """What an agency does for a visitor; its tickets are numbered `prefix`-`ordinal`.

    Services that name the same `sequence` share their numbers. The targets are minutes. `documents` is what to have
    at hand, as it stands on the slip. `outcomes` are those that an officer chooses from at the end; none: not asked.
    `hours` None means its agency's; of `quota` numbers a day no more are given (0: no such limit).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    prefix: str
    name: Text
    target_wait_minutes: int = 30
    target_service_minutes: int = 15
    sequence: str = ""
    numbers: Numbers = field(default_factory=Numbers)
    keywords: tuple[str, ...] = ()
    documents: Text | None = None
    outcomes: tuple[Outcome, ...] = ()
    hours: Hours | None = None
    quota: int = 0

    @property
    def sequence_id(self) -> str:
        """The id of the sequence its numbers are counted in: its own unless it shares one."""
        return self.sequence or self.id


@dataclass(frozen=True, slots=True)
class Agency:
    """An institution serving in the hall. `icon` is a lucide name; `hours` None means the hall's."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    zone: str
    services: tuple[Service, ...]
    short_name: Text | None = None
    icon: str = "landmark"
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class ZoneVoice:
    """How the calls of a zone are spoken; with `shared_with` it is another zone's voice that speaks them.

    `volume` is in percent, `repeat` how often a call is said each time; in `quiet_hours`, which may reach over
    midnight, calls are only shown. No `languages`: those of the hall.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    shared_with: str = ""
    volume: int = 100
    repeat: int = 1
    quiet_hours: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the hall with its own boards and loudspeakers."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    voice: ZoneVoice = field(default_factory=ZoneVoice)


@dataclass(frozen=True, slots=True)
class Help:
    """A service for which a counter calls too, once its longest wait passes so many minutes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    service: str
    after_minutes: int = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """Another way in which a counter can be worked: other services, other help.

    `in_order` says that a visitor of an earlier service goes before those of the later ones.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    services: tuple[str, ...]
    helps: tuple[Help, ...] = ()
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """A desk with a number (`label`, what is shown and spoken) where an officer serves.

    `services`, `helps` and `in_order` are its usual profile; `profiles` are the others that it can be switched to.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    label: str
    zone: str
    services: tuple[str, ...]
    helps: tuple[Help, ...] = ()
    in_order: bool = False
    profiles: tuple[Profile, ...] = ()

    @property
    def callable_services(self) -> tuple[str, ...]:
        """The services whose visitors it may call: its own, then those that it helps."""
        return (*self.services, *(help.service for help in self.helps))

    @property
    def every_service(self) -> frozenset[str]:
        """The services that are its own by any of its profiles."""
        return frozenset(self.services).union(*(profile.services for profile in self.profiles))

    def profile(self, id: str | None) -> Profile | None:
        """One of its profiles; None is the usual one, and what stands for one that it does not have (any more)."""
        return next((profile for profile in self.profiles if profile.id == id), None)

    def worked_by(self, profile: Profile) -> Counter:
        """The same counter with the services and the help of one of its profiles."""
        return replace(self, services=profile.services, helps=profile.helps, in_order=profile.in_order)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A touchscreen that issues tickets."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    zone: str


@dataclass(frozen=True, slots=True)
class Display:
    """A hall screen that shows the calls of its zones, or, where its layout is about one, of an agency or a counter.

    `text` is the size of what stands there, for the distance from which it is read; `speaks` is whether it has
    a loudspeaker to speak them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    zones: tuple[str, ...]
    layout: str = "calls"
    agency: str = ""
    counter: str = ""
    text: Literal["normal", "large", "huge"] = "normal"
    speaks: bool = True


@dataclass(frozen=True, slots=True)
class Printer:
    """A slip printer and the kiosks it prints for. How to reach it is `[[printer]]` in config.toml.

    `fallback` is the printer that stands in while this one cannot print, "" where none does.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    kiosks: tuple[str, ...]
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A kind of visitor who is called before others: `elderly`, `disability` ..."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text


USUAL_PRIORITIES = (
    PriorityClass("elderly", Text("Lansia", "Elderly")),
    PriorityClass("disability", Text("Penyandang disabilitas", "Disability")),
    PriorityClass("pregnant", Text("Ibu hamil atau membawa bayi", "Pregnant or with an infant")),
)
"""The priority classes of a hall that names none (UU 25/2009, article 29: service for those with special needs)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the hall's queue is run; each is told in docs/queue-rules.md."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    priority_in_a_row: int = 2
    max_wait_minutes: int = 60
    walk_seconds: int = 60
    no_show_after_recalls: int = 0
    no_show_after_seconds: int = 0
    no_show_automatic: bool = False
    restore_minutes: int = 0
    restore_behind: int = 0
    hold_reminder_minutes: int = 15
    one_button: bool = False
    auto_start: bool = False
    opens_before_minutes: int = 0
    last_ticket: Literal["off", "warn", "refuse"] = "off"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day that is not like its week, for all or some agencies: closed, or open, at its own hours if it has any."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    date: str
    reason: Text
    open: bool = False
    hours: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """Days from `first` to `last`, both included, with a week of their own, for all or some agencies."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: Text
    first: str
    last: str
    hours: Hours
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What differs from the weekly hours: public holidays of Indonesia, single days, seasons."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    holidays: bool = False
    days: tuple[SpecialDay, ...] = ()
    seasons: tuple[Season, ...] = ()


@dataclass(frozen=True)
class Hall:
    """One building with one queue system: the whole catalogue, with look-ups by id.

    As the hall runs, its counters' services are those of the profiles that they work by now (`working`); `usual` is
    then the catalogue itself, and None where it is the same.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    timezone: str
    zones: tuple[Zone, ...]
    agencies: tuple[Agency, ...]
    counters: tuple[Counter, ...]
    kiosks: tuple[Kiosk, ...] = ()
    displays: tuple[Display, ...] = ()
    printers: tuple[Printer, ...] = ()
    hours: Hours = field(default_factory=Hours)
    footer: Text | None = None
    rules: Rules = field(default_factory=Rules)
    priorities: tuple[PriorityClass, ...] = USUAL_PRIORITIES
    calendar: Calendar = field(default_factory=Calendar)
    layouts: tuple[Layout, ...] = ()
    usual: Hall | None = None

    @property
    def catalogue(self) -> Hall:
        """The hall as it was set up, whatever its counters' profiles are now."""
        return self.usual or self

    def working(self, profiles: Mapping[str, str]) -> Hall:
        """The hall with its counters as they work now: `profiles` are the ids of their profiles by the counters' ids.

        A counter without one, or with one that it does not have any more, works by its usual profile.
        """
        usual = self.catalogue
        by = {counter.id: counter.profile(profiles.get(counter.id)) for counter in usual.counters}
        if not any(by.values()):
            return usual
        counters = tuple(c if (profile := by[c.id]) is None else c.worked_by(profile) for c in usual.counters)
        return replace(usual, counters=counters, usual=usual)

    @cached_property
    def has_profiles(self) -> bool:
        """Whether any counter can be switched to another profile."""
        return any(counter.profiles for counter in self.counters)

    @cached_property
    def zone_info(self) -> ZoneInfo:
        """The hall's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def services(self) -> dict[str, Service]:
        """Every service by id, in the catalogue's order."""
        return {service.id: service for agency in self.agencies for service in agency.services}

    @cached_property
    def agency_of(self) -> dict[str, Agency]:
        """The agency of each service, by the service's id."""
        return {service.id: agency for agency in self.agencies for service in agency.services}

    @cached_property
    def agency(self) -> dict[str, Agency]:
        """Every agency by id."""
        return {agency.id: agency for agency in self.agencies}

    @cached_property
    def counter(self) -> dict[str, Counter]:
        """Every counter by id."""
        return {counter.id: counter for counter in self.counters}

    @cached_property
    def kiosk(self) -> dict[str, Kiosk]:
        """Every kiosk by id."""
        return {kiosk.id: kiosk for kiosk in self.kiosks}

    @cached_property
    def display(self) -> dict[str, Display]:
        """Every board by id."""
        return {display.id: display for display in self.displays}

    @cached_property
    def layout(self) -> dict[str, Layout]:
        """Every layout by id, those that all halls have first."""
        return {layout.id: layout for layout in (*BUILT_IN, *self.layouts)}

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """What each board is about, by the board's id."""
        return {display.id: scope_of(self, display) for display in self.displays}

    @cached_property
    def printer(self) -> dict[str, Printer]:
        """Every printer by id."""
        return {printer.id: printer for printer in self.printers}

    @cached_property
    def voice_of(self) -> dict[str, str]:
        """The voice that speaks each zone's calls, by the zone's id: a voice is called after the zone that has it."""
        return {zone.id: zone.voice.shared_with or zone.id for zone in self.zones}

    @cached_property
    def voices(self) -> dict[str, ZoneVoice]:
        """How each voice speaks, by its id."""
        return {zone.id: zone.voice for zone in self.zones if not zone.voice.shared_with}

    @cached_property
    def boards_of_voice(self) -> dict[str, tuple[Display, ...]]:
        """The boards that show any zone of a voice, by the voice's id."""
        return {
            voice: tuple(d for d in self.displays if any(self.voice_of[zone] == voice for zone in d.zones))
            for voice in self.voices
        }

    @cached_property
    def has_quotas(self) -> bool:
        """Whether any service gives only so many numbers a day."""
        return any(service.quota for service in self.services.values())

    @cached_property
    def gives_limited_numbers(self) -> bool:
        """Whether the queue itself, and not the hours alone, can end the giving of numbers."""
        return self.has_quotas or self.rules.last_ticket != "off"

    @cached_property
    def counters_for(self) -> dict[str, tuple[Counter, ...]]:
        """The counters that serve each service, by the service's id."""
        return {service: tuple(c for c in self.counters if service in c.services) for service in self.services}

    @cached_property
    def helpers_for(self) -> dict[str, tuple[Counter, ...]]:
        """The counters that help each service, by the service's id."""
        return {
            service: tuple(c for c in self.counters if any(help.service == service for help in c.helps))
            for service in self.services
        }

    @cached_property
    def priority(self) -> dict[str, PriorityClass]:
        """Every priority class by id."""
        return {priority.id: priority for priority in self.priorities}

    def printer_of(self, kiosk: str) -> Printer | None:
        """The printer that prints a kiosk's slips."""
        return next((p for p in self.printers if kiosk in p.kiosks), None)

    def local(self, at_ms: int) -> datetime:
        """A store time (milliseconds since 1970, UTC) as a time in the hall's zone."""
        return datetime.fromtimestamp(at_ms / 1000, self.zone_info)

    def day(self, at_ms: int) -> str:
        """The business day of a store time, `YYYY-MM-DD` in the hall's zone."""
        return _day(self.zone_info, at_ms // 1000)


@lru_cache(4096)  # each event asks several times for the same second
def _day(zone: ZoneInfo, at_s: int) -> str:
    return datetime.fromtimestamp(at_s, zone).date().isoformat()
