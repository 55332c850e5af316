"""The talk at the touch screen, as a member has it."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from machines.conversation import (
    Allow,
    AskedStop,
    AskedTakeOver,
    Awaiting,
    BackTouched,
    Badged,
    Begin,
    Choosing,
    Confirmed,
    Counted,
    End,
    Event,
    HasStarted,
    HasStopped,
    Idle,
    MachineTouched,
    Making,
    NoteMade,
    NoteRefusal,
    OtherTouched,
    Passed,
    Pending,
    Spot,
    TabletAllowed,
    TabletTouched,
    ToldRefused,
    ToldStarted,
    ToldStopped,
    ToldTablet,
    WasRefused,
)
from machines.conversation_table import decide
from machines.members import Refusal

FREE = {"laser": Spot(), "press": Spot()}
INES_AT_LASER = {"laser": Spot("ines"), "press": Spot()}
INES_CUTTING = {"laser": Spot("ines", working=True), "press": Spot()}


def test_badge_then_machine_begins_there() -> None:
    talk, _ = decide(Idle(), Badged(0, "ines"), FREE)
    assert isinstance(talk, Choosing)
    talk, effects = decide(talk, MachineTouched(1, "laser"), FREE)
    assert effects == (Begin("laser", "ines"),)
    talk, _ = decide(talk, HasStarted(1.1, "laser", "ines"), FREE)
    assert talk == ToldStarted("laser", "ines", 5.1, here=True)


def test_a_session_that_began_elsewhere_is_not_of_who_stands_before_the_screen() -> None:
    talk, _ = decide(Idle(), HasStarted(1, "laser", "ines"), FREE)
    assert talk == ToldStarted("laser", "ines", 5)
    assert not talk.here


def test_machine_then_badge_begins_there_too() -> None:
    talk, effects = decide(Idle(), MachineTouched(0, "laser"), FREE)
    assert (talk, effects) == (Awaiting("laser", 20), ())
    _, effects = decide(talk, Badged(1, "ines"), FREE)
    assert effects == (Begin("laser", "ines"),)


def test_a_second_tap_at_the_shared_reader_asks_before_it_ends() -> None:
    talk, effects = decide(Idle(), Badged(0, "ines"), INES_AT_LASER)
    assert (talk, effects) == (AskedStop("laser", "ines", 10), ())
    talk, effects = decide(talk, Confirmed(2), INES_AT_LASER)
    assert effects == (End("laser", "ines"),)
    talk, _ = decide(talk, HasStopped(2.1, "laser", "ines", 4800), FREE)
    assert isinstance(talk, ToldStopped)


def test_the_question_left_alone_ends_nothing() -> None:
    talk, _ = decide(Idle(), Badged(0, "ines"), INES_AT_LASER)
    assert decide(talk, Passed(10), INES_AT_LASER) == (Idle(), ())


def test_a_member_with_a_session_can_start_a_second_machine() -> None:
    talk, _ = decide(Idle(), Badged(0, "ines"), INES_AT_LASER)
    talk, _ = decide(talk, OtherTouched(1), INES_AT_LASER)
    _, effects = decide(talk, MachineTouched(2, "press"), INES_AT_LASER)
    assert effects == (Begin("press", "ines"),)


def test_taking_over_a_resting_machine_is_asked() -> None:
    talk, _ = decide(Idle(), Badged(0, "karim"), INES_AT_LASER)
    talk, effects = decide(talk, MachineTouched(1, "laser"), INES_AT_LASER)
    assert isinstance(talk, AskedTakeOver)
    assert effects == ()
    _, effects = decide(talk, Confirmed(2, take_over=True), INES_AT_LASER)
    assert effects == (Begin("laser", "karim", take_over=True),)


def test_a_working_machine_is_asked_for_at_once_and_its_table_refuses() -> None:
    talk, _ = decide(Idle(), Badged(0, "karim"), INES_CUTTING)
    talk, effects = decide(talk, MachineTouched(1, "laser"), INES_CUTTING)
    assert effects == (Begin("laser", "karim"),)
    talk, _ = decide(talk, WasRefused(1.1, "laser", "karim", Refusal.IN_USE), INES_CUTTING)
    assert isinstance(talk, ToldRefused)


def test_who_may_not_use_a_machine_is_not_asked_to_take_it_over() -> None:
    board = {"laser": Spot("ines", refusal=Refusal.NO_CLEARANCE), "press": Spot()}
    for said in (
        (Choosing("karim", 20), MachineTouched(1, "laser")),
        (
            Awaiting("laser", 20),
            Badged(1, "karim"),
        ),
    ):
        talk, effects = decide(*said, board)
        assert effects == (Begin("laser", "karim"),), "its table refuses, and says why"
        talk, _ = decide(talk, WasRefused(1.1, "laser", "karim", Refusal.NO_CLEARANCE), board)
        assert isinstance(talk, ToldRefused)


def test_a_yes_to_a_question_that_has_gone_is_no_yes_to_the_next_one() -> None:
    stop, take_over = AskedStop("laser", "ines", 9), AskedTakeOver("laser", "karim", 9)
    assert decide(take_over, Confirmed(1), INES_AT_LASER) == (take_over, ())
    assert decide(stop, Confirmed(1, take_over=True), INES_AT_LASER) == (stop, ())


def test_a_session_that_goes_on_is_said_to_go_on() -> None:
    talk, _ = decide(Pending("laser", "ines", 4), HasStarted(1, "laser", "ines", True), FREE)
    assert talk == ToldStarted("laser", "ines", 5, resumed=True, here=True)


def test_an_unknown_badge_is_told_and_noted() -> None:
    talk, effects = decide(Idle(), Badged(0, None), FREE)
    assert isinstance(talk, ToldRefused)
    assert effects == (NoteRefusal("", Refusal.UNKNOWN_BADGE),)


def test_a_suspended_session_is_resumed_by_choosing_its_machine() -> None:
    board = {"laser": Spot("ines", suspended=True), "press": Spot()}
    talk, _ = decide(Idle(), Badged(0, "ines"), board)
    assert isinstance(talk, Choosing)
    _, effects = decide(talk, MachineTouched(1, "laser"), board)
    assert effects == (Begin("laser", "ines"),)


def test_another_badge_takes_the_screen() -> None:
    talk, _ = decide(Idle(), Badged(0, "ines"), FREE)
    talk, _ = decide(talk, Badged(1, "karim"), FREE)
    assert talk == Choosing("karim", 21)


def test_news_of_a_bound_reader_does_not_take_the_screen_from_somebody_who_chooses() -> None:
    talk, _ = decide(Idle(), Badged(0, "ines"), FREE)
    assert decide(talk, HasStarted(1, "press", "karim"), FREE) == (talk, ())


def test_news_of_a_bound_reader_is_shown_on_an_idle_screen() -> None:
    talk, _ = decide(Idle(), HasStarted(1, "press", "karim"), FREE)
    assert isinstance(talk, ToldStarted)


def test_a_tablet_is_allowed_by_who_badged_and_only_while_its_digits_are_shown() -> None:
    for asked in (Choosing("ines", 20), AskedStop("laser", "ines", 10)):
        assert decide(asked, TabletTouched(1, "42"), FREE) == (asked, (Allow("42", "ines"),))
        told, effects = decide(asked, TabletAllowed(1, "42", "ines"), FREE)
        assert (told, effects) == (ToldTablet("42", "ines", 5), ())
    for other in (Idle(), Awaiting("laser", 20), Pending("laser", "ines", 4)):
        assert decide(other, TabletTouched(1, "42"), FREE) == (other, ())
    karim = Choosing("karim", 20)
    assert decide(karim, TabletAllowed(1, "42", "ines"), FREE) == (karim, ())


def test_what_is_counted_is_never_less_than_none_and_a_touch_gives_more_time() -> None:
    talk, _ = decide(Idle(), HasStopped(0, "press", "ines", 60, Making("s", (("mug", 0),))), FREE)
    assert talk.until == 20
    talk, _ = decide(talk, Counted(15, "mug", -1), FREE)
    talk, _ = decide(talk, Counted(16, "mug", 1), FREE)
    assert (talk.until, talk.making) == (36, Making("s", (("mug", 1),)))
    _, effects = decide(talk, Passed(36), FREE)
    assert effects == (NoteMade("press", "ines", Making("s", (("mug", 1),))),)


MEMBER = st.sampled_from(["ines", "karim"])
MACHINE = st.sampled_from(["laser", "press"])
SPOTS = st.builds(
    Spot,
    st.one_of(st.none(), MEMBER),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.sampled_from(Refusal)),
)
MAKING = st.one_of(st.none(), st.just(Making("s", (("mug", 0), ("badge", 0)))))
BOARDS = st.fixed_dictionaries({"laser": SPOTS, "press": SPOTS})


@cache  # made anew at each draw, they were three quarters of the time
def events(now: float) -> st.SearchStrategy[Event]:
    return st.one_of(
        st.builds(Badged, st.just(now), st.one_of(st.none(), MEMBER)),
        st.builds(MachineTouched, st.just(now), MACHINE),
        st.builds(Confirmed, st.just(now), st.booleans()),
        st.builds(OtherTouched, st.just(now)),
        st.builds(BackTouched, st.just(now)),
        st.builds(TabletTouched, st.just(now), st.just("42")),
        st.builds(TabletAllowed, st.just(now), st.just("42"), MEMBER),
        st.builds(HasStarted, st.just(now), MACHINE, MEMBER),
        st.builds(HasStopped, st.just(now), MACHINE, MEMBER, st.just(1.0), MAKING),
        st.builds(
            Counted, st.just(now), st.sampled_from(["mug", "badge"]), st.sampled_from([1, -1])
        ),
        st.builds(WasRefused, st.just(now), MACHINE, MEMBER, st.sampled_from(Refusal)),
        st.builds(Passed, st.just(now)),
    )


@given(st.data())
def test_in_any_talk_nothing_ends_without_a_yes_and_the_screen_always_comes_home(data) -> None:
    talk, now = Idle(), 0.0
    for _ in range(data.draw(st.integers(0, 20))):
        now += data.draw(st.sampled_from([0.0, 1.0, 8.0]))
        event, board = data.draw(events(now)), data.draw(BOARDS)
        after, effects = decide(talk, event, board)
        for effect in effects:
            if isinstance(effect, End):
                assert isinstance(talk, AskedStop)
                assert isinstance(event, Confirmed)
                assert effect == End(talk.machine, talk.member)
            if isinstance(effect, Begin) and effect.take_over:
                assert isinstance(talk, AskedTakeOver)
                assert isinstance(event, Confirmed)
            if isinstance(effect, Begin):
                assert isinstance(after, Pending)
            if isinstance(effect, Allow):
                assert isinstance(event, TabletTouched)
                assert effect.member == talk.member
        talk = after
    assert decide(talk, Passed(now + 30), FREE)[0] == Idle()


@given(st.data())
def test_in_any_talk_each_thing_counted_is_noted_once(data) -> None:
    talk, now, counted, noted = Idle(), 0.0, 0, 0
    for _ in range(data.draw(st.integers(0, 20))):
        now += data.draw(st.sampled_from([0.0, 1.0, 8.0]))
        event, board = data.draw(events(now)), data.draw(BOARDS)
        before = _counted(talk)
        talk, effects = decide(talk, event, board)
        noted += sum(n for e in effects if isinstance(e, NoteMade) for _, n in e.making.counts)
        if isinstance(event, Counted):
            counted += _counted(talk) - before
    _, effects = decide(talk, BackTouched(now), FREE)
    noted += sum(n for e in effects if isinstance(e, NoteMade) for _, n in e.making.counts)
    assert noted == counted


def _counted(talk: object) -> int:
    if not isinstance(talk, ToldStopped) or talk.making is None:
        return 0
    return sum(count for _, count in talk.making.counts)
