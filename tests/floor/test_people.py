"""Badges, clearances and newcomers at a lab, with or without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.floor.acts import Submit, Told, WhyNot, Withdraw
from kiosk.floor.people_asked import (
    AttachBadge,
    GrantClearance,
    RevokeBadge,
    RevokeClearance,
    Welcome,
)
from kiosk.floor.people_desk import PeopleDesk
from kiosk.floor.view import ScreenKind, ScreenView, Touch
from machines.facts import BadgeRead
from machines.job_entries import JobSubmitted
from machines.journal import SessionClosed, TapRefused
from machines.members import Clearance, ClearanceRule
from machines.people_entries import BadgeEnrolled, BadgeOver, BadgeRevoked, ClearanceGranted
from tests.lab import BADGES, KEY, Lab

NEW = "000000FF"


def roster(lab: Lab, **changes: object) -> None:
    """The roster comes down anew."""
    lab.people = replace(lab.people, version=lab.people.version + 1, **changes)  # type: ignore[arg-type]
    lab.floor.soon(lambda _: lab.floor.people.take(lab.people))
    lab.settle()


def hold(lab: Lab, number: str = NEW) -> str:
    """A badge is held to the shared reader for a moment: the code on the screen."""
    lab.tell(BadgeRead("desk", number), BadgeRead("desk", number))
    return lab.screen.people.code


def badge(lab: Lab, who: str) -> ScreenView:
    lab.tell(BadgeRead("desk", BADGES[who]))
    return lab.screen


class TestABadgeOfNobodys:
    def test_is_called_by_a_code_that_the_screen_and_the_tablet_show(self, lab: Lab) -> None:
        code = hold(lab)
        assert len(code) == 4
        assert lab.screen.kind is ScreenKind.REFUSED
        (shown,) = lab.view.unknown
        assert (shown.code, shown.ready, shown.random) == (code, True, False)
        assert lab.bodies(TapRefused) == [TapRefused("", "unknown-badge", code)]
        lab.advance(minutes=11)
        assert lab.view.unknown == ()

    def test_becomes_a_member_s_at_once_and_the_screen_greets_them(self, lab: Lab) -> None:
        code = hold(lab)
        assert lab.act(AttachBadge(code, "m-karim")).done
        assert (lab.screen.kind, lab.screen.first_name) == (ScreenKind.ENROLLED, "Karim")
        assert lab.view.unknown == ()
        lab.advance(10)
        assert lab.touch(Touch.BACK).kind is ScreenKind.IDLE
        lab.tell(BadgeRead("desk", NEW))
        assert lab.touch(Touch.MACHINE, "press").kind is ScreenKind.STARTED
        assert lab.machine("press").member == "Karim D."

    def test_is_still_theirs_when_the_kiosk_was_restarted_or_killed(self, lab: Lab) -> None:
        lab.act(AttachBadge(hold(lab), "m-karim"))
        lab.restart_kiosk()
        assert lab.floor.people.who(NEW)
        lab.kill_kiosk()
        known = lab.floor.people.who(NEW)
        assert known is not None
        assert known.id == "m-karim"

    def test_is_the_roster_s_once_that_has_it(self, lab: Lab) -> None:
        lab.act(AttachBadge(hold(lab), "m-karim"))
        entry = next(e for e in lab.entries() if isinstance(e.body, BadgeEnrolled))
        members = tuple(
            replace(m, badges=(*m.badges, KEY.digest(NEW))) if m.id == "m-karim" else m
            for m in lab.people.members
        )
        roster(lab, members=members, upto={entry.birth.store: entry.birth.seq})
        assert lab.floor.writing.carried.own.decisions == ()
        assert lab.floor.people.who(NEW)
        roster(lab, members=lab.people.members[:1])
        assert lab.floor.people.who(NEW) is None, "the central took it away since"

    def test_that_was_read_once_only_is_to_be_held_there_again(self, lab: Lab) -> None:
        lab.tell(BadgeRead("desk", NEW))
        code = lab.screen.people.code
        assert lab.act(AttachBadge(code, "m-karim")) == Told(False, WhyNot.ONCE)
        lab.advance(10)
        assert hold(lab) == code
        assert lab.act(AttachBadge(code, "m-karim")).done

    def test_whose_number_may_be_another_each_time_is_fit_for_nobody(self, lab: Lab) -> None:
        told = lab.act(AttachBadge(hold(lab, "08D2F5C3"), "m-karim"))
        assert told == Told(False, WhyNot.RANDOM)
        assert lab.bodies(BadgeEnrolled) == []

    def test_is_a_visitor_s_who_may_use_what_needs_no_clearance(self, lab: Lab) -> None:
        code = hold(lab)
        assert lab.act(Welcome(code, days=1)).done
        assert lab.screen.first_name == f"Visiteur {code}"
        lab.advance(10)
        lab.tell(BadgeRead("desk", NEW))
        assert lab.touch(Touch.MACHINE, "press").kind is ScreenKind.STARTED
        lab.advance(hours=24)
        lab.touch(Touch.BACK)
        lab.tell(BadgeRead("desk", NEW))
        assert lab.touch(Touch.MACHINE, "ender").refusal == "membership-over"

    def test_that_was_lost_ends_what_is_open_and_begins_and_shows_nothing(self, lab: Lab) -> None:
        lab.screens._invite = lambda member: "a-page"
        lab.tap("karim", "press")
        digest = next(m.badges[0] for m in lab.people.members if m.id == "m-karim")
        assert lab.act(RevokeBadge("m-karim", digest, BadgeOver.LOST)).done
        lab.advance(60)
        screen = lab.tap("karim")
        assert (screen.kind, screen.machine, screen.only_end) == (ScreenKind.STOP, "press", True)
        assert screen.invitation == ""
        for what, value in ((Touch.OTHER, ""), (Touch.HOURS, ""), (Touch.MACHINE, "vinyl")):
            lab.tap("karim")
            assert lab.touch(what, value).kind is ScreenKind.STOP
        assert not lab.machine("vinyl").member
        lab.touch(Touch.END)
        assert lab.screen.kind is ScreenKind.STOPPED
        lab.advance(60)
        assert lab.tap("karim").kind is ScreenKind.REFUSED

    def test_that_was_lost_is_refused_at_once(self, lab: Lab) -> None:
        digest = KEY.digest(BADGES["karim"])
        assert lab.act(RevokeBadge("m-karim", digest, BadgeOver.LOST)).done
        assert badge(lab, "karim").kind is ScreenKind.REFUSED
        again = lab.act(RevokeBadge("m-karim", digest, BadgeOver.LOST))
        assert again == Told(False, WhyNot.BADGE)
        assert lab.bodies(BadgeRevoked) == [BadgeRevoked(BadgeOver.LOST)]

    def test_is_given_to_nobody_by_a_member(self, lab: Lab) -> None:
        told = lab.act(AttachBadge(hold(lab), "m-karim"), by="karim")
        assert told == Told(False, WhyNot.YOURS)


class TestAMemberWho:
    def test_left_the_list_may_still_badge_out(self, lab: Lab) -> None:
        lab.tap("ines", "laser")
        roster(lab, members=tuple(m for m in lab.people.members if m.id != "m-ines"))
        assert badge(lab, "ines").kind is ScreenKind.STOP
        assert lab.touch(Touch.END).kind is ScreenKind.STOPPED
        lab.advance(40)
        assert lab.keeper.on == {"laser": False}
        assert badge(lab, "ines").refusal == "unknown-badge"

    def test_left_the_list_begins_nowhere_else(self, lab: Lab) -> None:
        lab.tap("ines", "laser")
        roster(lab, members=tuple(m for m in lab.people.members if m.id != "m-ines"))
        assert badge(lab, "ines").only_end
        lab.touch(Touch.OTHER)
        assert lab.touch(Touch.MACHINE, "press").kind is ScreenKind.STOP
        assert lab.machine("press").member is None

    def test_turned_out_to_be_known_goes_on_and_badges_out_with_their_own_badge(
        self, lab: Lab
    ) -> None:
        lab.act(Welcome(hold(lab)))
        lab.advance(10)
        lab.tell(BadgeRead("desk", NEW))
        lab.touch(Touch.MACHINE, "press")
        visitor = next(e for e in lab.entries() if isinstance(e.body, BadgeEnrolled)).personal
        assert visitor is not None
        assert visitor.member is not None
        roster(lab, aliases={visitor.member: "m-karim"})
        assert lab.machine("press").member == "Karim D."
        lab.advance(10)
        assert badge(lab, "karim").kind is ScreenKind.STOP
        lab.touch(Touch.END)
        closing = next(e for e in lab.entries() if isinstance(e.body, SessionClosed))
        assert closing.personal
        assert closing.personal.member == "m-karim"

    def test_turned_out_to_be_known_takes_back_the_job_they_brought_before(self, lab: Lab) -> None:
        lab.act(Welcome(hold(lab)))
        visitor = next(m.id for m in lab.floor.people.known.values() if m.provisional)
        job = lab.submit("karim")
        entry = JobSubmitted("e" * 64, 1000, "phone")
        told = lab.floor.desk.act(Submit(entry, "mug.gcode", visitor), "visitor01", visitor)
        lab.settle()
        theirs = told.result(0).job
        roster(lab, aliases={visitor: "m-karim"})
        assert lab.act(Withdraw(theirs), by="karim").done
        assert lab.act(Withdraw(job), by="ines") == Told(False, WhyNot.YOURS)


class TestAClearance:
    def test_is_granted_at_the_screen_by_two_badges(self, lab: Lab) -> None:
        shown = badge(lab, "noe").people.grants
        assert [(one.of, one.name) for one in shown] == [
            ("laser", "Découpe laser"),
            ("saw", "Scie à ruban"),
        ]
        assert lab.touch(Touch.TEACH).kind is ScreenKind.TEACH
        assert lab.touch(Touch.GRANT, "laser").kind is ScreenKind.LEARN
        told = badge(lab, "karim")
        assert told.kind is ScreenKind.GRANTED
        assert (told.people.learner, told.people.of and told.people.of.of) == ("Karim", "laser")
        lab.touch(Touch.BACK)
        lab.advance(4)
        badge(lab, "karim")
        assert lab.touch(Touch.MACHINE, "laser").kind is ScreenKind.STARTED

    def test_is_granted_to_several_one_after_the_other(self, lab: Lab) -> None:
        badge(lab, "noe")
        lab.touch(Touch.TEACH)
        lab.touch(Touch.GRANT, "saw")
        badge(lab, "karim")
        assert lab.touch(Touch.GRANT, "saw").kind is ScreenKind.LEARN
        assert badge(lab, "ines").kind is ScreenKind.GRANTED
        assert len(lab.bodies(ClearanceGranted)) == 2

    @pytest.mark.parametrize(
        ("who", "trouble"), [("nobody", "unknown-badge"), ("noe", "same"), ("lea", "over")]
    )
    def test_is_not_granted_to_who_may_not_have_it_and_another_badge_is_awaited(
        self, lab: Lab, who: str, trouble: str
    ) -> None:
        badge(lab, "noe")
        lab.touch(Touch.TEACH)
        lab.touch(Touch.GRANT, "laser")
        lab.advance(4)
        seen = badge(lab, who)
        assert (seen.kind, seen.people.trouble) == (ScreenKind.LEARN, trouble)
        assert lab.bodies(ClearanceGranted) == []
        lab.advance(4)
        assert badge(lab, "karim").kind is ScreenKind.GRANTED

    def test_is_granted_by_a_member_who_trains_for_it_and_for_nothing_else(self, lab: Lab) -> None:
        trainer = replace(
            lab.people.members[0], clearances=(Clearance("laser", trains=True), Clearance("saw"))
        )
        roster(lab, members=(trainer, *lab.people.members[1:]))
        assert [one.of for one in badge(lab, "ines").people.grants] == ["laser"]
        lab.touch(Touch.TEACH)
        lab.touch(Touch.GRANT, "saw")
        assert badge(lab, "karim").people.trouble == "grant"

    def test_is_granted_and_revoked_at_the_tablet(self, lab: Lab) -> None:
        assert lab.act(GrantClearance("m-karim", "laser", "2026-12-31")).done
        assert lab.tap("karim", "laser").kind is ScreenKind.STARTED
        assert lab.act(RevokeClearance("m-karim", "laser", "Lunettes oubliées")).done
        lab.touch(Touch.BACK)
        lab.advance(10)
        badge(lab, "karim")
        lab.touch(Touch.END)
        lab.advance(60)
        assert lab.tap("karim", "laser").refusal == "no-clearance"
        gone = lab.act(RevokeClearance("m-karim", "laser", "encore"))
        assert gone == Told(False, WhyNot.CLEARANCE)

    @pytest.mark.parametrize(
        ("act", "why"),
        [
            (GrantClearance("m-nobody", "laser"), WhyNot.MEMBER),
            (GrantClearance("m-karim", "press"), WhyNot.CLEARANCE),
            (GrantClearance("m-karim", "laser", "2026-11-23"), WhyNot.VALUE),
            (GrantClearance("m-lea", "laser"), WhyNot.OVER),
        ],
    )
    def test_that_makes_no_sense_is_not_granted(
        self, lab: Lab, act: GrantClearance, why: WhyNot
    ) -> None:
        assert lab.act(act) == Told(False, why)

    def test_that_is_over_says_which_since_when_and_who_can_help(self, lab: Lab) -> None:
        roster(lab, rules={"saw": ClearanceRule(unused_months=6)})
        lab.tap("noe", "press")
        seen = lab.tap("zoe", "laser")
        told = seen.people.lack
        assert told is not None
        assert (told.of.name, told.last, told.why) == (
            "Découpe laser",
            date(2026, 11, 23),
            "dated",
        )
        assert [(one.name, one.present) for one in seen.people.helpers] == [("Noé A.", True)]

    def test_that_is_used_does_not_fall_out_of_use(self, lab: Lab) -> None:
        used = Clearance("laser", since=date(2026, 5, 1), used=date(2026, 5, 25))
        ines = replace(lab.people.members[0], clearances=(used,))
        rules = {"laser": ClearanceRule(unused_months=6)}
        roster(lab, members=(ines, *lab.people.members[1:]), rules=rules)
        lab.tap("ines", "laser")
        badge(lab, "ines")
        lab.touch(Touch.END)
        lab.restart_kiosk()
        lab.advance(hours=72)
        assert lab.tap("ines", "laser").kind is ScreenKind.STARTED

    def test_that_was_not_used_for_half_a_year_is_over(self, lab: Lab) -> None:
        used = Clearance("laser", since=date(2026, 5, 1), used=date(2026, 5, 23))
        ines = replace(lab.people.members[0], clearances=(used,))
        rules = {"laser": ClearanceRule(unused_months=6)}
        roster(lab, members=(ines, *lab.people.members[1:]), rules=rules)
        seen = lab.tap("ines", "laser")
        assert seen.refusal == "clearance-over"
        assert seen.people.lack is not None
        assert (seen.people.lack.why, seen.people.lack.months) == ("disuse", 6)


class TestMyHours:
    def wait(self, lab: Lab) -> ScreenView:
        for _ in range(200):
            lab.settle()
            if lab.screen.people.hours is not None:
                return lab.screen
            lab.store.submit(lambda _: None).result(5)
        raise AssertionError("no hours came")

    def test_are_the_last_sessions_and_the_month_s_hours_of_who_badged(self, lab: Lab) -> None:
        lab.tap("ines", "press")
        lab.advance(minutes=90)
        badge(lab, "ines")
        lab.touch(Touch.END)
        lab.tap("karim", "press")
        lab.advance(20)
        assert badge(lab, "ines").people.mine
        lab.touch(Touch.HOURS)
        shown = self.wait(lab)
        assert (shown.kind, shown.first_name) == (ScreenKind.HOURS, "Inès")
        assert shown.people.hours is not None
        (session,) = shown.people.hours.sessions
        assert (session.machine, session.day) == ("Presse à mugs", date(2026, 11, 24))
        assert session.seconds == pytest.approx(5404, abs=10)
        assert shown.people.hours.month_s == session.seconds
        lab.advance(25)
        assert lab.screen == ScreenView(ScreenKind.IDLE)

    def test_of_nobody_are_shown_where_nobody_badged(self, lab: Lab) -> None:
        assert lab.touch(Touch.HOURS).kind is ScreenKind.IDLE


def test_people_are_found_by_their_name_whatever_its_accents(lab: Lab) -> None:
    desk = PeopleDesk(lab.floor.people, lab.floor.identity.acts.grantable, lab.clock)
    assert desk.find("NOE") == (("m-noe", "Noé A."),)
    lab.act(GrantClearance("m-karim", "laser", "2026-11-30"))
    ending = [(one.name, one.clearance.last) for one in desk.granted() if one.clearance.last]
    assert ending == [("Karim D.", date(2026, 11, 30)), ("Zoé T.", date(2026, 11, 23))]
