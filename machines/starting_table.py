"""One printer, as the queue starts jobs there: every transition is in `decide`, and nowhere else.

A start is three steps: its entry is on disk, the file is at OctoPrint, the order
to print it is sent. From that order on the file may be printing, whatever is
answered or not, so it is never sent twice: where nobody knows, the printer is
watched, and its history asked, until one of these is certain:

    what is known                                              what came of it
    a print of the attempt's own path begins                   begun (`PrintBegan.job`)
    OctoPrint's history has that path                          printed, unseen (`Found`)
    another print begins, and the history has no such path     refused: other-print
    at rest for 30 s in two sights, no such path in history    refused: not-begun, no-answer
    OctoPrint has no printer, for as long                      refused: offline
    OctoPrint refused the file or the order                    refused, in its words

The plate must be clear when the file is sent and when the order is: that word is
used up by the order, and by nothing before it.
"""

from __future__ import annotations

from dataclasses import replace

from machines import plate as plates
from machines.facts import Answer, Refused, Unanswered
from machines.instants import SECOND, Instant
from machines.job_entries import NotStarted
from machines.starting import (
    AskHistory,
    Asking,
    Attempt,
    Bay,
    Began,
    Cleared,
    Ended,
    Event,
    Found,
    Idle,
    Lost,
    Moving,
    Noted,
    Noting,
    NotNoted,
    NotSettled,
    Ordered,
    Outcome,
    Passed,
    Refuse,
    Remembered,
    Remove,
    Replied,
    Rested,
    SendOrder,
    Settled,
    Settling,
    Unsure,
    Upload,
    Uploading,
    Wanted,
    history_key,
    order_key,
    upload_key,
)

#: Field microseconds at rest before a start that nobody saw begin is given up: OctoPrint
#: takes under a second to begin, and a request that was on its way has come or failed.
REST_US = 30 * SECOND
#: Sights at rest that this takes, so that one stale answer decides nothing.
SIGHTS = 2
#: Field microseconds without an answer, or without a byte of a file moving, that are none.
NO_WORD_US = 600 * SECOND


def decide(bay: Bay, event: Event) -> Outcome:
    """The printer after `event`, and what is to be done, in order."""
    bay = replace(bay, plate=_plate(bay, event))
    match bay.start, event:
        case Idle(), Wanted(attempt):
            return replace(bay, start=Noting(attempt)), ()
        case Noting(attempt), Noted(at):
            if not bay.is_clear(at):
                return _refuse(bay, attempt, NotStarted.PLATE)
            return replace(bay, start=Uploading(attempt, at)), (Upload(attempt),)
        case Noting(), NotNoted():
            return replace(bay, start=Idle()), ()

        case Uploading(attempt), Moving(at, share):
            return replace(bay, start=Uploading(attempt, at, share)), ()
        case Uploading(attempt), Replied(at, key, answer) if key == upload_key(attempt):
            return _uploaded(bay, attempt, at, answer)
        case Uploading(attempt), Lost() | Rested(connected=False):
            return _refuse(bay, attempt, NotStarted.OFFLINE)
        case Uploading(attempt, since), Passed(at) if at.since(since) > NO_WORD_US:
            return _refuse(bay, attempt, NotStarted.UPLOAD)
        case Uploading(attempt), Began(ours=False):
            return _refuse(bay, attempt, NotStarted.OTHER_PRINT)

        case Ordered(attempt), Replied(at, key, answer) if key == order_key(attempt):
            return _answered(bay, attempt, at, answer)
        case Ordered(attempt), Lost(at):
            return replace(bay, start=Unsure(attempt, at)), ()
        case Ordered(attempt, since), Passed(at) if at.since(since) > NO_WORD_US:
            return replace(bay, start=Unsure(attempt, at)), ()
        case Ordered(agreed=True) as start, Rested():
            return _watch(bay, start, NotStarted.NOT_BEGUN, event)
        case Unsure(why=why) as start, Rested():
            return _watch(bay, start, why, event)
        case Unsure(attempt, why=why), Lost(at):
            return replace(bay, start=Unsure(attempt, at, why)), ()
        case (Ordered() | Unsure()) as start, Began(at, ours=False):
            return _ask(bay, start.attempt, at, NotStarted.OTHER_PRINT)

        case Asking(attempt, _, why), Remembered(key=key, ours=ours) if key == history_key(attempt):
            if ours is not None:
                found = replace(bay, plate=plates.Taken(), start=Settling(attempt))
                return found, (Found(attempt, ours, event.done), Remove(attempt))
            return _refuse(bay, attempt, why)
        case Asking(attempt, _, why), Replied(at, key) if key == history_key(attempt):
            return replace(bay, start=Unsure(attempt, at, why)), ()
        case Asking(attempt, _, why), Lost(at):
            return replace(bay, start=Unsure(attempt, at, why)), ()
        case Asking(attempt, since, why), Passed(at) if at.since(since) > NO_WORD_US:
            return replace(bay, start=Unsure(attempt, at, why)), ()

        case (Unsure() | Asking()) as start, Replied(_, key, Refused(why, detail)) if (
            key == order_key(start.attempt)
        ):
            return _refuse(bay, start.attempt, why, detail)
        case (Uploading() | Ordered() | Unsure() | Asking()) as start, Began(ours=True):
            return replace(bay, start=Settling(start.attempt)), ()
        case Settling(attempt), NotSettled(at):
            return replace(bay, start=Unsure(attempt, at)), ()
        case (Uploading() | Unsure() | Asking() | Settling()) as start, Settled():
            gone = () if isinstance(start, Settling) else (Remove(start.attempt),)
            return replace(bay, start=Idle()), gone
    return bay, ()


# -- what the rows of the table do ----------------------------------------------------------


def _plate(bay: Bay, event: Event) -> plates.Plate:
    """What the plate makes of it, whatever start is under way."""
    match event:
        case Cleared(at):
            told: plates.Event = plates.Cleared(at)
        case Began():
            told = plates.Begun()
        case Ended(ended):
            told = ended
        case Lost() | Rested(connected=False):
            told = plates.Lost()
        case _:
            return bay.plate
    return plates.see(bay.gate, bay.plate, told)


def _refuse(bay: Bay, attempt: Attempt, reason: NotStarted, detail: str = "") -> Outcome:
    settling = replace(bay, start=Settling(attempt))
    return settling, (Remove(attempt), Refuse(attempt, reason, detail))


def _uploaded(bay: Bay, attempt: Attempt, at: Instant, answer: Answer) -> Outcome:
    match answer:
        case Refused(reason, detail):
            return _refuse(bay, attempt, reason, detail)
        case Unanswered(detail):
            return _refuse(bay, attempt, NotStarted.UPLOAD, detail)
    if not bay.is_clear(at):
        return _refuse(bay, attempt, NotStarted.PLATE)
    used = plates.see(bay.gate, bay.plate, plates.Used())
    return replace(bay, plate=used, start=Ordered(attempt, at)), (SendOrder(attempt),)


def _answered(bay: Bay, attempt: Attempt, at: Instant, answer: Answer) -> Outcome:
    match answer:
        case Refused(reason, detail):
            return _refuse(bay, attempt, reason, detail)
        case Unanswered():
            return replace(bay, start=Unsure(attempt, at)), ()
    return replace(bay, start=Ordered(attempt, at, agreed=True)), ()


def _watch(bay: Bay, start: Ordered | Unsure, why: NotStarted, seen: Rested) -> Outcome:
    """At rest once more: given up only after the history was asked."""
    watched = replace(start, sights=start.sights + 1)
    if watched.sights < SIGHTS or seen.at.since(start.since) < REST_US:
        return replace(bay, start=watched), ()
    return _ask(bay, start.attempt, seen.at, why if seen.connected else NotStarted.OFFLINE)


def _ask(bay: Bay, attempt: Attempt, at: Instant, why: NotStarted) -> Outcome:
    return replace(bay, start=Asking(attempt, at, why)), (AskHistory(attempt),)
