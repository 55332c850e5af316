"""Whatever is sent to the pages of members is answered by a sentence, never by a fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.central.people import acts, book
from kiosk.central.people.book import Person
from tests.central.front_door import House, Visitor, house
from tests.central.people.test_pages import ROUTES


@pytest.fixture(scope="module")
def fablab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Visitor]]:
    with house(Path(tmp_path_factory.mktemp("central"))) as made:
        made.do(lambda c, act: book.join(c, act, Person("Inès", "Duval"), "M1"))
        made.do(lambda c, act: book.take_membership(c, act, "M1", book.today(act)))
        made.app.testing = False  # a fault is a 500, as it is in a FabLab
        yield made, made.admin()


ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "0", "-1", "9" * 40, "0001-01-01", "9999-12-31", "31/12/2100", "family:", "\x00", "‮"]
    ),
)
FIELDS = (
    "first_name last_name category public age_band guardian_on organisation email language"
    " animator membership until badge of why trains name id into q rate forget_email"
)
FORMS = st.dictionaries(st.sampled_from(FIELDS.split()), ODD)
ASKED = ("q", "which", "category", "of", "about", "before", "into", "name", "lang")
DOES = [f"/people/M1/do/{what}" for what in acts.NEEDS]
POSTED = [path for method, path, *_ in ROUTES if method == "POST" and "/do/" not in path]


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=FORMS, path=st.sampled_from(DOES + POSTED))
def test_no_form_makes_a_fault(
    fablab: tuple[House, Visitor], form: dict[str, str], path: str
) -> None:
    _, claire = fablab
    assert claire.post(path, **form).status_code < 500


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(st.sampled_from(ASKED), ODD),
    path=st.sampled_from([path.split("?")[0] for method, path, *_ in ROUTES if method == "GET"]),
    member=ODD,
)
def test_no_address_makes_a_fault(
    fablab: tuple[House, Visitor], asked: dict[str, str], path: str, member: str
) -> None:
    _, claire = fablab
    assert claire.get(path, query_string=asked).status_code < 500
    assert claire.get(f"/people/{quote(member, safe='')}").status_code < 500
