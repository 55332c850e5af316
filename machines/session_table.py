"""The table of a machine's session: every transition is in `decide`, and nowhere else.

Times are instants; what a duration needs is `Instant.since`. Effects are
carried out in their order by the floor: when a session opens, the entry is
durable before the relay closes; when it ends, the relay opens first.
"""

from __future__ import annotations

from dataclasses import replace

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
    Outcome,
    Overdue,
    Party,
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

#: A machine that has not been heard for this long may be ended like one that rests.
UNHEARD_US = 600 * SECOND
#: A line that falls so soon after it was asked on never came on: its member is still there.
BARELY_US = 2 * SECOND


def decide(machine: Machine, event: Event) -> Outcome:
    """The machine after `event`, and what is to be done, in order."""
    match machine.session, event:
        case _, Committed(_, token, session):
            return _committed(machine, event, token, session)
        case Opening(token=waiting), (NotCommitted() | Overdue()) if event.token == waiting:
            return _refuse_opening(machine)
        case Opening(), Ended(_, Reason.FAULT):
            refused, told = _refuse_opening(machine, Refusal.FAULT)
            safe, power = _let_go(refused)
            return safe, (*power, *told)
        case Opening(), Forbidden(refusal):
            return _refuse_opening(machine, refusal)
        case _, Tapped(member=None):
            return machine, _no(event.refusal or Refusal.UNKNOWN_BADGE, None)
        case Opening(member=mine), Tapped(member=tapped) | Chosen(member=tapped):
            # The answer to the first tap is on its way; another member waits for it.
            return machine, () if tapped == mine else _no(Refusal.IN_USE, tapped)

        case Held(member=mine), Tapped(at, member=tapped) if tapped == mine:
            return _end(machine, at, Reason.BADGE)
        case Suspended(member=mine), (Tapped() | Chosen()) if event.member == mine:
            return _resume(machine, event)
        case _, (Tapped() | Chosen()) if event.refusal is not None:
            return machine, _no(event.refusal, event.member)
        case ((Free() | After()), (Tapped() | Chosen())):
            return _open(machine, event)
        case Held(member=mine), Chosen(member=chosen) if chosen == mine:
            return machine, (Started(chosen),)
        case ((Held() | Suspended()), (Tapped() | Chosen())):
            return _take_over(machine, event)

        case ((Held() | Suspended()), Ended(at, reason, member)) if member in (
            None,
            machine.member,
        ):
            how = Provenance.BADGE if event.told is None else Provenance.DECLARED
            return _end(machine, at, reason, how, event.told, event.by, event.why)
        case After(), Ended(_, Reason.FAULT):
            return _let_go(machine)

        case _, WorkSeen():
            return _see(machine, event)
        case Held(), LineReported(_, on=False) if machine.rules.interlocked:
            return _suspend(machine, event)
        case _, LineReported(on=True) if machine.rules.interlocked and not machine.powered:
            return machine, (Release(),)
        case After(), LineReported(_, on=False) if machine.rules.interlocked:
            return replace(machine, session=Free()), ()
        case ((Held() | Suspended()) as open_, Ticked(closes_us=int(closes))) if (
            open_.closes_us is None
        ):
            placed = replace(machine, session=replace(open_, closes_us=closes))
            return decide(placed, replace(event, closes_us=None))
        case Held(), Ticked(at):
            return _watch(machine, at)
        case Suspended(), Ticked(at):
            return _watch_suspended(machine, at)
        case After(), Ticked(at, nozzle_c):
            return _cool(machine, at, nozzle_c)
    return machine, ()


def restore(
    rules: Rules, session: Held | Suspended | After, rebooted: bool, since: Instant, now: Instant
) -> Outcome:
    """A machine as the kiosk before left it, when the kiosk starts again.

    After a reboot of the Pi its relay is certainly off, since the keeper was
    restarted too: the session is suspended from `since`, the last sign of life.
    After a restart of the kiosk alone, the keeper's report decides, and what the
    machine does is not known before it is heard.
    """
    machine = Machine(rules, session, work_at=now)
    if not (rebooted and rules.interlocked):
        return machine, ()
    if isinstance(session, After):
        return replace(machine, session=Free()), ()
    if isinstance(session, Held):
        suspended = Suspended(session.session, session.member, session.opened, session.closes_us)
        return (
            replace(machine, session=suspended),
            (WriteSuspension(session.session, Reason.POWER_LOSS, since),),
        )
    return machine, ()


# -- what the rows of the table do ----------------------------------------------------------


def _no(refusal: Refusal, member: str | None) -> tuple[Effect, ...]:
    return (Refused(refusal, member),)


def _open(machine: Machine, event: Tapped | Chosen) -> Outcome:
    before = machine.session
    assert isinstance(before, Free | After)
    assert event.member is not None
    if isinstance(before, After) and may_work(machine, event.at):
        return machine, _no(Refusal.WORKING, event.member)
    party = isinstance(event, Chosen) and event.party is not None
    opening = Opening(event.token, event.member, event.at, event.closes_us, before, party)
    return replace(machine, session=opening), (_opening(event, event.member),)


def _opening(event: Tapped | Chosen, member: str) -> WriteOpening:
    match event:
        case Tapped(token=token):
            return WriteOpening(token, member, "badge")
        case Chosen(token=token, party=Party() as party, by=by):
            return WriteOpening(token, member, "party", by, party)
        case Chosen(token=token, by=by):
            return WriteOpening(token, member, "animator" if by else "touch", by)


def _committed(machine: Machine, event: Committed, token: int, session: str) -> Outcome:
    opening = machine.session
    if not (isinstance(opening, Opening) and opening.token == token):
        return machine, (WriteVoid(session),)  # it was refused before the disk came round
    held = Held(session, opening.member, opening.at, event.at, opening.closes_us)
    power: tuple[Effect, ...] = (Energise(),) if machine.rules.interlocked else ()
    # Nobody of a party badged, and its animator is at a tablet.
    greeting: tuple[Effect, ...] = () if opening.party else (Started(opening.member),)
    return replace(machine, session=held), (*power, *greeting)


def _refuse_opening(machine: Machine, refusal: Refusal = Refusal.JOURNAL_UNAVAILABLE) -> Outcome:
    """Back to what it was; should the entry reach the disk after all, it is voided then."""
    opening = machine.session
    assert isinstance(opening, Opening)
    return replace(machine, session=opening.before), _no(refusal, opening.member)


def _resume(machine: Machine, event: Tapped | Chosen) -> Outcome:
    suspended = machine.session
    assert isinstance(suspended, Suspended)
    if event.refusal is not None:
        return machine, _no(event.refusal, event.member)
    held = Held(
        suspended.session, suspended.member, suspended.opened, event.at, suspended.closes_us
    )
    return (
        replace(machine, session=held),
        (WriteResumption(held.session), Energise(), Started(held.member, resumed=True)),
    )


def _take_over(machine: Machine, event: Tapped | Chosen) -> Outcome:
    """Another member at a machine that is held: only at rest, and asked on the shared screen."""
    asked = isinstance(event, Tapped) or event.take_over
    if not asked or may_work(machine, event.at):
        return machine, _no(Refusal.IN_USE, event.member)
    ended, closing = _end(machine, event.at, Reason.HAND_OVER)
    opened, opening = _open(ended, event)
    return opened, (*closing, *opening)


def _end(
    machine: Machine,
    at: Instant,
    reason: Reason,
    provenance: Provenance = Provenance.BADGE,
    ended: Instant | None = None,
    by: str | None = None,
    why: str = "",
) -> Outcome:
    held = machine.session
    assert isinstance(held, Held | Suspended)
    rules = machine.rules
    works_on = rules.outlives and machine.working
    stays = works_on or (rules.interlocked and (rules.run_on_us or rules.cool_us))
    closing = WriteClosing(held.session, held.member, reason, provenance, ended, by, why)
    stopped = Stopped(held.member, held.opened, reason, ended)
    if stays and reason is not Reason.FAULT and isinstance(held, Held):
        after = After(held.session, held.member, at, None if machine.working else at)
        return replace(machine, session=after), (closing, stopped)
    power: tuple[Effect, ...] = (Release(),) if rules.interlocked else ()
    return replace(machine, session=Free()), (*power, closing, stopped)


def _let_go(machine: Machine) -> Outcome:
    power: tuple[Effect, ...] = (Release(),) if machine.rules.interlocked else ()
    return replace(machine, session=Free()), power


def _see(machine: Machine, event: WorkSeen) -> Outcome:
    changed = event.work is not machine.work
    seen = replace(
        machine,
        work=event.work,
        work_at=event.at if changed or machine.work_at is None else machine.work_at,
    )
    session = seen.session
    if isinstance(session, Held) and (seen.working or (machine.working and changed)):
        seen = replace(seen, session=replace(session, active=event.at))
    elif isinstance(session, After):
        rested = None if seen.working else session.rested or event.at
        seen = replace(seen, session=replace(session, rested=rested))
    return seen, ()


def _suspend(machine: Machine, event: LineReported) -> Outcome:
    held = machine.session
    assert isinstance(held, Held)
    suspended = Suspended(held.session, held.member, held.opened, held.closes_us)
    writes = WriteSuspension(held.session, Reason.DROPPED, event.since)
    told = _no(Refusal.RELAY_UNAVAILABLE, held.member) if _barely_on(held, event) else ()
    return replace(machine, session=suspended), (writes, *told)


def _barely_on(held: Held, event: LineReported) -> bool:
    since = event.since or event.at
    return since.since(held.active) >= 0 and event.at.since(held.active) < BARELY_US


def may_work(machine: Machine, at: Instant) -> bool:
    """Whether somebody else's yes might cut work: it works, or was out of sight just now."""
    powered = isinstance(machine.session, Held | After)
    return machine.working or (powered and not _quiet(machine, at))


def _quiet(machine: Machine, at: Instant) -> bool:
    """Whether ending the session cuts no work: it rests, or nothing was heard for long."""
    if machine.work is Work.UNKNOWN and machine.rules.measured:
        return machine.work_at is None or at.since(machine.work_at) > UNHEARD_US
    return not machine.working


def _watch(machine: Machine, at: Instant) -> Outcome:
    """Closing time, maximum, idleness: warn while it works, end the session when it rests."""
    held = machine.session
    assert isinstance(held, Held)
    reason = _over(machine, held, at)
    if reason is None and not (held.ending and _quiet(machine, at)):
        return machine, ()
    if machine.working:
        return replace(machine, session=replace(held, ending=held.ending or reason)), ()
    if not _quiet(machine, at):
        return machine, ()  # perhaps it rests since before it was due: its time is not drawn out
    if held.ending:
        return _end(machine, at, held.ending, _provenance(held.ending))
    assert reason is not None
    return _end(machine, at, reason, _provenance(reason), _ended(reason, held, at))


def _over(machine: Machine, held: Held, at: Instant) -> Reason | None:
    rules = machine.rules
    if _closed(held.closes_us, at):
        return Reason.CLOSING
    if rules.maximum_us and at.since(held.opened) >= rules.maximum_us:
        return Reason.MAXIMUM
    idle = rules.idle_us and rules.measured and machine.work is Work.RESTING
    if idle and at.since(held.active) >= rules.idle_us:
        return Reason.IDLE  # never out of silence: a cable may be pulled, and the machine work
    return None


def _closed(closes_us: int | None, at: Instant) -> bool:
    """Whether closing time has passed, by a wall clock that was set."""
    return closes_us is not None and at.quality >= WallQuality.NTP and at.wall_us >= closes_us


def _provenance(reason: Reason) -> Provenance:
    """A session nobody ended is an estimate; one ended at its maximum or idle is the badge's."""
    return Provenance.ESTIMATED if reason is Reason.CLOSING else Provenance.BADGE


def _ended(reason: Reason, held: Held | Suspended, at: Instant) -> Instant | None:
    """Where the time ends when it is not now: at the closing time itself, if after the opening."""
    if reason is not Reason.CLOSING or held.closes_us is None:
        return None
    late = at.wall_us - held.closes_us
    if late <= 0 or held.closes_us <= held.opened.wall_us:
        return None
    return at.minus(late)


def _watch_suspended(machine: Machine, at: Instant) -> Outcome:
    suspended = machine.session
    assert isinstance(suspended, Suspended)
    if not _closed(suspended.closes_us, at):
        return machine, ()
    ended = _ended(Reason.CLOSING, suspended, at)
    return _end(machine, at, Reason.CLOSING, Provenance.ESTIMATED, ended)


def _cool(machine: Machine, at: Instant, nozzle_c: float | None) -> Outcome:
    """Power goes when the work is done and the nozzle is cold, or its time is up."""
    after = machine.session
    assert isinstance(after, After)
    rules = machine.rules
    if not _quiet(machine, at):
        return machine, ()
    rested_us = at.since(after.rested or after.ended)
    if rested_us < rules.run_on_us:
        return machine, ()
    cold = nozzle_c is not None and nozzle_c < rules.cool_below_c
    if rules.cool_us and not cold and rested_us < rules.cool_us:
        return machine, ()
    return _let_go(machine)
