"""The monthly export: the sheets of a month, each in both flavours, and the folder they go to.

Nothing in a file depends on when it is made: exported twice at the same
position of the ledger (told in LISEZMOI.txt), a month is the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kiosk.central import columns, held_sheets, wording
from kiosk.central.book import Book
from kiosk.central.columns import Column
from kiosk.central.lisezmoi import lisezmoi
from kiosk.central.month import THOUSANDTH, UseRow
from kiosk.central.sheets import EXCEL, OPEN, Row, Sheet, write
from kiosk.central.totals import Key, grouped, tally
from machines.figures import BEAM, FIGURES

README = "LISEZMOI.txt"


def files(book: Book) -> dict[str, bytes]:
    """The bytes of each file, by its path inside the folder of the export."""
    made = {README: lisezmoi(book)}
    for sheet in sheets(book):
        for flavour in (EXCEL, OPEN):
            made[f"{flavour.folder}/{sheet.name}.csv"] = write(sheet, flavour)
    return made


def sheets(book: Book) -> list[Sheet]:
    return [
        sessions(book),
        _works(book),
        _totals(book, "totaux-par-lieu", columns.LAB, lambda row: (row.lab, row.lab_name)),
        _totals(
            book,
            "totaux-par-machine",
            (*columns.LAB, *columns.MACHINE),
            lambda row: (row.lab, row.lab_name, row.machine, row.machine_name, _family(row)),
        ),
        _totals(book, "totaux-par-famille", (columns.FAMILY,), lambda row: (_family(row),)),
        _totals(book, "totaux-par-categorie", (columns.CATEGORY,), lambda row: (_category(row),)),
        results(book),
        *held_sheets.sheets(book, lambda person: pseudonym(book, person)),
        _unplaced(book),
    ]


def pseudonym(book: Book, person: str | None) -> str:
    """Who, within this month's exports only: another month gives another word."""
    if person is None:
        return ""
    told = hmac.new(book.key, f"{book.month}|{person}".encode(), hashlib.sha256)
    return f"U-{told.hexdigest()[:10]}"


# ---- the sheets


def sessions(book: Book) -> Sheet:
    rows = [
        {
            **_place(row),
            "usager": pseudonym(book, row.person),
            "categorie": _category(row),
            "public": held_sheets.public(row.public),
            "effectif": row.party or 1,
            "ouverte_par": wording.SOURCE.get(row.source, row.source),
            "duree_h": row.used,
            "provenance": wording.PROVENANCE[row.provenance],
            "fin_par": wording.OUTCOME.get(row.outcome, row.outcome),
            "corrigee": wording.yes(row.corrected),
            "seance": row.group,
            "session": row.subject,
        }
        for row in book.rows
        if row.kind == "session"
    ]
    return Sheet("sessions", columns.SESSIONS, rows)


def _works(book: Book) -> Sheet:
    rows = [_work(book, row) for row in book.rows if row.kind != "session"]
    return Sheet("impressions-et-marches", columns.WORKS, rows)


def _work(book: Book, row: UseRow) -> Row:
    """The same hour stands in one column: work, or beam, or a meter told more finely elsewhere."""
    hours: Row = {"marche_h": row.used, "pause_h": row.paused, "non_observe_h": row.unseen}
    if not row.counts:
        hours = {"faisceau_h" if row.meter == BEAM else "autre_compteur_h": row.used}
    return {
        **_place(row),
        **hours,
        **(_print(row) if row.kind == "print" else {}),
        "nature": wording.METER.get(row.meter, row.meter),
        "usager": pseudonym(book, row.person),
        "categorie": _category(row),
        "provenance": wording.PROVENANCE[row.provenance],
        "session": row.session,
        "reference": row.subject,
    }


def _print(row: UseRow) -> Row:
    """The file's name is not among it: people name files after themselves and their children."""
    return {
        "resultat": wording.OUTCOME.get(row.outcome, ""),
        "motif": wording.WHY.get(row.why, row.why),
        "reconciliee": wording.yes(row.reconciled),
        "filament_m": None if row.filament_mm is None else round(row.filament_mm),
        "filament_g": None if row.filament_g is None else round(1000 * row.filament_g),
        "filament_selon": wording.WEIGHED_BY[row.weighed_by],
        "matiere": row.material,
        "imprimante_h": None if row.printer_s is None else round(row.printer_s / 3.6),
        "attente_h": _waited(row),
        "essai": row.attempt or None,
        "demande": row.job,
    }


def _waited(row: UseRow) -> int | None:
    if row.attempt != 1 or row.brought_us is None or row.began_us is None:
        return None
    return max(0, row.began_us - row.brought_us) // THOUSANDTH


def _place(row: UseRow) -> Row:
    return {
        "lieu": row.lab,
        "lieu_nom": row.lab_name,
        "machine": row.machine,
        "machine_nom": row.machine_name,
        "famille": _family(row),
        "debut": row.began_us,
        "fin": row.ended_us,
        "commence_dans_le_mois": wording.yes(row.first),
    }


def _category(row: UseRow) -> str:
    """Work that is nobody's, and in no session, has none."""
    if row.category is None:
        return "sans session"
    return wording.CATEGORY.get(row.category, row.category) or "non renseignée"


def _family(row: UseRow) -> str:
    """A lab that never described its machines (or this one) leaves it open."""
    return wording.FAMILY.get(row.family, row.family) or "non renseignée"


def _totals(book: Book, name: str, heads: Iterable[Column], by: Callable[[UseRow], Key]) -> Sheet:
    """One line per group. The totals line is tallied, not added: distinct people do not add up."""
    heads = tuple(heads)
    keys = [head.key for head in heads]
    zero = {figure.key: 0 for figure in FIGURES}
    rows: list[Row] = [
        {**dict(zip(keys, group, strict=True)), **zero, **counted.figures()}
        for group, counted in grouped(book.rows, by)
    ]
    total = {**zero, **tally(book.rows).figures()}
    return Sheet(name, (*heads, *columns.FIGURE_COLUMNS), rows, total)


def results(book: Book) -> Sheet:
    """How prints ended and why they failed, of each lab."""
    prints = [row for row in book.rows if row.kind == "print"]
    heads = (*columns.LAB, *columns.RESULT)
    by = _totals(
        replace(book, rows=prints),
        "totaux-par-resultat",
        heads,
        lambda row: (
            row.lab,
            row.lab_name,
            wording.OUTCOME.get(row.outcome, ""),
            wording.WHY.get(row.why, row.why),
        ),
    )
    return replace(by, columns=(*heads, *columns.PRINT_COLUMNS))


def _unplaced(book: Book) -> Sheet:
    """What no clock dates, of the whole ledger: in no month, and in no total."""
    rows: list[Row] = [
        {
            **_place(row),
            "nature": "session" if row.kind == "session" else wording.METER.get(row.meter, ""),
            "duree_h": row.used,
            "duree_connue": wording.yes(row.whole_us is not None),
            "provenance": wording.PROVENANCE[row.provenance],
            "reference": row.subject,
        }
        for row in book.unplaced
    ]
    rows += [
        {
            "lieu": one.lab,
            "lieu_nom": one.lab_name,
            "machine": one.machine,
            "machine_nom": one.machine_name,
            "nature": f"objet : {one.pieces} {one.item_name}",
            "duree_connue": wording.yes(False),
            "reference": one.subject,
        }
        for one in book.held.undated
    ]
    return Sheet("non-dates", columns.UNPLACED, rows)


# ---- the folder


class NotAnExport(ValueError):
    """Something else stands where the folder goes; the sentence says what."""


def write_folder(made: Mapping[str, bytes], target: Path) -> None:
    """All of the files or none: written beside, then put in place of what stood there.

    Raises NotAnExport rather than take away what no export has written.
    """
    _refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        new, old = beside / "new", beside / "old"
        for name, content in made.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_through(path, content)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    there = [target] if target.is_file() else [p for p in target.rglob("*") if not p.is_dir()]
    for path in sorted(there):
        if not _is_ours(path.relative_to(target)):
            raise NotAnExport(f"{path}: no export wrote this: move it away, or give --out a folder")


def _is_ours(inside: Path) -> bool:
    if str(inside.parent) == ".":
        return inside.name == README or inside.suffix in (".xlsx", ".ods")
    return str(inside.parent) in (EXCEL.folder, OPEN.folder) and inside.suffix == ".csv"


def write_through(path: Path, content: bytes) -> None:
    """On the disk, not only in its cache: a folder in place is a folder that is whole."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
