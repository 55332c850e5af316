"""Ninety-one days later nobody can say whose a session was; whoever is erased is nowhere.

Every byte of both labs and of the central is searched: databases, what SQLite keeps beside
them, files, exports, the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central import audit
from kiosk.central.figure_people import year_person
from kiosk.central.privacy import erasure
from kiosk.store.check import check
from tests.central.privacy.town import FILE, Town, town
from tests.sync.served import until

#: How a personal part, and what a kiosk carries, tie an entry to somebody.
TIES = ('"member":"m-', '"by":"m-', '"owner":"m-', '"badge":"s', "anniversaire")


@pytest.fixture
def fablabs(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as made:
        made.work()
        made.sync()
        yield made


def names_of(who: str) -> tuple[str, str]:
    return {
        "ines": ("Inèsperanza", "Zanzibarelle"),
        "karim": ("Karimbolo", "Quichotteau"),
    }[who]


def chains_hold(town: Town) -> bool:
    labs = all(lab.store.submit(check).result(10).faults == () for lab in town.labs.values())
    with town.process.central.reader() as connection:
        return labs and town.chains_hold() and audit.broken(connection) is None


def test_ninety_one_days_later_no_session_is_tied_to_anybody(
    fablabs: Town, caplog: pytest.LogCaptureFixture
) -> None:
    before = fablabs.figures()
    assert {trace for trace, _ in fablabs.found(*TIES)} >= set(TIES[:2]), "they were there"
    fablabs.days(91)
    fablabs.sync()
    with caplog.at_level("DEBUG"):
        fablabs.purge()
    assert fablabs.found(*TIES) == []
    assert fablabs.rows("SELECT count(*) FROM fact WHERE personal IS NOT NULL") == [(0,)]
    assert fablabs.figures() == before
    assert chains_hold(fablabs)
    for name in (*names_of("ines"), *names_of("karim"), "m-ines", FILE):
        assert name not in caplog.text


def test_the_central_forgets_by_itself(fablabs: Town) -> None:
    fablabs.days(91)
    fablabs.sync()
    fablabs.process.forgetting.nudge()
    until(lambda: fablabs.rows("SELECT count(*) FROM fact WHERE personal IS NOT NULL") == [(0,)])


def test_the_names_of_files_go_first(fablabs: Town) -> None:
    fablabs.days(31)
    fablabs.sync()
    fablabs.purge()
    assert fablabs.found("anniversaire") == []
    assert fablabs.rows("SELECT count(*) FROM fact WHERE personal IS NOT NULL") != [(0,)]


def erase(fablabs: Town, member: str) -> None:
    fablabs.do(lambda c, act: erasure.begin(c, act, member))


def traces_of(who: str) -> tuple[str, ...]:
    return (*names_of(who), Town.digest(who))


def is_nowhere(fablabs: Town, who: str) -> None:
    """Their id is left where it says that it is nobody's: the tombstones, the audit."""
    assert fablabs.found(*traces_of(who)) == []
    ties = [trace.replace("m-", f"m-{who}") for trace in TIES[:3]]
    assert fablabs.found(*ties) == []
    assert fablabs.tables_with(f"m-{who}") <= {"erased", "audit"}
    assert fablabs.rows("SELECT * FROM erasing") == []


def pseudonym_of(fablabs: Town, who: str) -> str | None:
    """Which the year's key makes of their id: whoever has the file can make it too."""
    with fablabs.process.central.reader() as connection:
        return year_person(connection, f"m-{who}", 2026)


def test_no_key_finds_the_rows_of_whoever_was_erased(fablabs: Town) -> None:
    karim, ines = pseudonym_of(fablabs, "karim"), pseudonym_of(fablabs, "ines")
    assert ines
    assert karim
    assert fablabs.tables_with(ines) >= {"usage", "figure_made", "usage_job"}
    erase(fablabs, "m-ines")
    assert fablabs.tables_with(ines) == set()
    assert "usage" in fablabs.tables_with(karim)


def test_once_the_year_is_over_no_key_finds_anybody_and_the_figures_stay(fablabs: Town) -> None:
    before = fablabs.figures()
    fablabs.days(140)  # from November to April
    fablabs.sync()
    fablabs.purge()
    assert fablabs.rows("SELECT length(key) FROM secret WHERE name = 'year-2026'") == [(0,)]
    assert pseudonym_of(fablabs, "ines") is None
    assert fablabs.figures() == before


def test_after_an_erasure_no_name_and_no_badge_is_left(fablabs: Town) -> None:
    before = fablabs.figures()
    assert fablabs.found(*traces_of("ines")) != []
    erase(fablabs, "m-ines")
    fablabs.purge()
    fablabs.sync()
    fablabs.purge()
    is_nowhere(fablabs, "ines")
    assert fablabs.found("anniversaire") == [], "the file that she brought"
    assert fablabs.figures() == before
    assert chains_hold(fablabs)
    [(karim,)] = fablabs.rows("SELECT first_name FROM member WHERE id = 'm-karim'")
    assert karim == names_of("karim")[0]
    assert fablabs.tables_with("m-karim") >= {"member", "decision", "fact"}


def test_what_arrives_late_of_the_erased_is_erased_as_well(fablabs: Town) -> None:
    lab = fablabs.labs["doret"]
    lab.tap("ines", "saw")
    lab.advance(minutes=5)
    lab.tap("ines", "saw")
    erase(fablabs, "m-ines")
    fablabs.process.forgetting.round()
    fablabs.sync()
    fablabs.purge()
    fablabs.sync()
    fablabs.purge()
    is_nowhere(fablabs, "ines")


def test_a_backup_put_back_does_not_bring_back_whoever_was_erased(fablabs: Town) -> None:
    fablabs.sync()
    central = fablabs.backup(fablabs.site.database, "central-backup")
    card = fablabs.backup(fablabs.labs["ccdv"].site.database, "lab-backup")
    erase(fablabs, "m-ines")
    fablabs.purge()
    fablabs.sync()
    fablabs.purge()
    is_nowhere(fablabs, "ines")
    fablabs.restart_central(central)
    fablabs.put_back("ccdv", card)
    fablabs.process.forgetting.round()
    fablabs.sync()
    fablabs.purge()
    fablabs.sync()
    fablabs.purge()
    is_nowhere(fablabs, "ines")
    assert chains_hold(fablabs)
