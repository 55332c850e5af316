"""The session table: what an animator sees happen at a machine."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from machines.instants import SECOND, Instant, WallQuality
from machines.journal import Provenance, Reason
from machines.members import Refusal
from machines.meter import Work
from machines.session import (
    After,
    Chosen,
    Committed,
    Effect,
    Ended,
    Energise,
    Event,
    Forbidden,
    Free,
    Held,
    LineReported,
    Machine,
    NotCommitted,
    Opening,
    Overdue,
    Refused,
    Release,
    Rules,
    Started,
    Stopped,
    Suspended,
    Tapped,
    Ticked,
    WorkSeen,
    WriteClosing,
    WriteOpening,
    WriteResumption,
    WriteSuspension,
    WriteVoid,
)
from machines.session_table import decide, may_work, restore

MINUTE = 60 * SECOND
LASER = Rules(interlocked=True, measured=True, idle_us=10 * MINUTE, run_on_us=30 * SECOND)
SAW = Rules(interlocked=True)
PRINTER = Rules(interlocked=True, measured=True, outlives=True, cool_us=10 * MINUTE)
PRESS = Rules(maximum_us=60 * MINUTE)


def at(seconds: float, quality: WallQuality = WallQuality.NTP) -> Instant:
    us = round(seconds * SECOND)
    return Instant(1, us, 1_790_000_000 * SECOND + us, quality)


class Bench:
    """One machine, told events, with everything it did since `done()` was last asked."""

    def __init__(self, rules: Rules) -> None:
        self.machine = Machine(rules)
        self._did: list[Effect] = []
        self._token = 0

    def tell(self, event: Event) -> Bench:
        self.machine, effects = decide(self.machine, event)
        self._did += effects
        return self

    def done(self) -> list[Effect]:
        did, self._did = self._did, []
        return did

    def tap(
        self,
        member: str | None,
        seconds: float,
        refusal: Refusal | None = None,
        closes_us: int | None = None,
        commit: bool = True,
    ) -> Bench:
        self._token += 1
        self.tell(Tapped(at(seconds), self._token, member, refusal, closes_us))
        opens = isinstance(self.machine.session, Opening)
        if commit and opens:
            self.tell(Committed(at(seconds + 0.01), self._token, f"s{self._token}"))
        return self


def test_a_badge_lets_the_machine_run_once_the_entry_is_on_disk() -> None:
    bench = Bench(SAW).tap("ines", 0, commit=False)
    assert bench.done() == [WriteOpening(1, "ines", "badge")]
    bench.tell(Committed(at(0.2), 1, "s1"))
    assert bench.done() == [Energise(), Started("ines")]


def test_a_second_tap_ends_it_and_the_relay_opens_before_the_entry_is_written() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.done()
    bench.tap("ines", 600)
    assert bench.done() == [
        Release(),
        WriteClosing("s1", "ines", Reason.BADGE),
        Stopped("ines", at(0), Reason.BADGE),
    ]


def test_an_unknown_badge_changes_nothing_in_the_session_that_runs() -> None:
    bench = Bench(SAW).tap("ines", 0)
    before = bench.machine
    bench.done()
    bench.tap(None, 5)
    assert bench.done() == [Refused(Refusal.UNKNOWN_BADGE, None)]
    assert bench.machine == before


def test_a_member_without_clearance_changes_nothing_in_the_session_that_runs() -> None:
    bench = Bench(SAW).tap("ines", 0)
    before = bench.machine
    bench.tap("karim", 5, Refusal.NO_CLEARANCE)
    assert bench.machine == before


def test_a_member_whose_membership_ended_meanwhile_can_still_badge_out() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.tap("ines", 60, Refusal.MEMBERSHIP_OVER)
    assert isinstance(bench.machine.session, Free)


def test_a_disk_slower_than_two_seconds_refuses_and_what_it_commits_later_is_voided() -> None:
    bench = Bench(SAW).tap("ines", 0, commit=False)
    bench.tell(Ticked(at(1.9)))
    assert isinstance(bench.machine.session, Opening)
    bench.tell(Overdue(at(2), 1))
    assert bench.done()[-1] == Refused(Refusal.JOURNAL_UNAVAILABLE, "ines")
    bench.tell(Committed(at(5), 1, "s1"))
    assert bench.done() == [WriteVoid("s1")]
    assert not bench.machine.powered


def test_a_disk_that_fails_refuses_at_once() -> None:
    bench = Bench(SAW).tap("ines", 0, commit=False)
    bench.tell(NotCommitted(at(0.1), 1))
    assert bench.done()[-1] == Refused(Refusal.JOURNAL_UNAVAILABLE, "ines")


def test_a_dangerous_fault_while_the_disk_writes_never_energises() -> None:
    bench = Bench(SAW).tap("ines", 0, commit=False)
    bench.tell(Ended(at(0.1), Reason.FAULT)).tell(Committed(at(0.2), 1, "s1"))
    assert Energise() not in bench.done()


def test_a_dangerous_fault_while_the_next_member_begins_leaves_no_power_for_cooling() -> None:
    bench = Bench(PRINTER).tap("ines", 0).tap("ines", 60)
    bench.tap("karim", 61, commit=False)
    assert bench.machine.powered, "it cools"
    bench.done()
    bench.tell(Ended(at(61.1), Reason.FAULT))
    assert bench.done() == [Release(), Refused(Refusal.FAULT, "karim")]
    assert not bench.machine.powered


def test_a_machine_put_in_maintenance_while_the_disk_writes_does_not_start() -> None:
    bench = Bench(SAW).tap("ines", 0, commit=False)
    bench.done()
    bench.tell(Forbidden(Refusal.MAINTENANCE)).tell(Committed(at(0.2), 1, "s1"))
    assert bench.done() == [Refused(Refusal.MAINTENANCE, "ines"), WriteVoid("s1")]


def test_a_machine_put_in_maintenance_leaves_the_session_that_runs_alone() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.done()
    bench.tell(Forbidden(Refusal.MAINTENANCE))
    assert bench.done() == []
    assert bench.machine.member == "ines"


def test_a_resting_machine_is_handed_over_to_the_next_member() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.done()
    bench.tap("karim", 60)
    assert bench.done() == [
        Release(),
        WriteClosing("s1", "ines", Reason.HAND_OVER),
        Stopped("ines", at(0), Reason.HAND_OVER),
        WriteOpening(2, "karim", "badge"),
        Energise(),
        Started("karim"),
    ]


def test_a_working_machine_is_not_handed_over() -> None:
    bench = Bench(LASER).tap("ines", 0)
    bench.tell(WorkSeen(at(10), Work.WORKING))
    bench.tap("karim", 20)
    assert bench.machine.member == "ines"
    assert bench.done()[-1] == Refused(Refusal.IN_USE, "karim")


def test_a_machine_that_fell_silent_while_it_worked_is_not_handed_over() -> None:
    bench = Bench(LASER).tap("ines", 0)
    bench.tell(WorkSeen(at(10), Work.WORKING)).tell(WorkSeen(at(20), Work.UNKNOWN))
    bench.tap("karim", 30)
    assert bench.done()[-1] == Refused(Refusal.IN_USE, "karim")
    bench.tap("karim", 700)
    assert bench.machine.member == "karim", "nothing was heard for ten minutes"


def test_the_next_member_does_not_begin_on_a_print_that_is_out_of_sight() -> None:
    bench = Bench(PRINTER).tap("ines", 0)
    bench.tell(WorkSeen(at(10), Work.WORKING)).tap("ines", 60)
    bench.tell(WorkSeen(at(70), Work.UNKNOWN)).tap("karim", 80)
    assert bench.done()[-1] == Refused(Refusal.WORKING, "karim")


def test_the_shared_screen_asks_before_a_machine_is_taken_over() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.tell(Chosen(at(5), 9, "karim"))
    assert bench.machine.member == "ines"
    bench.tell(Chosen(at(6), 10, "karim", take_over=True))
    assert bench.machine.member == "karim"


def test_a_held_machine_left_idle_is_let_go_after_ten_minutes() -> None:
    bench = Bench(LASER).tap("ines", 0)
    bench.tell(WorkSeen(at(1), Work.WORKING)).tell(WorkSeen(at(300), Work.RESTING))
    bench.tell(Ticked(at(899)))
    assert isinstance(bench.machine.session, Held)
    bench.done()
    bench.tell(Ticked(at(901)))
    assert WriteClosing("s1", "ines", Reason.IDLE) in bench.done()


def test_idle_time_never_cuts_a_machine_that_works() -> None:
    bench = Bench(LASER).tap("ines", 0)
    bench.tell(WorkSeen(at(1), Work.WORKING)).tell(Ticked(at(7200)))
    assert isinstance(bench.machine.session, Held)


def test_a_bare_machine_is_never_idle_but_has_a_maximum() -> None:
    bench = Bench(replace(PRESS, idle_us=MINUTE)).tap("ines", 0)
    bench.tell(Ticked(at(3599)))
    assert isinstance(bench.machine.session, Held)
    bench.tell(Ticked(at(3601)))
    assert WriteClosing("s1", "ines", Reason.MAXIMUM) in bench.done()


def test_a_forgotten_badge_out_ends_at_closing_time_as_an_estimate() -> None:
    closes = at(3600).wall_us
    bench = Bench(PRESS_ALL_DAY).tap("ines", 0, closes_us=closes)
    bench.done()
    bench.tell(Ticked(at(3660)))
    assert bench.done()[0] == WriteClosing(
        "s1", "ines", Reason.CLOSING, Provenance.ESTIMATED, at(3600)
    )


PRESS_ALL_DAY = Rules()


def test_closing_time_is_not_believed_from_a_clock_that_was_never_set() -> None:
    bench = Bench(PRESS_ALL_DAY).tap("ines", 0, closes_us=at(60).wall_us)
    bench.tell(Ticked(at(3600, WallQuality.RESTORED)))
    assert isinstance(bench.machine.session, Held)


def test_a_print_at_closing_time_is_warned_and_ends_when_the_printer_rests() -> None:
    bench = Bench(PRINTER).tap("ines", 0, closes_us=at(3600).wall_us)
    bench.tell(WorkSeen(at(10), Work.WORKING)).tell(Ticked(at(3700)))
    held = bench.machine.session
    assert isinstance(held, Held)
    assert held.ending is Reason.CLOSING
    bench.tell(WorkSeen(at(5000), Work.RESTING)).tell(Ticked(at(5001)))
    assert WriteClosing("s1", "ines", Reason.CLOSING, Provenance.ESTIMATED) in bench.done()


def test_a_print_outlives_its_members_presence_and_keeps_its_power() -> None:
    bench = Bench(PRINTER).tap("ines", 0)
    bench.tell(WorkSeen(at(10), Work.WORKING)).tap("ines", 60)
    assert isinstance(bench.machine.session, After)
    assert bench.machine.powered
    assert Release() not in bench.done()
    bench.tap("karim", 90)
    assert bench.done() == [Refused(Refusal.WORKING, "karim")]


def test_a_printers_power_stays_until_its_nozzle_is_cold_or_ten_minutes_passed() -> None:
    for last, nozzle in ((at(130), 49.0), (at(721), None)):
        bench = Bench(PRINTER).tap("ines", 0)
        bench.tell(WorkSeen(at(10), Work.WORKING)).tap("ines", 60)
        bench.tell(WorkSeen(at(120), Work.RESTING)).tell(Ticked(at(125), 180.0))
        assert bench.machine.powered
        bench.done()
        bench.tell(Ticked(last, nozzle))
        assert bench.done() == [Release()]


def test_a_lasers_extraction_runs_on_for_its_thirty_seconds() -> None:
    bench = Bench(LASER).tap("ines", 0)
    bench.tell(WorkSeen(at(1), Work.RESTING)).tap("ines", 60)
    bench.tell(Ticked(at(89)))
    assert bench.machine.powered
    bench.tell(Ticked(at(91)))
    assert not bench.machine.powered


def test_the_next_member_may_begin_while_a_printer_cools() -> None:
    bench = Bench(PRINTER).tap("ines", 0)
    bench.tell(WorkSeen(at(1), Work.RESTING)).tap("ines", 60)
    bench.done()
    bench.tap("karim", 70)
    assert bench.done() == [WriteOpening(3, "karim", "badge"), Energise(), Started("karim")]


def test_a_dropped_line_suspends_the_session_and_only_a_tap_energises_again() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.done()
    bench.tell(LineReported(at(30), on=False, since=at(20)))
    assert bench.done() == [WriteSuspension("s1", Reason.DROPPED, at(20))]
    bench.tell(Ticked(at(60))).tell(LineReported(at(61), on=False))
    assert bench.done() == []
    bench.tap("ines", 90)
    assert bench.done() == [WriteResumption("s1"), Energise(), Started("ines", resumed=True)]


def test_a_member_is_told_when_the_machine_does_not_come_on() -> None:
    bench = Bench(SAW).tap("ines", 0)
    bench.done()
    bench.tell(LineReported(at(0.6), on=False, since=at(0.6)))
    assert bench.done()[-1] == Refused(Refusal.RELAY_UNAVAILABLE, "ines")
    assert isinstance(bench.machine.session, Suspended)


def test_a_line_that_is_on_without_a_session_is_released() -> None:
    assert Bench(SAW).tell(LineReported(at(0), on=True)).done() == [Release()]


def test_after_a_power_cut_an_interlocked_machine_waits_for_a_tap() -> None:
    held = Held("s1", "ines", at(0), at(0))
    machine, effects = restore(SAW, held, rebooted=True, since=at(50), now=at(60))
    assert isinstance(machine.session, Suspended)
    assert effects == (WriteSuspension("s1", Reason.POWER_LOSS, at(50)),)


def test_after_a_restart_of_the_kiosk_a_machine_is_as_it_was_left() -> None:
    held = Held("s1", "ines", at(0), at(0))
    machine, effects = restore(SAW, held, rebooted=False, since=at(50), now=at(60))
    assert machine.session == held
    assert effects == ()


def test_a_line_that_fell_while_the_kiosk_was_away_is_told_to_nobody() -> None:
    machine, _ = restore(SAW, Held("s1", "ines", at(0), at(60)), False, at(50), at(60))
    _, effects = decide(machine, LineReported(at(60.5), on=False, since=at(40)))
    assert effects == (WriteSuspension("s1", Reason.DROPPED, at(40)),)


def test_a_kiosk_restarted_after_closing_time_does_not_cut_a_machine_it_has_not_heard_yet() -> None:
    mill = Rules(interlocked=True, measured=True)
    held = Held("s1", "ines", at(0), at(3700), closes_us=at(3600).wall_us)
    machine, _ = restore(mill, held, rebooted=False, since=at(3690), now=at(3700))
    for event in (Ticked(at(3701)), WorkSeen(at(3702), Work.WORKING), Ticked(at(3703))):
        machine, effects = decide(machine, event)
        assert effects == ()
    assert machine.powered


def test_a_machine_found_at_rest_after_closing_time_ended_at_closing_time() -> None:
    vinyl = Rules(measured=True)
    held = Held("s1", "ines", at(0), at(7200), closes_us=at(3600).wall_us)
    machine, _ = restore(vinyl, held, rebooted=False, since=at(3000), now=at(7200))
    for event in (Ticked(at(7201)), WorkSeen(at(7202), Work.RESTING)):
        machine, effects = decide(machine, event)
        assert effects == ()
    _, effects = decide(machine, Ticked(at(7203)))
    closing = WriteClosing("s1", "ines", Reason.CLOSING, Provenance.ESTIMATED, at(3600))
    assert effects[0] == closing


def test_a_kiosk_restarted_in_mid_print_keeps_the_power_of_a_member_who_has_left() -> None:
    left = After("s1", "ines", at(60))
    machine, effects = restore(PRINTER, left, rebooted=False, since=at(3600), now=at(3610))
    assert effects == ()
    for event in (
        LineReported(at(3611), on=True),
        Ticked(at(3612)),
        WorkSeen(at(3613), Work.WORKING),
        Ticked(at(9000)),
        WorkSeen(at(9001), Work.RESTING),
        Ticked(at(9002), 180.0),
    ):
        machine, effects = decide(machine, event)
        assert effects == ()
    _, effects = decide(machine, Ticked(at(9100), 40.0))
    assert effects == (Release(),)


def test_after_a_power_cut_nothing_cools_any_more() -> None:
    machine, effects = restore(PRINTER, After("s1", "ines", at(60)), True, at(60), at(90))
    assert (machine.session, effects) == (Free(), ())


def test_a_session_begun_before_the_clock_was_set_ends_at_closing_time_once_it_is() -> None:
    bench = Bench(PRESS_ALL_DAY).tap("ines", 0)
    closes = at(3600).wall_us
    bench.tell(Ticked(at(3599), closes_us=closes)).tell(Ticked(at(3600)))
    assert WriteClosing("s1", "ines", Reason.CLOSING, Provenance.ESTIMATED) in bench.done()


# -- in any history ---------------------------------------------------------------------------

MEMBERS = st.sampled_from(["ines", "karim", None])
REFUSALS = st.sampled_from([None, None, None, Refusal.NO_CLEARANCE, Refusal.MAINTENANCE])
RULES = st.sampled_from([LASER, SAW, PRINTER, PRESS, PRESS_ALL_DAY])
ASKED = ["tap", "choose", "take-over", "end", "fault", "forbid"]
SEEN = ["work", "pause", "rest", "lost", "drop", "on", "tick", "tick"]
WHATS = [*ASKED, *SEEN, "commit", "fail", "late", "overdue"]
#: (what, who, refusal, seconds since the one before)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(WHATS),
        MEMBERS,
        REFUSALS,
        st.sampled_from([0.0, 0.1, 1.0, 2.5, 59.0, 700.0, 4000.0]),
    ),
    max_size=60,
)


def history(rules: Rules, steps: list[tuple[str, str | None, Refusal | None, float]]):
    """Every (machine before, event, machine after, effects); a token commits at most once."""
    machine, now, token = Machine(rules), 0.0, 0
    pending: list[int] = []
    story = []
    for what, who, refusal, wait in steps:
        now += wait
        when = at(now)
        event: Event
        match what:
            case "tap" | "choose" | "take-over":
                token += 1
                closes = at(now + 3600).wall_us
                if what == "tap":
                    event = Tapped(when, token, who, refusal, closes)
                elif who is None:
                    continue
                else:
                    event = Chosen(when, token, who, refusal, closes, what == "take-over")
            case "end":
                event = Ended(when, Reason.ASKED, who)
            case "fault":
                event = Ended(when, Reason.FAULT)
            case "forbid":
                event = Forbidden(Refusal.MAINTENANCE)
            case "work" | "pause" | "rest" | "lost":
                works = {
                    "work": Work.WORKING,
                    "pause": Work.PAUSED,
                    "rest": Work.RESTING,
                    "lost": Work.UNKNOWN,
                }
                event = WorkSeen(when, works[what])
            case "overdue" if pending:
                event = Overdue(when, pending[0])
            case "commit" | "late" | "fail":
                if not pending:
                    continue
                done = pending.pop(0 if what == "late" else -1)
                failed = what == "fail"
                event = NotCommitted(when, done) if failed else Committed(when, done, f"s{done}")
            case "drop" | "on":
                event = LineReported(when, on=what == "on")
            case _:
                event = Ticked(when)
        after, effects = decide(machine, event)
        pending += [e.token for e in effects if isinstance(e, WriteOpening)]
        story.append((machine, event, after, effects))
        machine = after
    return story


@given(RULES, STEPS)
def test_in_any_history_a_session_is_opened_once_and_ended_at_most_once(rules, steps) -> None:
    opened: list[str] = []
    ended: list[str] = []
    for _, event, _, effects in history(rules, steps):
        if isinstance(event, Committed):
            opened.append(event.session)
        ended += [e.session for e in effects if isinstance(e, WriteClosing | WriteVoid)]
    assert len(set(opened)) == len(opened)
    assert len(set(ended)) == len(ended)
    assert set(ended) <= set(opened)


@given(RULES, STEPS)
def test_in_any_history_every_session_but_the_present_one_is_ended(rules, steps) -> None:
    story = history(rules, steps)
    opened = {event.session for _, event, _, _ in story if isinstance(event, Committed)}
    ended = {
        e.session
        for *_, effects in story
        for e in effects
        if isinstance(e, WriteClosing | WriteVoid)
    }
    present = story[-1][2].session if story else Free()
    still = {present.session} if isinstance(present, Held | Suspended) else set()
    assert opened - ended == still


@given(RULES, STEPS)
def test_in_any_history_the_relay_follows_the_table(rules, steps) -> None:
    line = False
    for _, event, after, effects in history(rules, steps):
        if isinstance(event, LineReported) and rules.interlocked:
            line = event.on
        for effect in effects:
            if isinstance(effect, Energise):
                assert isinstance(event, Committed | Tapped | Chosen)
                line = True
            elif isinstance(effect, Release):
                line = False
        if not after.powered:
            assert line is False


@given(RULES, STEPS)
def test_in_any_history_a_refusal_changes_no_session(rules, steps) -> None:
    for before, event, after, effects in history(rules, steps):
        refused = effects and all(isinstance(e, Refused) for e in effects)
        if refused and isinstance(event, Tapped | Chosen):
            assert after == before


@given(RULES, STEPS)
def test_in_any_history_a_dangerous_fault_leaves_no_power(rules, steps) -> None:
    for _, event, after, _ in history(rules, steps):
        if isinstance(event, Ended) and event.reason is Reason.FAULT:
            assert not after.powered


@given(RULES, STEPS)
def test_in_any_history_nobody_else_begins_where_work_may_be_cut(rules, steps) -> None:
    for before, event, _, effects in history(rules, steps):
        taken = not isinstance(before.session, Free)
        if isinstance(event, Tapped | Chosen) and taken and may_work(before, event.at):
            assert not any(isinstance(e, WriteOpening) for e in effects)


@given(RULES, STEPS)
def test_in_any_history_a_restart_of_the_kiosk_alone_changes_no_power(rules, steps) -> None:
    for _, _, after, _ in history(rules, steps):
        if isinstance(after.session, Held | Suspended | After):
            now = at(1_000_000)
            again, effects = restore(rules, after.session, False, now, now)
            assert again.powered == after.powered
            ticked, more = decide(again, Ticked(now))
            assert Energise() not in (*effects, *more)
            if rules.measured:
                assert ticked.powered == after.powered, "nobody has heard yet what it does"


@given(RULES, STEPS)
def test_in_any_history_time_alone_never_cuts_a_machine_seen_working(rules, steps) -> None:
    """A suspended session's relay is off already, whatever was last seen of its machine."""
    for before, event, _, effects in history(rules, steps):
        suspended = isinstance(before.session, Suspended)
        if isinstance(event, Ticked) and before.working and not suspended:
            assert Release() not in effects
            assert not any(isinstance(e, WriteClosing) for e in effects)
