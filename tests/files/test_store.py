"""A file is kept whole, once, with what is known of it, or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.files.refused import FileRefused
from kiosk.files.store import CHUNK, SPARE, Files

RECORDINGS = Path(__file__).parents[1] / "recordings" / "gcode"
MUG = (RECORDINGS / "prusaslicer.gcode").read_bytes()
DAY_S = 86400.0


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(tmp_path: Path, clock: Clock) -> Files:
    return Files(tmp_path / "files", 2_000_000, clock)


def bring(files: Files, data: bytes = MUG, name: str = "mug.gcode"):
    return files.receive(io.BytesIO(data), len(data), name)


def refused(files: Files, data: bytes, name: str = "mug.gcode", length: int | None = None) -> str:
    with pytest.raises(FileRefused) as why:
        files.receive(io.BytesIO(data), len(data) if length is None else length, name)
    return why.value.key


def test_a_file_is_kept_by_its_content_and_read_on_the_way(files: Files) -> None:
    received = bring(files)
    assert received.sha256 == hashlib.sha256(MUG).hexdigest()
    assert (received.name, received.size, received.again) == ("mug.gcode", len(MUG), False)
    assert received.examined.sliced.estimated_s == 1583
    assert received.examined.facts.nozzle_c == 230
    path = files.path(received.sha256)
    assert path is not None
    assert path.name == f"{received.sha256}.gcode"
    assert path.read_bytes() == MUG


def test_only_the_kiosk_may_read_what_members_bring(files: Files, tmp_path: Path) -> None:
    bring(files)
    for path in (tmp_path / "files").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_the_same_content_twice_is_noticed_and_kept_once(files: Files, tmp_path: Path) -> None:
    bring(files)
    before = sorted((tmp_path / "files").iterdir())
    again = bring(files, name="another name.gcode")
    assert again.again
    assert again.name == "another name.gcode"
    assert sorted((tmp_path / "files").iterdir()) == before


def test_its_picture_lies_beside_it(files: Files) -> None:
    sha256 = bring(files).sha256
    picture = files.thumbnail(sha256)
    assert picture is not None
    assert picture.suffix == ".png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    jpeg = bring(files, (RECORDINGS / "superslicer.gcode").read_bytes()).sha256
    assert (files.thumbnail(jpeg) or Path()).suffix == ".jpg"
    plain = bring(files, (RECORDINGS / "plain.gcode").read_bytes()).sha256
    assert files.thumbnail(plain) is None


def test_what_was_read_is_known_without_reading_again(files: Files) -> None:
    received = bring(files)
    assert files.facts(received.sha256) == received.examined


def test_what_is_known_of_a_file_is_read_again_where_it_is_spoilt(
    files: Files, tmp_path: Path
) -> None:
    received = bring(files)
    beside = tmp_path / "files" / f"{received.sha256}.json"
    beside.write_text('{"sliced":')
    assert files.facts(received.sha256) == received.examined
    beside.unlink()
    assert files.facts(received.sha256) == received.examined


@pytest.mark.parametrize("sha256", ["", "..", "../lab", "A" * 64, "0" * 64, "0" * 63 + "\n"])
def test_a_file_that_is_not_there_is_none(files: Files, sha256: str) -> None:
    bring(files)
    assert files.path(sha256) is None
    assert files.thumbnail(sha256) is None
    assert files.facts(sha256) is None


# -- refused, and nothing is left -----------------------------------------------------------------


def test_a_refused_file_leaves_nothing(files: Files, tmp_path: Path) -> None:
    assert refused(files, b"") == "empty"
    assert refused(files, MUG, "mug.3mf") == "project"
    assert refused(files, b"PK\x03\x04....") == "archive"
    assert refused(files, MUG + b"\x00") == "binary"
    assert refused(files, b"G1 X1\n" * 400_000) == "too-large"
    assert refused(files, MUG, length=len(MUG) + 1) == "incomplete"
    assert list((tmp_path / "files").iterdir()) == []


def test_a_nul_in_a_later_chunk_is_found(files: Files) -> None:
    assert refused(files, b"G1 X1\n" * (CHUNK // 6 + 10) + b"\x00") == "binary"


def test_no_more_than_was_said_is_read(files: Files) -> None:
    stream = io.BytesIO(MUG + b"\x00 of somebody else")
    assert files.receive(stream, len(MUG), "mug.gcode").size == len(MUG)
    assert stream.tell() == len(MUG)


def test_a_stream_that_gives_a_byte_at_a_time_is_the_same_file(files: Files) -> None:
    class Slow:
        def __init__(self) -> None:
            self._all = io.BytesIO(MUG)

        def read(self, size: int, /) -> bytes:
            return self._all.read(1)

    received = files.receive(Slow(), len(MUG), "mug.gcode")
    assert received.examined == bring(files).examined


class Room(NamedTuple):
    total: int
    used: int
    free: int


def test_a_file_that_would_fill_the_disk_is_refused(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = len(MUG) + SPARE
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Room(room, 1, room - 1))
    assert refused(files, MUG) == "full"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Room(room, 0, room))
    assert not bring(files).again


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
def test_a_disk_that_fills_while_the_file_comes_is_said(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def full(path, flags, mode=0o777):
        return (
            real("/dev/full", os.O_WRONLY)
            if str(path).endswith(".coming")
            else real(path, flags, mode)
        )

    monkeypatch.setattr(os, "open", full)
    assert refused(files, MUG) == "full"
    assert list((tmp_path / "files").iterdir()) == []


def test_what_a_power_cut_left_half_written_is_gone_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "0123.coming").write_bytes(b"half")
    files = Files(folder, 1000)
    assert list(folder.iterdir()) == []
    assert bring(files, b"G28\nG1 X1 E1\n").size == 13


# -- forgotten ------------------------------------------------------------------------------------


def test_a_file_is_forgotten_when_it_is_old_and_no_job_wants_it(
    files: Files, clock: Clock, tmp_path: Path
) -> None:
    wanted, old = bring(files), bring(files, MUG + b"; two\n")
    clock.now += 31 * DAY_S
    new = bring(files, MUG + b"; three\n")
    assert files.forget({wanted.sha256}, 30 * DAY_S) == 1
    assert files.path(old.sha256) is None
    assert files.thumbnail(old.sha256) is None
    assert files.path(wanted.sha256)
    assert files.path(new.sha256)
    assert not [path for path in (tmp_path / "files").iterdir() if old.sha256 in path.name]


def test_a_file_grows_old_from_the_day_its_last_job_was_over(files: Files, clock: Clock) -> None:
    received = bring(files)
    clock.now += 40 * DAY_S
    files.forget({received.sha256}, 30 * DAY_S)
    clock.now += 29 * DAY_S
    assert files.forget(set(), 30 * DAY_S) == 0
    clock.now += 2 * DAY_S
    assert files.forget(set(), 30 * DAY_S) == 1


def test_a_file_that_is_brought_again_is_young_again(files: Files, clock: Clock) -> None:
    received = bring(files)
    clock.now += 31 * DAY_S
    assert bring(files).again
    assert files.forget(set(), 30 * DAY_S) == 0
    assert files.path(received.sha256)


def test_a_file_that_was_removed_by_hand_is_taken_again(files: Files) -> None:
    received = bring(files)
    path = files.path(received.sha256)
    assert path
    path.unlink()
    assert not bring(files).again
    assert files.path(received.sha256)


# -- any file -------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=3000))
def test_any_bytes_are_kept_whole_or_refused(files: Files, data: bytes) -> None:
    try:
        received = bring(files, data)
    except FileRefused:
        return
    path = files.path(received.sha256)
    assert path
    assert path.read_bytes() == data


def test_memory_stays_flat_however_large_the_file(tmp_path: Path) -> None:
    """Twice the file, the same peak."""

    class Endless:
        def read(self, size: int, /) -> bytes:
            return (b"G1 X10.5 Y20.25 E.01234\n" * (size // 24 + 1))[:size]

    peaks = []
    for megabytes in (8, 16):
        files = Files(tmp_path / str(megabytes), 100_000_000)
        tracemalloc.start()
        files.receive(Endless(), megabytes * 1_000_000, "large.gcode")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
    assert peaks[1] < 8_000_000


def test_a_file_that_could_not_be_forgotten_whole_is_forgotten_the_next_time(
    files: Files, clock: Clock, tmp_path: Path
) -> None:
    old = bring(files)
    folder = tmp_path / "files"
    (folder / f"{old.sha256}.jpg").mkdir()  # no file: it cannot be unlinked
    clock.now += 31 * DAY_S
    with pytest.raises(OSError, match=old.sha256):
        files.forget(set(), 30 * DAY_S)
    (folder / f"{old.sha256}.jpg").rmdir()
    assert files.forget(set(), 30 * DAY_S) == 1
    assert not list(folder.iterdir()), "its picture is nobody's any more"
