"""A closing looked at again: its files, its chain, its sums; and today's figures, where the
ledger is at hand.

It detects changes. Who can write all folders and the ledger can make them
agree again: the hash of the last manifest is to be kept elsewhere.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.central.report import adjusting, closings, folders, refold
from kiosk.central.report.cells import ALONE, Cell
from kiosk.central.report.closings import ADJUSTED, MANIFEST
from kiosk.central.report.frozen import FIGURES, NAMES, read_figures, read_names, sha
from kiosk.central.report.sealed import sheets
from kiosk.central.report.words import say
from kiosk.central.sheets import EXCEL, OPEN, write
from machines import figures

#: What is written at the central, whenever it likes: memberships, workshops, closed days.
_OF_CENTRAL = frozenset(figure.key for figure in (*figures.HELD, *figures.JOINED, *figures.OPEN))


class Fault:
    """Something that is not as it was closed, in either language (`said`)."""

    def __init__(self, key: str, **values: object) -> None:
        self._key, self._values = f"fault_{key}", values

    def said(self, language: str) -> str:
        return say(self._key, language, **self._values)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, with no fault where it is as it should be; `waiting` counts
    the figures that came in since, and wait for the next closing."""

    key: str
    faults: tuple[Fault, ...] = ()
    waiting: int = 0

    def wrong(self, language: str) -> str:
        return "; ".join(fault.said(language) for fault in self.faults)


def of_files(made: Mapping[str, bytes]) -> list[Check]:
    """What a folder says by itself: hashes and sums. For files from anywhere."""
    if MANIFEST not in made:
        return [Check("manifest", (Fault("no_closing", name=MANIFEST),))]
    try:
        told = json.loads(made[MANIFEST])
        hashes = dict(told["files"])
    except (ValueError, KeyError, TypeError):
        return [Check("manifest", (Fault("unreadable", name=MANIFEST),))]
    checks = [Check("files", tuple(_hashes(hashes, made)))]
    try:
        checks.append(Check("sums", tuple(_sums(made))))
    except (ValueError, KeyError):
        checks.append(Check("sums", (Fault("unreadable", name=FIGURES),)))
    return checks


def _hashes(hashes: Mapping[str, str], made: Mapping[str, bytes]) -> Iterator[Fault]:
    for name in sorted({*hashes, *made} - {MANIFEST}):
        if name not in made:
            yield Fault("missing", name=name)
        elif name not in hashes:
            yield Fault("foreign", name=name)
        elif sha(made[name]) != hashes[name]:
            yield Fault("changed", name=name)


def _sums(made: Mapping[str, bytes]) -> Iterator[Fault]:
    """Each sheet's lines add up to its TOTAL, and are the sums of the cells."""
    cells = read_figures(made[FIGURES]).cells
    names = read_names(made[NAMES])
    read_figures(made[ADJUSTED])
    for sheet in sheets(cells, names):
        for flavour in (EXCEL, OPEN):
            name = f"{flavour.folder}/{sheet.name}.csv"
            if made.get(name) != write(sheet, flavour):
                yield Fault("sum", name=name, figures=FIGURES)
        rows = list(csv.DictReader(io.StringIO(made[f"{OPEN.folder}/{sheet.name}.csv"].decode())))
        for column in sheet.columns:
            if column.key not in ALONE and sheet.totals().get(column.key) is not None:
                lines = sum(_thousandths(row[column.key]) for row in rows[:-1])
                if lines != _thousandths(rows[-1][column.key]):
                    yield Fault("adds", name=name, column=column.key)


def _thousandths(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(3, "0"))


def of_folder(folder: Path) -> list[Check]:
    """And its chain, as far as the closings beside it are there. Raises OSError."""
    made = folders.found(folder)
    checks = of_files(made)
    if len(checks) > 1:
        checks.append(Check("chain", _chain(folder, made[MANIFEST])))
    return checks


def _chain(folder: Path, manifest: bytes) -> tuple[Fault, ...]:
    """Back to the first closing: each names the manifest before it by its hash."""
    seen = {folder.name}
    while True:
        try:
            before = json.loads(manifest)["before"]
            period, expected = str(before["period"]), before["manifest"]
        except (ValueError, KeyError, TypeError):
            return (Fault("unreadable", name=MANIFEST),)
        if not period:
            return ()
        if period in seen or "/" in period or ".." in period:
            return (Fault("chain_self", period=period),)
        seen.add(period)
        path = folder.parent / period / MANIFEST
        if not path.is_file():
            return (Fault("chain_missing", period=period),)
        manifest = path.read_bytes()
        if sha(manifest) != expected:
            return (Fault("chain_changed", period=period),)


def of_period(
    connection: sqlite3.Connection, exports: Path, period: str, entries: bool = False
) -> list[Check]:
    """All of it: the folder against what the ledger keeps of it, and the figures of today.

    With `entries`, the figures of a month are counted anew from them, as they had come
    then: it takes as long as folding all of the ledger. Within a read transaction of its
    own. Raises ValueError for what is not closed, NotReady.
    """
    connection.execute("BEGIN")
    try:
        closing = closings.of(connection, period)
        if closing is None:
            raise ValueError(f"{period} is not closed")
        kept = closings.files(connection, period)
        folder = folders.sealed(exports, period)
        made = folders.found(folder)
        checks = of_folder(folder) if made else [Check("files", (Fault("missing", name=folder),))]
        differ = sorted(name for name in {*kept, *made} if kept.get(name) != made.get(name))
        wrong = [Fault("ledger_differs", name=name) for name in differ if made]
        if sha(kept.get(MANIFEST, b"")) != closing.manifest:
            wrong.append(Fault("ledger_changed"))
        checks.append(Check("ledger", tuple(wrong)))
        checks.append(_figures(connection, period))
        if entries and "-" in period:
            differ_by = refold.differences(connection, closing)
            faults = tuple(Fault("entries", told=_told(cell)) for cell in differ_by[:5])
            checks.append(Check("entries", faults))
        return checks
    finally:
        connection.execute("ROLLBACK")


def _figures(connection: sqlite3.Connection, period: str) -> Check:
    """Today's figures are the frozen ones, what was adjusted, and what came since.

    What came since can only be of labs that sent something after the last
    closing; where none did, a difference means that somebody changed rows.
    """
    last = closings.all_of(connection)[-1]
    waiting = [c for c in adjusting.pending(connection) if c.period.startswith(period)]
    heard = {
        lab
        for (lab,) in connection.execute(
            "SELECT DISTINCT lab FROM fact WHERE arrived > ?", (last.arrived,)
        )
    }
    strange = [cell for cell in waiting if not _explained(cell, heard)]
    if strange:
        return Check("figures", tuple(Fault("rows", told=_told(cell)) for cell in strange[:5]))
    return Check("figures", waiting=len(waiting))


def _explained(cell: Cell, heard: set[str]) -> bool:
    """Memberships are written at the central, and come in by no entry of a lab."""
    if cell.figure in _OF_CENTRAL or cell.period.isdecimal():
        return True
    return cell.lab in heard if cell.lab else bool(heard)


def _told(cell: Cell) -> str:
    return (
        f"{cell.period} {cell.lab or '*'} {cell.figure}{' ' + cell.of if cell.of else ''}"
        f" {cell.value:+d}"
    )
