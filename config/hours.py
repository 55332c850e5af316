"""Opening hours as a person writes them: `monday = "09:00-12:30 13:30-18:00"`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import time

from machines.instants import Opening, Week

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_STRETCH = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def parse_day(text: str) -> tuple[Opening, ...]:
    """The stretches of one day, Paris time. `""` is a closed day. Raises ValueError.

    >>> [f"{o.opens:%H:%M}" for o in parse_day("09:00-12:30 13:30-18:00")]
    ['09:00', '13:30']
    """
    stretches = tuple(_stretch(word) for word in text.split())
    for before, after in itertools.pairwise(stretches):
        if after.opens < before.closes:
            raise ValueError(f"{_text(after)} begins before {_text(before)} has ended")
    return stretches


def write_day(stretches: tuple[Opening, ...]) -> str:
    """What `parse_day` reads back."""
    return " ".join(_text(stretch) for stretch in stretches)


def week(days: Mapping[str, tuple[Opening, ...]]) -> Week:
    """A week from its open days by English name; a day left out is closed."""
    return Week(tuple(days.get(day, ()) for day in DAYS))


def _stretch(word: str) -> Opening:
    found = _STRETCH.fullmatch(word)
    if not found:
        raise ValueError('expected hours such as "09:00-12:30 13:30-18:00"')
    from_h, from_m, to_h, to_m = map(int, found.groups())
    opening = Opening(time(from_h, from_m), time(to_h, to_m))
    if opening.closes <= opening.opens:
        raise ValueError(f"{word} closes before it opens; a night is cut at midnight (23:59)")
    return opening


def _text(stretch: Opening) -> str:
    return f"{stretch.opens:%H:%M}-{stretch.closes:%H:%M}"
