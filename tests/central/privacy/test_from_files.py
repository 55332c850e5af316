"""Who came by a file, sat in a workshop and was merged: after an erasure nothing of them is left.

Every table is searched, and every byte of the file and of what SQLite keeps beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.site import Retention
from kiosk.central.people import book
from kiosk.central.privacy.service import Forgetting
from kiosk.central.report.lists import NAMES as LISTS
from tests.central.front_door import House, Visitor, house
from tests.central.helloasso.test_pages import bring, take

HEAD = (
    "Référence commande;Date de la commande;Statut de la commande;Nom adhérent;Prénom adhérent;"
    "Email payeur;Tarif;Montant tarif"
)
NAME, EMAIL = "Zanzibarelle", "inesperanza.z@exemple.fr"
MEMBERS = f"""{HEAD}
84120011;04/01/2026 10:32;Validé;{NAME};Inèsperanza;{EMAIL};Adhésion individuelle;15,00 €
84120012;04/01/2026 11:05;Validé;Petit;Yann;yann@exemple.fr;Adhésion individuelle;15,00 €
"""
BADGE = "0A00D2F5C3"
TYPED = ("Zanzibarelle", "zanzibarelle", "nèsperanza", "inesperanza", "00D2F5C3", "0A00D2")


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, exports=tmp_path / "exports") as made:
        yield made


def came(fablab: House, claire: Visitor) -> str:
    """By the file; with a badge, a refused clearance, two memberships, a place; merged."""
    address, _page = bring(claire, MEMBERS.encode(), "adhesions.csv")
    take(claire, address)
    [(member,)] = fablab.ask("SELECT id FROM member WHERE last_name LIKE ?", NAME)
    does = f"/people/{member}/do"
    assert claire.post(f"{does}/badge", badge=BADGE).status_code == 303
    assert claire.post(f"{does}/clearance", of="family:laser", trains="1").status_code == 303
    claire.post(f"{does}/clearance-over", of="family:laser", why=f"{NAME} forgot the lid")
    assert claire.post(f"{does}/renew", rate=f"Tarif {NAME}").status_code == 303
    held = claire.post(
        "/workshops", title="Découverte", day="2026-11-20", minutes="60", participants="0", lab=""
    )
    assert claire.post(f"{held.location}/seat", name=f"Inèsperanza {NAME}").status_code == 303
    twin = book.Person("Inèsperanza", NAME, email=None)
    fablab.do(lambda c, act: book.join(c, act, twin, "TWIN"))
    assert claire.post(f"/people/{member}/merge", into="TWIN").status_code == 303
    return member


def digests(fablab: House) -> list[str]:
    """By which the file alone would know them again."""
    return [
        told
        for sql in (
            "SELECT subject FROM decision WHERE member = 'TWIN' AND kind LIKE 'badge.%'",
            "SELECT email FROM member WHERE id = 'TWIN' AND email IS NOT NULL",
        )
        for (told,) in fablab.ask(sql)
    ]


def tables_with(fablab: House, words: list[str]) -> dict[str, str]:
    found = {}
    for (table,) in fablab.ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in fablab.ask(f"SELECT * FROM {table}"):
            for word in words:
                if word in str(row):
                    found[f"{table}: {word}"] = str(row)
    return found


def bytes_with(fablab: House, words: list[str]) -> set[str]:
    folder = fablab.central.path.parent
    told = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {word for word in words if word.encode() in told}


def test_who_came_by_a_file_and_was_merged_is_nowhere_after_an_erasure(fablab: House) -> None:
    claire = fablab.admin()
    member = came(fablab, claire)
    words = [*TYPED, *digests(fablab)]
    assert len(words) == len(TYPED) + 2
    assert tables_with(fablab, words)
    assert claire.post("/privacy/member/TWIN/erase", sure="yes").status_code == 200
    Forgetting(fablab.central, fablab.site).round()
    assert tables_with(fablab, words) == {}
    assert bytes_with(fablab, words) == set()
    known = {one.split(":")[0] for one in tables_with(fablab, [member, "TWIN"])}
    assert known <= {"erased", "audit"}
    for path in ("/people?which=all", "/people/audit", "/workshops", "/imports", "/people/checks"):
        assert NAME not in claire.get(path).text, path
    for name in LISTS:
        assert NAME not in claire.get(f"/report/2026/{name}").text, name


def test_who_came_by_a_file_is_nowhere_once_their_membership_is_long_over(fablab: House) -> None:
    claire = fablab.admin()
    came(fablab, claire)
    words = [*TYPED, *digests(fablab)]
    longest = Retention(members_months=12, participants_months=12, audit_months=12)
    fablab.clock.advance(hours=24 * 900)
    site = type(fablab.site)(fablab.site.name, exports=fablab.site.exports, retention=longest)
    Forgetting(fablab.central, site).round()
    Forgetting(fablab.central, site).round()
    assert tables_with(fablab, words) == {}
    assert bytes_with(fablab, words) == set()
