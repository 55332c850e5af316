"""`fablab account`, as an operator types it; and what a password may be."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from kiosk.central import accounts, audit
from kiosk.cli import main
from kiosk.sites import read_central
from kiosk.store.disk import open_reader

GOOD = "correct horse battery"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "central.toml"
    file.write_text('[central]\nname = "Central"\ndatabase = "central.db"\nruntime = "run"\n')
    return file


def account(site: Path, monkeypatch: pytest.MonkeyPatch, *told: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["account", *told, "--site", str(site)])


def test_there_is_no_account_until_one_is_made(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account(site, monkeypatch, "list") == 0
    assert "nobody yet" in capsys.readouterr().out
    assert account(site, monkeypatch, "add", "Claire", typed=f"{GOOD}\n{GOOD}\n") == 0
    account(site, monkeypatch, "list")
    assert capsys.readouterr().out == "Claire: may log in\nClaire\n"


def test_a_password_is_kept_as_a_hash_and_never_in_the_clear(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(site, monkeypatch, "add", "Claire", typed=f"{GOOD}\n{GOOD}\n")
    for file in site.parent.glob("central.db*"):
        assert GOOD.encode() not in file.read_bytes()
    connection = open_reader(read_central(site).database)
    known = accounts.named(connection, "CLAIRE")
    assert known is not None
    assert known.proof.startswith("scrypt:")
    assert [line.verb for line in audit.lines(connection)] == ["account added"]
    connection.close()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"{GOOD}\n{GOOD}!\n", "not the same twice"),
        ("short\nshort\n", "at least 12 characters"),
        ("a" * 20 + "\n" + "a" * 20 + "\n", "more than four different characters"),
        ("\n\n", "at least 12 characters"),
    ],
)
def test_a_weak_or_mistyped_password_changes_nothing(
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    said: str,
) -> None:
    assert account(site, monkeypatch, "add", "Claire", typed=typed) == 2
    assert said in capsys.readouterr().err
    account(site, monkeypatch, "list")
    assert "nobody yet" in capsys.readouterr().out


def test_a_name_is_one_persons_however_it_is_written(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account(site, monkeypatch, "add", "Zoé", typed=f"{GOOD}\n{GOOD}\n") == 0
    assert account(site, monkeypatch, "add", "zoe", typed=f"{GOOD}\n{GOOD}\n") == 2
    assert "is known already" in capsys.readouterr().err


def test_somebody_unknown_cannot_be_removed_or_given_a_password(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account(site, monkeypatch, "remove", "Claire") == 2
    assert account(site, monkeypatch, "password", "Claire", typed=f"{GOOD}\n{GOOD}\n") == 2
    assert capsys.readouterr().err.count("known: nobody") == 2


def test_an_account_is_removed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account(site, monkeypatch, "add", "Claire", typed=f"{GOOD}\n{GOOD}\n")
    assert account(site, monkeypatch, "remove", "Claire") == 0
    connection = open_reader(read_central(site).database)
    assert accounts.names(connection) == []
    connection.close()
