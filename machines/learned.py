"""What past prints teach: how long a file takes, how right estimates were, who printed how much.

A fold of the journal's entries. It is told the jobs as they were before each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from machines.estimates import Estimate, Past, Source, Track, best, lesson_s
from machines.instants import SECOND, Instant
from machines.job_entries import PrintOwned
from machines.jobs import Job, Jobs
from machines.journal import Entry, PrintEnded

#: Files remembered by their content; the one learned of longest ago is forgotten first.
FILES = 500
#: Hours older than any rule of a queue looks back.
WORKED_US = 31 * 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Worked:
    """`used_us` of printing, by a print that ended at `ended`; `member` None: nobody's so far."""

    print: str
    member: str | None
    ended: Instant
    used_us: int


@dataclass(frozen=True, slots=True)
class Learned:
    """Tracks by printer, pasts by the SHA-256 of a file."""

    tracks: Mapping[str, Track] = field(default_factory=dict)
    files: Mapping[str, Past] = field(default_factory=dict)
    worked: tuple[Worked, ...] = ()

    def take(self, entry: Entry, jobs: Jobs) -> Learned:
        """This, and one entry more; `jobs` are those before it."""
        match entry.body:
            case PrintOwned(print=print_):
                member = entry.personal.member if entry.personal else None
                owned = (replace(w, member=member) if w.print == print_ else w for w in self.worked)
                return replace(self, worked=tuple(owned))
            case PrintEnded() as end:
                return self._ended(end, entry.at, jobs)
        return self

    def _ended(self, end: PrintEnded, at: Instant, jobs: Jobs) -> Learned:
        job, last = jobs.of_print(end.print), jobs.prints.get(end.machine)
        foreign = last.owner if last is not None and last.print == end.print else None
        owner = job.owner if job else foreign
        worked = tuple(w for w in self.worked if at.since(w.ended) < WORKED_US)
        if end.used_us > 0:
            worked = (*worked, Worked(end.print, owner, end.ended, end.used_us))
        used_s = lesson_s(end)
        if job is None or used_s is None:
            return Learned(self.tracks, self.files, worked)
        track = self.tracks.get(end.machine, Track()).learn(self.estimate(job), used_s)
        past = self.files.get(job.entry.file, Past()).learn(used_s)
        files = {k: v for k, v in self.files.items() if k != job.entry.file}
        kept = dict(list(files.items())[1 - FILES :])
        return Learned({**self.tracks, end.machine: track}, {**kept, job.entry.file: past}, worked)

    def estimate(self, job: Job, octoprint_s: float | None = None) -> Estimate | None:
        """How long a job should take, by whoever knows best; as it is made, not as it is
        corrected."""
        past = self.files.get(job.entry.file)
        slicer_s = job.entry.estimated_s if job.entry.estimate_from != Source.PAST else None
        return best(slicer_s, octoprint_s, past.mean_s if past else None)

    def recent_s(self, now: Instant, days: int) -> dict[str, float]:
        """Seconds that each member printed in the last `days`."""
        sums: dict[str, float] = defaultdict(float)
        for worked in self.worked:
            recent = now.since(worked.ended) < days * 86_400 * SECOND
            if worked.member is not None and recent:
                sums[worked.member] += worked.used_us / SECOND
        return dict(sums)
