"""« Activité » on the tablet, over a whole floor: what is asked is done, and read back."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from kiosk.floor.view import Touch
from kiosk.store.recent import Lately, RecentJournal
from kiosk.web.activity import SHEETS
from kiosk.web.app import create_app
from kiosk.web.authority import Authority
from kiosk.web.handles import handle
from kiosk.web.pairing import Forgetful, Pairing
from machines.folding import fold
from machines.instants import paris
from machines.made_entries import Purpose
from machines.usage import Session
from tests.lab import Lab
from tests.web.reading import read

PIN = "246810"
HASH = generate_password_hash(PIN, "scrypt:1024:8:1")


class Tablet:
    """A tablet before a whole lab; Noé is the animator, and has a code."""

    def __init__(self, lab: Lab, language: str = "fr") -> None:
        self.lab = lab
        self.recent = RecentJournal(lab.site.database, lab.clock)
        people = (replace(m, pin=HASH if m.animator else "") for m in lab.people.members)
        animators = tuple(member for member in people if member.animator)
        self.app = create_app(
            lab.screens,
            desk=lab.floor.desk,
            authority=Authority(Pairing(Forgetful(), lambda: 0.0), lambda: animators),
            recent=self.recent,
            language=language,
            clock=lab.clock,
        )
        self.client: FlaskClient = self.app.test_client()
        self.keys = 0

    def page(self, query: str = "") -> list[str]:
        answer = self.client.get(f"/tablet/activity{query}")
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    def sheet(self, what: str) -> list[str]:
        answer = self.client.get(f"/tablet/activity/sheet/{what}")
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    def say_who(self) -> None:
        answer = self.post("/tablet/who", who=handle("m-noe"), pin=PIN)
        assert answer.status_code == 200, answer.text

    def post(self, path: str, **fields: object) -> TestResponse:
        page = self.client.get("/tablet").text
        token = re.search(r'"X-CSRF": "([^"]+)"', page)
        assert token is not None
        return self.client.post(
            path, data=fields, headers={"X-CSRF": token[1], "Origin": "http://localhost"}
        )

    def act(self, what: str, **fields: object) -> TestResponse:
        """Told to the floor, whose thread is a test's own."""
        self.keys += 1
        answers: list[TestResponse] = []
        told = {"key": f"key{self.keys:08}", **fields}
        asking = threading.Thread(
            target=lambda: answers.append(self.post(f"/tablet/activity/act/{what}", **told))
        )
        asking.start()
        while asking.is_alive():
            self.lab.floor.drain()
            asking.join(0.005)
        self.lab.settle()
        return answers[0]

    def lately(self) -> Lately:
        return self.recent.read()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


@pytest.fixture
def tablet(lab: Lab) -> Tablet:
    tablet = Tablet(lab)
    tablet.say_who()
    return tablet


def visit(lab: Lab, who: str = "ines", machine: str = "press", minutes: float = 60) -> str:
    """A session that was, by its birth: from 10 o'clock on."""
    lab.tap(who, machine)
    lab.advance(minutes=minutes)
    lab.tap(who)
    lab.touch(Touch.END)
    lab.advance(minutes=1)
    return next(s.subject for s in sessions(lab) if s.machine == machine)


def sessions(lab: Lab) -> list[Session]:
    return [use for use in fold(lab.entries()) if isinstance(use, Session)]


def paris_time(us: int | None) -> str:
    return f"{paris(us or 0):%H:%M}"


def test_nobody_acts_who_has_not_said_who_they_are(lab: Lab) -> None:
    answer = Tablet(lab).act("open-party", machine="press", people=3)
    assert (answer.status_code, lab.view.parties) == (403, ())


def test_a_group_session_is_opened_counted_anew_and_ended(tablet: Tablet, lab: Lab) -> None:
    lab.set_condition("vinyl", "fault")
    answer = tablet.act(
        "open-party",
        machine=["press", "vinyl", "ender"],
        people="12",
        category="school",
        public="pupil",
        title="6e B",
    )
    assert answer.status_code == 200
    assert "Découpe vinyle" in answer.text, "what could not be had is said"
    lines = " ".join(tablet.page())
    assert "6e B" in lines
    assert "12 personnes" in lines
    cards = " ".join(read(tablet.client.get("/tablet").text))
    assert "Noé A. · 12 personnes" in cards
    group = lab.view.parties[0].group
    assert tablet.act("count-party", group=group, people="14").status_code == 400
    told = tablet.act("count-party", group=group, people="14", preset="Erreur de comptage")
    assert told.status_code == 200
    assert lab.view.parties[0].people == 14
    assert tablet.act("end-party", group=group).status_code == 200
    assert lab.view.parties == ()
    assert tablet.act("end-party", group=group).status_code == 409
    assert {(s.machine, s.party, s.category) for s in sessions(lab)} == {
        ("press", 14, "school"),
        ("ender", 14, "school"),
    }


def test_a_group_session_of_nobody_is_refused_with_a_sentence(tablet: Tablet) -> None:
    assert "Combien" in tablet.act("open-party", machine="press", people="").text
    assert "machine" in tablet.act("open-party", people="3").text


def test_one_tap_is_one_more_thing(tablet: Tablet) -> None:
    for _ in range(2):
        assert tablet.act("count", whose="association", item="mug").status_code == 200
    assert [m.count for m in tablet.lately().made] == [1, 1]
    assert "<output>2</output>" in tablet.client.get("/tablet/activity").text
    assert tablet.act("count", whose="association", item="castle").status_code == 409


def test_things_are_noted_for_a_member_and_put_right(tablet: Tablet) -> None:
    fields = {"whose": "member", "item": "t-shirt", "count": "30", "machine": "press"}
    assert tablet.act("make", **fields).status_code == 400, "whose?"
    assert tablet.act("make", who=handle("m-lea"), **fields).status_code == 200
    (made,) = tablet.lately().made
    assert (made.member, made.category, made.count) == ("m-lea", "company", 30)
    assert any("Léa M." in line for line in tablet.page())
    told = tablet.act("recount", produced=made.subject, count="3", preset="Erreur de comptage")
    assert told.status_code == 200
    lines = " ".join(tablet.page())
    assert "3 × T-shirt" in lines
    assert "Noé A. (nombre)" in lines
    assert tablet.act("recount", produced=made.subject, count="lots", why="x").status_code == 400


def test_things_of_yesterday_are_of_yesterday(tablet: Tablet) -> None:
    fields = {"whose": "association", "item": "mug", "count": "2"}
    assert tablet.act("make", day="2026-11-23", **fields).status_code == 200
    assert tablet.act("make", day="2026-11-30", **fields).status_code == 400
    (made,) = tablet.lately().made
    assert (str(made.day), made.purpose) == ("2026-11-23", Purpose.ASSOCIATION)
    assert any("2 × Mug" in line for line in tablet.page("?day=2026-11-23"))


def test_a_workshop_is_noted_put_right_and_taken_back(tablet: Tablet) -> None:
    fields = {"title": "Broderie", "day": "2026-11-24", "participants": "8", "minors": "2"}
    assert tablet.act("hold-workshop", minutes="120", **fields).status_code == 200
    (held,) = tablet.lately().workshops
    assert (held.minutes, held.participants, held.minors) == (120, 8, 2)
    more = {"workshop": held.subject, "why": "la liste"}
    told = tablet.act(
        "correct-workshop",
        minutes="own",
        minutes_own="90",
        **{**fields, "participants": "9"},
        **more,
    )
    assert told.status_code == 200
    (held,) = tablet.lately().workshops
    assert (held.minutes, held.participants) == (90, 9)
    assert (
        tablet.act(
            "correct-workshop",
            minutes="own",
            minutes_own="90",
            **{**fields, "participants": "9"},
            **more,
        ).status_code
        == 400
    )
    assert tablet.act("correct-workshop", void="yes", **more).status_code == 200
    assert tablet.lately().workshops[0].void
    assert any("n’a pas eu lieu" in line for line in tablet.page())


def test_a_workshop_that_cannot_have_been_is_refused(tablet: Tablet) -> None:
    good = {"title": "X", "day": "2026-11-24", "participants": "8", "minutes": "60"}
    for wrong in (
        {"title": ""},
        {"day": "soon"},
        {"day": "2027-01-01"},
        {"participants": ""},
        {"minors": "9"},
        {"minutes": "0"},
        {"minutes": "own"},
    ):
        assert tablet.act("hold-workshop", **{**good, **wrong}).status_code == 400, wrong
    assert tablet.lately().workshops == ()


def test_the_end_of_a_session_is_put_right_and_it_says_by_whom(tablet: Tablet, lab: Lab) -> None:
    name = visit(lab, minutes=90)
    told = tablet.act(
        "correct-session", session=name, began="10:00", ended="10:45", preset="Badge oublié"
    )
    assert told.status_code == 200, told.text
    (after,) = sessions(lab)
    assert (paris_time(after.ended_us), round((after.used_us or 0) / 60e6)) == ("10:45", 45)
    assert "Corrigé par Noé A. (fin) : Badge oublié" in " ".join(tablet.page()).replace("\xa0", " ")


def test_a_session_is_moved_to_an_earlier_and_to_a_later_hour(tablet: Tablet, lab: Lab) -> None:
    name = visit(lab, minutes=60)
    lab.advance(hours=4)
    for began, ended in (("09:00", "09:30"), ("12:00", "13:30"), ("10:15", "10:30")):
        told = tablet.act("correct-session", session=name, began=began, ended=ended, why="x")
        assert told.status_code == 200, told.text
        (after,) = sessions(lab)
        assert (paris_time(after.began_us), paris_time(after.ended_us)) == (began, ended)


def test_an_end_before_the_beginning_or_after_now_is_refused(tablet: Tablet, lab: Lab) -> None:
    name = visit(lab, minutes=60)
    for times in ({"ended": "23:30"}, {"ended": "09:00"}, {"began": "11:30"}, {"ended": "soon"}):
        told = tablet.act("correct-session", session=name, why="x", **times)
        assert told.status_code == 400, times
    assert not sessions(lab)[0].corrected


def test_the_member_the_machine_and_the_people_of_a_session_are_put_right(
    tablet: Tablet, lab: Lab
) -> None:
    name = visit(lab)
    told = tablet.act(
        "correct-session", session=name, who=handle("m-lea"), machine="vinyl", people="2", why="x"
    )
    assert told.status_code == 200, told.text
    (after,) = sessions(lab)
    assert (after.member, after.category, after.machine) == ("m-lea", "company", "vinyl")
    assert after.party == 2


def test_a_session_that_never_was_is_crossed_out_and_can_come_back(
    tablet: Tablet, lab: Lab
) -> None:
    name = visit(lab)
    assert tablet.act("correct-session", session=name, void="yes").status_code == 400, "why?"
    assert tablet.act("correct-session", session=name, void="yes", why="essai").status_code == 200
    assert sessions(lab) == []
    assert any("n’a pas eu lieu" in line for line in tablet.page())
    assert tablet.act("correct-session", session=name, void="no", why="si").status_code == 200
    assert len(sessions(lab)) == 1


def test_of_a_session_that_goes_on_only_its_people_are_put_right(tablet: Tablet, lab: Lab) -> None:
    lab.tap("ines", "press")
    (name,) = (s.subject for s in sessions(lab))
    assert tablet.act("correct-session", session=name, people="3", why="x").status_code == 200
    assert lab.machine("press").people == 3
    told = tablet.act("correct-session", session=name, machine="vinyl", why="x")
    assert (told.status_code, "terminez-la" in told.text) == (409, True)
    assert tablet.act("correct-session", session=name, void="yes", why="x").status_code == 409


def test_a_session_left_open_is_shown_to_be_checked(tablet: Tablet, lab: Lab) -> None:
    lab.tap("ines", "press")
    lab.advance(hours=9)
    lines = " ".join(tablet.page())
    assert "fin de ces sessions est estimée" in lines
    assert "fin estimée" in lines


def test_the_sessions_of_another_day_and_of_one_machine(tablet: Tablet, lab: Lab) -> None:
    visit(lab)
    lab.clock.advance(hours=24)
    visit(lab, "karim", "vinyl")
    today, before = " ".join(tablet.page()), " ".join(tablet.page("?day=2026-11-24"))
    assert ("Karim D." in today, "Inès B." in today) == (True, False)
    assert ("Karim D." in before, "Inès B." in before) == (False, True)
    assert "Karim D." not in " ".join(tablet.page("?machine=press"))
    assert tablet.page("?day=nonsense&machine=%00")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sheet_can_be_opened_with_and_without_its_subject(lab: Lab, language: str) -> None:
    visit(lab)
    tablet = Tablet(lab, language)
    tablet.say_who()
    tablet.act("open-party", machine="press", people="5")
    tablet.act("count", whose="association", item="mug")
    tablet.act("hold-workshop", title="X", day="2026-11-24", participants="8", minutes="75")
    lately = tablet.lately()
    asked = {
        "session": f"session={lately.sessions[0].subject}",
        "recount": f"produced={lately.made[0].subject}",
        "workshop": f"workshop={lately.workshops[0].subject}",
        "end-party": f"group={lab.view.parties[0].group}",
        "count-party": f"group={lab.view.parties[0].group}",
    }
    for what in SHEETS:
        assert tablet.sheet(what)
        assert tablet.sheet(f"{what}?{asked.get(what, '')}")
    assert tablet.client.get("/tablet/activity/sheet/nothing").status_code == 404
    assert tablet.act("nothing").status_code == 404
    assert tablet.client.get("/tablet/activity/pieces").status_code == 200


def test_no_page_holds_a_roster_id(tablet: Tablet, lab: Lab) -> None:
    name = visit(lab)
    for path in ("", f"/sheet/session?session={name}", "/sheet/make", "/pieces"):
        assert "m-ines" not in tablet.client.get(f"/tablet/activity{path}").text


def test_a_journal_that_cannot_be_read_leaves_the_rest_of_the_page(
    lab: Lab, tmp_path: Path
) -> None:
    tablet = Tablet(lab)
    tablet.recent._path = tmp_path / "elsewhere.db"
    assert any("Séances collectives" in line for line in tablet.page())
