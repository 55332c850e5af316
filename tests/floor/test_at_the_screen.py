"""What a badge at the shared reader offers besides machines: one's own page, a tablet that asks."""

from __future__ import annotations

from dataclasses import replace

from kiosk.floor.acts import OpenSession
from kiosk.floor.invitations import FRESH_S, GOOD_S, Invitations
from kiosk.floor.view import ScreenKind, Touch
from machines.facts import BadgeRead
from machines.members import Roster
from tests.lab import BADGES, Lab


def make_animator(lab: Lab, who: str) -> None:
    people = (replace(m, animator=m.id == f"m-{who}") for m in lab.people.members)
    lab.floor.people.take(Roster("e1", 2, tuple(people)))


def badge(lab: Lab, who: str) -> None:
    lab.tell(BadgeRead("desk", BADGES[who]))


def test_an_animator_who_badges_finds_the_tablet_that_asks_and_allows_it(lab: Lab) -> None:
    make_animator(lab, "ines")
    code = lab.floor.talk.tablets.ask("a seat")
    badge(lab, "ines")
    assert (lab.screen.kind, lab.screen.tablets) == (ScreenKind.CHOOSE, (code,))
    told = lab.touch(Touch.TABLET, code)
    assert (told.kind, told.tablet, told.first_name) == (ScreenKind.TABLET, code, "Inès")
    assert lab.floor.talk.tablets.allowed("a seat") == "m-ines"
    lab.advance(5)
    assert lab.screen.kind is ScreenKind.IDLE


def test_a_member_is_shown_no_tablet(lab: Lab) -> None:
    make_animator(lab, "ines")
    lab.floor.talk.tablets.ask("a seat")
    badge(lab, "karim")
    assert lab.screen.tablets == ()


def test_an_animator_at_work_is_asked_about_both(lab: Lab) -> None:
    make_animator(lab, "ines")
    lab.tap("ines", "laser")
    code = lab.floor.talk.tablets.ask("a seat")
    badge(lab, "ines")
    assert (lab.screen.kind, lab.screen.tablets) == (ScreenKind.STOP, (code,))
    assert lab.touch(Touch.TABLET, code).kind is ScreenKind.TABLET
    assert lab.keeper.on == {"laser": True}, "the session goes on"


def test_a_tablet_that_asks_no_more_is_not_allowed(lab: Lab) -> None:
    make_animator(lab, "ines")
    badge(lab, "ines")
    assert lab.touch(Touch.TABLET, "42").kind is ScreenKind.CHOOSE


def test_nobody_before_the_screen_allows_a_tablet(lab: Lab) -> None:
    code = lab.floor.talk.tablets.ask("a seat")
    assert lab.touch(Touch.TABLET, code).kind is ScreenKind.IDLE
    assert lab.floor.talk.tablets.codes() == (code,)


def test_who_stands_before_the_screen_is_shown_their_own_page_and_nobody_else_s(lab: Lab) -> None:
    shown = Invitations(lambda: 0.0)
    lab.screens._invite = shown.show
    assert lab.screen.invitation == ""
    badge(lab, "karim")
    karims = lab.screen.invitation
    assert shown.open(karims)
    badge(lab, "ines")
    assert lab.screen.invitation not in ("", karims)
    lab.touch(Touch.MACHINE, "press")
    assert lab.screen.kind is ScreenKind.STARTED
    assert lab.screen.invitation
    lab.advance(10)
    assert (lab.screen.kind, lab.screen.invitation) == (ScreenKind.IDLE, "")


def test_a_session_begun_at_a_tablet_or_at_a_machine_shows_nobody_s_page(lab: Lab) -> None:
    shown = Invitations(lambda: 0.0)
    lab.screens._invite = shown.show
    lab.act(OpenSession("press", "m-ines"))
    assert lab.screen.kind is ScreenKind.STARTED
    assert lab.screen.invitation == ""
    lab.tell(BadgeRead("saw-reader", BADGES["karim"]))
    assert lab.screen.machine == "saw"
    assert lab.screen.invitation == ""


class TestAnInvitation:
    def test_is_for_one_browser_only(self) -> None:
        shown = Invitations(lambda: 0.0)
        token = shown.show("m-ana")
        secret = shown.open(token)
        assert secret
        visit = shown.visit(secret)
        assert visit is not None
        assert visit.member == "m-ana"
        assert shown.open(token) is None, "a photograph of it opens nothing"
        assert shown.open(token, "another secret") is None
        assert shown.open(token, secret) == secret, "the same browser again"

    def test_is_each_member_s_own(self) -> None:
        shown = Invitations(lambda: 0.0)
        assert shown.show("m-ana") != shown.show("m-leo")
        secret = shown.open(shown.show("m-leo"))
        visit = shown.visit(secret or "")
        assert visit is not None
        assert visit.member == "m-leo"

    def test_is_over_after_ten_minutes_opened_or_not(self) -> None:
        now = [0.0]
        shown = Invitations(lambda: now[0])
        opened, left = shown.show("m-ana"), shown.show("m-leo")
        secret = shown.open(opened)
        assert secret
        now[0] = GOOD_S - 60
        visit = shown.visit(secret)
        assert visit is not None
        assert visit.left_s == 60
        now[0] = GOOD_S
        assert shown.visit(secret) is None
        assert shown.open(left) is None

    def test_is_the_same_while_nobody_opened_it_and_another_afterwards(self) -> None:
        now = [0.0]
        shown = Invitations(lambda: now[0])
        first = shown.show("m-ana")
        assert shown.show("m-ana") == first
        shown.open(first)
        second = shown.show("m-ana")
        assert second != first
        now[0] = FRESH_S
        assert shown.show("m-ana") not in (first, second)
        assert shown.open(second), "whoever still looks at it may open it"

    def test_of_nobody_opens_nothing(self) -> None:
        shown = Invitations(lambda: 0.0)
        shown.show("m-ana")
        assert shown.open("") is None
        assert shown.open("é" * 22) is None
        assert shown.visit("") is None
