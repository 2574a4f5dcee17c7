"""Months of the event log in compressed files: written, read back, and walked as one chain with the database.

A file is JSON lines in gzip: one line for each event, and last a manifest that tells what the file must hold. It is
whole and on disk under its name before the database notes it, and noted before the first of its rows is deleted.
"""

from __future__ import annotations

import filecmp
import gzip
import hashlib
import json
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.retention import month_of
from server.store import Archive
from server.store.chain import ROW, Break, Head, Row, Walk, archived_head, follow
from server.store.whole_files import appearing
from server.wire import encode

FOLDER = "archive"
_PAYLOAD = b',"payload":'
_MANIFEST = b'{"manifest":'
_LEVEL = 6
Progress = Callable[[int], None]


class BadArchive(Exception):
    """A file that is not the archive it should be; the words say why."""


def path_of(folder: Path, month: str) -> Path:
    """Where a month's archive is in a folder of archives."""
    return folder / f"events-{month}.jsonl.gz"


def due(connection: sqlite3.Connection, zone: ZoneInfo, before: str) -> list[tuple[str, int]]:
    """The months before `before` that can be archived, each with the number of its last event, oldest first.

    Never the newest event, from which the log goes on. A month ends with its last event: what a wrong clock wrote in
    between belongs to it.
    """
    floor = archived_head(connection)
    first = connection.execute("SELECT at_ms FROM events WHERE seq = ?", (floor.seq + 1,)).fetchone()
    if first is None or month_of(first[0], zone) >= before:
        return []  # as on nearly every day: nothing is read through
    newest = max((archive.month for archive in noted(connection)), default="")
    head = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
    found, last = list[tuple[str, int]](), floor.seq
    for month, end in sorted(_ends(connection, zone, floor.seq).items()):
        if newest < month < before and last < end < head:
            found.append((month, end))
            last = end
    return found


def _ends(connection: sqlite3.Connection, zone: ZoneInfo, after: int) -> dict[str, int]:
    """The number of each month's last event."""
    ends: dict[str, int] = {}
    hour, month = -1, ""
    for seq, at_ms in connection.execute("SELECT seq, at_ms FROM events WHERE seq > ? ORDER BY seq", (after,)):
        if at_ms // 900_000 != hour:  # zones differ by whole quarters of an hour
            hour, month = at_ms // 900_000, month_of(at_ms, zone)
        ends[month] = seq
    return ends


def write(
    connection: sqlite3.Connection, folder: Path, second: Path | None, month: str, last: int, progress: Progress
) -> Archive:
    """Write the events up to `last` that are not archived yet as a month's file, read it back, copy it to `second`.

    A file that is there under that name, of before a restore perhaps, is kept under another. Raises BadArchive where
    the log does not hold or the file does not come back as it was written, OSError, sqlite3.Error.
    """
    if second is not None and not second.is_dir():
        raise FileNotFoundError(f"there is no folder {second}; is its disk mounted?")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target, start = path_of(folder, month), archived_head(connection)
    with appearing(target) as part:
        written = _write(connection, part, month, start, last, progress)
        if walk(part, written, Walk(start)) is not None:
            raise BadArchive(f"{part} does not come back as it was written")
        _make_way(target, part)
    if second is not None:
        with appearing(path_of(second, month)) as part:
            shutil.copyfile(target, part)
            if not filecmp.cmp(target, part, shallow=False):
                raise BadArchive(f"{part} does not come back as it was written")
            _make_way(path_of(second, month), part)
    return written


def _write(
    connection: sqlite3.Connection, part: Path, month: str, start: Head, last: int, progress: Progress
) -> Archive:
    digest, walked = hashlib.sha256(), Walk(start)

    def told(rows: Iterator[tuple[Any, ...]], out: gzip.GzipFile) -> Iterator[Row]:
        for values in rows:
            row = Row(*values)
            line = _line(row)
            digest.update(line)
            out.write(line)
            yield row

    rows = connection.execute(
        f"SELECT {ROW} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq", (start.seq, last)
    )
    # No name and no time in it: the same events make the same file.
    with part.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as out:
        broken = follow(walked, told(rows, out), progress)
        if broken is None and walked.head.seq != last:
            broken = Break(walked.head.seq + 1, "missing")
        if broken is not None:
            raise BadArchive(f"the log does not hold at {broken.seq}: {broken.why}")
        head = walked.head
        made = Archive(month, start.seq + 1, last, start.chain, head.chain, head.at_ms, digest.hexdigest())
        out.write(_MANIFEST + encode(_as_json(made)).encode() + b"}\n")
    return made


def _make_way(target: Path, part: Path) -> None:
    """Give an earlier file of this name another, unless it is the same."""
    if target.exists() and not filecmp.cmp(target, part, shallow=False):
        names = (target.with_name(f"{target.name}.before-{n}") for n in count(1))
        target.rename(next(name for name in names if not name.exists()))


def read(path: Path) -> Archive:
    """The manifest of an archive whose content is what the manifest tells. Raises BadArchive with words."""
    digest, last = hashlib.sha256(), b""
    for line in _lines(path):
        digest.update(last)
        last = line
    made = _told(last)
    if made.sha256 != digest.hexdigest():
        raise BadArchive("its content was changed")
    return made


def _told(line: bytes) -> Archive:
    """What a file's last line tells. Raises BadArchive."""
    if not line.startswith(_MANIFEST):
        raise BadArchive("it is cut off")
    try:
        return _from_json(json.loads(line[len(_MANIFEST) : -2]))
    except (ValueError, KeyError, TypeError):
        raise BadArchive("its manifest cannot be read") from None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as lines:
            yield from lines
    except FileNotFoundError:
        raise BadArchive("it is missing") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"it is damaged: {error}") from None


def walk(path: Path, archive: Archive, walked: Walk, progress: Progress = lambda seq: None) -> Break | None:
    """Walk along the events of a file from where `walked` is; the first that does not hold, or None."""
    try:
        broken = follow(walked, _rows(path, archive), progress)
    except BadArchive as error:
        broken = Break(min(walked.head.seq + 1, archive.last), str(error))
    return broken and Break(broken.seq, f"{path.name}: {broken.why}")


def walk_all(connection: sqlite3.Connection, folder: Path, progress: Progress) -> Callable[[Walk], Break | None]:
    """For `chain.verify`: walks along all the archives that a database notes."""

    def walk_them(walked: Walk) -> Break | None:
        for archive in noted(connection):
            broken = walk(path_of(folder, archive.month), archive, walked, progress)
            if broken is not None:
                return broken
        return None

    return walk_them


def noted(connection: sqlite3.Connection) -> list[Archive]:
    """The archives that a database notes, oldest first; none where it is of before there were archives."""
    if archived_head(connection).seq == 0:
        return []
    rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM archives ORDER BY last_seq")
    return [Archive(*row) for row in rows]


COLUMNS = ("month", "first_seq", "last_seq", "previous", "chain", "at_ms", "sha256")


def _line(row: Row) -> bytes:
    """An event as a line. The payload stands last and as it is: its hash is over these very bytes."""
    facts = row._asdict() | {"payload_hash": row.payload_hash.hex(), "chain": row.chain.hex()}
    del facts["payload"]
    return encode(facts).encode()[:-1] + _PAYLOAD + (row.payload or "null").encode() + b"}\n"


def _rows(path: Path, archive: Archive) -> Iterator[Row]:
    """The events of a file. Raises BadArchive, in the end also where it is not the one that was noted."""
    digest, manifest = hashlib.sha256(), b""
    for line in _lines(path):
        if line.startswith(_MANIFEST):
            manifest = line
            continue
        digest.update(line)
        try:
            row = _row(line)
        except (ValueError, KeyError, TypeError):
            raise BadArchive("a line of it cannot be read") from None
        yield row
    if _told(manifest) != archive or digest.hexdigest() != archive.sha256:
        raise BadArchive("it is not the file that was archived")


def _row(line: bytes) -> Row:
    # Within a JSON text every quote has a backslash before it, so what parts the line stands there once.
    facts, _, rest = line.partition(_PAYLOAD)
    values = json.loads(facts + b"}")
    payload = rest.removesuffix(b"}\n").decode()
    hashes = (bytes.fromhex(values[name]) for name in ("payload_hash", "chain"))
    head = (int(values["seq"]), int(values["at_ms"]), str(values["kind"]), str(values["actor"]))
    return Row(*head, "" if payload == "null" else payload, *hashes)


def _as_json(archive: Archive) -> dict[str, Any]:
    hashes = {"previous": archive.previous.hex(), "chain": archive.chain.hex()}
    return {**archive._asdict(), **hashes, "count": archive.last - archive.first + 1}


def _from_json(facts: dict[str, Any]) -> Archive:
    archive = Archive(
        str(facts["month"]), int(facts["first"]), int(facts["last"]), bytes.fromhex(facts["previous"]),
        bytes.fromhex(facts["chain"]), int(facts["at_ms"]), str(facts["sha256"]),
    )  # fmt: skip
    if facts != _as_json(archive):
        raise ValueError
    return archive

