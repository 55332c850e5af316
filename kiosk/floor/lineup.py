"""The queue as it stands now: who comes when and why, what keeps each job from each printer.

Puts together what `machines.order`, `fit`, `spools`, `estimates` and `forecast` say.
Pure: made anew from the journal's fold and from how the printers are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from config.site import Queue as Rules
from kiosk.floor.queue_view import Obstacle
from machines.carried import Carried
from machines.estimates import Source, Track
from machines.fit import Profile, Unfit, filament, unfit
from machines.forecast import Ahead, Forecast, Free, forecast, openings
from machines.instants import SECOND, Instant, Week
from machines.job_entries import Needs
from machines.jobs import Job, Printing, Starting, ToApprove
from machines.order import Candidate, Hindrance, Next, Placed, Waiting, arrange
from machines.order import turns as whose_turn
from machines.spools import file_g

#: What changing the filament answers.
FILAMENT = (Hindrance.MATERIAL, Hindrance.COLOUR, Hindrance.GRAMS)
#: What is over when a person clears the plate, or the print before it has ended: the queue goes on.
PASSING = (Hindrance.BUSY, Hindrance.PLATE, Hindrance.SWITCHED_OFF, Hindrance.JOURNAL)


@dataclass(frozen=True, slots=True)
class Seat:
    """A printer, as the queue must know it. `hindrances`: whatever the job."""

    profile: Profile
    hindrances: tuple[Hindrance, ...] = ()
    free_s: float | None = 0.0  #: until its print ends; None: nobody knows
    change_over_s: float = 0.0
    owner: str | None = None  #: of its print

    @property
    def slug(self) -> str:
        return self.profile.slug


@dataclass(frozen=True, slots=True)
class Lineup:
    """`placed`: all jobs that wait, in order. `next`: whose turn it is, by printer.

    `obstacles`: by job; `lines`: the jobs that may still come to a printer, in order.
    """

    placed: tuple[Placed, ...] = ()
    obstacles: Mapping[str, tuple[Obstacle, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    next: Mapping[str, tuple[Next, ...]] = field(default_factory=dict)
    forecast: Forecast = field(default_factory=lambda: Forecast({}, {}, {}))

    def against(self, job: str, machine: str) -> tuple[Obstacle, ...]:
        """What keeps this job from this printer now."""
        return tuple(one for one in self.obstacles.get(job, ()) if one.machine == machine)

    def overtaken_by(self, job: str, machine: str) -> tuple[str, ...]:
        """The jobs that it passes by filling a gap there."""
        turns = self.next.get(machine, ())
        return next((turn.overtook for turn in turns if turn.job == job), ())


def line_up(
    carried: Carried,
    seats: tuple[Seat, ...],
    rules: Rules,
    hours: Week,
    now: Instant,
    has_file: Callable[[str], bool],
) -> Lineup:
    jobs = carried.jobs.jobs
    printing = Counter(
        job.owner
        for job in jobs.values()
        if job.owner is not None and isinstance(job.state, Printing | Starting)
    )
    recent_s = carried.learned.recent_s(now, rules.recent_days)
    waiting = [_waiting(carried, job) for job in jobs.values() if job.waits]
    placed = arrange(waiting, carried.jobs.moves, recent_s, printing)
    order = [jobs[one.job] for one in placed]
    own: dict[str, tuple[Unfit, ...]] = {
        job.id: _own(job, rules, printing, has_file) for job in order
    }
    closes_us = hours.closing_after(now.wall_us)
    closes_s = None if closes_us is None else (closes_us - now.wall_us) / SECOND
    lines, turns, takes = {}, {}, {}
    found: dict[str, list[Obstacle]] = {job.id: [] for job in order}
    for seat in seats:
        fits = {job.id: _fit(job.entry.needs, seat.profile, job.wish) for job in order}
        changes = {job.id: _filament(carried, job, seat.slug) for job in order}
        line = [job for job in order if not fits[job.id] and not own[job.id]]
        ready = [job for job in line if not changes[job.id]]
        takes[seat.slug] = _takes_s(carried, [job for job in order if not fits[job.id]], seat.slug)
        there = [
            whose_turn((_candidate(job, takes[seat.slug]) for job in some), closes_s)
            for some in (line, ready)
        ]
        turns[seat.slug] = tuple(dict.fromkeys(chain.from_iterable(there)))
        lines[seat.slug] = tuple(job.id for job in order if not fits[job.id])
        behind = {job.id for job in line} - {turn.job for turn in turns[seat.slug]}
        everyones = [Obstacle(seat.slug, why) for why in seat.hindrances]
        for job in order:
            its_own = (*fits[job.id], *own[job.id], *changes[job.id])
            found[job.id] += everyones
            found[job.id] += [Obstacle(seat.slug, why, detail) for why, detail in its_own]
            if job.id in behind:
                found[job.id].append(Obstacle(seat.slug, Hindrance.TURN))
    aheads = [_ahead(job, takes) for job in order]
    frees = [_free(seat) for seat in seats if all(why in PASSING for why in seat.hindrances)]
    ahead = forecast(aheads, frees, openings(hours, now.wall_us), rules.printers_at_once)
    told = {job: tuple(obstacles) for job, obstacles in found.items()}
    return Lineup(placed, told, lines, turns, ahead)


def takes_s(
    carried: Carried, job: Job, machine: str, octoprint_s: float | None = None
) -> float | None:
    """How long a job should take at a printer, corrected by what was learned there."""
    estimate = carried.learned.estimate(job, octoprint_s)
    if estimate is None:
        return None
    return carried.learned.tracks.get(machine, Track()).corrected(estimate)


def _takes_s(carried: Carried, some: list[Job], machine: str) -> dict[str, float | None]:
    """`takes_s` of each of these."""
    track = carried.learned.tracks.get(machine, Track())
    factors = {source: track.factor(source) for source in Source}
    estimates = {job.id: carried.learned.estimate(job) for job in some}
    return {
        job: estimate.seconds * factors[estimate.source] if estimate else None
        for job, estimate in estimates.items()
    }


def waiting_of(carried: Carried, owner: str) -> list[Waiting]:
    """The jobs of one person that wait."""
    jobs = carried.jobs.jobs.values()
    return [_waiting(carried, job) for job in jobs if job.waits and job.owner == owner]


def _waiting(carried: Carried, job: Job) -> Waiting:
    estimate = carried.learned.estimate(job)
    seconds = estimate.seconds if estimate else None
    return Waiting(job.id, job.owner, job.number, job.prioritised, job.front, seconds)


def _own(
    job: Job, rules: Rules, printing: Counter[str], has_file: Callable[[str], bool]
) -> tuple[Unfit, ...]:
    """What keeps it from every printer."""
    found = []
    if isinstance(job.state, ToApprove):
        found.append(Unfit(Hindrance.APPROVAL))
    if rules.printers_at_once and job.owner and printing[job.owner] >= rules.printers_at_once:
        found.append(Unfit(Hindrance.OWNER))
    if not has_file(job.entry.file):
        found.append(Unfit(Hindrance.FILE))
    return tuple(found)


@lru_cache(maxsize=4096)
def _fit(needs: Needs, profile: Profile, wish: str) -> tuple[Unfit, ...]:
    return unfit(needs, profile, wish)


def _filament(carried: Carried, job: Job, machine: str) -> tuple[Unfit, ...]:
    entry = job.entry
    loaded = carried.loaded.get(machine)
    takes_g = file_g(entry, loaded.material if loaded else "")
    return filament(entry.needs, loaded, entry.material, entry.colour, takes_g)


def _candidate(job: Job, takes: Mapping[str, float | None]) -> Candidate:
    return Candidate(job.id, takes[job.id], job.overtaken > 0)


def _ahead(job: Job, takes: Mapping[str, Mapping[str, float | None]]) -> Ahead:
    """`takes`: by the slug of each printer, of the jobs that fit it."""
    there = {slug: some[job.id] for slug, some in takes.items() if job.id in some}
    return Ahead(job.id, job.owner, there)


def _free(seat: Seat) -> Free:
    return Free(seat.slug, seat.free_s, seat.change_over_s, not seat.hindrances, seat.owner)
