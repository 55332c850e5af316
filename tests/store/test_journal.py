"""The journal on its file: numbers, links, boots, anchors, forks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kiosk.store.check import check
from kiosk.store.disk import transaction
from kiosk.store.fork import fork
from kiosk.store.journal import Line
from machines.chain import ZERO, link
from machines.instants import SECOND, WallQuality
from machines.journal import (
    BootBegan,
    ClockAnchored,
    ConditionSet,
    Personal,
    SessionOpened,
    TapRefused,
)
from tests.store.file import File

OPENED = SessionOpened("laser", "badge")
INES = Personal(member="ines", badge="s11.8:00")


def taps(file: File, many: int) -> list[str]:
    return [str(file.journal.append(OPENED, INES).birth) for _ in range(many)]


def test_an_entry_reads_back_as_it_was_written(file: File) -> None:
    written = file.journal.append(OPENED, INES)
    *_, (seq, read) = file.journal.entries()
    assert (seq, read) == (2, written)
    assert read.at == file.clock.now()


def test_numbers_have_no_gap_and_each_link_follows_from_the_one_before(file: File) -> None:
    taps(file, 20)
    rows = file.journal.rows(0, 100)
    assert [row.seq for row in rows] == list(range(1, 22))
    assert rows[0].chain == link(ZERO, rows[0].body)
    assert all(b.chain == link(a.chain, b.body) for a, b in pairwise(rows))


def test_an_entry_that_failed_leaves_no_gap(file: File) -> None:
    with pytest.raises(UnicodeEncodeError):
        file.journal.append(TapRefused("\ud800", "unknown-badge"))
    taps(file, 1)
    assert file.journal.tip()[0] == 2
    assert check(file.journal).faults == ()


def test_entries_written_together_are_all_there_or_none(file: File) -> None:
    file.journal.append_all([Line(OPENED), Line(TapRefused("laser", "unknown-badge"))])
    with pytest.raises(UnicodeEncodeError):
        file.journal.append_all([Line(OPENED), Line(TapRefused("\ud800", "unknown-badge"))])
    assert file.journal.tip()[0] == 3


def test_every_file_has_a_store_of_its_own_and_keeps_it(file: File, tmp_path) -> None:
    other = File(tmp_path / "other.db")
    mine = file.journal.store
    file.restart(reboot=True)
    assert file.journal.store == mine != other.journal.store
    assert len(mine) == 16
    other.close()


def test_a_changed_entry_shows_at_the_check(file: File) -> None:
    taps(file, 5)
    body = file.journal.rows(2, 1)[0].body.replace(b"laser", b"mugs!")
    file.connection.execute("UPDATE entry SET body = ? WHERE seq = 3", (body,))
    (fault,) = check(file.journal).faults
    assert fault.endswith("entry 3 does not follow from the one before: it was changed")


def test_a_missing_entry_shows_at_the_check(file: File) -> None:
    taps(file, 5)
    file.connection.execute("DELETE FROM entry WHERE seq = 3")
    (fault,) = check(file.journal).faults
    assert fault.endswith("entries 3 to 3 are missing")


def test_a_personal_part_put_to_another_entry_shows_at_the_check(file: File) -> None:
    taps(file, 2)
    file.connection.execute(
        "UPDATE entry SET personal = (SELECT personal FROM entry WHERE seq = 2) WHERE seq = 3"
    )
    (fault,) = check(file.journal).faults
    assert "the personal part is not that of" in fault


def test_an_entry_of_a_newer_version_is_left_out_and_hides_no_other(file: File) -> None:
    taps(file, 1)
    _seq, before = file.journal.tip()
    row = file.journal.rows(1, 1)[0]
    newer = row.body.replace(b'"session.opened"', b'"session.dreamt"')
    file.journal.put(row._replace(seq=3, body=newer, chain=link(before, newer), personal=None))
    taps(file, 1)
    assert [seq for seq, _ in file.journal.entries()] == [1, 2, 4]
    assert check(file.journal).faults == ()


def test_an_entry_that_is_no_entry_stops_no_lab_and_shows_at_the_check(file: File) -> None:
    file.connection.execute("INSERT INTO entry VALUES(2, x'7b7d', x'00', NULL)")
    file.restart(reboot=True)
    assert [seq for seq, _ in file.journal.entries()] == [1, 3]
    assert file.start.last_seen is None
    assert any("not an entry" in fault for fault in check(file.journal).faults)


# -- boots ------------------------------------------------------------------------------------


def test_a_boot_is_told_once_however_often_the_kiosk_starts(file: File) -> None:
    file.restart()
    assert not file.start.rebooted
    assert file.clock.boot_no == 1
    file.restart(reboot=True)
    assert file.start.rebooted
    assert file.clock.boot_no == 2
    boots = [entry.body for _, entry in file.journal.entries()]
    assert [boot.boot_id for boot in boots if isinstance(boot, BootBegan)] == ["boot-1", "boot-2"]


def test_the_last_sign_of_life_is_the_last_entry_or_what_the_floor_left(file: File) -> None:
    file.clock.advance(minutes=5)
    tapped = file.journal.append(OPENED, INES)
    file.restart(reboot=True)
    assert file.start.last_seen == tapped.at

    file.clock.advance(minutes=7)
    alive = file.clock.now()
    said = (
        f'{{"boot_no":2,"boot_us":{alive.boot_us},"wall_us":{alive.wall_us},"quality":2}}'.encode()
    )
    with transaction(file.connection):
        file.journal.checkpoint("", "alive", said)
    file.restart(reboot=True)
    assert file.start.last_seen == alive


def test_a_running_meter_has_one_row_whatever_is_written(file: File) -> None:
    for row in (b"1 h", b"2 h"):
        file.journal.checkpoint("laser", "beam", row)
    file.journal.checkpoint("prusa", "print", b"3 h")
    file.journal.checkpoint("prusa", "print", None)
    assert file.journal.checkpoints() == {("laser", "beam"): b"2 h"}


# -- anchors ----------------------------------------------------------------------------------


def test_a_pi_without_network_anchors_nothing_until_its_clock_is_set(tmp_path) -> None:
    file = File(tmp_path / "lab.db", WallQuality.RESTORED)
    assert file.journal.anchor_if_due() is None
    file.clock.advance(hours=1)
    file.clock.quality = WallQuality.NTP
    file.clock.wall_us += 40 * 60 * SECOND
    entry = file.journal.anchor_if_due()
    assert entry is not None
    assert entry.body == ClockAnchored("ntp", file.clock.wall_us, 500_000)
    assert file.journal.anchor_if_due() is None
    file.close()


def test_a_store_just_begun_by_a_fork_gets_an_anchor_of_its_own(file: File) -> None:
    file.journal.anchor_if_due()
    fork(file.journal, 1)
    assert file.journal.anchor_if_due() is not None


# -- forks ------------------------------------------------------------------------------------


def test_after_a_fork_every_entry_is_there_once_under_its_first_identity(file: File) -> None:
    births = taps(file, 9)
    old = file.journal.store
    new = fork(file.journal, 4)
    assert file.journal.closed() == [old]
    assert file.journal.store == new != old
    assert file.journal.tip(old)[0] == 4
    assert file.journal.tip()[0] == 6
    told = [str(entry.birth) for entries in file.journal.lineage() for _, entry in entries]
    assert told[1:] == births
    assert check(file.journal).faults == ()


def test_a_closed_store_that_forks_is_told_in_its_place(file: File) -> None:
    births = taps(file, 9)
    first = file.journal.store
    second = fork(file.journal, 6)
    fork(file.journal, 2)
    between = fork(file.journal, 3, first)
    assert file.journal.closed() == [first, between, second]
    assert [file.journal.tip(store)[0] for store in (first, between, second, None)] == [3, 3, 2, 2]
    told = [str(entry.birth) for entries in file.journal.lineage() for _, entry in entries]
    assert told[1:] == births
    assert check(file.journal).faults == ()


def test_the_same_fork_healed_twice_gives_the_same_store(file: File, tmp_path) -> None:
    taps(file, 3)
    image = tmp_path / "image.db"
    file.connection.execute("VACUUM INTO ?", (str(image),))
    again = File(image)
    assert fork(file.journal, 2) == fork(again.journal, 2)
    again.close()


def test_what_is_told_after_a_fork_belongs_to_the_new_store(file: File) -> None:
    taps(file, 2)
    new = fork(file.journal, 3)
    told = file.journal.append(ConditionSet("laser", "fault"))
    assert told.birth.store == new.hex()
    assert told.birth.seq == 1
    assert file.journal.chain_at(0) == ZERO
    assert file.journal.chain_at(1) == file.journal.tip()[1]
    assert file.journal.chain_at(2) is None
