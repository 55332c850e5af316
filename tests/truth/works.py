"""What machines do while somebody is at them, and what people make there: told, and known."""

from __future__ import annotations

from dataclasses import dataclass

from machines.instants import SECOND
from machines.job_entries import JobSubmitted, PrintJudged, PrintOwned, PrintReconciled, Why
from machines.journal import (
    Instant,
    Personal,
    PrintBegan,
    PrintEnded,
    Provenance,
    Result,
    RunMeasured,
)
from machines.made_entries import (
    Produced,
    ProducedCorrected,
    Purpose,
    WorkshopCorrected,
    WorkshopHeld,
)
from tests.truth.happened import Held, Made, Sat, Worked
from tests.truth.life import ANIMATOR, DAY_US, GRAIN_US, Life, Visit
from tests.truth.town import PEOPLE

#: Of four quarters: seen working, paused, watched by nobody.
QUARTERS = ((4, 0, 0), (4, 0, 0), (3, 1, 0), (3, 0, 1), (2, 1, 1))
ITEMS = ("mug", "badge", "magnet", "t-shirt", "visor")


@dataclass(slots=True)
class _Work:
    """From one instant to another; `began` is what the Pi thought when it began."""

    from_us: int
    to_us: int
    session: str | None = None
    began: Instant | None = None
    name: str = ""


def runs(life: Life, visit: Visit, sat: Sat) -> None:
    """The machine's meters turn within the session, each told as its own run."""
    work = _Work(visit.begins_us + GRAIN_US, visit.ends_us - GRAIN_US)
    chances = life.chance.choice(QUARTERS)
    estimated = life.chance.random() < 0.1
    for meter in visit.machine.meters:
        quarters = (1, 0, 0) if meter == "beam" else chances
        _runs(life, visit, sat, meter, work, quarters, estimated and meter != "beam")


def _runs(
    life: Life,
    visit: Visit,
    sat: Sat,
    meter: str,
    work: _Work,
    quarters: tuple[int, int, int],
    estimated: bool,
) -> None:
    used, paused, unseen = ((work.to_us - work.from_us) // 4 * n for n in quarters)
    how = Provenance.ESTIMATED if estimated else Provenance.MEASURED
    mine = _Work(work.from_us, work.to_us)
    slug = visit.machine.slug

    def begins() -> None:
        mine.began = life.pi.now

    def ends() -> None:
        assert mine.began is not None
        told = RunMeasured(
            slug, meter, visit.session, mine.began, life.pi.now, used, paused, unseen, how
        )
        life.writes(told)
        if life.chance.random() < 0.1:  # its checkpoint is found once more after a restart
            life.writes(
                RunMeasured(
                    slug, meter, visit.session, mine.began, life.pi.now, used // 2, 0, 0, how
                )
            )

    life.plan(mine.from_us, begins)
    life.plan(mine.to_us, ends)
    life.truth.worked.append(
        Worked(
            life.pi.lab,
            slug,
            meter,
            mine.from_us,
            mine.to_us,
            used,
            paused,
            unseen,
            sat.category,
            measured=not estimated,
            dated=life.dated(mine.from_us),
        )
    )


# ---- prints


def prints(life: Life, visit: Visit, sat: Sat | None, hours: int) -> None:
    """A print of so many hours; it may outlive the session, which `sat` is (None: begun at the
    printer itself). It may be a job's, be given an owner, go wrong, be lost from sight."""
    chance = life.chance
    work = _Work(visit.begins_us + GRAIN_US, visit.begins_us + GRAIN_US + hours * 3600 * SECOND)
    used, paused, unseen = (hours * 900 * SECOND * n for n in chance.choice(QUARTERS))
    result = chance.choices(list(Result), (12, 2, 2, 2))[0]
    known = Worked(
        life.pi.lab,
        visit.machine.slug,
        "print",
        work.from_us,
        work.to_us,
        used,
        paused,
        unseen,
        sat.category if sat else None,
        owner=sat.member if sat else None,
        dated=life.dated(work.from_us),
        result=str(result),
        filament_mm=chance.randint(100, 9000),
        filament_mg=chance.randint(100, 90_000),
    )
    life.truth.worked.append(known)
    owner = chance.choice(PEOPLE)
    job = _brings(life, work, known) if chance.random() < 0.4 else None
    told_grams = chance.random() < 0.7
    if not told_grams and not (job and result is Result.DONE):
        known.filament_mg = 0

    def begins() -> None:
        work.began = life.pi.now
        work.session = visit.session if sat else None
        work.name = life.pi.write(
            PrintBegan(visit.machine.slug, work.session, job=job.name if job else None)
        )

    def ends() -> None:
        assert work.began is not None
        told = PrintEnded(
            work.name,
            visit.machine.slug,
            work.session,
            result,
            work.began,
            life.pi.now,
            used,
            paused,
            unseen,
            filament_mm=float(known.filament_mm),
            filament_g=known.filament_mg / 1000 if told_grams else None,
        )
        life.writes(told, Personal(file_name="cadeau-pour-lea.gcode"))

    life.plan(work.from_us, begins)
    life.plan(work.to_us, ends)
    if not job and chance.random() < 0.3:
        known.owner, known.category = owner.id, owner.category
        life.later(
            work.to_us,
            lambda: life.writes(
                PrintOwned(work.name), Personal(owner.id, owner.category, by=ANIMATOR)
            ),
        )
    if result is Result.FAILED:
        life.later(
            work.to_us,
            lambda: life.writes(PrintJudged(work.name, Why.CLOG, "buse"), Personal(by=ANIMATOR)),
        )
    if result is Result.LOST and chance.random() < 0.5:
        done = chance.random() < 0.5
        known.result = "done" if done else "failed"
        if done and job and not told_grams:
            known.filament_mg = job.mg
        life.later(work.to_us, lambda: _tells_afterwards(life, visit, work, done))


@dataclass(slots=True)
class _Job:
    mg: int
    name: str = ""


def _brings(life: Life, work: _Work, known: Worked) -> _Job:
    """A member brings the file a quarter of an hour before."""
    owner = life.chance.choice(PEOPLE)
    known.owner, known.category = owner.id, owner.category
    job = _Job(known.filament_mg)

    def do() -> None:
        body = JobSubmitted("5e" * 32, 4096, "tablet", filament_g=job.mg / 1000)
        job.name = life.pi.write(
            body, Personal(owner.id, owner.category, file_name="pour-nina.gcode")
        )

    life.plan(work.from_us - GRAIN_US, do)
    return job


def _tells_afterwards(life: Life, visit: Visit, work: _Work, done: bool) -> None:
    """OctoPrint's history, days later: how it ended, and no hour more."""
    assert work.began is not None
    ended = life.pi.now.minus(life.pi.true_us - work.to_us)
    life.writes(PrintReconciled(visit.machine.slug, work.name, done, ended, 60.0))


# ---- things made, workshops


def makes(life: Life, visit: Visit, purpose: Purpose, group: str = "") -> None:
    """Counted with one tap at the end; one in four is put right afterwards."""
    chance = life.chance
    count = chance.randint(1, 12)
    told = chance.randint(1, 30) if chance.random() < 0.25 else count
    really = 0 if told != count and chance.random() < 0.3 else count
    person = visit.person if purpose is Purpose.MEMBER else None
    about = Personal(person.id, person.category, by=ANIMATOR) if person else Personal(by=ANIMATOR)
    item, names = chance.choice(ITEMS), list[str]()

    def tells() -> None:
        body = Produced(item, told, purpose, visit.machine.slug, visit.session, group)
        names.append(life.pi.write(body, about))

    life.plan(visit.ends_us - GRAIN_US, tells)
    if told != really:
        life.later(
            visit.ends_us,
            lambda: life.writes(ProducedCorrected(names[0], really, "compté deux fois"), about),
        )
    life.truth.made.append(
        Made(
            life.pi.lab,
            visit.ends_us - GRAIN_US,
            item,
            really,
            str(purpose),
            visit.machine.slug,
            person.id if person else None,
            person.category if person else None,
            dated=life.dated(visit.ends_us),
        )
    )


def holds(life: Life, day: str, when_us: int, group: str = "", participants: int = 0) -> None:
    """A workshop, told the next day: corrected by another entry, or taken back."""
    chance = life.chance
    held = Held(
        life.pi.lab,
        day,
        chance.choice((60, 90, 120, 180)),
        participants or chance.randint(2, 14),
        0,
        chance.choice(("", "pupil", "retired")),
        group,
    )
    held.minors = chance.randint(0, held.participants)
    told, names = held.participants, list[str]()
    fate = chance.random()
    if fate < 0.2:
        told += 3

    def tells() -> None:
        body = WorkshopHeld(
            "Initiation", day, held.minutes, told, held.minors, held.public, held.group
        )
        names.append(life.pi.write(body, Personal(by=ANIMATOR)))

    def corrects(what: str, value: str) -> None:
        life.writes(WorkshopCorrected(names[0], what, value, "erreur"), Personal(by=ANIMATOR))

    life.plan(when_us, tells)
    if fate < 0.2:
        life.later(when_us, lambda: corrects("participants", "not a number"))
        life.later(when_us + 10 * DAY_US, lambda: corrects("participants", str(held.participants)))
    if fate > 0.9:
        life.later(when_us, lambda: corrects("void", "yes"))
        return
    life.truth.held.append(held)
