"""The figures of a month, counted in the most obvious way from what happened.

Nothing here is the product's: it knows the calendar of Paris, and how to subtract. Hours
are in thousandths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.truth.happened import Sat, Truth, Worked

PARIS = ZoneInfo("Europe/Paris")
THOUSANDTH_US = 3_600_000
#: Nothing goes on for longer.
LONGEST_US = 3 * 86_400_000_000
Month = tuple[int, int]
Span = tuple[int, int]  #: UTC microseconds: of a month, or of some on end
HOURS = {"badge": "badge_h", "declared": "declare_h", "estimated": "estime_h"}
RESULTS = {"done": "reussies", "cancelled": "annulees", "failed": "echouees", "lost": "perdues"}
#: The finest first: a machine that tells its work in two ways counts by the first.
FINEST = ("print", "job", "run")

Which = Callable[[Sat | Worked], bool]


def span(month: Month, months: int = 1) -> Span:
    year, number = month
    last = number + months - 1
    return _first_us(year, number), _first_us(year + last // 12, last % 12 + 1)


def _first_us(year: int, number: int) -> int:
    return int(datetime(year, number, 1, tzinfo=PARIS).timestamp()) * 1_000_000


def within(began_us: int, ended_us: int, time: Span) -> int:
    """Microseconds of that time between two instants."""
    return max(0, min(ended_us, time[1]) - max(began_us, time[0]))


def begins(us: int, time: Span) -> bool:
    return time[0] <= us < time[1]


def around(truth: Truth, month: Month) -> Truth:
    """What began in that month or not long before: all that can have a figure in it."""
    first, last = span(month)
    first -= LONGEST_US
    return Truth(
        [sat for sat in truth.sat if first <= sat.began_us < last],
        [one for one in truth.worked if first <= one.began_us < last],
    )


def count(truth: Truth, month: Month, which: Which, months: int = 1) -> Counter[str]:
    """The figures of the sessions and works that are meant by `which`."""
    figures: Counter[str] = Counter()
    _count_sessions(truth, span(month, months), which, figures)
    _count_works(truth, span(month, months), which, figures)
    for key in [key for key in figures if key.endswith("_h")]:
        figures[key], left = divmod(figures[key], THOUSANDTH_US)
        assert left == 0, f"{key} is no number of thousandths"
    return +figures


def _count_sessions(truth: Truth, time: Span, which: Which, figures: Counter[str]) -> None:
    there, first = set(), _first_of_parties(truth)
    for sat in truth.sat:
        if not (sat.dated and which(sat)):
            continue
        here_us = sum(within(*one, time) for one in sat.while_)
        figures["session_h"] += here_us
        figures[HOURS[sat.how]] += here_us
        if here_us or begins(sat.began_us, time):
            there.add(sat.member)
        if begins(sat.began_us, time):
            figures["sessions"] += 1
            if not sat.group or first[sat.lab, sat.group] is sat:
                figures["passages"] += sat.people
    figures["personnes"] = len(there)


def _first_of_parties(truth: Truth) -> dict[tuple[str, str], Sat]:
    """A party at several machines counts at the one that began first."""
    first: dict[tuple[str, str], Sat] = {}
    for sat in sorted(truth.sat, key=lambda sat: sat.began_us):
        first.setdefault((sat.lab, sat.group), sat)
    return first


def _count_works(truth: Truth, time: Span, which: Which, figures: Counter[str]) -> None:
    told: dict[tuple[str, str], set[str]] = {}
    works = [one for one in truth.worked if one.dated]
    for one in works:
        if within(one.began_us, one.ended_us, time):
            told.setdefault((one.lab, one.machine), set()).add(one.meter)
    for one in filter(which, works):
        share = within(one.began_us, one.ended_us, time), one.ended_us - one.began_us
        used, paused, unseen = (
            us * share[0] // share[1] for us in (one.used_us, one.paused_us, one.unseen_us)
        )
        if one.meter == "beam":
            figures["faisceau_h"] += used
        finest = next(m for m in (*FINEST, "beam") if m in told.get((one.lab, one.machine), FINEST))
        if one.meter == finest and one.meter != "beam":
            figures["mesure_h" if one.measured else "marche_autre_h"] += used
            figures["pause_h"] += paused
            figures["non_observe_h"] += unseen
        if one.meter == "print" and begins(one.began_us, time):
            figures["impressions"] += 1
            figures[RESULTS[one.result]] += 1
            figures["filament_m"] += one.filament_mm
            figures["filament_g"] += one.filament_mg
