"""A month in which everything happened: sessions, prints, parties, things, workshops, members."""

from __future__ import annotations

from datetime import date

from kiosk.central import figure_people as people
from kiosk.central.figure_people import Held
from machines.instants import Month
from machines.journal import ItemDescribed, SiteDescribed
from tests.central.shelf import MACHINES, Shelf
from tests.central.test_export import november, queued
from tests.field import Field

NOVEMBER = Month(2026, 11)
HOURS = ((("09:00", "12:00"), ("14:00", "18:00")),) * 5 + ((), ())
VASE = ItemDescribed("vase", "Vase", "Vase")


def full() -> Shelf:
    """`november` of test_export, and what a lab makes and holds; the keys are known."""
    shelf = queued(november())
    lab = Field("2026-11-02 09:00", store="e5" * 16)
    lab.write(SiteDescribed("ccdv", "CCDV", MACHINES, HOURS, (VASE,)))
    lab.make("mug", 12, member="ines", machine="prusa")
    lab.make("vase", 2, member="yann", category="company")
    lab.make("badge", 30, group="g1", machine="laser")
    for machine in ("laser", "prusa"):
        session = lab.open(machine, "anna", source="party", party=25, public="pupil", group="g1")
        lab.advance(hours=13.5)
        lab.close(session, machine)
    lab.held("2026-11-02", 25, minors=25, public="pupil", group="g1")
    lab.held("2026-11-18", 8, minutes=90)
    shelf.lay(lab.entries)
    shelf.fold()
    _members(shelf)
    return shelf


def _members(shelf: Shelf) -> None:
    book = shelf.connection
    book.execute("INSERT INTO organisation VALUES('o1', 'Atelier Dupont', 'company')")
    for member, category, public in (
        ("ines", "individual", "student"),
        ("yann", "company", ""),
        ("zoe", "individual", "retired"),
    ):
        book.execute(
            "INSERT INTO member(id, first_name, last_name, category, animator, language, public)"
            " VALUES(?, ?, 'Dupont', ?, 0, 'fr', ?)",
            (member, member.title(), category, public),
        )
        people.note_person(book, member, 2026)
    people.membership_taken(book, "1", "ines", date(2026, 11, 2), renewed=False)
    people.membership_taken(book, "2", "yann", date(2026, 11, 3), renewed=True)
    people.membership_taken(book, "3", "zoe", date(2026, 10, 30), renewed=False)
    people.membership_cancelled(book, "3", date(2026, 11, 20))
    people.workshop_held(book, Held("w1", "Initiation laser", date(2026, 11, 21), 180, 3, 1))
    who = ["ines", people.participant("Maxence"), None]
    people.participants_named(book, "w1", who, 2026)
    book.execute("INSERT INTO closure VALUES(NULL, '', '2026-11-11', '2026-11-11', 'Armistice')")
