"""The talk about people: two badges clear somebody, and nothing of anybody stays on screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from machines.conversation import (
    AskedStop,
    BackTouched,
    Badged,
    Choosing,
    Event,
    HasEnrolled,
    HasStarted,
    Idle,
    MachineTouched,
    NoteRefusal,
    Passed,
    Spot,
    Talk,
    ToldRefused,
)
from machines.conversation_table import decide
from machines.members import Refusal
from machines.talk_people import (
    Grant,
    GrantTouched,
    HasGranted,
    Hours,
    HoursFound,
    HoursTouched,
    Learning,
    LookUp,
    NotGranted,
    OwnHours,
    Teaching,
    TeachTouched,
    ToldEnrolled,
    ToldGranted,
)

BOARD = {"laser": Spot(), "press": Spot("ana")}


def said(*events: Event, talk: Talk | None = None) -> tuple[Talk, list[object]]:
    """The talk after these events, and all that was asked meanwhile."""
    now, asked = talk or Idle(), []
    for event in events:
        now, effects = decide(now, event, BOARD)
        asked += effects
    return now, asked


def test_a_trainer_s_badge_then_a_learner_s_asks_for_one_clearance() -> None:
    events = (Badged(0, "noe"), TeachTouched(1), GrantTouched(2, "laser"), Badged(3, "leo"))
    talk, asked = said(*events)
    assert asked == [Grant("laser", "leo", "noe")]
    talk, _ = said(HasGranted(4, "laser", "noe", "leo"), talk=talk)
    assert talk == ToldGranted("noe", "laser", "leo", 19)


def test_the_trainer_s_own_badge_and_an_unknown_one_clear_nobody() -> None:
    waiting = Learning("noe", "laser", 30)
    for member, why in (("noe", "same"), (None, "unknown-badge")):
        talk, asked = said(Badged(5, member), talk=waiting)
        assert (talk, asked) == (Learning("noe", "laser", 35, why), [])


def test_what_keeps_a_learner_from_it_is_said_while_another_badge_is_awaited() -> None:
    talk, _ = said(NotGranted(5, "laser", "noe", "over"), talk=Learning("noe", "laser", 30))
    assert talk == Learning("noe", "laser", 35, "over")


def test_an_answer_that_comes_for_another_question_changes_no_screen() -> None:
    waiting = Learning("noe", "laser", 30)
    assert said(HasGranted(5, "saw", "noe", "leo"), talk=waiting)[0] == waiting
    assert said(HasGranted(5, "laser", "ines", "leo"), talk=waiting)[0] == waiting
    assert said(HasGranted(5, "laser", "noe", "leo"), talk=Idle())[0] == Idle()


def test_hours_are_looked_up_for_who_badged_and_shown_to_nobody_else() -> None:
    talk, asked = said(Badged(0, "leo"), HoursTouched(1))
    assert (talk, asked) == (Hours("leo", 21), [LookUp("leo")])
    found = OwnHours(3600)
    assert said(HoursFound(2, "leo", found), talk=talk)[0] == Hours("leo", 21, found)
    assert said(HoursFound(2, "ines", found), talk=talk)[0] == talk
    assert said(HoursFound(2, "leo", found), talk=Choosing("ines", 20))[0] == Choosing("ines", 20)


def test_an_unknown_badge_is_shown_by_its_code_for_long_enough_to_be_typed() -> None:
    talk, asked = said(Badged(0, None, "7K3M"))
    assert talk == ToldRefused("", None, Refusal.UNKNOWN_BADGE, 30, "7K3M")
    assert asked == [NoteRefusal("", Refusal.UNKNOWN_BADGE, "7K3M")]
    assert said(HasEnrolled(9, "7K3M", "leo"), talk=talk)[0] == ToldEnrolled("leo", 15)


def test_who_is_asked_something_is_not_interrupted_by_a_badge_that_was_enrolled() -> None:
    for asked in (Choosing("ines", 20), AskedStop("press", "ana", 9), Learning("noe", "saw", 9)):
        assert said(HasEnrolled(1, "7K3M", "leo"), talk=asked)[0] == asked


def test_machines_cannot_be_touched_where_none_are_shown() -> None:
    for talk in (Teaching("noe", 20), Learning("noe", "laser", 30), Hours("leo", 20)):
        assert said(MachineTouched(1, "laser"), talk=talk) == (talk, [])


WHO = st.sampled_from(["noe", "leo"])
OF = st.sampled_from(["laser", "family:saw"])
NOW = st.just(1.0)
EVENTS = st.lists(
    st.one_of(
        st.builds(Badged, NOW, WHO | st.none()),
        st.builds(TeachTouched, NOW),
        st.builds(GrantTouched, NOW, OF),
        st.builds(HoursTouched, NOW),
        st.builds(HoursFound, NOW, WHO, st.just(OwnHours(0))),
        st.builds(HasGranted, NOW, OF, WHO, WHO),
        st.builds(NotGranted, NOW, OF, WHO, st.just("over")),
        st.builds(HasEnrolled, NOW, st.just("7K3M"), WHO),
        st.builds(MachineTouched, NOW, st.sampled_from(["laser", "press"])),
        st.builds(HasStarted, NOW, st.just("laser"), WHO),
        st.builds(BackTouched, NOW),
    ),
    max_size=15,
)


@given(EVENTS)
def test_whatever_was_touched_nobody_clears_themselves_and_the_screen_goes_back(
    events: list[Event],
) -> None:
    talk, asked = said(*events)
    assert all(one.by != one.learner for one in asked if isinstance(one, Grant))
    assert said(BackTouched(2), talk=talk)[0] == Idle()
    assert said(Passed(100), talk=talk)[0] == Idle()
