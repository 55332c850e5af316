"""What LibreOffice makes of both workbooks, cell by cell: values, dates, durations, sums."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.central.workbook import making, ods, xlsx
from kiosk.central.workbook.compared import compare
from kiosk.central.workbook.model import Cell, Page, Style, places, text
from tests.central.hostile import NAMES, overrun
from tests.central.shelf import Shelf
from tests.central.test_spreadsheet import _NAMES, office, told
from tests.central.workbook.month import NOVEMBER, full

pytestmark = pytest.mark.slow

Grid = list[list[xml.Element]]
#: Rows and columns beyond which a file has but emptiness.
_FAR = 400


@pytest.fixture(params=["xlsx", "ods"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(folder: Path, shelf: Shelf, kind: str) -> tuple[list[Page], dict[str, Grid]]:
    """The pages, and the cells that LibreOffice has of each, computed anew."""
    compared = compare(shelf.connection, NOVEMBER)
    pages = making.pages(compared)
    write = xlsx.write if kind == "xlsx" else ods.write
    path = folder / f"month.{kind}"
    path.write_bytes(write(pages, making.title(compared.now), making.created(compared.now)))
    subprocess.run(
        [
            *(office(), f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "fods", "--outdir", folder / "read", path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    document = xml.parse(folder / "read" / "month.fods")
    tables = document.iterfind(".//office:spreadsheet/table:table", _NAMES)
    return pages, {told(one, "table", "name"): list(rows(one)) for one in tables}


def rows(table: xml.Element) -> Iterator[list[xml.Element]]:
    seen = 0
    for row in of_page(table):
        cells = []
        for cell in row:
            cells += [cell] * min(int(told(cell, "table", "number-columns-repeated") or 1), _FAR)
        for _ in range(int(told(row, "table", "number-rows-repeated") or 1)):
            if seen < _FAR:
                yield cells
                seen += 1


def of_page(table: xml.Element) -> Iterator[xml.Element]:
    """Not those of the tables that charts carry with them."""
    for one in table:
        if one.tag == f"{{{_NAMES['table']}}}table-row":
            yield one
        elif one.tag in (
            f"{{{_NAMES['table']}}}table-header-rows",
            f"{{{_NAMES['table']}}}table-rows",
            f"{{{_NAMES['table']}}}table-row-group",
        ):
            yield from of_page(one)


def seen_text(cell: xml.Element) -> str:
    return "\n".join("".join(one.itertext()) for one in cell.iterfind("text:p", _NAMES))


def check(seen: xml.Element, cell: Cell) -> None:
    kind = told(seen, "office", "value-type")
    if cell.value in (None, ""):
        assert kind == "", cell
    elif cell.when is not None:
        assert kind == "date", cell
        assert told(seen, "office", "date-value")[:16] == shown(cell.when)
    elif isinstance(cell.value, str):
        assert (kind, seen_text(seen)) == ("string", text(cell.value)), cell
    elif cell.style is Style.DURATION:
        assert kind == "time", cell
        lasting = timedelta(hours=cell.value / 1000)
        assert abs(duration(told(seen, "office", "time-value")) - lasting).total_seconds() < 0.1
    else:
        assert kind == ("percentage" if cell.style is Style.SHARE else "float"), cell
        assert float(told(seen, "office", "value")) == pytest.approx(cell.number, abs=1e-9)


def shown(when: datetime | date) -> str:
    return when.isoformat()[:16]


def duration(told: str) -> timedelta:
    """`PT26H30M03.6S`"""
    hours, rest = told.removeprefix("PT").split("H")
    minutes, seconds = rest.split("M")
    return timedelta(
        hours=int(hours), minutes=int(minutes), seconds=float(seconds.rstrip("S").replace(",", "."))
    )


def test_every_cell_and_every_total_is_read_back_as_what_it_is(tmp_path: Path, kind: str) -> None:
    shelf = full()
    pages, read = opened(tmp_path, shelf, kind)
    sums = 0
    assert list(read) == [page.name for page in pages]
    for page in pages:
        grid = read[page.name]
        for place in places(page):
            table = place.table
            assert [seen_text(cell) for cell in grid[place.heads][: len(table.heads)]] == [
                head.name for head in table.heads
            ]
            for number, row in enumerate(table.rows, start=place.first):
                for seen, cell in zip(grid[number], row, strict=False):
                    check(seen, cell)
                    assert not told(seen, "table", "formula")
            if place.total is None or table.totals is None:
                continue
            for column, (head, total) in enumerate(zip(table.heads, table.totals, strict=True)):
                if column:
                    seen = grid[place.total][column]
                    check(seen, Cell(head.style, total))
                    formula = told(seen, "table", "formula")
                    assert bool(formula) == bool(head.summed and table.rows), (page.name, head)
                    sums += bool(formula)
    assert sums > 30
    shelf.connection.close()


def test_hours_beyond_a_day_stay_hours(tmp_path: Path, kind: str) -> None:
    shelf = full()
    pages, read = opened(tmp_path, shelf, kind)
    (page,) = [page for page in pages if page.name == "Sessions"]
    (place,) = places(page)
    column = [head.style for head in place.table.heads].index(Style.DURATION)
    total = read["Sessions"][place.total or 0][column]
    assert duration(told(total, "office", "time-value")) > timedelta(hours=26)
    hours, minutes, seconds = map(int, seen_text(total).split(":"))
    assert hours > 26
    assert 0 <= minutes < 60
    assert 0 <= seconds < 60
    shelf.connection.close()


def test_what_anybody_typed_stays_text_in_its_cell(tmp_path: Path, kind: str) -> None:
    shelf = overrun(*NAMES)
    pages, read = opened(tmp_path, shelf, kind)
    for page in pages:
        grid = read[page.name]
        for place in places(page):
            for number, row in enumerate(place.table.rows, start=place.first):
                for seen, cell in zip(grid[number], row, strict=False):
                    check(seen, cell)
                    assert not told(seen, "table", "formula")
    shelf.connection.close()
