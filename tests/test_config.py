"""config.toml and the environment: what is read, how every problem is told, and that docs/settings.md is complete."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from server import config, hall_file, sections
from server.config import ConfigProblems, NetworkConnection, UsbConnection, VirtualConnection, load, parse_hall, to_toml
from server.domain import hall as domain
from server.domain import layouts
from tests.small_hall import small

ROOT = Path(__file__).resolve().parent.parent


def wrong_file(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """The problems of a config.toml that has some."""
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigProblems) as caught:
        load(path, environ or {})
    return caught.value.problems


def machine(folder: Path, text: str = "", environ: dict[str, str] | None = None) -> config.Settings:
    """The settings of the small hall with these sections of the machine."""
    path = folder / "config.toml"
    path.write_text(to_toml(small()) + "\n" + text, "utf-8")
    return load(path, environ or {})


# The shipped hall


def test_the_shipped_config_is_a_valid_hall_of_the_size_promised() -> None:
    settings = load(ROOT / "config.toml", {})
    hall = settings.hall
    assert hall.name == "MPP Kota Pariaman" and not settings.always_open
    assert len(hall.zones) == 3 and len(hall.agencies) >= 13 and len(hall.services) >= 45
    assert (len(hall.counters), len(hall.kiosks), len(hall.displays), len(hall.printers)) == (20, 2, 4, 2)
    assert {printer.id for printer in settings.printer} == set(hall.printer)
    assert all(agency.short_name for agency in hall.agencies)
    assert all(service.keywords for service in hall.services.values())
    assert all(hall.printer_of(kiosk.id) for kiosk in hall.kiosks)
    assert any(agency.hours for agency in hall.agencies)


def test_the_shipped_config_sets_every_machine_setting_to_its_default() -> None:
    document = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    settings = load(ROOT / "config.toml", {})
    machine = {section: shape for section, shape in config.SECTIONS.items() if section != "hall"}
    assert {*machine, "printer"} == set(hall_file.MACHINE_SECTIONS)
    for section, shape in machine.items():
        told_by_comments = {"head", "ticket", "foot", "template"}
        assert set(document[section]) == {part.name for part in fields(shape)} - told_by_comments, section
        assert getattr(settings, section) == shape(), section


def test_every_icon_of_the_shipped_hall_is_in_the_sprite() -> None:
    sprite = (ROOT / "server/static/vendor/lucide.svg").read_text("utf-8")
    names = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    assert {agency.icon for agency in load(None, {}).hall.agencies} <= names


def test_without_a_path_the_shipped_hall_is_read() -> None:
    assert load(None, {}) == load(config.shipped(), {}) == load(ROOT / "config.toml", {})


# The file


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load(tmp_path / "config.toml", {})
    assert caught.value.problems == [(str(tmp_path / "config.toml"), "cannot be read: No such file or directory")]


@pytest.mark.parametrize(("text", "line"), [
    ('[hall]\nname = "MPP"\ntimezone\n', 3),
    ('[hall]\nname = "MPP"\nname = "x"\n', 3),
    ('[hall]\n\nhours = [\n', 4),
])
def test_bad_toml_is_one_problem_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    found = wrong_file(tmp_path, text)
    assert [path for path, _ in found] == [f"line {line}"]
    assert found[0][1].startswith("is not TOML: ")


def test_text_that_is_not_utf8_is_one_problem_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[hall]\nname = "Caf\xe9"\n')
    with pytest.raises(ConfigProblems) as caught:
        load(path, {})
    assert caught.value.problems == [("line 2", "is not UTF-8 text")]


def test_the_mark_that_windows_editors_put_in_front_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + to_toml(small()).encode())
    assert load(path, {}).hall == parse_hall(small())


def test_a_date_without_quotes_is_told(tmp_path: Path) -> None:
    found = wrong_file(tmp_path, '[hall]\nname = 2026-01-01\ntimezone = "Asia/Jakarta"\n')
    assert ("hall.name", "must be in quotes: dates and times without them are not used here") in found
    assert len([path for path, _ in found if path == "hall.name"]) == 1


def test_an_empty_file_lacks_the_hall(tmp_path: Path) -> None:
    assert wrong_file(tmp_path, "") == [
        (part, "is missing") for part in ("hall", "zones", "agencies", "counters")
    ]


# The machine


def test_without_its_sections_the_machine_has_its_defaults(tmp_path: Path) -> None:
    settings = machine(tmp_path)
    assert settings == config.Settings(hall=parse_hall(small()))
    assert (settings.server.host, settings.server.port, settings.server.async_mode) == ("127.0.0.1", 8080, "gevent")


def test_printers_of_every_driver_are_read(tmp_path: Path) -> None:
    rows = {
        "network": ('host = "10.0.0.9"', NetworkConnection(id="printer-1", driver="network", host="10.0.0.9")),
        "usb": ("vendor_id = 0x04b8\nproduct_id = 0x0e15",
                UsbConnection(id="printer-1", driver="usb", vendor_id=0x04B8, product_id=0x0E15)),
        "serial": ('device = "/dev/ttyS0"\nbaudrate = 19200',
                   config.SerialConnection(id="printer-1", driver="serial", device="/dev/ttyS0", baudrate=19200)),
        "file": ('device = "/dev/usb/lp0"',
                 config.FileConnection(id="printer-1", driver="file", device="/dev/usb/lp0")),
        "cups": ('queue = "karcis-1"', config.CupsConnection(id="printer-1", driver="cups", queue="karcis-1")),
        "virtual": ("port = 0\nwidth_mm = 58",
                    VirtualConnection(id="printer-1", driver="virtual", port=0, width_mm=58)),
    }
    for driver, (text, connection) in rows.items():
        settings = machine(tmp_path, f'[[printer]]\nid = "printer-1"\ndriver = "{driver}"\n{text}\n')
        assert settings.printer == (connection,), driver


MACHINE_PROBLEMS = [
    ("[server]\nport = 65536", "server.port", "must be at most 65535"),
    ("[server]\nport = -1", "server.port", "must be at least 0"),
    ('[server]\nport = "80"', "server.port", "must be a whole number"),
    ('[server]\nhost = ""', "server.host", "must not be empty"),
    ('[server]\nasync_mode = "asyncio"', "server.async_mode", 'must be "gevent", "eventlet" or "threading"'),
    ('[server]\npublic_url = "antrean.example"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "ftp://antrean.example"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "http://:80"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "http://a b"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "http://a:x"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "http://[x"', "server.public_url", "must be an address like"),
    ('[server]\npublic_url = "http://a/?q=1"', "server.public_url", "must be an address like"),
    ("[server]\nprot = 80", "server.prot", "unknown key"),
    ("[sever]\nport = 80", "sever", "unknown key"),
    ("server = 80", "server", "must be a table"),
    ("[limits]\ntickets_per_second = -1", "limits.tickets_per_second", "must be at least 0"),
    ("[limits]\ntickets_per_second = nan", "limits.tickets_per_second", "must be a number"),
    ("[limits]\ntickets_per_second = inf", "limits.tickets_per_second", "must be a number"),
    ("[limits]\npublic_sockets = 1.5", "limits.public_sockets", "must be a whole number"),
    ('[backup]\nat = "6pm"', "backup.at", 'must be a time like "18:30"'),
    ('[backup]\nat = "24:00"', "backup.at", 'must be a time like "18:30"'),
    ("[backup]\nat = 18:30:00", "backup.at", "must be in quotes: dates and times without them are not used here"),
    ("[backup]\nkeep_days = 0", "backup.keep_days", "must be at least 1"),
    ("[printing]\nexpire_seconds = 0", "printing.expire_seconds", "must be at least 1"),
    ("[survey]\nopen_hours = 0", "survey.open_hours", "must be at least 1"),
    ("[survey]\nask_seconds = 601", "survey.ask_seconds", "must be at most 600"),
    ('[survey]\nweight = "0.1"', "survey.weight", 'must be "exact" or "0.11"'),
    ("[survey]\nalert_mean = 5", "survey.alert_mean", "must be at most 4"),
    ("[printing]\ntimeout_s = 0", "printing.timeout_s", "must be more than 0"),
    ('[voice]\nreading = "letters"', "voice.reading", 'must be "digits" or "words"'),
    ('[voice]\nchime = "bell"', "voice.chime", 'must be "ding-dong", "gong", "marimba" or "none"'),
    ("[voice]\nspeed_wpm = 20", "voice.speed_wpm", "must be at least 80"),
    ("[voice]\ncache_mb = 1", "voice.cache_mb", "must be at least 10"),
    ("[voice]\nlanguages = [1]", "voice.languages[0]", ""),
    ('[voice]\nlanguages = ["id", "id"]', "voice.languages[1]", '"id" is named twice'),
    ('[voice]\nlanguages = ["Bahasa"]', "voice.languages[0]", "must be the code of a language"),
    ('[voice]\nlanguages = ["min"]', "voice.languages[0]", 'needs its sentence, as "min" in [voice.template]'),
    ('[voice]\nlanguages = ["min"]\n[voice.template]\nmin = "{number}"', "voice.languages[0]",
     '"min" can be spoken from recordings only'),
    ('[voice]\nclips = "none"', "voice.clips", "there is no such folder"),
    ('[voice.template]\nid = "{number} {place}"', "voice.template.id",
     "there is no {place}; there are {number}, {counter}, {agency}, {service}"),
    ('[voice.template]\nid = "{counter}"', "voice.template.id", "must have {number}"),
    ('[voice.template]\nid = "{number} {"', "voice.template.id", "has a brace without its partner"),
    ("[voice.template]\nid = 1", "voice.template.id", ""),
    ('[voice.template]\nIndonesia = "{number}"', "voice.template.Indonesia", "its name must be the code"),
    (f'[voice.template]\nid = "{{number}}{"x" * 300}"', "voice.template.id", "must be at most 300 characters long"),
    ('[[printer]]\nid = "printer-1"', "printer[0].driver", "is missing"),
    ('[[printer]]\nid = "printer-1"\ndriver = "fax"', "printer[0].driver",
     'must be one of "network", "usb", "serial", "file", "cups", "virtual"'),
    ('[[printer]]\nid = "printer-1"\ndriver = "network"', "printer[0].host", "is missing"),
    ('[[printer]]\nid = "printer-1"\ndriver = "network"\nhost = "a"\nport = 0', "printer[0].port",
     "must be at least 1"),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\nhost = "a"', "printer[0].host", "unknown key"),
    ('[[printer]]\nid = "printer-1"\ndriver = "usb"\nvendor_id = 0x10000\nproduct_id = 1', "printer[0].vendor_id",
     "must be at most 65535"),
    ('[[printer]]\nid = "printer-1"\ndriver = "serial"\ndevice = ""', "printer[0].device", "must not be empty"),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\nwidth_mm = 76', "printer[0].width_mm", "must be 58 or 80"),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\ntimeout_s = 0', "printer[0].timeout_s", "must be more than 0"),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\ntimeout_s = 61', "printer[0].timeout_s", "must be at most 60"),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\nstatus = "always"', "printer[0].status",
     'must be "auto", "required" or "none"'),
    ('[[printer]]\nid = "printer-1"\ndriver = "cups"', "printer[0].queue", "is missing"),
    ('[[printer]]\nid = "printer-1"\ndriver = "cups"\nqueue = "-o"', "printer[0].queue", "must be the name of a queue"),
    ('[[printer]]\nid = "printer-1"\ndriver = "cups"\nqueue = "a b"', "printer[0].queue",
     'must be the name of a queue of CUPS, like "karcis-1"'),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\nprofile = "TM-T99"', "printer[0].profile",
     'python-escpos knows no profile "TM-T99"'),
    ('[[printer]]\nid = "printer-9"\ndriver = "virtual"', "printer[0].id", 'no printer has the id "printer-9"'),
    ('[[printer]]\nid = "printer-1"\ndriver = "virtual"\n[[printer]]\nid = "printer-1"\ndriver = "virtual"',
     "printer[1].id", 'printer[0] is already the connection of "printer-1"'),
    ('printer = ["printer-1"]', "printer[0]", "must be a table"),
]


@pytest.mark.parametrize(("text", "path", "message"), MACHINE_PROBLEMS)
def test_a_problem_of_the_machine_is_told_with_its_path(tmp_path: Path, text: str, path: str, message: str) -> None:
    found = wrong_file(tmp_path, text + "\n" + to_toml(small()))
    assert [(at, said[: len(message)]) for at, said in found] == [(path, message)]


def test_a_printer_may_have_its_own_timeout_and_way_of_being_asked(tmp_path: Path) -> None:
    settings = machine(tmp_path, '[[printer]]\nid = "printer-1"\ndriver = "virtual"\ntimeout_s = 5\nstatus = "none"\n')
    assert (settings.printer[0].timeout_s, settings.printer[0].status) == (5, "none")


def test_a_known_profile_is_taken(tmp_path: Path) -> None:
    settings = machine(tmp_path, '[[printer]]\nid = "printer-1"\ndriver = "virtual"\nprofile = "TM-T20II"\n')
    assert settings.printer[0].profile == "TM-T20II"


def test_the_folder_of_clips_counts_from_the_file_and_third_languages_are_taken(tmp_path: Path) -> None:
    (tmp_path / "suara").mkdir()
    voice = machine(tmp_path, '[voice]\nlanguages = ["id", "min"]\nclips = "suara"\n'
                              '[voice.template]\nmin = "Nomor {number}, ka {counter}."\n').voice
    assert voice.clips == str(tmp_path / "suara")
    assert voice.languages == ("id", "min")


@pytest.mark.parametrize(("url", "kept", "qr"), [
    ("", "", False),
    ("http://localhost:8080", "http://localhost:8080", False),
    ("http://127.0.0.2", "http://127.0.0.2", False),
    ("http://[::1]:8080/", "http://[::1]:8080", False),
    ("http://192.168.1.10:8080/", "http://192.168.1.10:8080", True),
    ("https://mpp.example/antrean/", "https://mpp.example/antrean", True),
])
def test_qr_codes_need_an_address_that_a_phone_can_open(tmp_path: Path, url: str, kept: str, qr: bool) -> None:
    server = machine(tmp_path, f'[server]\npublic_url = "{url}"\n').server
    assert (server.public_url, server.qr) == (kept, qr)


# The environment


def test_the_environment_outweighs_the_file(tmp_path: Path) -> None:
    settings = machine(tmp_path, "[server]\nport = 1\n[limits]\ntickets_per_second = 1", {
        "ANTREAN_HALL_NAME": "MPP Uji", "ANTREAN_HALL_ALWAYS_OPEN": "true", "ANTREAN_SERVER_PORT": "9000",
        "ANTREAN_SERVER_ASYNC_MODE": "threading", "ANTREAN_LIMITS_TICKETS_PER_SECOND": "0",
        "ANTREAN_PRINTING_TIMEOUT_S": "1.5", "ANTREAN_BACKUP_FOLDER": "/backups", "PATH": "/bin",
    })
    assert settings.hall.name == "MPP Uji" and settings.always_open
    assert (settings.server.port, settings.server.async_mode) == (9000, "threading")
    assert settings.limits.tickets_per_second == 0
    assert settings.printing.timeout_s == 1.5
    assert settings.backup.folder == "/backups"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("False", False), ("0", False)])
def test_a_switch_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    assert machine(tmp_path, "", {"ANTREAN_HALL_ALWAYS_OPEN": text}).always_open is value


@pytest.mark.parametrize(("variable", "text", "message"), [
    ("ANTREAN_SERVER_PORT", "http", "must be a whole number"),
    ("ANTREAN_SERVER_PORT", "", "must be a whole number"),
    ("ANTREAN_SERVER_PORT", "99999", "must be at most 65535"),
    ("ANTREAN_LIMITS_TICKETS_PER_SECOND", "nan", "must be a number"),
    ("ANTREAN_HALL_ALWAYS_OPEN", "perhaps", "must be true or false"),
    ("ANTREAN_HALL_TIMEZONE", "Mars", "there is no time zone"),
    ("ANTREAN_BACKUP_AT", "noon", 'must be a time like "18:30"'),
    ("ANTREAN_SERVER_PROT", "80", "there is no such setting"),
    ("ANTREAN_HALL_HOURS", "{}", "there is no such setting"),
])
def test_a_problem_of_the_environment_names_the_variable(
    tmp_path: Path, variable: str, text: str, message: str
) -> None:
    found = wrong_file(tmp_path, to_toml(small()), {variable: text})
    assert [at for at, _ in found] == [variable]
    assert message in found[0][1]


def test_problems_of_file_and_environment_are_told_together(tmp_path: Path) -> None:
    found = wrong_file(tmp_path, to_toml(small()) + "[server]\nport = true\n", {"ANTREAN_BACKUP_AT": "noon"})
    assert [at for at, _ in found] == ["server.port", "ANTREAN_BACKUP_AT"]


# docs/settings.md

TABLES: dict[str, type] = {
    "[hall]": hall_file.HallTable,
    "[server]": sections.Server,
    "[limits]": sections.Limits,
    "[backup]": sections.Backup,
    "[retention]": sections.Retention,
    "[reports]": sections.Reports,
    "[printing]": sections.Printing,
    "[slip]": sections.Slip,
    "[boards]": sections.Boards,
    "[survey]": sections.Survey,
    "parts": sections.SlipPart,
    "[voice]": sections.Voice,
    'driver = "network"': sections.NetworkConnection,
    'driver = "usb"': sections.UsbConnection,
    'driver = "serial"': sections.SerialConnection,
    'driver = "file"': sections.FileConnection,
    'driver = "cups"': sections.CupsConnection,
    'driver = "virtual"': sections.VirtualConnection,
    "[rules]": domain.Rules,
    "[calendar]": domain.Calendar,
    "[[calendar.days]]": domain.SpecialDay,
    "[[calendar.seasons]]": domain.Season,
    "[[zones]]": domain.Zone,
    "zones.voice": domain.ZoneVoice,
    "[[agencies]]": domain.Agency,
    "[[agencies.services]]": domain.Service,
    "[[agencies.services.outcomes]]": domain.Outcome,
    "numbers": domain.Numbers,
    "hours": domain.Hours,
    "[[priorities]]": domain.PriorityClass,
    "[[counters]]": domain.Counter,
    "[[counters.helps]]": domain.Help,
    "[[counters.profiles]]": domain.Profile,
    "[[kiosks]]": domain.Kiosk,
    "[[displays]]": domain.Display,
    "[[layouts]]": layouts.Layout,
    "landscape and portrait": layouts.Arrangement,
    "[[printers]]": domain.Printer,
}


def documented() -> dict[str, dict[str, list[str]]]:
    """The tables of docs/settings.md: heading, then key, then the further cells of its row."""
    tables: dict[str, dict[str, list[str]]] = {}
    heading = ""
    for line in (ROOT / "docs/settings.md").read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            tables.setdefault(heading, {})[cells[0].strip("`")] = cells[1:]
    return tables


def default_cell(part: Field[Any]) -> str:
    """A field's default as the document writes it."""
    if part.default_factory is not MISSING:
        return "`{}`"
    if part.default is MISSING:
        return "required"
    if part.default is None:
        return "none"
    if isinstance(part.default, bool):
        return f"`{str(part.default).lower()}`"
    if isinstance(part.default, tuple):
        return "the usual" if part.default else "`[]`"
    return f'`"{part.default}"`' if isinstance(part.default, str) else f"`{part.default}`"


def test_the_document_lists_exactly_the_settings_that_exist_with_their_defaults() -> None:
    common = {part.name: default_cell(part) for part in fields(sections._Connection)} | {"driver": "required"}
    expected: dict[str, dict[str, str]] = {"[[printer]]": common}
    for heading, shape in TABLES.items():
        parts = {part.name: default_cell(part) for part in fields(shape)}
        expected[heading] = {
            key: cell for key, cell in parts.items() if not heading.startswith("driver") or key not in common
        }
    found = {heading: {key: cells[1] for key, cells in rows.items()} for heading, rows in documented().items()}
    assert found == expected


def test_every_driver_and_every_table_is_documented() -> None:
    shapes = get_args(config.PrinterConnection)
    drivers = {f'driver = "{get_args(get_type_hints(shape)["driver"])[0]}"' for shape in shapes}
    assert {heading for heading in TABLES if heading.startswith("driver")} == drivers
    tables = {part.name for part in fields(config._Document)}
    headings = {heading.strip("[]") for heading in documented() if heading.startswith("[")}
    inner = {
        "calendar.days", "calendar.seasons", "agencies.services",
        "agencies.services.outcomes", "counters.helps", "counters.profiles",
    }
    assert headings - inner == tables


def test_the_document_names_exactly_the_variables_that_exist() -> None:
    found = {
        cells[2].strip("`"): (heading.strip("[]"), key)
        for heading, rows in documented().items() if heading.strip("[]") in config.SECTIONS
        for key, cells in rows.items() if cells[2]
    }
    assert found == {variable: (section, key) for variable, (section, key, _) in config.variables().items()}
