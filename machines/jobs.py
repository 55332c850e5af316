"""A job's life, from the file that was brought to the part that is taken away.

Every transition is in `_step`, and nowhere else: the queue is a fold of the
journal's entries, and they alone survive a restart. What a start does at the
printer meanwhile is `machines.starting`; who comes first is `machines.order`.

    to approve -> waiting -> starting -> printing <-> over -> collected
                     ^          |          (if lost)   |
                     +- refused-+                      |
                     +------------- requeued ----------+

A job is forgotten when it is collected or withdrawn, or 14 days after its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, get_args

from machines import last_print
from machines.instants import SECOND, Instant
from machines.job_entries import (
    JobApproved,
    JobAssigned,
    JobBody,
    JobCollected,
    JobMoved,
    JobPrioritised,
    JobRefused,
    JobRequeued,
    JobStarting,
    JobSubmitted,
    JobWithdrawn,
    NotStarted,
    PlateCleared,
    PrintJudged,
    PrintReconciled,
    Why,
)
from machines.journal import Entry, PrintBegan, PrintEnded, Result
from machines.last_print import LastPrint, reconciled
from machines.order import Move
from machines.spools import file_g

#: How long a job that is over and was never collected is remembered.
KEPT_US = 14 * 86_400 * SECOND
#: Reconciled ends remembered per printer: OctoPrint tells of a file's last success alone.
RECONCILED = 100


#: The entries that say something of a job or of a print.
CONCERN = (*get_args(JobBody), PrintBegan, PrintEnded)


# -- states ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class ToApprove(State):
    """An animator must say yes first."""

    kind = "to-approve"


@dataclass(frozen=True, slots=True)
class Waiting(State):
    """`refused`: why its last start came to nothing."""

    kind = "waiting"
    refused: NotStarted | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Starting(State):
    """From here a start may have reached the printer."""

    kind = "starting"
    machine: str
    attempt: int
    path: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Printing(State):
    kind = "printing"
    machine: str
    print: str
    began: Instant


@dataclass(frozen=True, slots=True)
class Over(State):
    kind = "over"
    machine: str
    print: str
    result: Result
    ended: Instant
    why: Why | None = None
    cleared: bool = False  #: the part is off the plate


STATES: dict[str, type[State]] = {
    state.kind: state for state in (ToApprove, Waiting, Starting, Printing, Over)
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A start that was tried: its path at OctoPrint is its own. `begun`: it was printed."""

    machine: str
    path: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be printed once. Its identity is the birth of its submission.

    `owner` (a roster id) and `name` are None once their personal part is gone.
    """

    id: str
    number: int  #: of its submission, on a count of entries that grows
    brought: Instant
    entry: JobSubmitted
    owner: str | None
    category: str | None
    name: str | None
    state: State
    wish: str = ""  #: the printer it is for now; "": any that fits
    prioritised: bool = False
    priority: str = ""  #: why
    front: bool = False  #: printed again after a failure, before others
    overtaken: int = 0  #: how often a later job passed it to fill a gap
    tried: tuple[Tried, ...] = ()

    @property
    def open(self) -> bool:
        return not isinstance(self.state, Over)

    @property
    def has_begun(self) -> bool:
        return isinstance(self.state, Printing | Over)

    @property
    def waits(self) -> bool:
        return isinstance(self.state, ToApprove | Waiting)


@dataclass(frozen=True, slots=True)
class Jobs:
    """All jobs that are not forgotten, by identity, oldest first; prints by printer.

    `count`: entries so far. `moves`: what animators moved, of jobs that wait.
    `reconciled`: ends (wall microseconds) that OctoPrint's history told already.
    """

    count: int = 0
    jobs: Mapping[str, Job] = field(default_factory=dict)
    prints: Mapping[str, LastPrint] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    reconciled: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def take(self, entry: Entry, member: str | None = None) -> Jobs:
        """This, and one entry more. `member`: whose session a print that begins is in."""
        if not isinstance(entry.body, CONCERN):
            return self
        jobs = dict(self.jobs)
        match entry.body:
            case JobSubmitted() as body:
                jobs = {k: job for k, job in jobs.items() if not _is_old(job, entry.at)}
                jobs[str(entry.birth)] = _submitted(entry, body, self.count + 1)
            case JobStarting(overtook=passed):
                for one in passed:
                    if job := jobs.get(one):
                        jobs[one] = replace(job, overtaken=job.overtaken + 1)
        for job in _concerned(jobs, entry):
            moved = _step(job, entry)
            if moved is None:
                del jobs[job.id]
            else:
                jobs[job.id] = moved
        prints = last_print.after(self.prints, entry, member)
        moves = _moves(self, jobs, entry)
        return Jobs(self.count + 1, jobs, prints, moves, _told(self, entry))

    def of_path(self, machine: str, path: str) -> Job | None:
        """Whose attempt this path at OctoPrint is, where its print may still begin."""
        for job in self.jobs.values():
            if path and _may_begin(job, machine, path):
                return job
        return None

    def of_print(self, print_: str) -> Job | None:
        for job in self.jobs.values():
            if isinstance(job.state, Printing | Over) and job.state.print == print_:
                return job
        return None

    def unseen_g(self, told: PrintReconciled, loaded: str = "") -> float | None:
        """What a print that was done took unseen: its file's grams, less those that were seen.

        `told` is not folded yet; `loaded` is the material there. Of one that went wrong
        unseen, nobody knows.
        """
        job = self.of_print(told.print) or self.jobs.get(told.job or "")
        whole_g = file_g(job.entry, loaded) if job else None
        if job is None or whole_g is None or not told.done:
            return None
        if told.print == "":
            return None if job.has_begun else whole_g
        last = self.prints.get(told.machine)
        lost = last is not None and last.print == told.print and last.result is Result.LOST
        return max(0.0, whole_g - ((last and last.filament_g) or 0.0)) if lost else None


# -- the table ------------------------------------------------------------------------------


def _step(job: Job, entry: Entry) -> Job | None:
    """The job after an entry that names it, its print or its printer. None: forgotten."""
    match entry.body, job.state:
        case JobApproved(), ToApprove():
            return replace(job, state=Waiting())
        case JobWithdrawn(), ToApprove() | Waiting() | Starting():
            return None
        case JobAssigned(machine=machine), ToApprove() | Waiting():
            return replace(job, wish=machine)
        case JobPrioritised(on=on, why=why), ToApprove() | Waiting():
            return replace(job, prioritised=on, priority=why if on else "")
        case JobStarting(machine=machine, attempt=attempt, path=path), Waiting():
            state = Starting(machine, attempt, path, entry.at)
            return replace(job, state=state, tried=(*job.tried, Tried(machine, path)))
        case JobRefused(attempt=attempt, reason=reason, detail=detail), Starting() as state if (
            attempt == state.attempt
        ):
            return replace(job, state=Waiting(reason, detail))
        case PrintBegan(machine=machine), Waiting() | Starting() | Over(result=Result.LOST):
            printing = Printing(machine, str(entry.birth), entry.at)
            return replace(job, state=printing, tried=_begun(job, machine))
        case PrintEnded() as end, Printing():
            over = Over(end.machine, end.print, end.result, end.ended)
            return replace(job, state=over, front=False)
        case PrintReconciled(machine=machine, print="", ended=ended), Waiting() | Starting():
            return replace(
                job, state=Over(machine, str(entry.birth), reconciled(entry.body), ended)
            )
        case PrintReconciled(), Over(result=Result.LOST) as over:
            return replace(job, state=replace(over, result=reconciled(entry.body)))
        case PrintJudged(why=why), Over() as over:
            return replace(job, state=replace(over, why=why))
        case PlateCleared(), Over() as over:
            return replace(job, state=replace(over, cleared=True))
        case JobRequeued(front=front, machine=machine), Over():
            wish = machine or job.entry.wish
            return replace(job, state=Waiting(), front=front, wish=wish, overtaken=0)
        case JobCollected(), Over():
            return None
    return job


def _concerned(jobs: Mapping[str, Job], entry: Entry) -> Iterator[Job]:
    """The jobs that an entry is about: the one it names, the one of its print, those of a plate."""
    match entry.body:
        case (
            JobApproved(job=str(name))
            | JobWithdrawn(job=str(name))
            | JobAssigned(job=str(name))
            | JobPrioritised(job=str(name))
            | JobStarting(job=str(name))
            | JobRefused(job=str(name))
            | JobRequeued(job=str(name))
            | JobCollected(job=str(name))
            | PrintBegan(job=str(name))
            | PrintReconciled(print="", job=str(name))
        ):
            if name in jobs:
                yield jobs[name]
        case PrintEnded(print=print_) | PrintReconciled(print=print_) | PrintJudged(print=print_):
            yield from [
                job
                for job in jobs.values()
                if isinstance(job.state, Printing | Over) and job.state.print == print_
            ]
        case PlateCleared(machine=machine):
            yield from [
                job
                for job in jobs.values()
                if isinstance(job.state, Over) and job.state.machine == machine
            ]


def _submitted(entry: Entry, body: JobSubmitted, number: int) -> Job:
    personal = entry.personal
    return Job(
        id=str(entry.birth),
        number=number,
        brought=entry.at,
        entry=body,
        owner=personal.member if personal else None,
        category=personal.category if personal else None,
        name=personal.file_name if personal else None,
        state=ToApprove() if body.approval else Waiting(),
        wish=body.wish,
    )


def _may_begin(job: Job, machine: str, path: str) -> bool:
    """Whether a print of that path is this job's: one that was not seen to begin yet, or that was
    lost from sight and goes on. A file that was printed and begins again is somebody's own doing.
    """
    match job.state:
        case Waiting() | Starting():
            return Tried(machine, path) in job.tried
        case Over(result=Result.LOST):
            return job.tried[-1:] == (Tried(machine, path, begun=True),)
    return False


def _begun(job: Job, machine: str) -> tuple[Tried, ...]:
    return tuple(replace(t, begun=t.begun or t.machine == machine) for t in job.tried)


def _is_old(job: Job, at: Instant) -> bool:
    return isinstance(job.state, Over) and at.since(job.state.ended) > KEPT_US


# -- beside the jobs ------------------------------------------------------------------------


def _moves(before: Jobs, jobs: Mapping[str, Job], entry: Entry) -> tuple[Move, ...]:
    """What animators moved: forgotten once the job begins, or a later word says where it is."""
    moves = before.moves
    match entry.body:
        case JobMoved(job=job, before=other):
            moves = (*moves, Move(job, other, before.count + 1))
        case JobPrioritised(job=job) | JobRequeued(job=job):
            moves = tuple(move for move in moves if move.job != job)
        case JobWithdrawn() | PrintBegan() | PrintReconciled():
            pass
        case _:
            return moves
    return tuple(move for move in moves if move.job in jobs and not jobs[move.job].has_begun)


def _told(before: Jobs, entry: Entry) -> Mapping[str, tuple[int, ...]]:
    match entry.body:
        case PrintReconciled(machine=machine, ended=ended):
            told = (*before.reconciled.get(machine, ()), ended.wall_us)[-RECONCILED:]
            return {**before.reconciled, machine: told}
    return before.reconciled
