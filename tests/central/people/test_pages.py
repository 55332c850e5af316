"""The pages of members: who may, what each form does, and what it says where it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.site import Memberships
from kiosk.central.people import book, words
from kiosk.central.people.book import Person
from machines.journal import MachineDescribed
from machines.members import AgeBand
from tests.central.front_door import House, Visitor, house
from tests.central.hostile import NAMES


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.do(lambda c, act: book.join(c, act, Person("Inès", "Duval"), "M1"))
        made.do(lambda c, act: _machines(c))
        yield made


def _machines(connection: Any) -> None:
    for one in (
        MachineDescribed("laser", "Découpeuse laser", "laser", "watched"),
        MachineDescribed("prusa", "Prusa", "3d-printer", "watched"),
    ):
        connection.execute(
            "INSERT INTO usage_machine VALUES('ccdv', ?, ?, ?, ?, 0, 0)",
            (one.slug, one.name, one.family, one.sort),
        )


def seen(page: Any) -> str:
    bare = re.sub(r"(?s)<head.*?</head>|<[^>]+>", " ", page.text)
    return " ".join(bare.replace("&#39;", "'").split())


#: What each route gives a stranger, an animator, an administrator.
ROUTES = [
    ("GET", "/people", 200, 200),
    ("GET", "/people/M1", 200, 200),
    ("GET", "/people/nobody", 404, 404),
    ("GET", "/people/new", 403, 200),
    ("GET", "/people/M1/edit", 403, 200),
    ("GET", "/people/M1/merge", 403, 200),
    ("GET", "/people/organisations", 200, 200),
    ("GET", "/people/lists", 200, 200),
    ("GET", "/people/lists/may-use?of=laser", 200, 200),
    ("GET", "/people/lists/clearances", 200, 200),
    ("GET", "/people/lists/memberships.csv", 200, 200),
    ("GET", "/people/lists/nothing", 404, 404),
    ("GET", "/people/checks", 200, 200),
    ("GET", "/people/audit", 403, 200),
    ("POST", "/people/new", 403, 400),
    ("POST", "/people/M1/edit", 403, 400),
    ("POST", "/people/organisations", 403, 400),
    ("POST", "/people/M1/merge", 403, 200),
    ("POST", "/people/M1/do/renew", 403, 303),
    ("POST", "/people/M1/do/cancel", 403, 400),
    ("POST", "/people/M1/do/leave", 403, 303),
    ("POST", "/people/M1/do/return", 403, 303),
    ("POST", "/people/M1/do/badge", 400, 400),
    ("POST", "/people/M1/do/badge-over", 400, 400),
    ("POST", "/people/M1/do/clearance", 400, 400),
    ("POST", "/people/M1/do/clearance-over", 400, 400),
    ("POST", "/people/M1/do/nothing", 404, 404),
]


@pytest.mark.parametrize(("method", "path", "animator", "admin"), ROUTES)
def test_every_page_is_for_who_may_and_for_nobody_else(
    fablab: House, method: str, path: str, animator: int, admin: int
) -> None:
    def ask(who: Visitor, **form: Any) -> int:
        return (who.get(path) if method == "GET" else who.post(path, **form)).status_code

    assert ask(fablab.visitor()) == (303 if method == "GET" else 403)
    assert ask(fablab.animator()) == animator
    claire = fablab.admin()
    assert ask(claire) == admin
    if method == "POST":
        assert ask(claire, origin="http://evil.example") == 403
        assert ask(claire, csrf="0" * 64) == 403


def test_every_route_of_members_is_in_the_table_of_who_may(fablab: House) -> None:
    asked = {(method, path.split("?")[0]) for method, path, *_ in ROUTES}
    adapter = fablab.app.url_map.bind("localhost")
    told = {(method, adapter.match(path, method)[0]) for method, path in asked}
    there = {
        (method, rule.endpoint)
        for rule in fablab.app.url_map.iter_rules()
        if rule.endpoint.startswith("people.")
        for method in rule.methods & {"GET", "POST"}
    }
    assert there <= told


def test_somebody_joins_in_one_form_and_has_a_membership(fablab: House) -> None:
    claire = fablab.admin()
    answer = claire.post(
        "/people/new",
        first_name="Zoé",
        last_name="Martin",
        category="individual",
        public="student",
        age_band="15-17",
        guardian_on="2026-11-20",
        email="Zoe@example.org",
        membership="1",
    )
    page = seen(claire.get(answer.location))
    assert "Inscription faite" in page
    assert "adhésion jusqu’au 24/11/2027" in page
    assert "Autorisation parentale 20/11/2026" in page
    assert "Inscription faite" not in seen(claire.get(answer.location))
    assert fablab.ask("SELECT month, renewed FROM figure_membership") == [(202611, 0)]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"first_name": " "}, "Il manque un prénom."),
        ({"guardian_on": "soon", "age_band": "under-15"}, "Ce n’est pas une date"),
        ({"category": "wizard"}, "Un élément de ce formulaire est illisible."),
        ({"email": "nowhere"}, "Ce n’est pas une adresse e-mail."),
        ({"organisation": "O9"}, "no organisation"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_is_kept(
    fablab: House, form: dict[str, str], said: str
) -> None:
    told = {"first_name": "Zoé", "last_name": "Martin", "category": "individual", **form}
    answer = fablab.admin().post("/people/new", **told)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert 'value="Martin"' in answer.text


def test_a_child_stays_a_child_when_the_form_comes_back(fablab: House) -> None:
    told = {"first_name": "Zoé", "category": "school", "age_band": "under-15", "animator": "1"}
    page = (
        fablab.admin().post("/people/new", **told, email="nowhere", guardian_on="2026-11-02").text
    )
    for kept in ('value="under-15" selected', 'value="school" selected', 'value="nowhere"'):
        assert kept in page, kept
    assert 'name="guardian_on" value="2026-11-02"' in page
    assert 'name="animator" value="1" checked' in page
    assert 'name="membership" value="1" checked' not in page, "it was not ticked"


def test_a_member_is_found_without_accents_by_any_part_of_the_name(fablab: House) -> None:
    claire = fablab.admin()
    assert "Inès Duval" in seen(claire.get("/people?q=ines+duv"))
    assert "Personne n’est trouvé" in seen(claire.get("/people?q=xyz"))
    piece = claire.get("/people?q=ines", headers={"HX-Request": "true"}).text
    assert "Inès Duval" in piece
    assert "<html" not in piece


def _members_of(page: str) -> set[str]:
    return set(re.findall(r'/people/(M\w+)"', page))


def test_each_filter_shows_those_it_says(fablab: House) -> None:
    claire = fablab.admin()
    fablab.do(lambda c, act: book.join(c, act, Person("Léo", age_band=AgeBand.TEEN), "M2"))
    claire.post("/people/M1/do/renew")
    shown = {
        which: sorted(
            set(re.findall(r'/people/(M\w+)"', claire.get(f"/people?which={which}").text))
        )
        for which in ("", "current", "over", "no-badge", "minors", "animators", "left")
    }
    assert shown == {
        "": ["M0001", "M1", "M2"],
        "current": ["M1"],
        "over": ["M0001", "M2"],
        "no-badge": ["M0001", "M1", "M2"],
        "minors": ["M2"],
        "animators": ["M0001"],
        "left": [],
    }


def test_a_badge_is_attached_by_its_number_or_by_the_code_at_the_kiosk(fablab: House) -> None:
    ana = fablab.animator()
    assert "Le badge est rattaché." in seen(
        ana.get(ana.post("/people/M1/do/badge", badge="210,62915").location)
    )
    fablab.do(
        lambda c, act: c.execute("INSERT INTO unknown_badge VALUES('s11.8:ab', '7K2M', 'ccdv', 1)")
    )
    assert "7K2M" in seen(ana.get("/people/checks"))
    assert ana.post("/people/M1/do/badge", badge="7k2m").status_code == 303
    assert len(fablab.ask("SELECT 1 FROM badge WHERE member = 'M1'")) == 2
    refused = fablab.admin().post("/people/M0001/do/badge", badge="0013825475")
    assert "Inès Duval a ce badge." in seen(refused)
    assert "s11.8" not in ana.get("/people/M1").text


def test_a_badge_is_lost_and_a_membership_cancelled_with_a_reason(fablab: House) -> None:
    claire = fablab.admin()
    claire.post("/people/M1/do/badge", badge="0013825475")
    (handle,) = re.findall(r'name="badge" value="(\w+)"', claire.get("/people/M1").text)
    assert claire.post("/people/M1/do/badge-over", badge=handle, why="lost").status_code == 303
    claire.post("/people/M1/do/renew")
    ((number,),) = fablab.ask("SELECT id FROM membership")
    no_reason = claire.post("/people/M1/do/cancel", membership=str(number), why="")
    assert "Dites pourquoi" in seen(no_reason)
    claire.post("/people/M1/do/cancel", membership=str(number), why="remboursée")
    assert "annulée le 25/11/2026 · remboursée" in seen(claire.get("/people/M1"))
    assert fablab.ask("SELECT 1 FROM badge") == []


def test_a_renewal_follows_the_membership_that_still_lasts(fablab: House) -> None:
    claire = fablab.admin()
    for _ in range(2):
        claire.post("/people/M1/do/renew")
    assert "25/11/2027 – 24/11/2028" in seen(claire.get("/people/M1"))
    assert fablab.ask("SELECT renewed FROM figure_membership ORDER BY 1") == [(0,), (1,)]


def test_where_memberships_have_no_end_one_is_taken_without_end(tmp_path: Path) -> None:
    with house(tmp_path, memberships=Memberships(lasts_months=0)) as made:
        made.do(lambda c, act: book.join(c, act, Person("Inès"), "M1"))
        claire = made.admin()
        (until,) = re.findall(r'name="until" value="([0-9-]+)"', claire.get("/people/M1").text)
        assert claire.post("/people/M1/do/renew", until=until).status_code == 303
        assert "adhésion jusqu’au sans fin" not in seen(claire.get("/people/M1"))


def test_a_clearance_shows_who_granted_it_and_stands_in_the_lists(fablab: House) -> None:
    claire, ana = fablab.admin(), fablab.animator()
    claire.post("/people/M1/do/renew")
    ana.post("/people/M1/do/clearance", of="family:laser", until="2026-11-30")
    assert "par Ana Bodin" in seen(ana.get("/people/M1"))
    assert "Inès Duval" in seen(ana.get("/people/lists/may-use?of=laser"))
    assert "Inès Duval" not in seen(ana.get("/people/lists/may-use?of=prusa"))
    assert "30/11/2026" in seen(ana.get("/people/lists/clearances"))
    ana.post("/people/M1/do/clearance", of="prusa")
    of_the_family = seen(ana.get("/people/lists/may-use?of=family:3d-printer"))
    assert "Inès Duval Prusa" in of_the_family, "who may use one of its machines"
    assert "Qui peut utiliser : impression 3D" in of_the_family.replace("\u00a0", " ")
    ana.post("/people/M1/do/clearance-over", of="family:laser", why="lunettes")
    assert "Personne ne peut l’utiliser" in seen(ana.get("/people/lists/may-use?of=laser"))


def test_a_name_that_is_a_formula_stays_text_in_the_list_for_a_spreadsheet(fablab: House) -> None:
    fablab.do(lambda c, act: book.join(c, act, Person("=1+1"), "M2"))
    claire = fablab.admin()
    claire.post("/people/M2/do/renew", until="2026-11-30")
    told = claire.get("/people/lists/memberships.csv")
    assert "'=1+1;;30/11/2026" in told.text
    assert told.headers["Content-Disposition"] == 'attachment; filename="memberships.csv"'


def test_a_provisional_member_is_merged_in_two_steps(fablab: House) -> None:
    fablab.do(lambda c, act: book.join(c, act, Person("Visiteur 7K2"), "P-1", provisional="ccdv"))
    claire = fablab.admin()
    assert "Visiteur 7K2" in seen(claire.get("/people/checks"))
    assert "Inès Duval" in seen(claire.get("/people/P-1/merge?q=ines"))
    assert "C’est sans retour possible" in seen(claire.get("/people/P-1/merge?into=M1"))
    assert claire.post("/people/P-1/merge", into="P-1").status_code == 400
    assert claire.post("/people/P-1/merge", into="M9").status_code == 404
    assert claire.post("/people/P-1/merge", into="M1").location == "/people/M1"
    assert claire.get("/people/P-1").location == "/people/M1"


def test_who_joined_at_a_lab_is_known_once_they_are_written_down(fablab: House) -> None:
    fablab.do(lambda c, act: book.join(c, act, Person("Visiteur 7K2"), "P-1", provisional="ccdv"))
    claire = fablab.admin()
    claire.post("/people/P-1/edit", first_name="Zoé", category="individual")
    assert "Rien à vérifier" in seen(claire.get("/people/checks"))


def test_the_people_of_an_organisation_have_its_category(fablab: House) -> None:
    claire = fablab.admin()
    claire.post("/people/organisations", name="Lycée", category="school")
    ((id_,),) = fablab.ask("SELECT id FROM organisation")
    claire.post("/people/M1/edit", first_name="Inès", category="individual", organisation=id_)
    assert fablab.ask("SELECT category FROM member WHERE id = 'M1'") == [("school",)]
    claire.post("/people/organisations", id=id_, name="Atelier", category="company")
    assert fablab.ask("SELECT category FROM member WHERE id = 'M1'") == [("company",)]
    assert "Atelier" in seen(claire.get("/people/organisations"))


def test_every_line_that_the_log_can_have_is_said_in_words() -> None:
    """Each verb that is noted anywhere, read from the code that notes it."""
    noted = re.compile(
        r'(?:audit\.note\(\w+, [\w.(), ]+?|_note\(central, act), ?"([a-z -]+)"|'
        r'looked\("([a-z -]+)"|verb = "([a-z-]+)"'
    )
    told = [
        next(filter(None, found))
        for path in Path(book.__file__).parents[1].rglob("*.py")
        for found in noted.findall(path.read_text())
    ]
    assert {"joined", "close", "exported", "closure removed", "looked", "log-out"} <= set(told)
    assert set(told) <= words.verbs().keys()


def test_who_looked_at_whom_is_in_the_log(fablab: House) -> None:
    ana, claire = fablab.animator(), fablab.admin()
    ana.get("/people/M1")
    log = seen(claire.get("/people/audit"))
    assert "25/11/2026 11:00 Ana Bodin fiche consultée Inès Duval" in log
    assert "Claire connexion" in log
    assert "code modifié Ana Bodin" in log


def test_somebody_who_left_is_on_no_list_and_may_come_back(fablab: House) -> None:
    claire = fablab.admin()
    claire.post("/people/M1/do/leave")
    assert "Inès" not in seen(claire.get("/people"))
    assert "parti·e le 25/11/2026" in seen(claire.get("/people/M1"))
    claire.post("/people/M1/do/return")
    assert "Inès" in seen(claire.get("/people"))


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_text_on_every_page(fablab: House, name: str) -> None:
    claire = fablab.admin()
    fablab.do(lambda c, act: book.join(c, act, Person(name, name), "M2", provisional="ccdv"))
    fablab.do(
        lambda c, act: c.execute("INSERT INTO organisation VALUES('O1', ?, 'company')", (name,))
    )
    for path in ("", "/M2", "/M2/edit", "/M2/merge?into=M1", "/checks", "/organisations", "/audit"):
        page = claire.get(f"/people{path}")
        assert page.status_code == 200
        assert not re.search("<script>|<img", page.text)


def test_the_pages_speak_english_too(fablab: House) -> None:
    assert "Membership until" in seen(fablab.admin().get("/people?lang=en"))
