"""The queue, drawn for the pages: from its line-up to frozen views. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.floor.lineup import Lineup, takes_s
from kiosk.floor.picture import hour
from kiosk.floor.post import Post
from kiosk.floor.queue_view import (
    CommandView,
    JobView,
    LoadedView,
    OwnerView,
    PrinterView,
    QueueView,
)
from kiosk.floor.view import PrintView
from machines import plate
from machines.carried import Carried
from machines.estimates import Track
from machines.facts import PrinterSeen
from machines.instants import SECOND, Instant
from machines.jobs import Job, Over, Printing, Starting, Waiting
from machines.members import Member
from machines.order import Placed
from machines.spools import file_g
from machines.starting import Bay, Uploading

Find = Callable[[str], Member | None]

#: Of the queue before a printer, so many are named on its card.
NEXT = 3
#: What is drawn of jobs that are over: more are in the journal.
OVER = 60


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the picture is made of. `looks`: the print of each printer, as it is shown."""

    carried: Carried
    lineup: Lineup
    bays: Mapping[str, Bay]
    posts: Mapping[str, Post]
    looks: Mapping[str, PrintView | None]
    commands: Mapping[str, CommandView | None]
    closes_us: int | None
    who: Find
    now: Instant


def queue_view(scene: Scene) -> QueueView:
    """Those that print or start, those that wait in their order, those over, latest first."""
    jobs = scene.carried.jobs.jobs
    begun = [job for job in jobs.values() if isinstance(job.state, Printing | Starting)]
    begun.sort(key=lambda job: (isinstance(job.state, Starting), job.number))
    places = enumerate(scene.lineup.placed, 1)
    waiting = [_job(scene, jobs[one.job], place, one) for place, one in places]
    ended = [job for job in jobs.values() if isinstance(job.state, Over)]
    ended.sort(key=_ended_us, reverse=True)
    return QueueView(
        (*(_job(scene, job) for job in begun), *waiting),
        tuple(_job(scene, job) for job in ended[:OVER]),
    )


def printer_view(scene: Scene, slug: str) -> PrinterView:
    carried, bay, post = scene.carried, scene.bays[slug], scene.posts[slug]
    last = carried.jobs.prints.get(slug)
    track = carried.learned.tracks.get(slug, Track())
    line = scene.lineup.lines.get(slug, ())
    turns = [turn.job for turn in scene.lineup.next.get(slug, ())]
    starting = bay.attempt.job if bay.attempt else ""
    free_s = scene.lineup.forecast.free_s.get(slug)
    return PrinterView(
        plate=_plate(scene, slug),
        plate_left_s=_plate_left_s(bay, scene.now),
        loaded=_loaded(carried, slug),
        job=starting or (last.job or "" if last else ""),
        print=last.print if last else "",
        foreign=bool(last and last.job is None and last.owner is None),
        result=last.result.value if last and last.result else "",
        why=last.why.value if last and last.why else "",
        next=tuple(dict.fromkeys([*turns, *_coming(scene, slug)]))[:NEXT],
        waiting=len(line),
        free_at="" if not free_s else _at(scene, free_s),
        error=track.error(),
        known=track.known(),
        command=scene.commands.get(slug),
        camera=bool(post.plan.printer and post.plan.printer.camera),
        ordered=last.ordered.value if last and last.ordered else "",
        filament_out=post.filament is not None,
    )


def owner_views(scene: Scene) -> tuple[OwnerView, ...]:
    """Everybody who has a job that is not over, by when theirs should be done."""
    done_s = scene.lineup.forecast.done_s
    owners = {job.owner for job in scene.carried.jobs.jobs.values() if job.open and job.owner}
    known = sorted(owners, key=lambda owner: (done_s.get(owner) is None, done_s.get(owner) or 0))
    return tuple(
        OwnerView(owner, _short(scene, owner) or "?", _at(scene, done_s.get(owner)))
        for owner in known
    )


def _job(scene: Scene, job: Job, place: int | None = None, placed: Placed | None = None) -> JobView:
    carried, state, entry = scene.carried, job.state, job.entry
    machine = getattr(state, "machine", "")
    estimate = carried.learned.estimate(job, _octoprint_s(scene, job))
    begins_at, ends_at, late = _when(scene, job)
    loaded = carried.loaded.get(machine or job.wish)
    return JobView(
        id=job.id,
        name=job.name or "",
        file=entry.file,
        owner=_short(scene, job.owner),
        owner_id=job.owner,
        state=state.kind,
        age_s=max(0.0, scene.now.since(job.brought) / SECOND),
        wish=job.wish,
        machine=machine,
        print=getattr(state, "print", ""),
        place=place,
        standing=placed.standing if placed else None,
        priority=job.priority,
        obstacles=scene.lineup.obstacles.get(job.id, ()),
        approval=entry.approval if state.kind == "to-approve" else (),
        estimated_s=estimate.seconds if estimate else None,
        estimate_from=estimate.source.value if estimate else "",
        begins_at=begins_at,
        ends_at=ends_at,
        late=late,
        material=entry.material or entry.needs.material,
        colour=entry.colour,
        filament_g=file_g(entry, loaded.material if loaded else ""),
        slicer=entry.slicer,
        attempts=len(job.tried),
        refused=state.refused.value if isinstance(state, Waiting) and state.refused else "",
        refused_detail=state.detail if isinstance(state, Waiting) else "",
        sent=_sent(scene, state.machine) if isinstance(state, Starting) else None,
        result=state.result if isinstance(state, Over) else None,
        why=state.why.value if isinstance(state, Over) and state.why else "",
        plate_cleared=isinstance(state, Over) and state.cleared,
    )


def _short(scene: Scene, owner: str | None) -> str | None:
    member = scene.who(owner) if owner else None
    return member.short if member else None


def _loaded(carried: Carried, slug: str) -> LoadedView | None:
    if (spool := carried.loaded.get(slug)) is None:
        return None
    return LoadedView(spool.material, spool.colour, spool.grams, spool.spool, spool.empty)


def _coming(scene: Scene, slug: str) -> list[str]:
    """The jobs that should be printed here, by the forecast."""
    turns = scene.lineup.forecast.turns
    return [one.job for one in scene.lineup.placed if (t := turns[one.job]) and t.machine == slug]


def _when(scene: Scene, job: Job) -> tuple[str, str, bool]:
    """When it should begin and end, as hours, and whether that is after closing time."""
    turn = scene.lineup.forecast.turns.get(job.id)
    if turn is not None:
        return _at(scene, turn.begins_s), _at(scene, turn.ends_s), turn.late
    left_s: float | None = None
    match job.state:
        case Printing(machine=machine):
            look = scene.looks.get(machine)
            left_s = look.left_s if look and look.state == "printing" else None
        case Starting(machine=machine):
            left_s = takes_s(scene.carried, job, machine)
        case Over(ended=ended):
            return "", hour(ended.wall_us, scene.now.wall_us), False
    if left_s is None:
        return "", "", False
    ends_us = scene.now.wall_us + round(left_s * SECOND)
    late = scene.closes_us is not None and ends_us > scene.closes_us
    return "", hour(ends_us, scene.now.wall_us), late


def _at(scene: Scene, seconds: float | None) -> str:
    if seconds is None:
        return ""
    return hour(scene.now.wall_us + round(seconds * SECOND), scene.now.wall_us)


def _octoprint_s(scene: Scene, job: Job) -> float | None:
    """OctoPrint's own analysis, once it has the file selected."""
    if not isinstance(job.state, Printing) or job.state.machine not in scene.posts:
        return None
    seen: PrinterSeen | None = scene.posts[job.state.machine].printer
    return seen.job.estimated_s if seen and seen.job else None


def _sent(scene: Scene, machine: str) -> float | None:
    bay = scene.bays.get(machine)
    return bay.start.share if bay and isinstance(bay.start, Uploading) else None


def _plate(scene: Scene, slug: str) -> str:
    bay = scene.bays[slug]
    if not bay.gate.asks:
        return ""
    if bay.is_clear(scene.now):
        return "clear"
    taken = isinstance(bay.plate, plate.Taken) or slug in scene.carried.jobs.prints
    return "taken" if taken else "unknown"


def _plate_left_s(bay: Bay, now: Instant) -> float | None:
    if not bay.gate.asks or not isinstance(bay.plate, plate.Clear) or not bay.is_clear(now):
        return None
    left_us = plate.left_us(bay.plate, now)
    return None if left_us is None else left_us / SECOND


def _ended_us(job: Job) -> int:
    return job.state.ended.wall_us if isinstance(job.state, Over) else 0
