"""The pages about people's data, as an administrator asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.site import Association
from kiosk.central.audit import Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from tests.central.front_door import House, house


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, association=Association("Les FabLabs", contact="donnees@fablab")) as made:
        made.do(_ines)
        yield made


def _ines(c: object, act: Act) -> None:
    book.join(c, act, Person("Inès", "Zanzibarelle"), "M0042")  # type: ignore[arg-type]
    book.enrol(c, act, "M0042", "s11.8:abcd")  # type: ignore[arg-type]


def test_the_page_says_what_is_kept_and_when_it_was_last_forgotten(fablab: House) -> None:
    page = fablab.admin().get("/privacy/").text
    assert "90 jours" in page
    assert "Pas encore fait" in page
    assert "Late: " not in page


def test_an_animator_reads_the_notice_and_nothing_about_a_member(fablab: House) -> None:
    animator = fablab.animator()
    assert "donnees@fablab" in animator.get("/privacy/notice").text
    assert "90 days" in animator.get("/privacy/notice?in=en").text
    for path in ("/privacy/", "/privacy/register", "/privacy/member/M0042"):
        assert animator.get(path).status_code == 403
    assert fablab.visitor().get("/privacy/notice").status_code == 303


def test_a_copy_of_everything_is_handed_out_and_noted(fablab: House) -> None:
    admin = fablab.admin()
    told = json.loads(admin.get("/privacy/member/M0042/data.json").text)
    assert told["record"]["last_name"] == "Zanzibarelle"
    assert len(told["badges"]) == 1
    assert "abcd" not in json.dumps(told), "no digest"
    page = admin.get("/privacy/member/M0042/data.html")
    assert "Zanzibarelle" in page.text
    assert page.headers["Content-Disposition"].startswith("attachment")
    verbs = [verb for (verb,) in fablab.ask("SELECT verb FROM audit WHERE subject = 'M0042'")]
    assert verbs.count("exported") == 2


def test_the_page_of_a_member_leads_to_it(fablab: House) -> None:
    address = 'href="/privacy/member/M0042"'
    assert address in fablab.admin().get("/people/M0042").text
    assert address not in fablab.animator().get("/people/M0042").text


def test_nobody_is_erased_without_a_word(fablab: House) -> None:
    admin = fablab.admin()
    assert "Zanzibarelle" in admin.get("/privacy/member/M0042").text
    assert admin.post("/privacy/member/M0042/erase").status_code == 303
    assert fablab.ask("SELECT count(*) FROM member WHERE id = 'M0042'") == [(1,)]


def test_an_erasure_leaves_a_receipt_without_a_name(fablab: House) -> None:
    admin = fablab.admin()
    page = admin.post("/privacy/member/M0042/erase", sure="yes")
    assert page.status_code == 200
    assert "M0042" in page.text
    assert "Zanzibarelle" not in page.text
    assert "Fiche : 1" in page.text.replace("\u00a0", " ")
    assert fablab.ask("SELECT count(*) FROM member WHERE id = 'M0042'") == [(0,)]
    assert fablab.ask("SELECT id FROM erased") == [("M0042",)]
    assert fablab.central.path.with_name("central.db.erased").read_text() == "M0042\n"
    assert admin.get("/privacy/member/M0042").status_code == 410
    assert admin.post("/privacy/member/M0042/erase", sure="yes").status_code == 404


def test_nobody_of_that_number_is_no_error_of_ours(fablab: House) -> None:
    admin = fablab.admin()
    for path in ("member/M9999", "member/M9999/data.json", "member/M0042/data.exe"):
        assert admin.get(f"/privacy/{path}").status_code == 404


def test_the_notice_says_of_screens_what_they_show(fablab: House) -> None:
    """A tablet names who is at a machine, a minor too: the wall must not say otherwise."""
    text = fablab.admin().get("/privacy/notice?in=fr").text
    assert "qu’un prénom et une initiale" in text.replace("&#39;", "’").replace("'", "’")
    assert "mineur" not in text
