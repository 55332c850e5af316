"""The tablets that may look: kept over a restart, and an entry at every change."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from kiosk.clock import StillClock
from kiosk.store.disk import StoreError
from kiosk.store.store import Store
from kiosk.store.tablets import TabletShelf
from kiosk.web.pairing import Pairing, tablet_verbs
from machines.job_entries import TabletPaired, TabletRemoved
from tests.lab import MORNING


def bodies(store: Store) -> list[object]:
    entries = store.submit(lambda journal: [entry for _, entry in journal.entries()]).result(10)
    return [e.body for e in entries if isinstance(e.body, TabletPaired | TabletRemoved)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab.db"


def test_a_paired_tablet_is_known_after_a_restart(path: Path) -> None:
    store = Store(path, StillClock(MORNING))
    pairing = Pairing(TabletShelf(store), lambda: 0.0)
    secret = pairing.pair(pairing.show_code("Atelier"))
    assert secret
    store.close()
    store = Store(path, StillClock(MORNING))
    known = Pairing(TabletShelf(store), lambda: 0.0).tablet(secret)
    assert known is not None
    assert (known.number, known.name, known.paired) == ("1", "Atelier", "2026-11-24")
    assert bodies(store) == [TabletPaired("1", "Atelier")]
    assert secret.encode() not in path.read_bytes()
    store.close()


def test_the_number_of_a_removed_tablet_is_never_given_again(path: Path) -> None:
    store = Store(path, StillClock(MORNING))
    shelf = TabletShelf(store)
    shelf.add("Atelier", b"1" * 32)
    shelf.remove("1")
    assert shelf.add("Accueil", b"2" * 32).number == "2"
    assert bodies(store) == [
        TabletPaired("1", "Atelier"),
        TabletRemoved("1"),
        TabletPaired("2", "Accueil"),
    ]
    store.close()


def test_the_command_line_pairs_lists_and_removes(path: Path) -> None:
    store = Store(path, StillClock(MORNING))
    pairing = Pairing(TabletShelf(store), lambda: 0.0)
    verbs = tablet_verbs(pairing)
    secret = pairing.pair(str(verbs["tablet-pair"](name="Atelier")))
    assert secret
    assert verbs["tablet-list"]() == [{"number": "1", "name": "Atelier", "paired": "2026-11-24"}]
    verbs["tablet-remove"](number="1")
    assert verbs["tablet-list"]() == []
    assert pairing.tablet(secret) is None
    with pytest.raises(ValueError, match="no tablet 1: `fablab tablet list` shows them"):
        verbs["tablet-remove"](number="1")
    store.close()


@pytest.mark.parametrize("name", ["", "  ", "a" * 41, "Atelier\u202e"])
def test_a_tablet_without_a_name_that_can_be_read_is_given_no_code(path: Path, name: str) -> None:
    pairing = Pairing(TabletShelf(store := Store(path, StillClock(MORNING))), lambda: 0.0)
    with pytest.raises(ValueError, match="expected 1 to 40 letters"):
        tablet_verbs(pairing)["tablet-pair"](name=name)
    assert pairing.pair("000000") is None
    store.close()


def test_a_file_of_before_there_were_tablets_takes_them(path: Path) -> None:
    Store(path, StillClock(MORNING)).close()
    with sqlite3.connect(path) as old:
        old.execute("DROP TABLE tablet")
        old.execute("DELETE FROM _sqlite_migrations WHERE name = '002_tablets'")
    old.close()
    store = Store(path, StillClock(MORNING))
    assert TabletShelf(store).load() == ()
    store.close()


def test_a_disk_that_does_not_answer_pairs_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.tablets.WAIT_S", 0.05)
    store = Store(path, StillClock(MORNING))
    shelf = TabletShelf(store)
    hang = threading.Event()
    store.submit(lambda _: hang.wait(10))
    with pytest.raises(StoreError):
        shelf.add("Atelier", b"1" * 32)
    hang.set()
    monkeypatch.undo()
    assert shelf.load() == ()
    store.close()
