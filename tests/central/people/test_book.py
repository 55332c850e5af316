"""The book of people: what each verb does, what it refuses, and the line that it leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.central import audit, roster, schema
from kiosk.central.people import book, decisions
from kiosk.central.people.book import Person, Taken, Unknown
from machines.members import AgeBand, Category
from machines.people_entries import BadgeOver
from tests.central.people.desk import AUTUMN, Desk
from tests.central.test_schema import lay_old
from tests.field import paris_us

BADGE, OTHER = "s11.8:" + "ab" * 16, "s11.8:" + "cd" * 16


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.connection.close()


def test_somebody_who_joins_is_on_the_roster_of_every_lab(desk: Desk) -> None:
    member = desk.join("", public="student", age_band=AgeBand.TEEN)
    ines = desk.seen(member)
    assert (ines.short, ines.public, ines.minor) == ("Inès D.", "student", True)
    assert desk.seen(member, "doret") == ines


def test_every_verb_raises_the_version_once(desk: Desk) -> None:
    before = desk.version
    desk.join("M1")
    assert desk.version == max(before + 1, paris_us("2026-11-25 10:00") // 1_000_000)
    joined = desk.version
    desk.do(book.take_membership, "M1", AUTUMN)
    assert desk.version == joined + 1


def test_nothing_changed_raises_nothing_and_leaves_no_line(desk: Desk) -> None:
    desk.join("M1")
    before = desk.version, len(audit.lines(desk.connection))
    assert not desk.do(book.change, "M1", book.person(desk.connection, "M1"))
    assert (desk.version, len(audit.lines(desk.connection))) == before


def test_a_change_says_which_field_and_never_what_stood_in_it(desk: Desk) -> None:
    desk.join("M1")
    one = replace(book.person(desk.connection, "M1"), last_name="Martin", public="retired")
    desk.do(book.change, "M1", one)
    (last,) = audit.lines(desk.connection, at_most=1)
    assert (last.verb, last.subject, last.detail) == ("changed", "M1", "last_name public")
    told = str(desk.connection.execute("SELECT * FROM audit").fetchall())
    assert not any(name in told for name in ("Duval", "Martin", "Inès"))


def test_somebody_of_an_organisation_has_its_category(desk: Desk) -> None:
    desk.connection.execute("INSERT INTO organisation VALUES('O1', 'Lycée', 'school')")
    desk.join("M1", organisation="O1")
    assert desk.seen("M1").category == Category.SCHOOL


def test_the_last_day_of_all_memberships_counts_and_a_cancelled_one_does_not(desk: Desk) -> None:
    desk.join("M1")
    desk.do(book.take_membership, "M1", date(2026, 12, 31))
    later = desk.do(book.take_membership, "M1", AUTUMN)
    assert desk.seen("M1").member_until == AUTUMN
    desk.do(book.cancel_membership, later, "remboursée")
    assert desk.seen("M1").member_until == date(2026, 12, 31)
    with pytest.raises(Unknown):
        desk.do(book.cancel_membership, later, "again")


def test_a_membership_is_new_or_renewed_in_the_month_that_it_was_taken(desk: Desk) -> None:
    desk.join("M1")
    desk.do(book.take_membership, "M1", AUTUMN, taken_on=date(2026, 9, 2))
    second = desk.do(book.take_membership, "M1", AUTUMN)
    desk.do(book.cancel_membership, second, "double")
    assert desk.figures() == [(202609, 0, None), (202611, 1, 202611)]


def test_several_badges_are_one_members_and_a_lost_one_is_nobodys(desk: Desk) -> None:
    desk.join("M1")
    for digest in (BADGE, OTHER):
        desk.do(book.enrol, "M1", digest)
    assert desk.seen("M1").badges == (BADGE, OTHER)
    desk.do(book.revoke_badge, "M1", BADGE, BadgeOver.LOST)
    assert desk.seen("M1").badges == (OTHER,)


def test_a_lab_gets_the_oldest_badge_of_somebody_first(desk: Desk) -> None:
    desk.join("M1")
    desk.do(book.enrol, "M1", OTHER, now="2026-11-02 10:00")
    desk.do(book.enrol, "M1", BADGE, now="2026-11-24 10:00")
    assert desk.seen("M1").badges == (OTHER, BADGE)


def test_a_badge_of_somebody_else_is_taken_only_once_they_let_it_go(desk: Desk) -> None:
    desk.join("M1"), desk.join("M2")
    desk.do(book.enrol, "M1", BADGE)
    with pytest.raises(Taken) as found:
        desk.do(book.enrol, "M2", BADGE)
    assert found.value.member == "M1"
    desk.do(book.revoke_badge, "M1", BADGE, BadgeOver.RETURNED)
    desk.do(book.enrol, "M2", BADGE)
    assert (desk.seen("M1").badges, desk.seen("M2").badges) == ((), (BADGE,))


def test_a_clearance_says_by_whom_and_since_when_and_may_be_taken_back(desk: Desk) -> None:
    desk.join("M1")
    desk.do(book.grant, "M1", "laser", until=AUTUMN, trains=True)
    (laser,) = desk.seen("M1").clearances
    assert (laser.since, laser.until, laser.trains) == (date(2026, 11, 25), AUTUMN, True)
    assert laser.granted_by == "account:Claire"
    desk.do(book.revoke, "M1", "laser", "a oublié les lunettes")
    assert desk.seen("M1").clearances == ()
    desk.do(book.grant, "M1", "laser")
    assert len(desk.seen("M1").clearances) == 1


def test_who_left_is_on_no_roster_until_they_come_back(desk: Desk) -> None:
    desk.join("M1")
    desk.do(book.deactivate, "M1")
    assert roster.snapshot(desk.connection, "ccdv").members == ()
    desk.do(book.reactivate, "M1")
    assert desk.seen("M1").first_name == "Inès"


def test_two_who_are_one_have_the_badges_clearances_and_memberships_of_both(desk: Desk) -> None:
    desk.join("M1"), desk.join("M2")
    desk.do(book.enrol, "M2", BADGE)
    desk.do(book.grant, "M2", "laser")
    desk.do(book.take_membership, "M2", AUTUMN)
    desk.do(book.merge, "M2", "M1")
    ines = desk.seen("M1")
    assert (ines.badges, ines.member_until, len(ines.clearances)) == ((BADGE,), AUTUMN, 1)
    told = roster.snapshot(desk.connection, "ccdv")
    assert ([m.id for m in told.members], dict(told.aliases)) == (["M1"], {"M2": "M1"})


def test_whoever_is_merged_twice_over_is_the_last_one(desk: Desk) -> None:
    for one in ("M1", "M2", "M3"):
        desk.join(one)
    desk.do(book.merge, "M3", "M2")
    desk.do(book.merge, "M2", "M1")
    told = roster.snapshot(desk.connection, "ccdv")
    assert dict(told.aliases) == {"M2": "M1", "M3": "M1"}


def test_who_is_forgotten_leaves_an_id_that_nobody_ever_has_again(desk: Desk) -> None:
    desk.join("M1"), desk.join("M2")
    desk.do(book.enrol, "M1", BADGE)
    desk.do(book.grant, "M1", "laser")
    desk.do(book.merge, "M2", "M1")
    assert desk.do(book.forget, "M1") == ("M1", "M2")
    told = roster.snapshot(desk.connection, "ccdv")
    assert (told.members, told.erased) == ((), ("M1", "M2"))
    left = "\n".join(desk.connection.iterdump())
    assert not any(trace in left for trace in ("Duval", BADGE))
    with pytest.raises(book.PeopleError):
        desk.join("M2")


def test_an_address_is_recognised_however_it_is_written_and_never_kept(desk: Desk) -> None:
    digest = book.email_digest(desk.connection, " Ines.Duval@Example.org ")
    assert digest == book.email_digest(desk.connection, "ines.duval@example.org")
    assert book.email_digest(desk.connection, "no address") is None
    assert "example" not in "\n".join(desk.connection.iterdump()).lower()


def test_a_badge_that_was_let_go_is_given_again_in_the_same_instant(desk: Desk) -> None:
    """A still clock: what is decided later is later."""
    desk.join("M1")
    for _ in range(3):
        desk.do(book.enrol, "M1", BADGE)
        desk.do(book.revoke_badge, "M1", BADGE, BadgeOver.LOST)
    desk.do(book.enrol, "M1", BADGE)
    assert desk.seen("M1").badges == (BADGE,)


def test_what_stood_in_a_file_of_before_is_there_still(tmp_path: Path) -> None:
    lay_old(tmp_path / "central.db")
    with closing(sqlite3.connect(tmp_path / "central.db")) as old, old:
        old.execute("INSERT INTO member VALUES('M1', 'Inès', 'Duval', 'individual', 0, 'fr')")
        old.execute("INSERT INTO membership VALUES('M1', '2027-08-31')")
        old.execute("INSERT INTO badge VALUES(?, 'M1')", (BADGE,))
        old.execute("INSERT INTO clearance VALUES('M1', 'laser', '', NULL, '2027-01-31')")
    with closing(schema.open_writer(tmp_path / "central.db")) as connection:
        desk = Desk.over(connection)
        before = desk.seen("M1")
        assert (before.member_until, before.badges) == (AUTUMN, (BADGE,))
        assert [(c.of, c.until) for c in before.clearances] == [("laser", date(2027, 1, 31))]
        assert not decisions.fold_of(connection, "M1")
        assert desk.seen("M1") == before


def test_a_line_of_the_audit_is_neither_changed_nor_taken_out(desk: Desk) -> None:
    desk.join("M1"), desk.join("M2")
    assert audit.broken(desk.connection) is None
    for sql in ("UPDATE audit SET by = 'x'", "DELETE FROM audit WHERE no = 1"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            desk.connection.execute(sql)
    desk.connection.execute("DROP TRIGGER audit_is_never_changed")
    desk.connection.execute("UPDATE audit SET subject = 'M9' WHERE no = 1")
    assert audit.broken(desk.connection) == 1


def test_lines_whose_time_is_over_are_pruned_and_the_chain_holds(desk: Desk) -> None:
    for day, member in ((1, "M1"), (2, "M2"), (3, "M3")):
        desk.do(book.join, Person("A"), member, now=f"2026-11-0{day} 10:00")
    assert audit.prune(desk.connection, paris_us("2026-11-03 00:00")) == 2
    assert [line.subject for line in audit.lines(desk.connection)] == ["M3"]
    assert audit.broken(desk.connection) is None
    desk.join("M4")
    assert audit.prune(desk.connection, paris_us("2027-11-03 00:00")) == 2
    desk.join("M5")
    assert audit.broken(desk.connection) is None


def test_a_lab_whose_clock_was_years_ahead_does_not_keep_the_audit_for_years(desk: Desk) -> None:
    for at, member in (("2026-11-01", "M1"), ("2038-01-01", "M2"), ("2026-11-02", "M3")):
        desk.do(book.join, Person("A"), member, now=f"{at} 10:00")
    a_year_later = paris_us("2027-11-10 00:00")
    desk.do(book.join, Person("A"), "M4", now="2027-11-09 10:00")
    assert audit.prune(desk.connection, paris_us("2027-11-05 00:00"), a_year_later) == 3
    assert [line.subject for line in audit.lines(desk.connection)] == ["M4"]
    desk.do(book.join, Person("A"), "M5", now="2038-01-01 10:00")
    much_later = paris_us("2028-12-01 00:00")
    assert audit.prune(desk.connection, paris_us("2028-11-30 00:00"), much_later) == 1
    assert [line.subject for line in audit.lines(desk.connection)] == ["M5"], "the head stays"
    assert audit.broken(desk.connection) is None
