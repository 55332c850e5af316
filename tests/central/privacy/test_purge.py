"""What the central forgets besides: members who left, workshops, the audit, exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.site import Retention
from kiosk.central import audit
from kiosk.central.audit import Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.privacy.service import Forgetting
from tests.central.front_door import House, house


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, exports=tmp_path / "exports") as made:
        yield made


def night(fablab: House, days: float = 0, retention: Retention | None = None) -> Forgetting:
    fablab.clock.advance(hours=24 * days)
    site = fablab.site
    if retention:
        site = type(site)(site.name, exports=site.exports, retention=retention)
    forgetting = Forgetting(fablab.central, site)
    forgetting.round()
    return forgetting


def people(fablab: House) -> set[str]:
    return {id_ for (id_,) in fablab.ask("SELECT id FROM member")}


def joined(fablab: House, member: str, until: date | None, **more: Any) -> None:
    def do(c: Any, act: Act) -> None:
        book.join(c, act, Person(member, **more), member)
        if until:
            book.take_membership(c, act, member, until)

    fablab.do(do)


def test_a_member_is_forgotten_a_year_after_the_membership_ended(fablab: House) -> None:
    joined(fablab, "M1", date(2026, 12, 31))
    joined(fablab, "M2", date(2027, 12, 31))
    joined(fablab, "M3", None)
    joined(fablab, "M4", date(2026, 12, 31), animator=True)
    night(fablab, 30)
    assert people(fablab) >= {"M1", "M2", "M3", "M4"}
    night(fablab, 372)
    assert people(fablab) == {"M2", "M4", "M0001"}, "animators stay until they left"
    assert {id_ for (id_,) in fablab.ask("SELECT id FROM erased")} == {"M1", "M3"}
    [by] = {by for by, verb in fablab.ask("SELECT by, verb FROM audit") if verb == "erased"}
    assert by == audit.PROGRAM


def test_without_a_term_nobody_is_forgotten(fablab: House) -> None:
    joined(fablab, "M1", date(2026, 12, 31))
    night(fablab, 4000, Retention(0, 0, 0, 0, 0, 0))
    assert "M1" in people(fablab)
    assert fablab.ask("SELECT count(*) > 0 FROM audit") == [(1,)]


def test_who_came_to_a_workshop_is_forgotten_and_how_many_is_not(fablab: House) -> None:
    def held(c: Any, act: Act) -> None:
        c.execute(
            "INSERT INTO workshop(id, title, day, minutes, lab, public, participants, minors)"
            " VALUES('w', 'Vinyle', '2026-11-20', 60, '', '', 0, 0)"
        )
        c.execute(
            "INSERT INTO workshop_participant(workshop, no, key, name, email, member, minor)"
            " VALUES('w', 1, 'k', 'Zoé', 'e', '', 0)"
        )

    fablab.do(held)
    night(fablab, 300)
    assert fablab.ask("SELECT name FROM workshop_participant") == [("Zoé",)]
    night(fablab, 70)
    assert fablab.ask("SELECT name, email FROM workshop_participant") == [("", "")]
    assert b"Zo\xc3\xa9" not in fablab.central.path.read_bytes()


def test_what_nobody_understood_names_nobody_and_a_badge_of_nobody_goes(fablab: House) -> None:
    def laid(c: Any, act: Act) -> None:
        c.execute("INSERT INTO quarantine VALUES(1, 1, 'unknown', ?, x'AA', x'BB')", (act.now_us,))
        c.execute(
            "INSERT INTO unknown_badge VALUES('s11.8:f00d', '7K2Q', 'ccdv', ?)", (act.now_us,)
        )

    fablab.do(laid)
    night(fablab, 89)
    assert fablab.ask("SELECT count(*) FROM unknown_badge") == [(1,)]
    night(fablab, 2)
    assert fablab.ask("SELECT body, personal FROM quarantine") == [(b"\xaa", None)]
    assert fablab.ask("SELECT count(*) FROM unknown_badge") == [(0,)]


def test_a_badge_of_nobody_from_a_lab_whose_clock_is_ahead_goes_too(fablab: House) -> None:
    late_us = fablab.central.now_us() + 3650 * 86_400_000_000
    sql = "INSERT INTO unknown_badge VALUES('s11.8:f00d', '7K2Q', 'ccdv', ?)"
    fablab.do(lambda c, act: c.execute(sql, (late_us,)))
    night(fablab)
    assert fablab.ask("SELECT count(*) FROM unknown_badge") == [(0,)]


def test_the_audit_is_pruned_and_its_chain_holds(fablab: House) -> None:
    before = fablab.ask("SELECT max(no) FROM audit")[0][0]
    fablab.clock.advance(hours=24 * 370)
    fablab.admin()
    night(fablab)
    left = fablab.ask("SELECT min(no), count(*) FROM audit")
    assert left[0][0] > before
    assert left[0][1] >= 1
    with fablab.central.reader() as connection:
        assert audit.broken(connection) is None


def test_exported_sessions_go_and_what_is_sealed_stays(fablab: House) -> None:
    exports = fablab.site.exports
    for name in ("2026-10", "2027-01-ccdv", "closed/2026-10", "sessions"):
        (exports / name).mkdir(parents=True)
    night(fablab, 91)  # to the end of February
    assert sorted(p.name for p in exports.iterdir()) == ["2027-01-ccdv", "closed", "sessions"]
    assert (exports / "closed/2026-10").is_dir()


def test_a_purge_that_does_not_come_is_told(fablab: House) -> None:
    forgetting = night(fablab)
    assert forgetting.health() == {"purged_age_s": 0, "purge_late": False, "erasing": 0}
    fablab.clock.advance(hours=49)
    assert forgetting.standing().late
    assert fablab.visitor().get("/healthz").json["purge_late"]
    assert "En retard" in fablab.admin().get("/privacy/").text
    assert forgetting.round()
    assert not forgetting.standing().late
    assert not forgetting.round(), "once a day"
