"""A file brought to the pages, looked at, taken in and undone."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.central.front_door import ORIGIN, House, Visitor, house
from tests.central.helloasso.test_reading import raw


@pytest.fixture
def there(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def bring(who: Visitor, told: bytes, name: str = "adhesions.csv") -> tuple[str, str]:
    """The address of what becomes of a file, and that page once it is read."""
    answer = sent(who, told, name)
    assert answer.status_code == 303, answer.text
    return answer.location, settled(who, answer.location).text


def sent(who: Visitor, told: bytes, name: str) -> TestResponse:
    """Encoded here: the test client would leave its temporary file open."""
    form = {"csrf": who.token(), "file": FileStorage(io.BytesIO(told), name)}
    boundary, body = encode_multipart(form)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return who.client.post("/imports", data=body, content_type=kind, headers={"Origin": ORIGIN})


def settled(who: Visitor, address: str) -> TestResponse:
    """The page, once no work is under way any more."""
    deadline = time.monotonic() + 20
    while True:
        page = who.get(address, headers={"Accept-Language": "fr"})
        if 'id="wait"' not in page.text:
            return page
        assert time.monotonic() < deadline


def take(who: Visitor, address: str, **choices: str) -> str:
    """The address of the import."""
    answer = who.post(f"{address}/take", **choices)
    assert answer.status_code == 303, answer.text
    done = settled(who, answer.location)
    assert done.status_code == 303, done.text
    return done.location


def counts(page: str) -> dict[str, int]:
    chips = re.findall(r'class="mark (\S+)" href[^>]*>[^<]*<b>(\d+)</b>', page)
    return {name: int(count) for name, count in chips}


def names(there: House) -> int:
    return there.ask("SELECT count(*) FROM member WHERE NOT animator")[0][0]


def test_a_file_is_shown_line_by_line_before_anything_is_written(there: House) -> None:
    _, page = bring(there.admin(), raw("memberships-2026"))
    assert counts(page) == {
        "all": 14, "new": 8, "ambiguous": 1, "cancelled": 2, "pending": 1, "refused": 2,
    }  # fmt: skip
    assert "Importer 8 adhésions" in page
    assert "Tom Martin" in page
    assert names(there) == 0


def test_it_is_taken_in_and_undone(there: House) -> None:
    who = there.admin()
    address, _ = bring(who, raw("memberships-2026"))
    imported = take(who, address)
    assert names(there) == 8
    assert "Jean-Pierre Dupont" in who.get(imported).text
    assert who.post(f"{imported}/undo").status_code == 303
    assert names(there) == 0
    assert who.post(f"{imported}/undo").status_code == 404


def test_the_same_file_again_is_said_and_changes_nothing(there: House) -> None:
    who = there.admin()
    take(who, bring(who, raw("memberships-2026"))[0])
    _, page = bring(who, raw("memberships-2026"))
    assert "déjà été importé" in page
    assert "new" not in counts(page)
    assert "Importer" not in page.split('id="doing"')[1]


def test_a_choice_is_kept_and_the_button_says_what_it_does(there: House) -> None:
    who = there.admin()
    address, page = bring(who, raw("memberships-2026"))
    (line,) = re.findall(r'name="choice-(\d+)"', page)
    form = {"csrf": who.token(), f"choice-{line}": "create"}
    headers = {"Origin": ORIGIN, "HX-Request": "true", "Accept-Language": "fr"}
    doing = who.client.post(f"{address}/choice", data=form, headers=headers)
    assert "Importer 9 adhésions" in doing.text
    take(who, address)
    assert names(there) == 9


def test_a_choice_that_was_not_offered_is_refused(there: House) -> None:
    who = there.admin()
    address, _ = bring(who, raw("memberships-2026"))
    assert who.post(f"{address}/choice", **{"choice-2": "join-4"}).status_code == 400


def test_the_columns_of_a_list_of_ones_own_are_told_and_remembered(there: House) -> None:
    who = there.admin()
    address, page = bring(who, raw("own"), "liste.csv")
    assert "ines.benali@exemple.fr" in page
    told = dict(enumerate(["first-name", "last-name", "", "email", "", "until", "badge", ""]))
    form = {f"column-{place}": field for place, field in told.items()}
    answer = who.post(f"{address}/columns", **form)
    page = settled(who, answer.location).text
    assert counts(page) == {"all": 4, "new": 3, "refused": 1}
    take(who, answer.location)
    assert there.ask("SELECT count(*) FROM badge") == [(1,)]
    _, again = bring(who, raw("own") + b"Zoe,Petit,,,,,,\r\n", "liste.csv")
    assert re.findall(r'name="column-2".*?</select>', again, re.DOTALL)[0].count("selected") == 0
    assert re.findall(r'name="column-5".*?</select>', again, re.DOTALL)[0].count("selected") == 1


def test_one_field_cannot_be_two_columns(there: House) -> None:
    who = there.admin()
    address, _ = bring(who, raw("own"))
    answer = who.post(f"{address}/columns", **{"column-0": "first-name", "column-1": "first-name"})
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b"", "vide"),
        (b"PK\x03\x04\0\0", "CSV"),
        ("Référence commande;Statut\n1;Validé\n".encode(), "Il n’y a pas de colonne"),
        (b'a;b\n"1;2\n', "guillemets"),
    ],
)
def test_what_is_no_such_file_is_said_in_one_sentence(there: House, told: bytes, said: str) -> None:
    assert said in bring(there.admin(), told)[1]


def test_no_file_at_all_and_a_file_that_is_gone_are_sentences(there: House) -> None:
    who = there.admin()
    assert who.post("/imports").status_code == 400
    assert who.get("/imports/file/nothing").status_code == 404
    assert who.get("/imports/taking/nothing").status_code == 404
    assert who.get("/imports/nothing").status_code == 404


@pytest.mark.slow
def test_a_file_of_half_a_megabyte_is_taken_and_one_of_nine_is_not(there: House) -> None:
    who = there.admin()
    header = raw("memberships-2026-later").split(b"\r\n")[0] + b"\r\n"
    line = "1;04/01/2026;Annulé;Nom;Tom;;;;;;;;;;\r\n".encode()
    _, page = bring(who, header + line * (500_000 // len(line)))
    assert counts(page)["all"] > 10_000
    assert sent(who, b"x" * 9_000_000, "x.csv").status_code == 413


def test_the_last_files_that_somebody_brought_are_kept_and_no_more(there: House) -> None:
    who = there.admin()
    first, *later = (bring(who, raw("memberships-windows"))[0] for _ in range(4))
    assert who.get(first).status_code == 404
    assert [who.get(one).status_code for one in later] == [200] * 3


def test_only_an_administrator_brings_files_and_sees_only_their_own(there: House) -> None:
    assert there.animator().get("/imports").status_code == 403
    address, _ = bring(there.admin(), raw("memberships-2026"))
    assert there.visitor().get(address).status_code == 303


def test_a_name_like_a_script_is_only_a_name(there: House) -> None:
    told = raw("memberships-windows").replace(b"Ga\xeblle", b"<script>alert(1)</script>")
    _, page = bring(there.admin(), told, "<b>.csv")
    assert "<script>alert" not in page
    assert "<b>.csv" not in page


def test_a_line_of_millions_of_cells_is_no_table(there: House) -> None:
    claire = there.admin()
    for told in (b"a;" * 2_000_000, b"nom;prenom\n" + b"a;" * 2_000_000):
        _, page = bring(claire, told)
        assert "Ce n’est pas un fichier" in page
