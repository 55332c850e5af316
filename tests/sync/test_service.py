"""A lab's store and its sync, as the kiosk runs them, with a central that really listens."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.central import roster as book
from kiosk.central import roster_file
from kiosk.central.audit import PROGRAM, Act
from kiosk.store.check import check
from kiosk.store.disk import open_reader
from kiosk.sync import roster as rosters
from kiosk.sync.http import HttpWire
from kiosk.sync.protocol import Answer, Batch
from machines.badges import DigestKey
from machines.instants import WallQuality
from machines.journal import ClockAnchored
from machines.members import Roster
from tests.sync.pi import Pi
from tests.sync.served import Served, until

KEY = DigestKey(b"a key of the association", n=2)


def bring_members(central: Served, text: str) -> None:
    file = book.digested(roster_file.read(text.encode()), KEY)
    central.central.submit(
        lambda c: book.take_in(c, file, Act(PROGRAM, central.clock.wall_us))
    ).result()


# ---- weeks without a central


def test_a_lab_alone_for_five_weeks_loses_nothing_and_counts_nothing_twice(
    central: Served, pi: Pi
) -> None:
    pi.taps(10)
    pi.round()
    central.stop()
    for _day in range(35):
        pi.taps(60)
        pi.clock.advance(hours=23)
        pi.round()
        assert not pi.sync.status.online
        assert "not reached" in pi.sync.status.trouble
    assert pi.sync.status.unsent == 2100
    assert pi.sync.status.contact_age_s == 35 * 24 * 3600
    central.start()
    pi.round()
    assert pi.sync.status.online
    assert (pi.sync.status.unsent, pi.sync.status.trouble) == (0, "")
    assert central.facts() == pi.entries()
    assert central.hw() == {pi.store.submit(lambda j: j.store).result(): pi.entries()}


class FallingWire(HttpWire):
    """The central is stopped before the batch of that number, counted from 1."""

    def __init__(self, central: Served, token: str, falls_before: int) -> None:
        super().__init__(central.url, token)
        self._central = central
        self._left = falls_before

    def push(self, batch: Batch) -> Answer:
        self._left -= 1
        if self._left == 0:
            self._central.stop()
        return super().push(batch)


def test_a_central_that_goes_away_between_two_batches_is_sent_the_rest_when_it_is_back(
    central: Served, tmp_path: Path
) -> None:
    pi = Pi(tmp_path / "lab.db", central.url, token := central.token())
    pi.wire = FallingWire(central, token, falls_before=3)
    pi.store.close()
    pi.boot()
    pi.taps(1700)
    pi.round()
    assert not pi.sync.status.online
    assert pi.sync.status.unsent == pi.entries() - 1000
    central.start()
    assert central.facts() == 1000
    pi.round()
    assert (pi.sync.status.unsent, central.facts()) == (0, pi.entries())
    pi.close()


def test_a_central_put_back_from_a_backup_is_sent_again_what_it_forgot(
    central: Served, pi: Pi
) -> None:
    pi.taps(30)
    pi.round()
    central.stop()
    backup = shutil.copy(central.database, central.database.with_suffix(".backup"))
    central.start()
    pi.taps(30)
    pi.round()
    central.stop()
    shutil.copy(backup, central.database)
    central.start()
    assert central.facts() < pi.entries()
    pi.round()
    assert (pi.sync.status.trouble, central.facts()) == ("", pi.entries())


def test_a_card_put_back_from_an_old_image_goes_on_under_another_name(
    central: Served, pi: Pi
) -> None:
    pi.taps(10)
    pi.round()
    image = pi.take_out()
    pi.boot()
    pi.taps(10)
    pi.round()
    before = central.facts()
    pi.put_back(image)
    pi.taps(5)
    pi.round()
    assert (pi.sync.status.unsent, pi.sync.status.trouble) == (0, "")
    closed = pi.store.submit(lambda journal: journal.closed()).result()
    assert len(closed) == 1
    assert set(central.hw()) == {*closed, pi.store.submit(lambda j: j.store).result()}
    common, _ = pi.store.submit(lambda journal: journal.tip(closed[0])).result()
    assert common > 10
    assert central.facts() == before + pi.entries() - common
    assert pi.store.submit(lambda journal: check(journal).faults).result() == ()
    pi.round()
    assert pi.store.submit(lambda journal: journal.closed()).result() == closed


def test_labs_that_come_back_at_once_are_each_taken_in_whole(
    central: Served, tmp_path: Path
) -> None:
    labs = [
        Pi(tmp_path / f"{n}.db", central.url, central.token(f"lab-{n}", f"lab-{n}"))
        for n in range(6)
    ]
    for lab in labs:
        lab.taps(1200)
    with ThreadPoolExecutor(len(labs)) as all_at_once:
        list(all_at_once.map(Pi.round, labs))
    assert all(lab.sync.status.online for lab in labs)
    assert central.facts() == sum(lab.entries() for lab in labs)
    assert len(central.hw()) == len(labs)
    for lab in labs:
        lab.close()


# ---- the roster down, and the clock


def test_the_roster_comes_down_whole_and_only_when_it_has_changed(central: Served, pi: Pi) -> None:
    bring_members(central, "id;prénom;badges\nM1;Inès;0A00123456\nM2;Yann;\n")
    pi.round()
    pi.round()
    assert [[m.first_name for m in roster.members] for roster in pi.rosters] == [["Inès", "Yann"]]
    bring_members(central, "id;prénom;adhésion jusqu’au\nM1;Inès;2027-06-30\n")
    pi.round()
    assert len(pi.rosters) == 2
    assert pi.rosters[1].version > pi.rosters[0].version
    central.stop()
    pi.store.close()
    pi.boot()
    pi.clock.advance(hours=24 * 21)
    pi.round()
    reader = open_reader(pi.path)
    assert rosters.load(reader).roster == pi.rosters[1]
    reader.close()
    assert pi.sync.status.roster_age_s == pytest.approx(21 * 24 * 3600)


def test_a_roster_older_than_the_labs_own_is_not_taken_and_the_entries_go_up_all_the_same(
    central: Served, pi: Pi
) -> None:
    bring_members(central, "id;prénom\nM1;Inès\n")
    central.stop()
    backup = shutil.copy(central.database, central.database.with_suffix(".backup"))
    central.start()
    bring_members(central, "id;prénom\nM2;Yann\n")
    pi.round()
    central.stop()
    shutil.copy(backup, central.database)
    central.start()
    pi.taps(5)
    pi.round()
    assert "was put back from a backup" in pi.sync.status.trouble
    assert len(pi.rosters) == 1
    assert central.facts() == pi.entries()


@pytest.mark.parametrize(
    ("quality", "anchors"),
    [(WallQuality.UNSET, 1), (WallQuality.RESTORED, 1), (WallQuality.NTP, 0)],
)
def test_a_pi_without_a_clock_learns_the_time_from_its_central_once(
    central: Served, tmp_path: Path, quality: WallQuality, anchors: int
) -> None:
    pi = Pi(tmp_path / "lab.db", central.url, central.token())
    pi.clock.quality = quality
    pi.round()
    pi.round()
    found = pi.store.submit(
        lambda journal: [
            entry.body
            for _, entry in journal.entries()
            if isinstance(entry.body, ClockAnchored) and entry.body.source == "central"
        ]
    ).result()
    assert [anchor.utc_us for anchor in found] == [central.clock.wall_us] * anchors
    pi.close()


# ---- the thread


def test_what_is_tapped_while_the_sync_runs_arrives_and_stopping_waits_for_no_rest(
    central: Served, pi: Pi
) -> None:
    pi.sync.start()
    until(lambda: pi.sync.status.online)
    pi.taps(700)
    pi.sync.nudge()
    until(lambda: central.facts() == pi.entries())
    central.stop()
    pi.sync.nudge()
    until(lambda: not pi.sync.status.online)
    pi.taps(5)
    central.start()
    pi.sync.nudge()
    until(lambda: central.facts() == pi.entries())
    pi.sync.stop()
    assert pi.sync.status.online


def test_a_fault_that_nobody_foresaw_is_told_and_the_next_round_is_as_ever(
    central: Served, pi: Pi
) -> None:
    def broken(roster: Roster) -> None:
        raise LookupError("in the floor")

    pi.took = broken
    pi.round()
    assert pi.sync.status.trouble == "LookupError: see the log"
    pi.took = pi.rosters.append
    pi.round()
    assert pi.sync.status.trouble == ""
