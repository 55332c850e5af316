"""A month is closed once for all, and what comes later is told by the next closing."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.central.report import adjusting, closing, closings, folders, verify
from kiosk.central.report import year as years
from kiosk.central.report.asking import read_report
from kiosk.central.report.closing import NotClosable
from kiosk.central.report.closings import ADJUSTED, MANIFEST
from kiosk.central.report.frozen import FIGURES, read_figures
from kiosk.central.report.users import Definition
from kiosk.central.schema import open_writer
from kiosk.store.disk import transaction
from machines.instants import Month
from tests.central.shelf import Shelf, described
from tests.field import Field, paris_us

CLOSED = "2027-01-15 10:00"


class Office:
    """A central whose labs wrote some months, and somebody who closes them."""

    def __init__(self, folder: Path) -> None:
        self.exports = folder
        self.shelf = Shelf.over(open_writer(folder / "central.db"))
        self.shelf.know_keys()
        self.lab = described(Field("2026-11-03 10:00"))

    def use(self, when: str, hours: float, member: str = "ines", machine: str = "laser") -> None:
        self.lab.true_us = paris_us(when)
        session = self.lab.open(machine, member)
        self.lab.advance(hours=hours)
        self.lab.close(session, machine)

    def sync(self) -> None:
        self.shelf.lay(self.lab.entries)
        self.shelf.fold()

    def close(self, period: str, now: str = CLOSED, incomplete: bool = False) -> closing.Draft:
        made = closing.draft(self.shelf.connection, period, "cleo", paris_us(now), 90, incomplete)
        with transaction(self.shelf.connection):
            closing.seal(self.shelf.connection, made)
        folders.put(made.files, folders.sealed(self.exports, period))
        if made.sessions:
            folders.put(made.sessions, folders.sessions(self.exports, period))
        return made

    def wrong(self, period: str, entries: bool = False) -> list[str]:
        checks = verify.of_period(self.shelf.connection, self.exports, period, entries)
        assert {check.key for check in checks} >= {"figures", "ledger"}
        return [f"{check.key}: {check.wrong('en')}" for check in checks if check.faults]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.use("2026-11-03 10:00", 2)
    made.use("2026-11-04 10:00", 1, "yann")
    made.use("2026-12-05 10:00", 1.5)
    made.use("2027-01-02 10:00", 1)
    made.sync()
    yield made
    made.shelf.connection.close()


def sum_of(raw: bytes, figure: str) -> int:
    return read_figures(raw).sum(figure)


def test_what_arrives_after_closing_is_an_adjustment_of_the_next_one_and_of_no_other(
    office: Office,
) -> None:
    november = office.close("2026-11")
    assert sum_of(november.files[FIGURES], "session_h") == 3_000
    assert november.adjusted == ()
    late = Field("2026-11-10 14:00", store="d4" * 16)
    session = late.open("laser", "zoe")
    late.advance(hours=2.25)
    late.close(session)
    office.shelf.lay(late.entries, "doret")
    office.shelf.fold()
    december = office.close("2026-12", incomplete=True)
    told = {(c.period, c.lab, c.figure): c.value for c in december.adjusted}
    assert told == {
        ("2026-11", "doret", "sessions"): 1,
        ("2026-11", "doret", "passages"): 1,
        ("2026-11", "doret", "badge_h"): 2_250,
        ("2026-11", "doret", "session_h"): 2_250,
        ("2026-11", "doret", "personnes"): 1,
        ("2026-11", "", "personnes"): 1,
    }
    assert folders.found(folders.sealed(office.exports, "2026-11")) == november.files
    assert adjusting.pending(office.shelf.connection) == []
    year = office.close("2026", incomplete=True)
    assert year.adjusted == ()
    assert sum_of(year.files[FIGURES], "session_h") == 3_000 + 1_500 + 2_250
    assert office.wrong("2026-11") == office.wrong("2026-12") == office.wrong("2026") == []


@pytest.mark.slow
def test_frozen_figures_and_adjustments_are_today_s_figures_in_whatever_order_things_arrive(
    tmp_path: Path,
) -> None:
    for seed in range(8):
        (tmp_path / str(seed)).mkdir()
        office, chance = Office(tmp_path / str(seed)), random.Random(seed)
        for day in range(1, 25):
            month = chance.choice(["2026-11", "2026-12"])
            office.use(f"{month}-{day:02d} 10:00", chance.uniform(0.01, 3), f"m{day % 5}")
        office.use("2027-01-02 10:00", 1)
        told = list(office.lab.entries)
        chance.shuffle(told)
        for period, upto in (("2026-11", 20), ("2026-12", 40), ("2026", 52)):
            office.shelf.lay(told[:upto])
            office.shelf.fold(chance.randrange(1, 9))
            office.close(period, incomplete=True)
        office.sync()
        connection = office.shelf.connection
        adjusted = [*closings.adjustments(connection), *adjusting.pending(connection)]
        for month in ("2026-11", "2026-12"):
            frozen = closings.frozen(connection, month).cells
            whole = adjusting.coarse([*frozen, *adjusted])
            today = adjusting.added(
                adjusting.coarse(adjusting.today(connection, Month.parse(month)))
            )
            assert [c for c in whole if c.period == month] == today
        assert office.wrong("2026") == []
        assert years.open_year(connection, 2026).figures.sum("sessions") == 24
        connection.close()


def test_a_closed_month_is_not_closed_again_nor_opened(office: Office) -> None:
    office.close("2026-11")
    with pytest.raises(NotClosable, match="is closed, and is not opened again"):
        office.close("2026-11")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-12", "2026-11 comes before it"),
        ("2026", "2026-11 comes before it"),
        ("2027-01", "is not over"),
        ("2027", "is not over"),
        ("2026-10", "is before 2026-11, the first month with figures"),
        ("2025", "is before 2026-11"),
    ],
)
def test_what_is_not_over_or_out_of_order_is_not_closed(
    office: Office, period: str, said: str
) -> None:
    with pytest.raises(NotClosable, match=said):
        office.close(period)


@pytest.mark.parametrize("text", ["", "2026-13", "11", "../2026-11", "2026-1", "novembre"])
def test_what_is_no_period_gets_a_sentence(office: Office, text: str) -> None:
    with pytest.raises(ValueError, match="is no period: expected a month such as"):
        office.close(text)


def test_a_lab_that_was_silent_since_holds_the_closing_until_somebody_says_go(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path)
    office.use("2026-11-03 10:00", 2)
    office.sync()
    with pytest.raises(NotClosable, match="CCDV: nothing was heard since before the end"):
        office.close("2026-11")
    assert office.close("2026-11", incomplete=True).late == ("CCDV",)
    office.shelf.connection.close()


def test_each_manifest_names_the_one_before_by_its_hash(office: Office) -> None:
    first = office.close("2026-11")
    second = json.loads(office.close("2026-12").files[MANIFEST])
    assert second["before"] == {"period": "2026-11", "manifest": first.closing.manifest}
    assert second["as_of"]["arrived"] == first.closing.arrived


def test_no_session_and_nobody_is_in_what_is_sealed_and_the_sessions_expire(
    office: Office,
) -> None:
    made = office.close("2026-11")
    assert made.closing.sessions_until == "2027-01-30"
    for name, content in made.files.items():
        assert b"yann" not in content, name
        assert b"U-" not in content or name.endswith((".xlsx", ".ods")), name
        assert office.lab.store.encode() not in content or name == MANIFEST
    apart = folders.sessions(office.exports, "2026-11")
    assert (apart / "excel/sessions.csv").is_file()
    connection = office.shelf.connection
    assert folders.let_go(connection, office.exports, "2027-01-30") == []
    assert folders.let_go(connection, office.exports, "2027-01-31") == ["2026-11"]
    assert not apart.exists()
    assert office.wrong("2026-11") == []


def test_the_workbook_of_a_closed_month_lists_no_session_and_no_title(office: Office) -> None:
    made = office.close("2026-11").files
    with zipfile.ZipFile(io.BytesIO(made["2026-11.xlsx"])) as book:
        pages = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        written = b"".join(book.read(name) for name in book.namelist())
    assert "Synthèse" in pages
    assert not {"Sessions", "Ateliers"} & set(pages)
    assert b"U-" not in written
    with zipfile.ZipFile(io.BytesIO(made["2026-11.ods"])) as book:
        assert b"U-" not in book.read("content.xml")


def change_a_figure(folder: Path) -> None:
    path = folder / FIGURES
    path.write_bytes(path.read_bytes().replace(b"session_h,3000", b"session_h,9000"))


def change_a_sheet(folder: Path) -> None:
    path = folder / "excel/totaux-par-lieu.csv"
    path.write_bytes(path.read_bytes().replace(b"3,000", b"4,000"))


def change_the_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"period": "2026-11"', b'"period": "2026-12"'))


def take_a_file(folder: Path) -> None:
    (folder / ADJUSTED).unlink()


def add_a_file(folder: Path) -> None:
    (folder / "note.txt").write_text("corrected by hand")


@pytest.mark.parametrize(
    "tamper", [change_a_figure, change_a_sheet, change_the_manifest, take_a_file, add_a_file]
)
def test_a_folder_that_was_changed_is_found_out(
    office: Office, tamper: Callable[[Path], None]
) -> None:
    office.close("2026-11")
    tamper(folders.sealed(office.exports, "2026-11"))
    assert office.wrong("2026-11")


def test_a_manifest_changed_further_back_is_found_out_by_the_chain(office: Office) -> None:
    office.close("2026-11")
    office.close("2026-12")
    change_the_manifest(folders.sealed(office.exports, "2026-11"))
    checks = verify.of_folder(folders.sealed(office.exports, "2026-12"))
    assert [check.wrong("en") for check in checks if check.faults] == [
        "the manifest of 2026-11, closed before it, was changed"
    ]


def test_a_row_that_somebody_changed_in_the_ledger_is_found_out(office: Office) -> None:
    office.close("2026-11")
    assert office.wrong("2026-11") == []
    office.shelf.connection.execute("UPDATE usage SET used_us = 2 * used_us WHERE month = 202611")
    (wrong,) = office.wrong("2026-11")
    assert "2026-11 ccdv session_h +3000 although nothing came in" in wrong


def test_a_lost_folder_is_written_again_byte_for_byte(office: Office) -> None:
    made = office.close("2026-11")
    folder = folders.sealed(office.exports, "2026-11")
    folder.rename(office.exports / "away")
    assert folders.put(closings.files(office.shelf.connection, "2026-11"), folder)
    assert folders.found(folder) == made.files
    assert not folders.put(made.files, folder)


def test_a_closed_year_keeps_its_users_when_its_key_is_destroyed(office: Office) -> None:
    for period in ("2026-11", "2026-12", "2026"):
        office.close(period)
    connection = office.shelf.connection
    connection.execute("UPDATE secret SET key = x'' WHERE name = 'year-2026'")
    connection.execute("UPDATE usage SET person = NULL WHERE month < 202701")
    shown = read_report(connection, 2026, Month(2027, 2))
    assert "2 usagers" in shown.sections[0].sentences[0]
    assert "Année close" in shown.status
    assert adjusting.pending(connection) == []
    assert office.wrong("2026") == []


def test_the_year_after_is_compared_with_what_was_closed_and_what_came_later(
    office: Office,
) -> None:
    for period in ("2026-11", "2026-12", "2026"):
        office.close(period)
    office.use("2026-11-20 10:00", 4, "zoe")
    office.use("2027-01-10 10:00", 1)
    office.sync()
    office.close("2027-01", "2027-02-02 10:00", incomplete=True)
    year = closings.year(office.shelf.connection, 2026)
    assert year
    assert year.figures.sum("session_h") == 3_000 + 1_500 + 4_000
    assert year.users(Definition.MACHINE)["total"] == 3
    shown = read_report(office.shelf.connection, 2026, Month(2027, 2))
    assert shown.late == (
        "Arrivé après la clôture, en régularisation\u00a0: Sessions +1, Passages +1,"
        " Heures de session +4,0."
    )


def test_a_month_counted_anew_from_its_entries_is_what_was_frozen_whatever_came_since(
    office: Office,
) -> None:
    office.close("2026-11")
    office.use("2026-11-20 10:00", 4, "zoe")
    office.sync()
    assert office.wrong("2026-11", entries=True) == []


def test_counting_anew_leaves_no_file_where_one_stands(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.close("2026-11")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert office.wrong("2026-11", entries=True) == []
    assert list(here.iterdir()) == []


def test_an_entry_that_somebody_took_from_the_ledger_is_found_out_by_counting_anew(
    office: Office,
) -> None:
    office.close("2026-11")
    (fact,) = office.shelf.connection.execute(
        "SELECT arrived FROM fact WHERE kind = 'session.closed' LIMIT 1"
    ).fetchone()
    office.shelf.connection.execute("DELETE FROM fact WHERE arrived = ?", (fact,))
    (wrong,) = office.wrong("2026-11", entries=True)
    assert wrong.startswith("entries: the entries give 2026-11 ccdv badge_h -2000")
