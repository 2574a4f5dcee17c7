"""What was rendered is kept on disk: bounded, whole, and nowhere but in its folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from display.voice.cache import Cache, sound_bytes, wav

SOUND = bytes(range(256)) * 100


def key(n: int) -> str:
    return f"{n:064x}"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_the_bound_holds_and_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 5 * len(wav(SOUND)))
    for n in range(4):
        os.utime(cache.put(key(n), SOUND).path, ns=(n, n))
    assert cache.get(key(0)) is not None  # used just now
    for n in range(4, 7):
        cache.put(key(n), SOUND)
        assert size(tmp_path) <= 5 * len(wav(SOUND))
    assert cache.get(key(0)) is not None
    assert [n for n in range(7) if cache.get(key(n)) is None] == [1, 2]


def test_the_newest_stays_even_where_it_is_too_large(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10)
    cache.put(key(1), SOUND)
    cache.put(key(2), SOUND)
    assert cache.get(key(2)) is not None
    assert [path.name for path in tmp_path.iterdir()] == [f"{key(2)}.wav"]


def test_a_clock_that_was_set_back_does_not_cost_the_newest(tmp_path: Path) -> None:
    cache = Cache(tmp_path, len(wav(SOUND)))
    future = time.time() + 1e6
    os.utime(cache.put(key(1), SOUND).path, (future, future))
    cache.put(key(2), SOUND)
    assert cache.get(key(2)) is not None


def test_parts_left_by_a_power_cut_go_after_an_hour(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10**9)
    old, new = tmp_path / "old.part", tmp_path / "new.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    cache.put(key(1), SOUND)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_disk_that_is_full_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path, 10**9)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        cache.put(key(1), SOUND)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [
    "", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, f"{'0' * 63}\n", "0" * 64 + ".wav", "0" * 64 + "\n",
])
def test_what_is_no_key_reaches_no_file(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        Cache(tmp_path, 1).get(wrong)


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(bytes(10**6))
    Cache(tmp_path, 10).put(key(1), SOUND)
    assert (tmp_path / "notes.txt").exists()


def test_a_file_is_ours_only_as_it_was_written() -> None:
    whole = wav(SOUND)
    assert sound_bytes(whole) == len(SOUND)
    assert sound_bytes(wav(b"")) == 0
    for wrong in (whole[:-1], whole + b"\0\0", b"", whole[:44], whole.replace(b"crc ", b"CRC "), whole[:60]):
        assert sound_bytes(wrong) is None
