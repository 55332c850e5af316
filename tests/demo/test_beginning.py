"""How a demo begins: once, from nothing, and again from where it was."""

from __future__ import annotations

import socket
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash

from kiosk.central.roster import snapshot
from kiosk.demo import beginning
from kiosk.demo.people import PINS
from kiosk.demo.places import DemoError, Places
from kiosk.sites import read_central, read_site
from kiosk.store.disk import open_reader
from machines.instants import SECOND, Month, paris

DAYS = 10


def _begin(places: Places) -> int:
    places.write()
    return beginning.begin(places, DAYS, lambda sentence: None)


@pytest.mark.slow
def test_a_demo_begins_with_members_tokens_and_a_past(tmp_path: Path) -> None:
    places = Places(tmp_path)
    starts = paris(_begin(places))
    central = read_central(places.site("central"))
    book = open_reader(central.database)
    assert len(snapshot(book, "ccdv").members) > len(snapshot(book, "doret").members) > 10
    animators = {m.id: m.pin for m in snapshot(book, "ccdv").members if m.animator}
    assert animators.keys() == PINS.keys(), "each animator of the demo has a code"
    assert all(check_password_hash(animators[member], pin) for member, pin in PINS.items())
    book.close()
    for lab in ("ccdv", "doret"):
        site = read_site(places.site(lab))
        assert (places.keys(lab) / "central-token").read_text().startswith(f"fab1_{lab}_")
        assert site.hours.is_open(round(starts.timestamp()) * SECOND)
        reader = open_reader(site.database)
        assert reader.execute("SELECT count(*) FROM entry").fetchone()[0] > 50
        reader.close()


@pytest.mark.slow
def test_a_demo_has_a_year_that_is_closed_and_one_that_goes_on(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.write()
    now_us = beginning.begin(places, 400, lambda sentence: None)
    year = paris(now_us).year
    central = read_central(places.site("central"))
    with closing(open_reader(central.database)) as book:
        closed = [period for (period,) in book.execute("SELECT period FROM closing")]
        (joined, renewed) = book.execute(
            "SELECT count(*), sum(renewed) FROM figure_membership WHERE month > ?", (year * 100,)
        ).fetchone()
        unknown = (
            "SELECT count(*) FROM usage WHERE kind = 'session' AND party = 0 AND person IS NULL"
        )
        assert book.execute(unknown).fetchone()[0] == 0, "they were forgotten before they counted"
        assert book.execute("SELECT count(*) FROM figure_made").fetchone()[0] > 20
        assert book.execute("SELECT count(*) FROM figure_workshop").fetchone()[0] > 20
        lapsed = {m.id for m in snapshot(book, "ccdv").members if not m.member_until}
    assert str(year - 1) in closed
    assert str(Month.of(now_us)) not in closed
    assert joined > renewed > 0
    assert not lapsed & PINS.keys()


@pytest.mark.slow
def test_a_demo_that_is_started_again_keeps_its_journals_and_never_goes_back(
    tmp_path: Path,
) -> None:
    places = Places(tmp_path)
    first_us = _begin(places)
    journals = [read_site(places.site(lab)).database for lab in ("ccdv", "doret")]
    before = [journal.read_bytes() for journal in journals]
    beginning.remember(places, first_us + 5 * 3600 * SECOND)
    again_us = _begin(places)
    assert [journal.read_bytes() for journal in journals] == before
    assert paris(again_us) - paris(first_us) == timedelta(days=7)


@pytest.mark.slow
def test_members_whose_tokens_were_never_made_are_brought_again(tmp_path: Path) -> None:
    places = Places(tmp_path)
    _begin(places)
    (places.keys("doret") / "central-token").unlink()  # as where Ctrl-C came between
    _begin(places)
    assert (places.keys("doret") / "central-token").read_text().startswith("fab1_doret_")


def test_only_what_a_demo_made_is_forgotten(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.write()
    (tmp_path / "mine").touch()
    places.forget()
    assert [left.name for left in tmp_path.iterdir()] == ["mine"]


def test_a_folder_without_room_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.demo.places.NEEDED_MB", 10**9)
    monkeypatch.setattr(Places, "_refuse_busy_ports", lambda places: None)
    with pytest.raises(DemoError, match=r"MB free, expected 1000000000; choose another --folder"):
        Places(tmp_path).prepare()


def test_a_busy_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=rf"^ports? .*{port}.*: in use already; stop what"):
            Places(tmp_path, port).prepare()
