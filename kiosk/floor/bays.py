"""Where jobs start: `machines.starting_table` for each printer, carried out and kept in step.

What a start came to is believed when it is on disk: a bay is told of an entry
once the queue's fold knows it (`heard`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace

from config.site import Gate as GatePlan
from config.site import Machine as Plan
from config.site import Printer
from kiosk.floor.hands import Printers
from kiosk.floor.post import Post
from kiosk.floor.writing import Writing
from machines import plate, spools, starting
from machines.facts import (
    Answered,
    Fact,
    Happened,
    HistoryTold,
    PrinterSeen,
    PrintHappened,
    Sending,
    Silence,
)
from machines.instants import Instant
from machines.job_entries import JobRefused, JobStarting, NotStarted, PlateCleared, PrintReconciled
from machines.jobs import Job, Jobs, Starting
from machines.journal import Body, Entry, Personal, PrintEnded, Result
from machines.meter import Work
from machines.print_record import BeginPrint, EndPrint, no_printer
from machines.starting import Attempt, Bay
from machines.starting_table import decide

log = logging.getLogger("floor.bays")


def gate(plan: Plan) -> plate.Gate:
    asked = (plan.printer or Printer()).gate
    return plate.Gate(asked is not GatePlan.OFF, asked is GatePlan.SELF_CLEARING)


class Bays:
    """Every printer's bay. For the floor's thread alone."""

    def __init__(
        self,
        posts: Iterable[Post],
        writing: Writing,
        printers: Printers,
        now: Callable[[], Instant],
    ) -> None:
        self._writing = writing
        self._printers = printers
        self._now = now
        self._bays = {post.slug: Bay(gate(post.plan)) for post in posts if post.prints}
        self._clearing: set[str] = set()
        self._out: set[str] = set(self._bays)  #: not in sight, or without a connection

    def restore(self, at: Instant) -> None:
        """Take up the starts that the kiosk before left: they may have reached their printers.

        At a printer that is no longer here, one came to nothing that anybody will hear of.
        """
        for slug, last in self._jobs.prints.items():
            bay = self._bays.get(slug)
            if bay and not (bay.gate.clears_itself and last.result is Result.DONE):
                self._bays[slug] = replace(bay, plate=plate.Taken())
        for job in self._jobs.jobs.values():
            if not isinstance(job.state, Starting):
                continue
            attempt = _attempt(job, job.state)
            slug = job.state.machine
            if slug in self._bays:
                self._bays[slug] = starting.left_unsure(self._bays[slug], attempt, at)
            else:
                gone = JobRefused(job.id, slug, attempt.number, NotStarted.OFFLINE)
                self._writing.write(gone)

    def __contains__(self, slug: str) -> bool:
        return slug in self._bays

    def bay(self, slug: str) -> Bay:
        return self._bays[slug]

    def starts(self, job: str) -> bool:
        """Whether a start of this job is under way anywhere."""
        return any(bay.attempt and bay.attempt.job == job for bay in self._bays.values())

    @property
    def any(self) -> bool:
        return any(bay.attempt for bay in self._bays.values())

    # -- what happens -------------------------------------------------------------------------

    def want(self, slug: str, attempt: Attempt) -> None:
        """An animator said: start. `JobStarting` is about to be written."""
        self._decide(slug, starting.Wanted(attempt))

    def clear(self, slug: str) -> None:
        """Somebody holds the button. What happens before that is on disk spoils it."""
        self._clearing.add(slug)

    def not_noted(self, slug: str) -> None:
        self._decide(slug, starting.NotNoted())

    def see(self, post: Post, fact: Fact, at: Instant, under_way: bool) -> None:
        """A fact about a printer, after its print's record was told of it."""
        slug = post.slug
        if slug not in self._bays:
            return
        if isinstance(fact, Silence) or (isinstance(fact, PrinterSeen) and no_printer(fact)):
            self._out.add(slug)
        elif isinstance(fact, PrinterSeen):
            self._out.discard(slug)
        match fact:
            case Silence() | PrintHappened(what=Happened.DISCONNECTED):
                self._decide(slug, starting.Lost(at))
            case PrinterSeen() if no_printer(fact):
                self._decide(slug, starting.Rested(at, connected=False))
            case PrinterSeen(work=Work.RESTING) if not under_way:
                self._decide(slug, starting.Rested(at))
            case Sending(key=key, share=share):
                if (attempt := self._bays[slug].attempt) and key == starting.upload_key(attempt):
                    self._decide(slug, starting.Moving(at, share))
            case Answered(key=key, answer=answer):
                self._decide(slug, starting.Replied(at, key, answer))
            case HistoryTold(key=key):
                attempt = self._bays[slug].attempt
                path = attempt.path if attempt else ""
                done = next((one for one in fact.printed if one.path == path), None)
                failed = next((one for one in fact.failed if one.path == path), None)
                ours = done or failed
                self._decide(slug, starting.Remembered(at, key, ours, done is not None))

    def begins(self, slug: str, effect: BeginPrint) -> BeginPrint:
        """A print begins: whose job it is, and what it is called, go into its entry."""
        bay = self._bays[slug]
        attempt = bay.attempt
        untold = not effect.path and bay.sent
        ours = attempt is not None and (effect.path == attempt.path or untold)
        job = self._jobs.of_path(slug, effect.path)
        if ours and attempt is not None:
            job = self._jobs.jobs.get(attempt.job)
        self._decide(slug, starting.Began(self._now(), ours))
        if job is None:
            return effect
        entry = replace(effect.entry, job=job.id)
        return replace(effect, entry=entry, file_name=job.name or effect.file_name)

    def ends(self, slug: str, effect: EndPrint) -> EndPrint:
        """A print ends: what it took goes into its entry. Also of a printer that is gone."""
        if slug in self._bays:
            self._decide(slug, starting.Ended(plate.Ended(effect.entry.result)))
        job = self._jobs.of_print(effect.entry.print)
        loaded = self._writing.carried.loaded.get(slug)
        wanted = job.entry.material or job.entry.needs.material if job else ""
        entry = _weighed(effect, job, loaded.material if loaded else wanted)
        return replace(effect, entry=entry, file_name=(job and job.name) or effect.file_name)

    def tick(self, at: Instant) -> None:
        for slug, bay in self._bays.items():
            if bay.attempt is not None:
                self._decide(slug, starting.Passed(at))

    def heard(self, entry: Entry) -> None:
        """An entry is on disk, and folded."""
        match entry.body:
            case JobStarting(machine=slug, path=path) if slug in self._bays:
                attempt = self._bays[slug].attempt
                if attempt is not None and attempt.path == path:
                    self._decide(slug, starting.Noted(self._now()))
            case PlateCleared(machine=slug) if slug in self._clearing:
                self._decide(slug, starting.Cleared(entry.at))
                if slug in self._out:  # what is done there until it is back, nobody sees
                    self._decide(slug, starting.Lost(entry.at))
        for slug, bay in self._bays.items():
            noted = bay.attempt is not None and not isinstance(bay.start, starting.Noting)
            if noted and bay.attempt and not self._is_starting(slug, bay.attempt):
                self._decide(slug, starting.Settled())

    # -- what is done -------------------------------------------------------------------------

    @property
    def _jobs(self) -> Jobs:
        return self._writing.carried.jobs

    def _is_starting(self, slug: str, attempt: Attempt) -> bool:
        job = self._jobs.jobs.get(attempt.job)
        state = job.state if job else None
        return isinstance(state, Starting) and (state.machine, state.path) == (slug, attempt.path)

    def _decide(self, slug: str, event: starting.Event) -> None:
        if isinstance(event, starting.Began | starting.Lost | starting.Cleared | starting.Ended):
            self._clearing.discard(slug)
        if isinstance(event, starting.Rested) and not event.connected:
            self._clearing.discard(slug)
        self._bays[slug], effects = decide(self._bays[slug], event)
        for effect in effects:
            self._do(slug, effect)

    def _do(self, slug: str, effect: starting.Effect) -> None:
        attempt = effect.attempt
        match effect:
            case starting.Upload():
                key = starting.upload_key(attempt)
                self._printers.upload(slug, key, attempt.file, attempt.path)
            case starting.SendOrder():
                self._printers.start(slug, starting.order_key(attempt), attempt.path)
            case starting.AskHistory():
                self._printers.history(slug, starting.history_key(attempt))
            case starting.Remove():
                self._printers.remove(slug, attempt.path)
            case starting.Refuse(reason=reason, detail=detail):
                # The job, not the file: its name may say whose it is.
                log.info("%s: job %s was not started: %s", slug, attempt.job, reason)
                refused = JobRefused(attempt.job, slug, attempt.number, reason, detail)
                self._settle(slug, refused, None)
            case starting.Found(printed=printed, done=done):
                now = self._now()
                ended = now.minus(now.wall_us - printed.ended_us)
                told = PrintReconciled(slug, "", done, ended, printed.printer_s, attempt.job)
                self._settle(slug, told, whose(self._jobs.jobs.get(attempt.job)))

    def _settle(self, slug: str, body: Body, personal: Personal | None) -> None:
        def written(future: Future[Entry]) -> None:
            if future.exception() is not None:
                self._writing.soon(lambda at: self._decide(slug, starting.NotSettled(at)))

        self._writing.write(body, personal, first=written)


def whose(job: Job | None) -> Personal | None:
    """The personal part of a print that is a job's, where nobody saw it."""
    if job is None:
        return None
    return Personal(member=job.owner, category=job.category, file_name=job.name)


def _attempt(job: Job, state: Starting) -> Attempt:
    return Attempt(job.id, state.attempt, state.path, job.entry.file)


def _weighed(effect: EndPrint, job: Job | None, material: str) -> PrintEnded:
    """With what it took: by what its file takes, as far as it was printed; else by OctoPrint's
    length. A length that OctoPrint does not tell is the file's."""
    length_mm, share = effect.entry.filament_mm, effect.share
    file_mm = job.entry.filament_mm if job else None
    if length_mm is None and file_mm is not None and share is not None:
        length_mm = round(file_mm * share, 1)
    whole_g = spools.file_g(job.entry, material) if job else None
    if whole_g is not None and share is not None:
        took_g: float | None = round(whole_g * share, 2)
    else:
        took_g = spools.grams(length_mm, material)
    return replace(effect.entry, material=material, filament_mm=length_mm, filament_g=took_g)
