"""The central's pages: what they say of each lab, in both languages, and to nobody's harm."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

import config
from kiosk.central import overview, pages, texts, wording
from kiosk.central.month import month_rows
from kiosk.central.pages import create_pages
from machines.figures import FIGURES
from machines.instants import Month
from tests.central.hostile import NAMES, overrun
from tests.central.shelf import Shelf
from tests.central.test_export import november, queued
from tests.field import HOUR, Field, paris_us

TEMPLATES = Path(pages.__file__).parent / "templates" / "central"


class Ledger:
    """What the pages ask of the central: a connection and the time."""

    def __init__(self, shelf: Shelf, now: str) -> None:
        self.shelf = shelf
        self.us = paris_us(now)

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        yield self.shelf.connection

    def now_us(self) -> int:
        return self.us


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    shelf = november()
    yield Ledger(shelf, "2026-11-05 11:00")
    shelf.connection.close()


@pytest.fixture
def browser(ledger: Ledger) -> FlaskClient:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_pages(ledger))  # type: ignore[arg-type]
    return app.test_client()


def words(html: str) -> str:
    """What a reader sees, spaces made one."""
    bare = re.sub(r"(?s)<style.*?</style>|<title.*?</title>|<[^>]+>", " ", html)
    return " ".join(bare.replace("&#39;", "'").split())


def test_every_lab_is_shown_with_its_month_and_how_it_stands(browser: FlaskClient) -> None:
    seen = words(browser.get("/?lang=fr").text)
    assert "CCDV Silencieux depuis 3 j Sessions 4 Personnes différentes 3" in seen
    assert "Heures de session 8,2 h Heures de marche mesurées 5,3 h Heures non" in seen
    assert "doret Rien à signaler" in seen
    assert "Entrées reçues 21" in seen


def test_the_pages_speak_english_too(browser: FlaskClient) -> None:
    seen = browser.get("/", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="en">' in seen
    assert "Silent for 3 days" in words(seen)
    assert "Session hours 8.2 h" in words(seen)


def test_a_lab_has_its_machines_its_categories_and_how_its_hours_are_known(
    browser: FlaskClient,
) -> None:
    seen = words(browser.get("/lab/ccdv?lang=fr&month=2026-11").text)
    assert "novembre 2026" in seen
    assert "Découpeuse laser découpe laser 2 6,0 2,3 0" in seen
    assert "Heures badgées 3,2 h Heures déclarées 1,0 h Heures estimées 4,0 h" in seen
    assert "Entreprises 1 2,2 2,0 1" in seen


def test_a_lab_shows_its_latest_prints_and_whose_they_are_is_not_said(
    browser: FlaskClient, ledger: Ledger
) -> None:
    queued(ledger.shelf)
    ledger.us = paris_us("2026-11-21 11:00")
    page = browser.get("/lab/doret?lang=fr&month=2026-11").text
    seen = words(page)
    assert "prusa 20/11/2026 22:00 perdue de vue 0,5 – prusa 20/11/2026 21:30 échouée 0,0" in seen
    assert "prusa 20/11/2026 21:30 réussie 0,0" in seen
    assert "prusa 20/11/2026 15:30 réussie 3,0 40" in seen
    assert "finished 3.0 40" in words(browser.get("/lab/doret?lang=en&month=2026-11").text)
    assert not re.search(r"\bines\b|yann|vase|gcode|U-", page)
    assert "Aucune impression" in words(browser.get("/lab/doret?lang=fr&month=2026-10").text)


def test_no_more_than_twenty_prints_are_shown_the_last_ones() -> None:
    shelf, lab = Shelf(), Field("2026-11-02 08:00")
    for _ in range(25):
        lab.printed(1)
    shelf.lay(lab.entries)
    shelf.fold()
    shown = overview.print_rows(month_rows(shelf.connection, Month(2026, 11)), "fr")
    assert [row.note for row in shown][::19] == ["03/11/2026 09:00", "02/11/2026 14:00"]
    assert len(shown) == 20


def test_a_job_of_a_forgotten_owner_has_a_category_that_is_not_known(
    browser: FlaskClient, ledger: Ledger
) -> None:
    lab = Field("2026-11-04 09:00", store="e5" * 16)
    job = lab.brought()
    lab.entries[-1] = replace(lab.entries[-1], personal=None)
    lab.printed(2, job=job)
    ledger.shelf.lay(lab.entries, "doret")
    ledger.shelf.fold()
    seen = words(browser.get("/lab/doret?lang=fr&month=2026-11").text)
    assert "Non renseignée 0 0,0 2,0 1" in seen


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_anywhere_stays_text_on_the_page(name: str) -> None:
    shelf = overrun(name)
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_pages(Ledger(shelf, "2026-11-25 11:00")))  # type: ignore[arg-type]
    for path in ("/?lang=fr", "/lab/lab-0?lang=fr"):
        answer = app.test_client().get(path)
        assert answer.status_code == 200
        assert not re.search("<script|<img", answer.text)
        assert str(escape(name.splitlines()[0]))[:100] in answer.text
    shelf.connection.close()


def test_the_month_before_is_one_step_away_and_no_month_lies_in_the_future(
    browser: FlaskClient,
) -> None:
    now = browser.get("/lab/ccdv?lang=fr").text
    assert "month=2026-10" in now
    assert "month=2026-12" not in now
    assert "month=2026-11" in browser.get("/lab/ccdv?lang=fr&month=2026-10").text


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/lab/paris?lang=fr", 404, "Ce lieu n’est pas connu ici."),
        ("/lab/ccdv?lang=fr&month=2026-13", 400, "Ce n’est pas un mois"),
        ("/lab/ccdv?lang=en&month=", 400, "This is no month"),
        ("/lab/ccdv?lang=<script>&month=2026-11", 200, "novembre"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    browser: FlaskClient, path: str, code: int, said: str
) -> None:
    answer = browser.get(path)
    assert (answer.status_code, said in words(answer.text)) == (code, True)


def test_what_is_wrong_in_a_lab_is_shown_the_gravest_first(
    browser: FlaskClient, ledger: Ledger
) -> None:
    book = ledger.shelf.connection
    book.execute("UPDATE store SET last_heard_us = ?", (ledger.us,))
    assert "CCDV Rien à signaler" in words(browser.get("/?lang=fr").text)
    book.execute("UPDATE store SET grown_from = id WHERE lab = 'ccdv'")
    assert "CCDV Cartes restaurées ou clonées" in words(browser.get("/?lang=fr").text)
    book.execute("INSERT INTO gap VALUES(x'00', 4, 9, 'ccdv', 'card', 0)")
    seen = words(browser.get("/?lang=fr").text)
    assert "CCDV Entrées perdues, déclarées" in seen
    assert "Entrées perdues, déclarées 6" in seen
    ledger.us += 2 * HOUR
    assert "CCDV Silencieux depuis 2 h" in words(browser.get("/?lang=fr").text)


def test_nothing_yet_is_said_with_what_to_do() -> None:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_pages(Ledger(Shelf(), "2026-11-05 11:00")))  # type: ignore[arg-type]
    assert "fablab node add" in words(app.test_client().get("/?lang=fr").text)


def test_a_machine_named_by_a_joker_stays_text(browser: FlaskClient, ledger: Ledger) -> None:
    ledger.shelf.connection.execute("UPDATE usage_machine SET name = '<script>alert(1)</script>'")
    assert "<script" not in browser.get("/lab/ccdv?lang=fr&month=2026-11").text


def test_the_pages_allow_no_script_and_hold_no_style_of_their_own(browser: FlaskClient) -> None:
    answer = browser.get("/lab/ccdv?lang=fr")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|style=|https?://", answer.text)
    for sheet in re.findall(r'href="(/static/[^"]+)"', answer.text):
        with browser.get(sheet) as answered:
            assert answered.status_code == 200


def test_no_page_can_be_posted_to(browser: FlaskClient) -> None:
    assert browser.post("/").status_code == 405


def test_every_text_is_there_in_both_languages_and_every_category_and_figure_has_a_name() -> None:
    templates = "".join(file.read_text() for file in TEMPLATES.glob("*.html"))
    assert set(re.findall(r'say\("([a-z_]+)"', templates)) <= texts.TEXTS.keys()
    for french, english in texts.TEXTS.values():
        assert french.strip()
        assert english.strip()
        assert french.count("{}") == english.count("{}")
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)


def test_every_family_of_a_shipped_site_has_its_french_name() -> None:
    sites = Path(config.__file__).parent / "sites"
    told = "".join(file.read_text() for file in sites.rglob("*.toml"))
    assert set(re.findall(r'^family = "(.+)"', told, re.MULTILINE)) == wording.FAMILY.keys()


def test_ages_are_said_as_people_say_them() -> None:
    assert [texts.age(s, "fr") for s in (90, 7200, 3 * 86400)] == ["1 min", "2 h", "3 j"]
    assert texts.hours(1234567, "fr") == "1\u202f234,6"
