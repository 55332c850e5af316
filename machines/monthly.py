"""A use cut at the midnights of the 1sts of Paris: one part a month, that sum to the whole."""

from __future__ import annotations

from dataclasses import dataclass

from machines.instants import Month, months
from machines.usage import Print, Run, Session, Use


@dataclass(frozen=True, slots=True)
class Part:
    """What of one use falls in one month; `month` is None for what could not be placed.

    `first` marks the part in which the use began: what is counted by number
    (sessions, prints) is counted there, and nowhere else.
    """

    month: Month | None
    used_us: int
    paused_us: int = 0
    unseen_us: int = 0
    first: bool = False


def parts(use: Use) -> tuple[Part, ...]:
    """The parts of `use`, oldest first, the unplaced one last. Never empty."""
    began = Month.of(use.began_us) if use.began_us is not None else None
    cut = _of_session(use, began) if isinstance(use, Session) else _of_work(use, began)
    if not any(part.first for part in cut):
        cut.append(Part(began, 0, first=True))
    return tuple(sorted(cut, key=lambda part: (part.month is None, str(part.month))))


def _of_session(session: Session, began: Month | None) -> list[Part]:
    used: dict[Month | None, int] = {}
    for stretch in session.stretches:
        lasting = stretch.lasting_us or 0
        if stretch.start_us is None or stretch.lasting_us is None:
            used[None] = used.get(None, 0) + lasting
            continue
        for month, start, stop in months(stretch.start_us, stretch.start_us + lasting):
            used[month] = used.get(month, 0) + stop - start
    return [Part(month, us, first=month == began) for month, us in used.items()]


def _of_work(work: Run | Print, began: Month | None) -> list[Part]:
    """Spread evenly from beginning to end: where in a run its pauses were is not kept."""
    if work.began_us is None or work.ended_us is None or work.ended_us <= work.began_us:
        return [Part(began, work.used_us, work.paused_us, work.unseen_us, first=True)]
    span = work.ended_us - work.began_us
    cut = []
    for month, start, stop in months(work.began_us, work.ended_us):
        before, after = start - work.began_us, stop - work.began_us
        used, paused, unseen = (
            us * after // span - us * before // span
            for us in (work.used_us, work.paused_us, work.unseen_us)
        )
        cut.append(Part(month, used, paused, unseen, first=month == began))
    return cut
