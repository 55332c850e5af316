"""OctoPrint's history, asked after a dark time: how prints ended that nobody saw to their end.

Asked once a printer is seen again after the kiosk was away or OctoPrint out of reach,
or after a print was lost. What it tells is written down once: `machines.reconciling`
says which of it is new.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from kiosk.floor.bays import whose
from kiosk.floor.hands import Printers
from kiosk.floor.post import Post
from kiosk.floor.writing import Writing
from machines.facts import Fact, HistoryTold, PrinterSeen, Silence
from machines.instants import SECOND, Instant
from machines.job_entries import PrintReconciled
from machines.jobs import Jobs, Over
from machines.journal import Entry, PrintEnded, Result
from machines.reconciling import Dark, news

#: Field microseconds between two askings of a history that is not told.
AGAIN_US = 60 * SECOND
#: No print is begun and done in a shorter silence than this.
SHORT_US = 60 * SECOND


class Reconciling:
    """For the floor's thread alone. `dark` is the kiosk's own, until each printer is seen."""

    def __init__(
        self,
        posts: Iterable[Post],
        writing: Writing,
        printers: Printers,
        starts: Callable[[str], bool],
    ) -> None:
        self._writing = writing
        self._printers = printers
        self._starts = starts
        self._owed: dict[str, Dark | None] = {}
        self._slugs = [post.slug for post in posts if post.prints]
        self._asked: dict[str, tuple[str, Instant]] = {}
        self._silent: dict[str, Instant] = {}  #: last seen then
        self._numbers = itertools.count(1)

    def restore(self, last_seen: Instant) -> None:
        """The kiosk was away since then: every printer may have printed."""
        self._owed = {slug: Dark(last_seen, None) for slug in self._slugs}

    def see(self, post: Post, fact: Fact, at: Instant) -> None:
        slug = post.slug
        if isinstance(fact, PrinterSeen):
            self._be_back(slug, at)
        match fact:
            case Silence():
                self._silent.setdefault(slug, post.seen or at)
            case PrinterSeen() if slug in self._owed:
                dark = self._owed[slug]
                if dark is not None and dark.until is None:
                    self._owed[slug] = Dark(dark.since, at)
                self._ask(slug, at)
            case HistoryTold(key=key) if self._is_ours(slug, key):
                self._tell(slug, fact, at)

    def heard(self, entry: Entry) -> None:
        match entry.body:
            case PrintEnded(result=Result.LOST, machine=slug) if slug in self._slugs:
                self._owed.setdefault(slug, None)
                self._asked.pop(slug, None)
            case PrintEnded(machine=slug, print=print_):
                self._forget(slug, print_)
            case PrintReconciled(machine=slug, print=print_):
                self._forget(slug, print_ or str(entry.birth))

    @property
    def _jobs(self) -> Jobs:
        return self._writing.carried.jobs

    def _be_back(self, slug: str, at: Instant) -> None:
        since = self._silent.pop(slug, None)
        if since is not None and at.since(since) > SHORT_US and self._owed.get(slug) is None:
            self._owed[slug] = Dark(since, at)

    def _ask(self, slug: str, at: Instant) -> None:
        asked = self._asked.get(slug)
        if asked is None or at.since(asked[1]) >= AGAIN_US:
            key = f"reconcile:{next(self._numbers)}"
            self._asked[slug] = key, at
            self._printers.history(slug, key)

    def _is_ours(self, slug: str, key: str) -> bool:
        return slug in self._asked and self._asked[slug][0] == key

    def _tell(self, slug: str, told: HistoryTold, at: Instant) -> None:
        if self._writing.owed:
            return  # an end may be on its way to the disk: asked again
        for one in news(self._jobs, told, self._owed.get(slug), at):
            job = self._jobs.jobs.get(one.job) if one.job else None
            if job is not None and self._starts(job.id):
                continue  # its own start asks, and writes it
            self._writing.write(one, None if one.print else whose(job))
        self._owed.pop(slug, None)
        self._asked.pop(slug, None)
        last = self._jobs.prints.get(slug)
        if last is not None and last.result is Result.LOST:
            self._forget(slug, last.print)

    def _forget(self, slug: str, print_: str) -> None:
        """The file of a job that was printed is not needed at OctoPrint any more."""
        job = self._jobs.of_print(print_)
        if job is None or not job.tried:
            return
        lost = isinstance(job.state, Over) and job.state.result is Result.LOST
        if not (lost and slug in self._owed):
            self._printers.remove(slug, job.tried[-1].path)
