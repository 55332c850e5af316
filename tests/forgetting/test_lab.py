"""A lab forgets who did what, once it was kept as long as its site says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.floor.acts import CloseSession, Collect
from kiosk.forgetting import service
from kiosk.store.check import check
from kiosk.store.disk import StoreError, open_reader
from kiosk.store.fork import fork
from kiosk.store.journal import Line
from kiosk.sync import roster as rosters
from machines.instants import WallQuality
from machines.journal import Personal, TapRefused
from machines.members import Roster
from machines.people_entries import BadgeEnrolled
from tests.forgetting.house import House


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[House]:
    lab = House(tmp_path)
    yield lab
    lab.close()


def work(lab: House) -> None:
    """Inès has the saw for an hour, and prints; somebody is refused."""
    lab.tap("ines", "saw")
    lab.advance(minutes=60)
    lab.tap("ines", "saw")
    path = lab.print_job(lab.submit(name="anniversaire-zoe.gcode"))
    lab.advance(minutes=30)
    lab.end_print(path)
    lab.tap("nobody", "saw")


def test_ninety_one_days_later_nothing_says_who_it_was(lab: House) -> None:
    work(lab)
    lab.days(1)
    assert b"m-ines" in lab.bytes
    lab.days(90)
    assert lab.purge()
    assert b"m-ines" not in lab.bytes
    assert b"anniversaire" not in lab.bytes
    assert lab.store.submit(check).result(10).faults == ()
    assert not any(entry.personal for entry in lab.entries())


def test_what_is_younger_than_kept_stays(lab: House) -> None:
    work(lab)
    lab.days(85)
    lab.tap("karim", "press")
    lab.days(6)
    lab.purge()
    assert {e.personal.member for e in lab.entries() if e.personal} == {"m-karim"}


def test_the_name_of_a_file_goes_before_whose_it_was(lab: House) -> None:
    work(lab)
    lab.days(31)
    lab.purge()
    assert b"anniversaire" not in lab.bytes, "in the journal, nor in what is carried"
    assert "m-ines" in {e.personal.member for e in lab.entries() if e.personal}


def test_a_job_that_waits_stays_whose_it_is(lab: House) -> None:
    mug = lab.submit(name="mug-pour-lea.gcode")
    lab.days(200)
    lab.purge()
    assert lab.job(mug).owner_id == "m-ines"
    assert b"mug-pour-lea" in lab.bytes
    lab.restart_kiosk()
    path = lab.print_job(mug)
    lab.end_print(path)
    lab.act(Collect(mug))
    lab.days(31)
    lab.purge()
    assert b"mug-pour-lea" not in lab.bytes


def test_what_the_central_has_not_taken_waits_for_it_but_not_for_ever(lab: House) -> None:
    work(lab)
    lab.taken = lambda store: 3
    lab.days(91)
    lab.purge()
    assert b"m-ines" in lab.bytes
    lab.taken = lambda store: 10_000
    lab.days(2)
    lab.purge()
    assert b"m-ines" not in lab.bytes
    work(lab)
    lab.taken = lambda store: 0
    lab.days(179)
    lab.purge()
    assert b"m-ines" in lab.bytes
    lab.days(2)
    lab.purge()
    assert b"m-ines" not in lab.bytes


def test_a_lab_that_was_away_for_months_tells_before_it_forgets(lab: House) -> None:
    for _ in range(150):
        lab.tap("nobody", "saw")
    work(lab)
    lab.store.append_all([Line(TapRefused("saw", "in-use"), Personal("m-ines"))] * 600).result(10)
    lab.days(200)
    lab.taken = lambda store: None
    assert not lab.purge(), "the central has not spoken"
    lab.taken = lambda store: 100
    assert not lab.purge(), "it is taking what there is"
    lab.taken = lambda store: 10_000
    assert lab.purge()
    assert b"m-ines" not in lab.bytes


def test_a_badge_that_the_lab_gave_by_itself_is_kept_until_the_roster_has_it(lab: House) -> None:
    given = lab.store.append(BadgeEnrolled(), Personal("m-ines", badge="s4.8:beef")).result(10)
    lab.days(100)
    lab.purge()
    assert b"s4.8:beef" in lab.bytes
    lab.hear_roster(Roster("e1", 2, lab.people.members, {given.birth.store: given.birth.seq}))
    lab.days(2)
    lab.purge()
    assert b"s4.8:beef" not in lab.bytes


def test_without_a_clock_nothing_goes_and_later_it_is_as_old_as_what_follows(lab: House) -> None:
    lab.clock.quality = WallQuality.RESTORED
    work(lab)
    lab.days(100)
    assert not lab.purge()
    lab.clock.quality = WallQuality.NTP
    lab.tap("karim", "press")
    lab.days(2)
    lab.purge()
    assert b"m-ines" in lab.bytes, "nobody knows that it is older than Karim's session"
    lab.days(90)
    lab.purge()
    assert b"m-ines" not in lab.bytes


def test_it_is_forgotten_in_a_closed_store_too(lab: House) -> None:
    work(lab)
    lab.store.submit(lambda journal: fork(journal, 5)).result(10)
    lab.days(91)
    lab.purge()
    assert b"m-ines" not in lab.bytes


def test_a_night_without_a_purge_is_told(lab: House) -> None:
    lab.purge()
    assert lab.forgetting.health() == {"purged_age_s": 0, "purge_late": False}
    lab.days(0.5)
    assert not lab.purge(), "not twice a day"
    lab.days(1.6)
    assert lab.forgetting.late
    lab.purge()
    assert not lab.forgetting.late


def test_a_reader_that_keeps_the_names_alive_has_it_done_again(lab: House) -> None:
    work(lab)
    lab.days(91)
    with closing(open_reader(lab.site.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(StoreError, match="a reader keeps the WAL"):
            lab.purge()
    assert lab.purge(), "it is still due"
    assert b"m-ines" not in lab.bytes


# ---- erasure


def erase(lab: House, member: str) -> None:
    people = Roster("e1", lab.people.version + 1, lab.without(member), erased=(member,))
    lab.hear_roster(people)


def badge_of(lab: House, member: str) -> bytes:
    return next(m for m in lab.people.members if m.id == member).badges[0].encode()


def test_whoever_is_erased_is_found_nowhere_at_once(lab: House) -> None:
    lab.hear_roster(lab.people)
    work(lab)
    lab.tap("karim", "press")
    digest = badge_of(lab, "m-ines")
    refused = TapRefused("saw", "unknown-badge"), Personal(badge=digest.decode())
    lab.store.append(*refused).result(10)
    assert digest in lab.bytes
    erase(lab, "m-ines")
    assert lab.purge()
    for trace in (b"m-ines", digest, "Inès".encode(), b"anniversaire"):
        assert trace not in lab.bytes
    assert "m-karim" in {e.personal.member for e in lab.entries() if e.personal}
    assert len(lab.removed) == 1, "the file that she brought"
    assert lab.store.submit(check).result(10).faults == ()
    assert not lab.purge(), "once"


def test_an_erasure_waits_for_a_session_that_runs_and_for_the_central(lab: House) -> None:
    lab.hear_roster(lab.people)
    lab.tap("ines", "press")
    lab.taken = lambda store: 10_000
    erase(lab, "m-ines")
    lab.purge()
    assert b"m-ines" in lab.bytes
    assert lab.act(CloseSession("press", "")).done
    lab.purge()
    assert b"m-ines" not in lab.bytes


def test_a_file_put_back_from_a_backup_has_the_erased_erased_again(
    lab: House, tmp_path: Path
) -> None:
    lab.hear_roster(lab.people)
    work(lab)
    lab.restart_kiosk()
    digest = badge_of(lab, "m-ines")
    backup = tmp_path.parent / f"{tmp_path.name}-backup.db"
    lab.close()
    shutil.copy(lab.site.database, backup)
    lab.open()
    erase(lab, "m-ines")
    lab.purge()
    lab.close()
    for left in tmp_path.glob("lab.db-*"):
        left.unlink()
    shutil.copy(backup, lab.site.database)
    assert b"m-ines" in lab.bytes
    lab.open()
    service.begin(lab.store)
    kept = lab.store.submit(lambda journal: rosters.load(journal.connection)).result(10)
    assert kept
    assert "m-ines" not in {member.id for member in kept.roster.members}
    assert lab.purge()
    for trace in (b"m-ines", digest, "Inès".encode()):
        assert trace not in lab.bytes
