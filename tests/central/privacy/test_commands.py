"""A member's data and the sheets, by the command line, beside no central that runs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kiosk.central.audit import PROGRAM, Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.schema import open_writer
from kiosk.cli import main
from kiosk.store.disk import transaction

SITE = """
[central]
name = "Registre"
database = "central.db"
runtime = "."
credentials = "."
exports = "exports"

[retention]
sessions_days = 77

[association]
name = "Les FabLabs"
contact = "donnees@fablab.example"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    connection = open_writer(tmp_path / "central.db")
    with transaction(connection):
        act = Act(PROGRAM, 1_795_507_200_000_000)
        book.join(connection, act, Person("Inès", "Zanzibarelle"), "M0042")
        book.enrol(connection, act, "M0042", "s11.8:abcd")
        book.take_membership(connection, act, "M0042", date(2099, 8, 31))
    connection.close()
    site = tmp_path / "central.toml"
    site.write_text(SITE)
    return site


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.suffix != ".erased")


def test_an_erasure_is_said_first_and_done_with_a_yes(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = site.parent / "receipt.json"
    assert main(["member", "erase", "M0042", "--site", str(site)]) == 0
    assert "badges: 1 would be erased" in capsys.readouterr().out
    assert b"Zanzibarelle" in everything(site.parent)
    order = ["member", "erase", "M0042", "--yes", "--receipt", str(receipt), "--site", str(site)]
    assert main(order) == 0
    assert "badges: 1 erased" in capsys.readouterr().out
    assert json.loads(receipt.read_text())["removed"]["memberships"] == 1
    for trace in (b"Zanzibarelle", "Inès".encode(), b"abcd"):
        assert trace not in everything(site.parent)
    assert main(["member", "erase", "M0042", "--yes", "--site", str(site)]) == 2
    assert "nobody of that id" in capsys.readouterr().err


def test_a_member_is_handed_their_data(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["member", "export", "M0042", "--out", str(out), "--site", str(site)]) == 0
    assert json.loads((out / "donnees.json").read_text())["record"]["first_name"] == "Inès"
    assert "Zanzibarelle" in (out / "donnees.html").read_text()
    assert (out / "donnees.json").stat().st_mode & 0o077 == 0, "for nobody else"


def test_the_notice_and_the_record_say_the_terms_of_the_file(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["privacy", "notice", "--out", str(out), "--site", str(site)]) == 0
    assert main(["privacy", "register", "--out", str(out), "--site", str(site)]) == 0
    assert "77 jours" in (out / "notice-fr.html").read_text()
    assert "77 days" in (out / "notice-en.html").read_text()
    assert "| 77 jours |" in (out / "registre-fr.md").read_text()
    assert "à valider par le responsable de traitement" in (out / "notice-fr.html").read_text()
    assert "donnees@fablab.example" in (out / "registre-en.html").read_text()
