"""Two labs and their central as they ship, over HTTP and on disk, with clocks that are told.

The floors and the purges take their turns when told; whatever lies in the three folders can
be searched, byte for byte.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from config.site import CentralSite
from kiosk.central import nodes
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.book import open_book
from kiosk.central.export import files
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.process import Process
from kiosk.central.report import year as years
from kiosk.clock import StillClock
from kiosk.forgetting import service
from kiosk.sync.http import HttpWire
from kiosk.sync.service import Sync
from machines.chain import ZERO, link
from machines.instants import Month
from machines.journal import Personal
from machines.made_entries import Produced
from machines.members import Roster
from machines.people_entries import BadgeEnrolled, ClearanceGranted
from tests.forgetting.house import House
from tests.lab import BADGES, KEY, MORNING
from tests.sync.served import until

#: Whom nobody else is called like.
PEOPLE = {
    "ines": Person("Inèsperanza", "Zanzibarelle"),
    "karim": Person("Karimbolo", "Quichotteau"),
    "noe": Person("Noémissime", "Animatronix", animator=True),
}
IDS = {who: f"m-{who}" for who in PEOPLE}
FILE = "anniversaire-zoe.gcode"


class Lab(House):
    """With its sync."""

    sync: Sync
    token: str


class Town:
    """`labs` by slug. Everything that anybody could copy lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = StillClock(MORNING)
        hall = folder / "central"
        hall.mkdir()
        self.site = CentralSite(
            "Registre", port=0, database=hall / "central.db", runtime=hall, exports=hall / "exports"
        )
        self.process = Process(self.site, self.clock)
        self.site = replace(self.site, port=self.process.port)
        self.do(self._found)
        self.labs = {slug: self._lab(slug) for slug in ("ccdv", "doret")}
        self.sync()

    def close(self) -> None:
        for lab in self.labs.values():
            lab.close()
        self.process.close()

    # -- the central --------------------------------------------------------------------------

    def do(self, what: Any) -> Any:
        act = Act(PROGRAM, self.clock.wall_us)
        return self.process.central.submit(lambda c: what(c, act)).result(20)

    def _found(self, c: sqlite3.Connection, act: Act) -> None:
        for who, person in PEOPLE.items():
            book.join(c, act, person, IDS[who])
            book.take_membership(c, act, IDS[who], date(2027, 11, 24))
            book.enrol(c, act, IDS[who], self.digest(who))
            for of in ("family:3d-printer", "saw", "laser"):
                book.grant(c, act, IDS[who], of)
        c.execute(
            "INSERT INTO workshop(id, title, day, minutes, lab, public, participants, minors)"
            " VALUES('w1', 'Découverte', '2026-11-24', 120, 'ccdv', '', 0, 0)"
        )
        c.executemany(
            "INSERT INTO workshop_participant(workshop, no, key, name, email, member, minor)"
            " VALUES('w1', ?, ?, ?, '', ?, 0)",
            [(1, "k1", "Inèsperanza Zanzibarelle", "m-ines"), (2, "k2", "Visitandine Yo", "")],
        )

    @staticmethod
    def digest(who: str) -> str:
        return KEY.digest(BADGES[who])

    def rows(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        with self.process.central.reader() as connection:
            return connection.execute(sql, given).fetchall()

    def figures(self) -> tuple[object, ...]:
        """November's totals and the year, as they are printed; without who a session was."""
        with self.process.central.reader() as connection:
            month = files(books_of(connection))
            totals = {name: raw for name, raw in month.items() if _names_nobody(name, raw)}
            assert len(totals) > 10
            return totals, years.open_year(connection, 2026).figures.cells

    def restart_central(self, image: Path | None = None) -> None:
        """`image`: a backup, put in the place of the file; what stands beside it is left."""
        self.process.close()
        if image:
            for left in self.site.database.parent.glob("central.db-*"):
                left.unlink()
            shutil.copy(image, self.site.database)
        self.process = Process(self.site, self.clock)

    def backup(self, database: Path, name: str) -> Path:
        """Out of the way of the search, as a backup on another disk."""
        image = self.folder.with_name(f"{self.folder.name}-{name}")
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(image)) as target,
        ):
            source.backup(target)
        return image

    # -- the labs -----------------------------------------------------------------------------

    def _lab(self, slug: str) -> Lab:
        folder = self.folder / slug
        folder.mkdir()
        house = Lab(folder)
        token = self.process.central.change_nodes(
            lambda c: nodes.add(c, f"{slug}-1", slug, self.clock.wall_us)
        )
        self.wire(house, token)
        return house

    def wire(self, house: Lab, token: str) -> None:
        def took(roster: Roster) -> None:
            house.people = roster
            house.floor.people.take(roster)

        url = f"http://127.0.0.1:{self.site.port}"
        house.sync = Sync(house.store, HttpWire(url, token), house.clock, took)
        house.token = token
        house.taken = house.sync.taken

    def put_back(self, slug: str, image: Path) -> None:
        """The lab's file from a backup."""
        house = self.labs[slug]
        house.close()
        for left in house.site.database.parent.glob("lab.db-*"):
            left.unlink()
        shutil.copy(image, house.site.database)
        house.open()
        service.begin(house.store)
        self.wire(house, house.token)

    def days(self, days: float) -> None:
        self.clock.advance(hours=24 * days)
        for lab in self.labs.values():
            lab.days(days)

    def sync(self) -> None:
        """Twice: what a lab brings may change the roster that it gets."""
        for _ in range(2):
            for lab in self.labs.values():
                lab.sync.round()
                assert lab.sync.status.trouble == "", lab.sync.status.trouble
            until(self.is_folded)

    def is_folded(self) -> bool:
        return self.rows(
            "SELECT (SELECT coalesce(max(arrived), 0) FROM fact)"
            " = (SELECT arrived FROM usage_cursor)"
        ) == [(1,)]

    def purge(self) -> None:
        """One night."""
        for lab in self.labs.values():
            lab.purge()
        self.process.forgetting.round()

    def work(self) -> None:
        """A day at both labs: sessions, a print, a mug, a refused badge, a badge given there."""
        for slug, lab in self.labs.items():
            for who in ("ines", "karim"):
                lab.tap(who, "saw")
                lab.advance(minutes=60)
                lab.tap(who, "saw")
            path = lab.print_job(lab.submit("ines", FILE))
            lab.advance(minutes=30)
            lab.end_print(path)
            lab.tap("nobody", "saw")
            lab.store.append(Produced("mug", 2), Personal("m-ines", "individual")).result(10)
            given = Personal("m-karim", badge=f"s4.8:{slug}f00d", by="m-noe")
            lab.store.append(BadgeEnrolled(), given).result(10)
            granted = Personal("m-karim", by="m-ines")
            lab.store.append(ClearanceGranted("press"), granted).result(10)
            lab.settle()
        self.clock.wall_us = max(lab.clock.wall_us for lab in self.labs.values())

    # -- what is left -------------------------------------------------------------------------

    def found(self, *traces: str) -> list[tuple[str, str]]:
        """Which of these stand in which file, as bytes."""
        hits = []
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                raw = file.read_bytes()
                hits += [
                    (t, str(file.relative_to(self.folder))) for t in traces if t.encode() in raw
                ]
        return hits

    def tables_with(self, trace: str) -> set[str]:
        """The central's tables in which any value has it."""
        with self.process.central.reader() as c:
            names = [n for (n,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name
                for name in names
                for row in c.execute(f'SELECT * FROM "{name}"')
                if any(_holds(value, trace) for value in row)
            }

    def chains_hold(self) -> bool:
        """At the central, each store's links are those of its bodies, whatever was deleted."""
        with self.process.central.reader() as c:
            for (no,) in c.execute("SELECT no FROM store").fetchall():
                chain = ZERO
                rows = c.execute(
                    "SELECT body, entry.chain FROM entry JOIN fact ON fact = arrived"
                    " WHERE entry.store = ? ORDER BY entry.seq",
                    (no,),
                ).fetchall()
                for body, kept in rows:
                    chain = link(chain, body)
                    if chain != kept:
                        return False
        return True


def _names_nobody(name: str, raw: bytes) -> bool:
    """A sheet without the words that stand for people in one export."""
    heads = raw.splitlines()[0].lower()
    return name.endswith(".csv") and not re.search(rb"\busager\b", heads)


def books_of(connection: sqlite3.Connection) -> Any:
    return open_book(connection, Month(2026, 11))


def _holds(value: object, trace: str) -> bool:
    if isinstance(value, bytes):
        return trace.encode() in value
    return (
        isinstance(value, str) and re.search(rf"(?<!\w){re.escape(trace)}(?!\w)", value) is not None
    )


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    folder = folder / "town"
    folder.mkdir()
    made = Town(folder)
    try:
        yield made
    finally:
        made.close()
