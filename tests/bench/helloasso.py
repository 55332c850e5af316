"""How many lines of an export are read, compared with the roster and taken in, each second.

Five thousand lines of one campaign, into a roster of five thousand others. Beside it
stands the bare insert of as many members and memberships in the same run.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from config.site import Memberships
from kiosk.central import schema
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.helloasso import taking, undoing
from kiosk.central.helloasso.lines import Brought
from kiosk.central.helloasso.matching import Proposal
from kiosk.central.helloasso.reading import read
from kiosk.store.disk import transaction

T = TypeVar("T")

LINES = 5000
#: 2026-01-20 12:00 UTC.
NOW_US = 1_768_910_400_000_000
_HEADER = (
    "Référence commande;Date de la commande;Statut de la commande;Nom adhérent;Prénom adhérent;"
    "Carte d'adhérent;Nom payeur;Prénom payeur;Email payeur;Raison sociale;Moyen de paiement;"
    "Tarif;Montant tarif;Code Promo;Montant code promo"
)


def campaign(year: int, first: int) -> bytes:
    """Everybody's own order, from the person of that number on."""
    lines = (
        f"{year}{n:07d};04/01/{year} 10:32;Validé;Nom{n};Prénom{n};;Nom{n};Prénom{n};"
        f"p{n}@exemple.fr;;Carte bancaire;Adhésion individuelle;15,00 €;;"
        for n in range(first, first + LINES)
    )
    return "\r\n".join((_HEADER, *lines)).encode()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        connection = schema.open_writer(Path(folder) / "central.db")
        try:
            measure(connection)
        finally:
            connection.close()


def measure(connection: sqlite3.Connection) -> None:
    take(connection, read(campaign(2025, 0)))
    bare = timed("bare insert of members and memberships", lambda: bare_insert(connection))[0]
    _, brought = timed("read", lambda: read(campaign(2026, LINES // 2)))
    _, shown = timed("compared", lambda: taking.dry_run(connection, brought))
    seconds, imported = timed("taken in", lambda: take(connection, brought, shown))
    print(f"{'':40}{seconds / bare:8.1f} x the bare insert")
    timed("the same file again", lambda: take(connection, brought))
    timed("undone", lambda: undo(connection, imported))


def take(
    connection: sqlite3.Connection, brought: Brought, shown: tuple[Proposal, ...] | None = None
) -> str:
    shown = taking.dry_run(connection, brought) if shown is None else shown
    file = taking.File("", "adhesions.csv", brought.kind)
    with transaction(connection):
        act = Act(PROGRAM, NOW_US)
        return taking.take_in(connection, act, file, shown, (), {}, Memberships(), {})


def undo(connection: sqlite3.Connection, imported: str) -> None:
    with transaction(connection):
        undoing.undo(connection, Act(PROGRAM, NOW_US), imported)


def bare_insert(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE bare_member(id TEXT PRIMARY KEY, first TEXT, last TEXT)")
    connection.execute("CREATE TABLE bare_membership(member TEXT, until TEXT, reference TEXT)")
    with transaction(connection):
        for n in range(LINES):
            connection.execute(
                "INSERT INTO bare_member VALUES(?, ?, ?)", (f"B{n}", f"Prénom{n}", f"Nom{n}")
            )
            connection.execute(
                "INSERT INTO bare_membership VALUES(?, '2027-01-03', ?)", (f"B{n}", str(n))
            )


def timed(what: str, do: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = do()
    seconds = time.perf_counter() - began
    print(f"{what:40}{seconds:8.2f} s   {LINES / seconds:10,.0f} lines/s")
    return seconds, result


if __name__ == "__main__":
    main()
