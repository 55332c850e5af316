"""The demo's past: lived through, never inserted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from config.site import Site
from kiosk.clock import StillClock
from kiosk.demo.gatherings import gatherings
from kiosk.demo.past import ANIMATOR, Past, make
from kiosk.demo.people import people
from kiosk.demo.places import DemoError, Places
from kiosk.demo.visits import MINUTE, visits
from kiosk.sites import read_site
from kiosk.store.store import Store
from machines.badges import DigestKey
from machines.instants import PARIS, Month, to_us
from machines.journal import Entry, PrintEnded, Result, SessionClosed, SessionOpened
from machines.made_entries import Produced, Purpose, WorkshopHeld
from machines.members import Clearance, Member, Roster

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 16)
KEY = DigestKey(b"the key of a test")


def everybody() -> Roster:
    everything = tuple(
        Clearance(of) for of in ("laser", *(f"family:{may}" for p in people() for may in p.may))
    )
    members = [
        Member(
            person.id,
            person.name,
            member_until=date(2027, 8, 31),
            clearances=everything,
            badges=(KEY.digest(person.badge),),
            animator=person.id == ANIMATOR,
        )
        for person in people()
    ]
    return Roster("e", 1, tuple(members))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    places = Places(tmp_path)
    places.write()
    return read_site(places.site("ccdv"))


def _entries(site: Site) -> list[Entry]:
    store = Store(site.database, StillClock(to_us(datetime(2026, 4, 1, tzinfo=PARIS))))
    try:
        return store.submit(lambda journal: [entry for _, entry in journal.entries()]).result()
    finally:
        store.close()


def _live(site: Site, seed: int) -> None:
    start_us = to_us(datetime(FIRST.year, FIRST.month, FIRST.day, 6, tzinfo=PARIS))
    end_us = to_us(datetime(LAST.year, LAST.month, LAST.day, 6, tzinfo=PARIS))
    past = Past(site, everybody(), KEY, start_us)
    past.live(visits(site, people(), FIRST, LAST, seed), end_us)
    past.close()


def test_a_past_is_a_journal_like_any_other(site: Site) -> None:
    make(site, lambda passing: _live(passing, 1))
    entries = _entries(site)
    kinds = Counter(entry.body.kind for entry in entries)
    assert kinds["session.opened"] == kinds["session.closed"] > 10
    assert kinds["print.began"] == kinds["print.ended"] > 0
    assert kinds["run.measured"] > 0
    assert {Month.of(e.at.wall_us) for e in entries if isinstance(e.body, SessionOpened)} == {
        Month(2026, 3)
    }


def test_a_past_has_classes_workshops_and_things_made_as_a_tablet_tells_them(site: Site) -> None:
    last = date(2026, 6, 1)
    end_us = to_us(datetime(last.year, last.month, last.day, 6, tzinfo=PARIS))

    def life(passing: Site) -> None:
        past = Past(passing, everybody(), KEY, to_us(datetime(2026, 3, 2, 6, tzinfo=PARIS)))
        told = gatherings(passing, people(), FIRST, last, seed=1)
        past.live(visits(passing, people(), FIRST, last, seed=1), end_us, told)
        past.close()

    make(site, life)
    entries = _entries(site)
    kinds = Counter(entry.body.kind for entry in entries)
    assert kinds["produced.corrected"] > 0
    assert kinds["session.corrected"] > 0, "a badge that was forgotten is put right"
    parties = {
        e.body.group for e in entries if isinstance(e.body, SessionOpened) and e.body.party > 1
    }
    made = [e.body for e in entries if isinstance(e.body, Produced)]
    assert {body.group for body in made if body.purpose is Purpose.PARTY} == parties
    assert any(e.body.group in parties for e in entries if isinstance(e.body, WorkshopHeld))


def test_no_two_sessions_of_a_past_share_a_machine(site: Site) -> None:
    make(site, lambda passing: _live(passing, 2))
    held: dict[str, str] = {}
    for entry in _entries(site):
        match entry.body:
            case SessionOpened(machine=machine):
                assert machine not in held
                held[machine] = str(entry.birth)
            case SessionClosed(session=session, machine=machine):
                assert held.pop(machine) == session


def test_a_printer_of_a_past_prints_one_thing_at_a_time(site: Site) -> None:
    start_us = to_us(datetime(2026, 3, 4, 6, tzinfo=PARIS))
    first = next(
        visit
        for visit in visits(site, people(), FIRST, LAST, 1)
        if visit.machine.outlives and visit.work_us > 60 * MINUTE and not visit.forgets
    )
    first = replace(first, at_us=start_us + 8 * 60 * MINUTE, stay_us=60 * MINUTE)
    again = replace(first, at_us=first.at_us + 30 * MINUTE, file="another.gcode")

    def life(passing: Site) -> None:
        past = Past(passing, everybody(), KEY, start_us)
        past.live([first, again], start_us + 20 * 60 * MINUTE)
        past.close()

    make(site, life)
    ends = [e.body for e in _entries(site) if isinstance(e.body, PrintEnded)]
    assert [(end.result, end.used_us) for end in ends] == [(Result.DONE, first.work_us)]


def test_the_same_seed_makes_the_same_visits(site: Site) -> None:
    assert list(visits(site, people(), FIRST, LAST, 3)) == list(
        visits(site, people(), FIRST, LAST, 3)
    )


def test_nobody_comes_to_a_closed_lab(site: Site) -> None:
    for visit in visits(site, people(), FIRST, LAST, 4):
        assert site.hours.is_open(visit.at_us)


def test_a_past_that_fails_leaves_no_half_of_it(site: Site) -> None:
    def fail(passing: Site) -> None:
        passing.database.write_bytes(b"half of")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        make(site, fail)
    assert not site.database.exists()


def test_a_folder_that_is_too_deep_is_said(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="too deep for a socket; choose another with --folder"):
        Places(tmp_path / ("x" * 90)).prepare()


def test_other_ports_stand_in_the_copied_files(tmp_path: Path) -> None:
    places = Places(tmp_path, 9080)
    places.write()
    ccdv, doret = read_site(places.site("ccdv")), read_site(places.site("doret"))
    assert (ccdv.port, doret.port) == (9080, 9082)
    assert ccdv.central.url == "http://127.0.0.1:9081"
    driver = ccdv.machine("mk4-1").driver
    assert driver is not None
    assert driver.options == replace(driver.options, url="http://127.0.0.1:9091/ccdv-mk4-1")  # type: ignore[type-var]
