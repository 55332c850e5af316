"""A period that is reported or closed: a month such as 2026-10, or a year such as 2026."""

from __future__ import annotations

from kiosk.central.overview import month_name
from machines.instants import Month


def parse_year(text: str) -> int:
    """Raises ValueError with a sentence."""
    if len(text) == 4 and text.isascii() and text.isdecimal() and 2000 <= int(text) <= 2999:
        return int(text)
    raise ValueError(f"{text!r} is not a year: expected such as 2026")


def parse(text: str) -> Month | int:
    """Raises ValueError with a sentence."""
    try:
        return Month.parse(text) if "-" in text else parse_year(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no period: expected a month such as 2026-10, or a year such as 2026"
        ) from None


def named(text: str, language: str) -> str:
    """As a page says it: octobre 2026, or 2026."""
    period = parse(text)
    return month_name(period, language) if isinstance(period, Month) else str(period)


def is_over(period: Month | int, now: Month) -> bool:
    return period < now if isinstance(period, Month) else period < now.year
