"""Things made and workshops, each folded from its entry and the corrections of it.

The last word of each field counts, by the order in which the entries were born; a word
that makes no sense is none. Any order of arrival, told any number of times, is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from machines.instants import paris
from machines.journal import Entry
from machines.made_entries import (
    Produced,
    ProducedCorrected,
    Purpose,
    WorkshopCorrected,
    WorkshopHeld,
)
from machines.placing import Boots

#: Things in one entry: a lab's press makes some forty an hour.
MOST_MADE = 1000
#: Minutes of one workshop: a whole day.
LONGEST_MIN = 24 * 60
#: People in one room.
MOST_PEOPLE = 5000
#: Letters of a title.
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Made:
    """Things made. `subject` is the birth of its entry; `count` 0: there were none after all.

    `day` is of Paris, and None where no clock can tell. `member` (a roster id) and
    `category` are None where it was not for a member, or is not known any more.
    """

    subject: str
    item: str
    count: int
    purpose: Purpose
    machine: str
    session: str
    group: str
    member: str | None
    category: str | None
    told_us: int | None  #: UTC of when it was noted
    day: date | None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop that was held; `void`: it never was. `minors` are among the `participants`."""

    subject: str
    title: str
    day: date
    minutes: int
    participants: int
    minors: int
    public: str
    group: str
    told_us: int | None  #: UTC of when it was noted
    corrected: bool = False
    void: bool = False


def fold_made(told: Sequence[Entry], boots: Boots) -> Made | None:
    """`told` in the order of their births; None without its beginning, or where that is none."""
    first = next((entry for entry in told if isinstance(entry.body, Produced)), None)
    if first is None or not isinstance(body := first.body, Produced):
        return None
    if not body.item or not 1 <= body.count <= MOST_MADE:
        return None
    about = first.personal if body.purpose is Purpose.MEMBER else None
    told_us = _utc_us(first, boots)
    counts = [
        entry.body.count
        for entry in told
        if isinstance(entry.body, ProducedCorrected) and 0 <= entry.body.count <= MOST_MADE
    ]
    return Made(
        subject=str(first.birth),
        item=body.item,
        count=counts[-1] if counts else body.count,
        purpose=body.purpose,
        machine=body.machine,
        session=body.session,
        group=body.group,
        member=about.member if about else None,
        category=about.category if about else None,
        told_us=told_us,
        day=day_of(body.day) or (paris(told_us).date() if told_us is not None else None),
        corrected=bool(counts),
    )


def fold_workshop(told: Sequence[Entry], boots: Boots) -> Workshop | None:
    """`told` in the order of their births; None without its beginning, or where that is none."""
    first = next((entry for entry in told if isinstance(entry.body, WorkshopHeld)), None)
    if first is None or not isinstance(body := first.body, WorkshopHeld):
        return None
    if (as_told := held_as(body)) is None:
        return None
    held = replace(as_told, subject=str(first.birth), told_us=_utc_us(first, boots))
    for entry in told:
        if isinstance(entry.body, WorkshopCorrected):
            held = corrected(held, entry.body.what, entry.body.value) or held
    people = min(max(0, held.participants), MOST_PEOPLE)
    return replace(held, participants=people, minors=min(max(0, held.minors), people))


def held_as(body: WorkshopHeld) -> Workshop | None:
    """What an entry says of a workshop; None where it says none."""
    day = day_of(body.day)
    if day is None or not body.title or not 1 <= body.minutes <= LONGEST_MIN:
        return None
    return Workshop(
        subject="",
        title=body.title,
        day=day,
        minutes=body.minutes,
        participants=body.participants,
        minors=body.minors,
        public=body.public,
        group=body.group,
        told_us=None,
    )


def corrected(held: Workshop, what: str, value: str) -> Workshop | None:
    """The workshop with one field as it should have been; None where the word makes no sense."""
    match what:
        case "title" if 0 < len(value) <= LONGEST_TITLE:
            return replace(held, title=value, corrected=True)
        case "day" if day := day_of(value):
            return replace(held, day=day, corrected=True)
        case "minutes" if 1 <= (minutes := _whole(value)) <= LONGEST_MIN:
            return replace(held, minutes=minutes, corrected=True)
        case "participants" if 0 <= (people := _whole(value)) <= MOST_PEOPLE:
            return replace(held, participants=people, corrected=True)
        case "minors" if 0 <= (minors := _whole(value)) <= MOST_PEOPLE:
            return replace(held, minors=minors, corrected=True)
        case "public":
            return replace(held, public=value, corrected=True)
        case "group":
            return replace(held, group=value, corrected=True)
        case "void" if value in ("yes", "no"):
            return replace(held, void=value == "yes", corrected=True)
    return None


def day_of(text: str) -> date | None:
    """The day of `2026-11-24`; None where it is none, or of no century of ours."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == 10 and 2000 <= day.year < 3000 else None


def _whole(text: str) -> int:
    """-1 where it is no whole number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _utc_us(entry: Entry, boots: Boots) -> int | None:
    placed = boots.place(entry.birth.store, entry.at)
    return placed.utc_us if placed else None
