"""No page of members holds a word that was not given to translate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.web import language
from machines.members import AgeBand
from tests.central.front_door import House, house
from tests.web.reading import read

PATHS = (
    "",
    "/new",
    "/1",
    "/2",
    "/2/edit",
    "/1/merge",
    "/1/merge?into=2",
    "/organisations",
    "/lists",
    "/lists/may-use?of=7",
    "/lists/clearances",
    "/lists/memberships",
    "/checks",
    "/audit",
)


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    """Everybody and everything is called by figures."""
    with house(tmp_path) as made:
        made.do(_fill)
        yield made


def _fill(connection, act) -> None:  # type: ignore[no-untyped-def]
    connection.execute("INSERT INTO usage_machine VALUES('3', '7', '8', '9', 'bare', 0, 0)")
    connection.execute("INSERT INTO organisation VALUES('O1', '6', 'school')")
    connection.execute("INSERT INTO unknown_badge VALUES('x', '5', '3', 1)")
    book.join(connection, act, Person("1", organisation="O1"), "1", provisional="3")
    book.join(connection, act, Person("2", "2", age_band=AgeBand.TEEN), "2")
    taken = book.take_membership(connection, act, "2", book.today(act))
    book.take_membership(connection, act, "2", book.today(act), source="before")
    book.cancel_membership(connection, act, taken, "4")
    book.enrol(connection, act, "2", "x")
    book.grant(connection, act, "2", "7", until=book.today(act), trains=True)
    connection.execute("UPDATE member SET first_name = '0', last_name = '' WHERE id = 'M0001'")


#: Names of the house that no translation brings: the site's, who is logged in, what the
#: program itself is called, the other language; and two entries of the navigation, whose
#: words stand in a table of both languages (`kiosk.central.report.words`).
NAMES = r"(Report|Closings|Registre des FabLabs|Claire|fablab|English|Français|family|O1|M0001|CSV)"


def _left_over(line: str) -> str:
    while "⟦" in line:
        line = re.sub(r"⟦[^⟦⟧]*⟧", "", line)
    return re.sub(NAMES, "", line)


def test_no_page_of_members_holds_a_word_that_was_not_given_to_translate(
    fablab: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    claire = fablab.admin()
    monkeypatch.setattr(language, "translated", lambda message, spoken: f"⟦{message}⟧")
    fablab.app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda m: f"⟦{m}⟧", lambda s, p, n: f"⟦{p}⟧", newstyle=True
    )
    for path in PATHS:
        lines = read(
            claire.get(f"/people{path}?lang=en" if "?" not in path else f"/people{path}").text
        )
        assert any("⟦" in line for line in lines), path
        assert [line for line in lines if re.search(r"[^\W\d_]", _left_over(line))] == [], path
