"""What LibreOffice makes of the export: a French double click on each sheet, read back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.central.columns import Kind
from kiosk.central.export import files, sheets
from machines.instants import paris
from tests.central.hostile import NAMES, overrun
from tests.central.shelf import Shelf
from tests.central.test_export import november, queued

pytestmark = pytest.mark.slow

#: Semicolon, quotes, UTF-8, from the first line, French, numbers and dates recognised.
FRENCH = "CSV:59,34,76,1,,1036,false,true"
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind`: float, date, string, or "" for an empty one."""

    kind: str
    value: str
    formula: str


def opened(folder: Path, shelf: Shelf) -> dict[str, list[list[Cell]]]:
    """The cells of each French sheet of November, as LibreOffice has them."""
    made = files(shelf.book("2026-11"))
    paths = []
    for name, content in made.items():
        if name.startswith("excel/"):
            paths.append(folder / Path(name).name)
            paths[-1].write_bytes(content)
    subprocess.run(
        [
            *(office(), f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "fods", f"--infilter={FRENCH}", "--outdir", folder),
            *paths,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {path.stem: list(rows(path.with_suffix(".fods"))) for path in paths}


def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        missing = "LibreOffice is missing: apt-get install libreoffice-calc"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return found


def rows(path: Path) -> Iterator[list[Cell]]:
    for row in xml.parse(path).iterfind(".//table:table-row", _NAMES):
        cells = []
        for cell in row.iterfind("table:table-cell", _NAMES):
            repeated = int(told(cell, "table", "number-columns-repeated") or 1)
            cells += [read(cell)] * min(repeated, 100)
        if any(cell.kind for cell in cells):
            yield cells


def read(cell: xml.Element) -> Cell:
    text = "\n".join("".join(one.itertext()) for one in cell.iterfind("text:p", _NAMES))
    value = told(cell, "office", "value") or told(cell, "office", "date-value") or text
    return Cell(told(cell, "office", "value-type"), value, told(cell, "table", "formula"))


def told(cell: xml.Element, space: str, name: str) -> str:
    return cell.get(f"{{{_NAMES[space]}}}{name}", "")


def test_every_cell_is_read_back_as_what_it_is(tmp_path: Path) -> None:
    shelf = queued(november())
    seen = opened(tmp_path, shelf)
    for sheet in sheets(shelf.book("2026-11")):
        heads, *lines, total = seen[sheet.name]
        assert [cell.value for cell in heads[: len(sheet.columns)]] == [
            column.french for column in sheet.columns
        ]
        assert total[0].value == "TOTAL"
        assert len(lines) == len(sheet.rows)
        for line, row in zip(lines, sheet.rows, strict=True):
            for cell, column in zip(line, sheet.columns, strict=False):
                value = row.get(column.key)
                match column.kind:
                    case _ if value in (None, ""):
                        assert cell.kind == "", column
                    case Kind.TEXT:
                        assert cell.kind == "string", column
                    case Kind.WHEN:
                        shown = paris(int(value or 0)).strftime("%Y-%m-%dT%H:%M:00")
                        assert (cell.kind, cell.value) == ("date", shown)
                    case Kind.COUNT:
                        assert (cell.kind, float(cell.value)) == ("float", value)
                    case Kind.THOUSANDTHS:
                        assert cell.kind == "float"
                        assert round(float(cell.value) * 1000) == value
    shelf.connection.close()


def test_no_name_that_anybody_typed_is_a_formula_or_tears_a_row(tmp_path: Path) -> None:
    shelf = overrun(*NAMES)
    seen = opened(tmp_path, shelf)
    for sheet in sheets(shelf.book("2026-11")):
        assert len(seen[sheet.name]) == len(sheet.rows) + 2
        for line in seen[sheet.name]:
            assert not any(cell.formula for cell in line)
            assert not any(cell.kind for cell in line[len(sheet.columns) :])
            assert not any(re.search("Err:|#NAME|#REF", cell.value) for cell in line)
    shelf.connection.close()
