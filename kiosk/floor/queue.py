"""The printers' queue on the floor: told what happens, asked how it stands.

What decides stands in `machines` (`jobs`, `starting_table`, `order`); here its parts
are put together, for the floor's thread alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from config.site import Printer, Site
from kiosk.files.submission import profile
from kiosk.floor.bays import Bays
from kiosk.floor.commands import Commands
from kiosk.floor.hands import Printers
from kiosk.floor.lineup import Lineup, Seat, line_up, takes_s
from kiosk.floor.picture import STALE_S
from kiosk.floor.post import Post
from kiosk.floor.prints import Prints
from kiosk.floor.queue_picture import Find, Scene, owner_views, printer_view, queue_view
from kiosk.floor.queue_view import OwnerView, PrinterView, QueueView
from kiosk.floor.reconciling import Reconciling
from kiosk.floor.view import PrintView
from kiosk.floor.writing import Writing
from machines.carried import Carried
from machines.facts import Fact, Happened, PrinterSeen, PrintHappened
from machines.instants import SECOND, Instant
from machines.journal import Entry
from machines.meter import Work
from machines.order import Hindrance
from machines.print_record import no_printer

#: Real seconds that a drawn queue holds while nothing happens: its hours move slowly.
DRAWN_S = 5.0
#: Real seconds that a file once seen is taken to be there.
FILE_S = 30.0
#: A printer seen at work so long after it asked for filament has been given some: it pauses
#: a moment after it asked.
CHANGED_US = 5 * SECOND


@dataclass(frozen=True, slots=True)
class QueuePicture:
    queue: QueueView
    printers: Mapping[str, PrinterView]
    owners: tuple[OwnerView, ...]


class Queue:
    """`has_file`: whether a file (its SHA-256) is on the kiosk's disk. `seconds` are real ones."""

    def __init__(
        self,
        site: Site,
        posts: Mapping[str, Post],
        writing: Writing,
        printers: Printers,
        bays: Bays,
        prints: Prints,
        seconds: Callable[[], float],
        has_file: Callable[[str], bool],
    ) -> None:
        self._site = site
        self._posts = {slug: post for slug, post in posts.items() if post.prints}
        self._writing = writing
        self.bays = bays
        self.prints = prints
        self.commands = Commands(printers, seconds)
        self._reconciling = Reconciling(posts.values(), writing, printers, bays.starts)
        self._seconds = seconds
        self._has_file = has_file
        self._files: dict[str, tuple[float, bool]] = {}
        self._drawn: tuple[object, Carried, QueuePicture] | None = None

    def restore(self, last_seen: Instant, now: Instant) -> None:
        """Take up what the kiosk before left; its prints were taken up before."""
        self.bays.restore(now)
        self._reconciling.restore(last_seen)

    # -- what happens -------------------------------------------------------------------------

    def see(self, post: Post, fact: Fact, at: Instant) -> None:
        """A fact about a printer, after its print's record was told of it."""
        if post.slug not in self._posts:
            return
        under_way = self.prints.under_way(post.slug)
        self._see_filament(post, fact, at)
        self.bays.see(post, fact, at, under_way is not None)
        self.commands.see(post, fact, under_way or "")
        self._reconciling.see(post, fact, at)

    def _see_filament(self, post: Post, fact: Fact, at: Instant) -> None:
        match fact:
            case PrintHappened(what=Happened.FILAMENT):
                post.filament = at
            case PrinterSeen(work=Work.WORKING | Work.RESTING):
                if post.filament is not None and at.since(post.filament) >= CHANGED_US:
                    post.filament = None

    def heard(self, entry: Entry) -> None:
        """An entry is on disk, and folded."""
        self.bays.heard(entry)
        self._reconciling.heard(entry)

    def tick(self, at: Instant) -> None:
        self.bays.tick(at)
        self.commands.tick()

    @property
    def any(self) -> bool:
        """Whether something is on its way to a printer."""
        return self.bays.any or self.commands.any

    # -- how it stands ------------------------------------------------------------------------

    def line_up(self, now: Instant) -> Lineup:
        site = self._site
        return line_up(
            self._writing.carried, self._seats(now), site.queue, site.hours, now, self._is_there
        )

    def printed(self, post: Post, now: Instant) -> PrintView | None:
        """The print under way or on the plate, by the name that its owner knows it by."""
        look = self.prints.view(post, now)
        last = self._writing.carried.jobs.prints.get(post.slug)
        if last is None and self.prints.under_way(post.slug) is None:
            return None  # its plate is cleared
        if look is None:  # it ended before the kiosk started: of its hours the record tells
            return PrintView(last.name or "", last.result.value) if last and last.result else None
        return replace(look, name=(last and last.name) or look.name)

    def draw(self, who: Find, now: Instant) -> QueuePicture:
        """As the pages see it: drawn anew when something happened, and now and then."""
        seats = self._seats(now)
        carried = self._writing.carried
        key = (
            (id(carried.jobs), id(carried.learned), carried.loaded),  # no badge has it drawn anew
            tuple((seat.hindrances, seat.owner) for seat in seats),
            tuple(self.bays.bay(slug) for slug in self._posts),
            tuple(self.commands.view(slug) for slug in self._posts),
            tuple(post.filament for post in self._posts.values()),
            self._seconds() // DRAWN_S,
        )
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = key, carried, self._draw(who, now)
        return self._drawn[2]

    def _draw(self, who: Find, now: Instant) -> QueuePicture:
        scene = Scene(
            self._writing.carried,
            self.line_up(now),
            {slug: self.bays.bay(slug) for slug in self._posts},
            self._posts,
            {slug: self.printed(post, now) for slug, post in self._posts.items()},
            {slug: self.commands.view(slug) for slug in self._posts},
            self._site.hours.closing_after(now.wall_us),
            who,
            now,
        )
        printers = {slug: printer_view(scene, slug) for slug in self._posts}
        return QueuePicture(queue_view(scene), printers, owner_views(scene))

    def _seats(self, now: Instant) -> tuple[Seat, ...]:
        return tuple(self._seat(post, now) for post in self._posts.values())

    def _seat(self, post: Post, now: Instant) -> Seat:
        plan = post.plan.printer or Printer()
        return Seat(
            profile(post.slug, plan),
            self._hindrances(post, now),
            self._free_s(post, now),
            plan.change_over_min * 60,
            self._owner(post),
        )

    def _owner(self, post: Post) -> str | None:
        """Whose the print is that is under way there, or that is just being started."""
        jobs = self._writing.carried.jobs
        last = jobs.prints.get(post.slug)
        under_way = last if last and last.result is None else None
        attempt = self.bays.bay(post.slug).attempt
        name = attempt.job if attempt else under_way.job if under_way else None
        if job := jobs.jobs.get(name or ""):
            return job.owner
        return under_way.owner if under_way else None

    def _hindrances(self, post: Post, now: Instant) -> tuple[Hindrance, ...]:
        """What keeps every job from starting there now."""
        gravest, seen = post.condition.gravest, post.printer
        bay = self.bays.bay(post.slug)
        off = post.machine.rules.interlocked and not post.machine.powered
        silent = bool(post.silence) or seen is None or no_printer(seen)
        old = post.seen is None or now.since(post.seen) > STALE_S * SECOND
        under_way = self.prints.under_way(post.slug) is not None
        works = seen is not None and not silent and seen.work is not Work.RESTING
        claims = {
            Hindrance.JOURNAL: not self._writing.ok,
            Hindrance.FAULT: gravest in ("fault", "retired"),
            Hindrance.MAINTENANCE: gravest == "maintenance",
            Hindrance.SWITCHED_OFF: off,
            Hindrance.OFFLINE: silent and not off,
            Hindrance.OLD: old and not silent and not off,
            Hindrance.BUSY: under_way or works or bay.attempt is not None,
            Hindrance.PLATE: not bay.is_clear(now),
        }
        return tuple(why for why, holds in claims.items() if holds)

    def _free_s(self, post: Post, now: Instant) -> float | None:
        """When what is under way there is done; None: nobody knows."""
        carried = self._writing.carried
        if attempt := self.bays.bay(post.slug).attempt:
            job = carried.jobs.jobs.get(attempt.job)
            return takes_s(carried, job, post.slug) if job else None
        if self.prints.under_way(post.slug) is None:
            return 0.0
        look = self.prints.view(post, now)
        if look is None or look.state not in ("printing", "finishing"):
            return None
        if look.left_s is not None:
            return look.left_s
        last = carried.jobs.prints.get(post.slug)
        job = carried.jobs.jobs.get(last.job) if last and last.job else None
        whole_s = takes_s(carried, job, post.slug) if job else None
        return None if whole_s is None else max(0.0, whole_s - look.used_s)

    def _is_there(self, file: str) -> bool:
        now = self._seconds()
        asked, there = self._files.get(file, (0.0, False))
        if not there or now - asked > FILE_S:
            there = self._has_file(file)
            self._files[file] = now, there
        return there
