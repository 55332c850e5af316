"""What a line does, in any history: time and silence only ever release."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.relay.wire import (
    LIVE_US,
    Beat,
    Effect,
    Energise,
    Event,
    Failed,
    Off,
    On,
    Order,
    Panel,
    Passed,
    PutOff,
    Refuse,
    Release,
    Rule,
    Why,
    decide,
)
from machines.instants import SECOND

HOUR = 3600 * SECOND
RULES = {"laser": Rule(3 * SECOND), "prusa": Rule(12 * HOUR, Why.HELD_LONG)}


def at_rest() -> Panel:
    return Panel.at_rest(RULES, 0)


def after(panel: Panel, *events: Event) -> tuple[Panel, list[Effect]]:
    effects: list[Effect] = []
    for event in events:
        panel, more = decide(panel, event)
        effects += more
    return panel, effects


def running(at_us: int = 10 * SECOND) -> Panel:
    """Laser and printer on, at the order of a living kiosk."""
    orders = [Order(at_us, machine, True, at_us + SECOND) for machine in RULES]
    panel, effects = after(at_rest(), Beat(at_us, at_us), *orders)
    assert effects == [Energise("laser"), Energise("prusa")]
    return panel


def test_a_start_energises_nothing() -> None:
    panel, effects = after(at_rest(), Passed(1), Beat(2, 2), Passed(3))
    assert effects == []
    assert panel.lines["laser"] == Off(Why.STARTED, 0)


def test_a_laser_falls_three_seconds_after_the_last_heartbeat_and_a_print_goes_on() -> None:
    panel, effects = after(running(), Passed(13 * SECOND - 1))
    assert effects == []
    panel, effects = after(panel, Passed(13 * SECOND))
    assert effects == [Release("laser")]
    assert panel.lines["laser"] == Off(Why.SILENCE, 13 * SECOND)
    assert isinstance(panel.lines["prusa"], On)


def test_a_print_is_held_for_twelve_hours_at_most() -> None:
    panel, _ = after(running(), Passed(10 * SECOND + 12 * HOUR))
    assert panel.lines["prusa"] == Off(Why.HELD_LONG, 10 * SECOND + 12 * HOUR)


def test_a_kiosk_that_comes_back_does_not_bring_a_dropped_line_back() -> None:
    panel, effects = after(
        running(), Passed(20 * SECOND), *[Beat(t * SECOND, t * SECOND) for t in range(20, 30)]
    )
    assert effects == [Release("laser")]
    assert isinstance(panel.lines["laser"], Off)


def test_a_silence_that_nobody_looked_at_counts_when_the_heart_beats_again() -> None:
    _, effects = after(running(), Beat(20 * SECOND, 20 * SECOND))
    assert effects == [Release("laser")]


def test_heartbeats_that_lay_in_a_buffer_while_the_keeper_stood_still_count_as_they_beat() -> None:
    beats = [Beat(60 * SECOND, t * SECOND) for t in range(11, 61)]
    _, effects = after(running(), *beats, Passed(60 * SECOND))
    assert effects == []


def test_a_heartbeat_that_lay_in_a_buffer_is_not_a_fresh_one() -> None:
    _, effects = after(running(), Beat(60 * SECOND, 11 * SECOND), Passed(60 * SECOND))
    assert effects == [Release("laser")]


def test_a_heartbeat_from_the_future_counts_as_one_of_now() -> None:
    order = Order(10 * SECOND, "laser", True, 11 * SECOND)
    _, effects = after(at_rest(), Beat(SECOND, HOUR), order)
    assert isinstance(effects[0], Refuse)


def test_an_order_that_comes_too_late_energises_nothing() -> None:
    panel, effects = after(
        at_rest(), Beat(SECOND, SECOND), Order(SECOND, "laser", True, until_us=SECOND - 1)
    )
    assert isinstance(effects[0], Refuse)
    assert isinstance(panel.lines["laser"], Off)


def test_an_order_without_a_heartbeat_energises_nothing() -> None:
    panel, effects = after(at_rest(), Order(SECOND, "prusa", True, 2 * SECOND))
    assert isinstance(effects[0], Refuse)
    panel, effects = after(
        panel, Beat(SECOND, SECOND), Order(SECOND + LIVE_US, "prusa", True, 9 * SECOND)
    )
    assert isinstance(effects[0], Refuse)


def test_a_line_asked_off_is_off_without_a_heartbeat_and_however_late() -> None:
    panel, effects = after(running(), Order(HOUR, "prusa", False))
    assert effects == [Release("prusa")]
    assert panel.lines["prusa"] == Off(Why.ASKED, HOUR)


def test_everything_put_off_is_driven_off_and_keeps_the_older_reason() -> None:
    panel, _ = after(running(), Passed(20 * SECOND))
    panel, effects = after(panel, PutOff(21 * SECOND))
    assert effects == [Release("laser"), Release("prusa")]
    assert panel.lines["laser"] == Off(Why.SILENCE, 20 * SECOND)
    assert panel.lines["prusa"] == Off(Why.STOPPED, 21 * SECOND)


def test_a_line_that_the_lab_does_not_have_is_refused_with_its_name() -> None:
    _, effects = after(at_rest(), Order(0, "nope", True), Order(0, "nope", False))
    assert [isinstance(effect, Refuse) and "nope" in effect.sentence for effect in effects] == [
        True,
        True,
    ]


machines = st.sampled_from([*RULES, "nope"])
waits = st.integers(0, 13 * HOUR) | st.integers(0, 4 * SECOND)
events = st.lists(
    st.one_of(
        st.tuples(st.just("beat"), waits, st.integers(-20 * SECOND, 5 * SECOND)),
        st.tuples(st.just("on"), waits, machines, st.integers(-SECOND, SECOND)),
        st.tuples(st.just("off"), waits, machines),
        st.tuples(st.just("passed"), waits),
        st.tuples(st.just("put-off"), waits),
        st.tuples(st.just("failed"), waits, st.sampled_from([*RULES])),
    ),
    max_size=60,
)


def _event(now_us: int, kind: str, *rest: object) -> Event:
    match kind, rest:
        case "beat", (int(age),):
            return Beat(now_us, now_us + age)
        case "on", (str(machine), int(until)):
            return Order(now_us, machine, True, now_us + until)
        case "off", (str(machine),):
            return Order(now_us, machine, False)
        case "put-off", ():
            return PutOff(now_us)
        case "failed", (str(machine),):
            return Failed(now_us, machine)
    return Passed(now_us)


@given(events)
def test_in_any_history_nothing_is_energised_but_by_an_order_in_time_of_a_living_kiosk(
    steps: list[tuple[object, ...]],
) -> None:
    panel, now_us, beat_us = at_rest(), 0, None
    driven = dict.fromkeys(RULES, False)
    for kind, wait, *rest in steps:
        assert isinstance(wait, int)
        now_us += wait
        event = _event(now_us, str(kind), *rest)
        panel, effects = decide(panel, event)
        for effect in effects:
            match effect:
                case Energise(machine):
                    assert isinstance(event, Order)
                    assert event.on
                    assert event.machine == machine
                    assert now_us <= event.until_us
                    assert beat_us is not None
                    assert now_us - beat_us < 3 * SECOND
                    driven[machine] = True
                case Release(machine):
                    driven[machine] = False
        if isinstance(event, Beat):
            beat_us = max(beat_us or 0, min(event.beat_us, now_us))
        assert driven == {name: isinstance(line, On) for name, line in panel.lines.items()}


@given(events)
def test_in_any_history_no_line_outlasts_its_time(steps: list[tuple[object, ...]]) -> None:
    panel, now_us = at_rest(), 0
    for kind, wait, *rest in steps:
        assert isinstance(wait, int)
        now_us += wait
        panel, _ = decide(panel, _event(now_us, str(kind), *rest))
        looked, _ = decide(panel, Passed(now_us))
        for machine, line in looked.lines.items():
            if isinstance(line, On):
                silence_us = now_us - (looked.beat_us or 0)
                assert silence_us < RULES[machine].falls_after_us
        due_us = looked.due_us()
        assert due_us is None or due_us > now_us
