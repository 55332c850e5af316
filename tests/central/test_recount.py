"""A month recounted from the journals' own bytes, by nothing of what makes the export.

One lab is lived through by the product's own floor, over the night in which the
clocks go forward; the other was written by hand, with what crosses midnight of
the last day. The recount knows JSON, the calendar of Paris, and subtraction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.site import Site
from kiosk.central.export import files
from kiosk.central.intake import understand
from kiosk.central.ledger import take_in
from kiosk.central.nodes import Node
from kiosk.clock import StillClock
from kiosk.demo.past import Past
from kiosk.demo.people import people
from kiosk.demo.places import Places
from kiosk.demo.visits import visits
from kiosk.sites import read_site
from kiosk.store.codec import encode
from kiosk.store.store import Store
from kiosk.sync.protocol import BATCH_ENTRIES, Batch, Line, Taken
from machines.chain import ZERO, link
from machines.job_entries import Why
from machines.journal import Reason, Result
from tests.central.shelf import Shelf
from tests.central.test_export import read
from tests.demo.test_past import KEY, everybody
from tests.field import Field

PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2026, 3, 18), date(2026, 4, 9)
MONTHS = ((2026, 3), (2026, 4))
RESULTS = {"done": "reussies", "cancelled": "annulees", "failed": "echouees", "lost": "perdues"}
HOUR_US = 3_600_000_000
#: Thousandths that rounding may shift in a lab's figure: half of one for each meter and provenance.
ROUNDED = 5


def lived(site: Site) -> list[Line]:
    start_us, end_us = (first_us(day.year, day.month, day.day) for day in (FIRST, LAST))
    past = Past(site, everybody(), KEY, start_us)
    past.live(visits(site, people(), FIRST, LAST, seed=1), end_us)
    past.close()
    store = Store(site.database, StillClock(end_us))
    try:
        rows = store.submit(lambda journal: journal.rows(0, 10_000)).result()
    finally:
        store.close()
    return [Line(row.body, row.personal) for row in rows]


def written() -> list[Line]:
    lab = Field("2026-03-29 00:30", store="b2" * 16)  # at two o'clock it is three
    session = lab.open("laser", "ines")
    lab.ran("laser", hours=3, session=session, unseen=0.25)
    lab.close(session)
    lab.advance(hours=66)
    session = lab.open("prusa", "yann", category="company")
    lab.printed(hours=9, paused=1, session=session)
    lab.close(session, "prusa", Reason.CLOSING)
    session = lab.open("laser", None, source="party", party=11, category="school")
    lab.advance(hours=1.2345)
    lab.close(session)
    job = lab.brought("yann", "company", filament_g=31.4159)
    failed = lab.printed(1.25, job=job, result=Result.FAILED, filament_g=7.0625, material="PLA")
    lab.judge(failed, Why.CLOG)
    lab.printed(2, job=job)
    lab.own(lab.printed(0.5, result=Result.CANCELLED), "ines", "school")
    lost = lab.printed(1, result=Result.LOST)
    lab.advance(hours=3)
    lab.reconcile(lost, hours=3.5)
    lab.advance(hours=9)
    lab.reconcile("", hours=8, done=False, job=job)
    lab.printed(0.25, result=Result.LOST)
    return [Line(*encode(entry)) for entry in lab.entries]


def brought(shelf: Shelf, lab: str, lines: list[Line]) -> None:
    store, chain = bytes.fromhex(json.loads(lines[0].body)["birth"][0]), ZERO
    for first in range(0, len(lines), BATCH_ENTRIES):
        some = tuple(lines[first : first + BATCH_ENTRIES])
        batch = understand(Batch(store, first + 1, chain, some))
        assert isinstance(take_in(shelf.connection, Node(lab, lab), batch, 0), Taken)
        for line in some:
            chain = link(chain, line.body)


# ---- the recount


def first_us(year: int, month: int, day: int = 1) -> int:
    return int(datetime(year, month, day, tzinfo=PARIS).timestamp()) * 1_000_000


def within(began_us: int, ended_us: int, month: tuple[int, int]) -> int:
    """Microseconds of that month between two instants."""
    year, number = month
    return max(0, min(ended_us, first_us(year, number + 1)) - max(began_us, first_us(year, number)))


def corrected_ends(lines: Iterable[Line]) -> dict[str, int]:
    """When the sessions really ended of which somebody had forgotten it."""
    told = (json.loads(line.body) for line in lines)
    ends = (one["data"] for one in told if one["kind"] == "session.corrected")
    return {
        data["session"]: int(datetime.fromisoformat(data["value"]).timestamp()) * 1_000_000
        for data in ends
        if data["what"] == "ended"
    }


def uses(lines: Iterable[Line]) -> Iterator[tuple[str, int, int, dict[str, Any]]]:
    """(kind, began, ended, what was told of it) of each session, run and print that ended."""
    lines = list(lines)
    put_right = corrected_ends(lines)
    opened: dict[str, tuple[int, dict[str, Any]]] = {}
    jobs: dict[str, dict[str, Any]] = {}
    began: dict[str, str | None] = {}
    lost: dict[str, dict[str, Any]] = {}
    for line in lines:
        told = json.loads(line.body)
        store, seq, nonce = told["birth"]
        _, _, wall_us, quality = told["at"]
        assert quality >= 2  # every clock was set: an instant is its wall clock
        data = told["data"]
        match told["kind"]:
            case "session.opened":
                person = json.loads(line.personal)["member"] if line.personal else None
                opened[f"{store}-{seq}-{nonce:016x}"] = wall_us, data | {"member": person}
            case "session.closed":
                began_us, opening = opened.pop(data["session"])
                ended_us = data["ended"]["wall_us"] if data["ended"] else wall_us
                if data["session"] in put_right:
                    ended_us, data = put_right[data["session"]], data | {"reason": "animator"}
                yield "session", began_us, ended_us, opening | data
            case "run.measured":
                yield "run", data["began"]["wall_us"], data["ended"]["wall_us"], data
            case "job.submitted":
                jobs[f"{store}-{seq}-{nonce:016x}"] = data
            case "print.began":
                began[f"{store}-{seq}-{nonce:016x}"] = data["job"]
            case "print.ended":
                job = jobs.get(began[data["print"]] or "", {})
                if data["result"] == "done" and data["filament_g"] is None:
                    data["filament_g"] = job.get("filament_g")
                if data["result"] == "lost":
                    lost[data["print"]] = data
                else:
                    yield "print", data["began"]["wall_us"], data["ended"]["wall_us"], data
            case "print.reconciled":
                ended_us, result = data["ended"]["wall_us"], "done" if data["done"] else "failed"
                if data["print"]:
                    known = lost.pop(data["print"])
                    yield "print", known["began"]["wall_us"], ended_us, known | {"result": result}
                else:
                    unseen_us = round(data["printer_s"] * 1_000_000)
                    nothing = {"used_us": 0, "paused_us": 0, "unseen_us": unseen_us}
                    yield "print", ended_us - unseen_us, ended_us, nothing | {"result": result}
    for data in lost.values():
        yield "print", data["began"]["wall_us"], data["ended"]["wall_us"], data
    assert not opened


def recount(lines: Iterable[Line], month: tuple[int, int]) -> tuple[Counter[str], set[str]]:
    """The figures of a month, hours in microseconds; and who was there."""
    figures: Counter[str] = Counter()
    there: set[str] = set()
    for kind, began_us, ended_us, told in uses(lines):
        here = within(began_us, ended_us, month)
        begins = first_us(*month) <= began_us < first_us(month[0], month[1] + 1)
        if kind == "session":
            figures["session_h"] += here
            figures["estime_h"] += here if told["reason"] == "closing" else 0
            figures["sessions"] += begins
            figures["passages"] += (told["party"] or 1) if begins else 0
            there |= {told["member"]} if (here or begins) and told["member"] else set()
            continue
        share = here / (ended_us - began_us) if ended_us > began_us else begins
        figures["impressions"] += begins and kind == "print"
        if begins and kind == "print":
            figures[RESULTS[told["result"]]] += 1
            figures["filament_m"] += round(told.get("filament_mm") or 0)
            figures["filament_g"] += round(1000 * (told.get("filament_g") or 0))
        if told.get("meter") == "beam":
            figures["faisceau_h"] += round(told["used_us"] * share)
            continue
        figures["mesure_h"] += round(told["used_us"] * share)
        figures["pause_h"] += round(told["paused_us"] * share)
        figures["non_observe_h"] += round(told["unseen_us"] * share)
    return figures, there


# ---- the same, as exported


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Line]]:
    folder: Path = tmp_path_factory.mktemp("demo")
    places = Places(folder)
    places.write()
    return {"ccdv": lived(read_site(places.site("ccdv"))), "doret": written()}


@pytest.fixture(scope="module")
def shelf(labs: dict[str, list[Line]]) -> Iterator[Shelf]:
    made = Shelf()
    for lab, lines in labs.items():
        brought(made, lab, lines)
    made.fold(250)
    yield made
    made.connection.close()


@pytest.mark.parametrize("month", MONTHS)
def test_every_total_of_a_month_is_what_the_journals_say(
    shelf: Shelf, labs: dict[str, list[Line]], month: tuple[int, int]
) -> None:
    rows = read(
        files(shelf.book("{}-{:02d}".format(*month)))["donnees-ouvertes/totaux-par-lieu.csv"]
    )
    everybody_there: set[str] = set()
    for row in rows[:-1]:
        figures, there = recount(labs[row["lieu"]], month)
        everybody_there |= there
        assert min(figures["session_h"], figures["mesure_h"]) > HOUR_US
        for key, value in figures.items():
            if key.startswith("filament"):
                assert int(row[key].replace(".", "")) == value, (row["lieu"], key)
            elif key.endswith("_h"):
                printed = int(row[key].replace(".", ""))
                assert abs(printed - 1000 * value / HOUR_US) <= ROUNDED, (row["lieu"], key)
            else:
                assert int(row[key]) == value, (row["lieu"], key)
        assert int(row["personnes"]) == len(there)
    assert int(rows[-1]["personnes"]) == len(everybody_there)


def test_the_months_of_what_crosses_midnight_sum_to_the_whole(labs: dict[str, list[Line]]) -> None:
    whole = sum(ended - began for kind, began, ended, _ in uses(labs["doret"]) if kind == "session")
    assert sum(recount(labs["doret"], month)[0]["session_h"] for month in MONTHS) == whole
