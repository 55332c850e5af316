"""The tablet's page of members: what is read there, and each form as one act."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from kiosk.clock import StillClock
from kiosk.floor.acts import Act, Told, WhyNot
from kiosk.floor.people_asked import (
    AttachBadge,
    GrantClearance,
    RevokeBadge,
    RevokeClearance,
    Welcome,
)
from kiosk.floor.people_view import ClearanceView, GrantedView, OfView, PersonView, UnknownView
from kiosk.web.app import create_app
from kiosk.web.authority import ASK_HEADER, Authority
from kiosk.web.handles import handle
from kiosk.web.pairing import Forgetful, Pairing
from kiosk.web.people_forms import READ
from machines.members import Member
from machines.people_entries import BadgeOver
from tests.web.conftest import AFTERNOON_US
from tests.web.fake_desk import ANA, INES, FakeDesk
from tests.web.fake_screens import HOSTILE, LASER, PRINTERS, FakeScreens, lab
from tests.web.reading import read

ANIMATOR = Member(
    INES.id, "Inès", "F", animator=True, pin=generate_password_hash("246810", "scrypt:1024:8:1")
)
SOON = ClearanceView(
    LASER, date(2026, 5, 4), date(2026, 5, 30), date(2026, 11, 30), "disuse", True, False
)
PERSON = PersonView(
    ANA.id, "Ana B.", False, False, "individual", date(2027, 8, 31), False, ("d-1", "d-2"), (SOON,)
)
UNKNOWN = (
    UnknownView("7K3M", 61, ready=True, random=False),
    UnknownView("ACDE", 5, ready=False, random=False),
    UnknownView("XY34", 5, ready=True, random=True),
)


class FakePeople:
    def __init__(self, person: PersonView = PERSON) -> None:
        self.one = person

    def ids(self) -> tuple[str, ...]:
        return (self.one.id,)

    def find(self, sought: str) -> tuple[tuple[str, str], ...]:
        found = sought.casefold() in self.one.name.casefold()
        return ((self.one.id, self.one.name),) if found else ()

    def person(self, roster_id: str) -> PersonView | None:
        return self.one if roster_id == self.one.id else None

    def grantable(self) -> tuple[OfView, ...]:
        return (PRINTERS, LASER)

    def granted(self) -> tuple[GrantedView, ...]:
        return tuple(GrantedView(self.one.id, self.one.name, c) for c in self.one.clearances)


@dataclass
class Tablet:
    client: FlaskClient
    desk: FakeDesk

    def read(self, path: str) -> list[str]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    def post(self, path: str, **fields: str) -> TestResponse:
        page = unescape(self.client.get("/tablet").text)
        found = re.search(r'X-CSRF": "([0-9a-f]+)', page)
        assert found
        headers = {"Origin": "http://localhost", "X-CSRF": found[1]}
        return self.client.post(path, data=fields, headers=headers)

    def act(self, what: str, **fields: str) -> TestResponse:
        return self.post(f"/tablet/members/act/{what}", key="abcdefgh", **fields)


def tablet_of(person: PersonView = PERSON, acts: bool = True) -> Tablet:
    desk = FakeDesk()
    authority = Authority(Pairing(Forgetful(), time.monotonic), lambda: (ANIMATOR,))
    app = create_app(
        FakeScreens(lab(unknown=UNKNOWN)),
        desk=desk,
        authority=authority,
        people=FakePeople(person),
        clock=StillClock(AFTERNOON_US),
    )
    tablet = Tablet(app.test_client(), desk)
    if acts:
        assert tablet.post("/tablet/who", who=handle(INES.id), pin="246810").status_code == 200
    return tablet


WHO = handle(ANA.id)
MEANT: dict[str, tuple[dict[str, str], Act]] = {
    "attach": ({"code": "7K3M", "who": WHO}, AttachBadge("7K3M", ANA.id)),
    "welcome": (
        {"code": "7K3M", "category": "company", "days": "7", "public": ""},
        Welcome("7K3M", "company", "", 7),
    ),
    "lose": (
        {"who": WHO, "badge": handle("d-2"), "reason": "lost"},
        RevokeBadge(ANA.id, "d-2", BadgeOver.LOST),
    ),
    "grant": (
        {"who": WHO, "of": "laser", "until": "2027-08-31", "trains": "yes"},
        GrantClearance(ANA.id, "laser", "2027-08-31", True),
    ),
    "revoke": (
        {"who": WHO, "of": "laser", "why": "Lunettes  oubliées"},
        RevokeClearance(ANA.id, "laser", "Lunettes oubliées"),
    ),
}


@pytest.mark.parametrize("what", MEANT)
def test_each_form_is_one_act_of_who_said_who_they_are(what: str) -> None:
    fields, meant = MEANT[what]
    tablet = tablet_of()
    answer = tablet.act(what, **fields)
    assert (answer.status_code, answer.text) == (200, "")
    assert tablet.desk.acts == [(meant, "abcdefgh", INES.id)]


def test_every_form_that_is_read_is_tried_here() -> None:
    assert MEANT.keys() == READ.keys()


@pytest.mark.parametrize("what", MEANT)
def test_nobody_acts_without_saying_who_they_are(what: str) -> None:
    tablet = tablet_of(acts=False)
    answer = tablet.act(what, **MEANT[what][0])
    assert (answer.status_code, answer.headers[ASK_HEADER]) == (403, "who")
    assert tablet.desk.acts == []


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("attach", {"who": "0" * 16}),
        ("attach", {"code": ""}),
        ("welcome", {"days": "4000"}),
        ("lose", {"badge": handle("d-9")}),
        ("lose", {"reason": "burnt"}),
        ("grant", {"until": "demain"}),
        ("grant", {"of": "\x00"}),
        ("revoke", {"why": "  "}),
    ],
)
def test_a_form_that_makes_no_sense_is_answered_by_a_sentence(
    what: str, wrong: dict[str, str]
) -> None:
    tablet = tablet_of()
    answer = tablet.act(what, **{**MEANT[what][0], **wrong})
    assert answer.status_code == 400
    assert answer.text.strip().endswith(".")
    assert tablet.desk.acts == []


@pytest.mark.parametrize(
    "why", ["code", "once", "random", "badge", "clearance", "grant", "same", "over"]
)
def test_why_not_is_said_in_a_sentence_of_its_own(why: str) -> None:
    tablet = tablet_of()
    tablet.desk.answers = [Told(False, WhyNot(why))]
    answer = tablet.act("attach", **MEANT["attach"][0])
    assert answer.status_code == 409
    assert answer.text.endswith(".")
    assert answer.text != "Pas possible pour l’instant"


def test_unknown_badges_are_offered_where_they_are_fit_to_be_somebody_s() -> None:
    lines = " ".join(tablet_of().read("/tablet/members")).replace("\u00a0", " ")
    assert "7K3M il y a 1 min" in lines
    assert lines.count("Attacher à…") == 1
    assert "Lu une seule fois" in lines
    assert "Son numéro change" in lines


def test_who_is_looked_for_stands_in_no_address() -> None:
    tablet = tablet_of()
    found = tablet.post("/tablet/members", sought="ana")
    assert "Ana B." in found.text
    assert ANA.id not in found.text
    assert f"/tablet/members/one/{WHO}" in found.text
    assert "Ana B." not in tablet.post("/tablet/members", sought="zzz").text.partition("able")[0]


def test_a_member_s_page_says_badges_clearances_and_until_when() -> None:
    lines = " ".join(tablet_of().read(f"/tablet/members/one/{WHO}")).replace("\u00a0", " ")
    assert "adhésion jusqu’au 31 août 2027" in lines
    assert "Badge 1 le plus ancien" in lines, "which of two is lost must be known"
    assert "Badge 2 le plus récent" in lines
    assert "Découpe laser jusqu’au 30 novembre" in lines
    assert "depuis le 4 mai · dernière utilisation le 30 mai · peut habiliter" in lines
    answer = tablet_of().client.get(f"/tablet/members/one/{WHO}").text
    assert ANA.id not in answer
    assert "d-1" not in answer, "a badge is a handle too"


def test_lists_say_who_may_use_it_and_whose_clearance_ends_this_month() -> None:
    lines = " ".join(tablet_of().read("/tablet/members?of=laser"))
    assert "Qui peut l’utiliser 1" in lines
    assert "Habilitations qui finissent ce mois 1" in lines


@pytest.mark.parametrize(
    "path",
    [
        "/tablet/members/one/0000000000000000",
        "/tablet/members/one/m-ana",
        "/tablet/members/sheet/explode",
        "/tablet/members/sheet/grant?who=nobody",
    ],
)
def test_what_is_not_there_is_404(path: str) -> None:
    assert tablet_of().client.get(path).status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(name: str) -> None:
    tablet = tablet_of(replace(PERSON, name=name))
    for path in (f"/tablet/members/one/{WHO}", f"/tablet/members/sheet/grant?who={WHO}"):
        page = tablet.client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "path",
    [
        f"/tablet/members/sheet/revoke?who={WHO}&of=laser",
        f"/tablet/members/sheet/lose?who={WHO}&badge={handle('d-1')}",
        "/tablet/members/sheet/attach?code=7K3M",
        "/tablet/members/sheet/welcome?code=7K3M",
        "/tablet/members/pieces?of=laser",
        f"/tablet/members/one/{WHO}/pieces",
    ],
    # Handles are another's in each process, and workers must name their tests alike.
    ids=["revoke", "lose", "attach", "welcome", "lists", "member"],
)
def test_every_sheet_and_piece_is_there(path: str) -> None:
    assert len(tablet_of().read(path)) > 2
