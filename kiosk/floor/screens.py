"""What the pages are given: the floor's latest picture, and word of each change.

The floor's thread draws, any number of page threads look. A picture that
differs from the one before only in ages is not a change: a page counts seconds
by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.clock import Clock
from kiosk.floor import picture
from kiosk.floor.floor import Floor
from kiosk.floor.people_picture import people_view, unknown_views
from kiosk.floor.post import Post
from kiosk.floor.queue_view import JobView, PrinterView, QueueView
from kiosk.floor.view import ItemView, LabView, MachineView, PrintView, Touch
from machines.instants import WallQuality
from machines.members import Member


@dataclass(frozen=True, slots=True)
class SyncNews:
    """What the sync tells the screens."""

    online: bool = False
    unsent: int = 0
    roster_age_s: float | None = None
    notices: tuple[str, ...] = ()


class LabScreens:
    """`kiosk.floor.view.Screens` over a floor. `draw` is called by the floor's thread alone."""

    def __init__(
        self,
        clock: Clock,
        sync: Callable[[], SyncNews],
        invite: Callable[[str], str] = lambda member: "",
    ) -> None:
        """`invite`: the token of a member's own page, "" where there is none to be shown."""
        self._clock = clock
        self._sync = sync
        self._invite = invite
        self._floor: Floor | None = None
        self._changed = threading.Condition()
        self._view: LabView | None = None
        self._key: LabView | None = None
        self._items: tuple[ItemView, ...] = ()
        #: The queue that is shown, and steady: forty jobs are the same at most drawings.
        self._queue = QueueView(), QueueView()

    def show(self, floor: Floor) -> None:
        """Look at this floor from now on."""
        self._floor = floor
        self._items = picture.item_views(floor.site)
        self.draw()

    def draw(self) -> None:
        if self._floor is None:
            return
        view = self._draw(self._floor)
        if view.queue is not self._queue[0]:
            self._queue = view.queue, steady_queue(view.queue)
        with self._changed:
            key = steady(view, self._queue[1])
            if self._view is not None and key == self._key:
                self._view = replace(view, revision=self._view.revision)
                return
            revision = 1 if self._view is None else self._view.revision + 1
            self._view, self._key = replace(view, revision=revision), key
            self._changed.notify_all()

    def view(self) -> LabView:
        view = self._view
        assert view is not None
        return view

    def touch(self, what: Touch, value: str = "") -> None:
        assert self._floor is not None
        self._floor.touch(what, value)

    def watch(self, after: int, timeout_s: float) -> LabView | None:
        with self._changed:
            self._changed.wait_for(lambda: self.view().revision > after, timeout_s)
            return self._view if self.view().revision > after else None

    def _draw(self, floor: Floor) -> LabView:
        now = self._clock.now()
        people, news = floor.people, self._sync()
        queue = floor.queue.draw(people.member, now)
        here = people.member(getattr(floor.talk.state, "member", None) or "")
        identity = floor.identity
        machines = tuple(
            replace(
                picture.machine_view(post, now, people.member, floor.printed(post, now)),
                printer=queue.printers.get(post.slug),
                people=party.people if (party := floor.activity.party(post)) else 0,
            )
            for post in floor.posts.values()
        )

        def allowed(post: Post, member: Member) -> bool:
            return floor.refusal(post, member) is None and post.machine.member is None

        return LabView(
            revision=0,
            lab=floor.site.lab,
            name=floor.site.name,
            machines=machines,
            screen=replace(
                picture.screen_view(
                    floor.talk.state,
                    floor.posts,
                    people.member,
                    allowed,
                    floor.seconds(),
                    now,
                    floor.talk.language,
                    floor.talk.tablets.codes(),
                    self._invite,
                    self._items,
                ),
                people=people_view(floor.talk.state, identity, floor.posts, here),
            ),
            online=news.online,
            central=bool(floor.site.central.url),
            unsent=news.unsent,
            roster_age_s=news.roster_age_s,
            clock_set=now.quality >= WallQuality.NTP,
            journal_ok=floor.writing.ok,
            readers_ok=not floor.devices.silent_readers,
            notices=news.notices,
            queue=queue.queue,
            owners=queue.owners,
            parties=picture.party_views(
                floor.posts.values(), floor.activity.party, people.member, now
            ),
            items=self._items,
            unknown=unknown_views(identity),
        )


def steady(view: LabView, queue: QueueView) -> LabView:
    """The view without what changes by itself: what is left tells whether to push it."""
    screen = replace(view.screen, until_s=None, elapsed_s=view.screen.elapsed_s // 60)
    age = None if view.roster_age_s is None else view.roster_age_s // 3600
    return replace(
        view,
        revision=0,
        roster_age_s=age,
        screen=screen,
        machines=tuple(_steady_machine(machine) for machine in view.machines),
        unknown=tuple(replace(one, age_s=one.age_s // 60) for one in view.unknown),
        parties=tuple(replace(p, since_s=p.since_s // 60) for p in view.parties),
        queue=queue,
    )


def steady_queue(queue: QueueView) -> QueueView:
    return QueueView(_steady_jobs(queue.jobs), _steady_jobs(queue.over))


def _steady_jobs(jobs: tuple[JobView, ...]) -> tuple[JobView, ...]:
    return tuple(replace(job, age_s=job.age_s // 60, sent=_floor(job.sent, 0.05)) for job in jobs)


def _steady_printer(printer: PrinterView) -> PrinterView:
    return replace(printer, plate_left_s=_floor(printer.plate_left_s, 60))


def _steady_machine(machine: MachineView) -> MachineView:
    return replace(
        machine,
        since_s=_floor(machine.since_s, 60),
        seen_s=_age(machine.seen_s),
        print=machine.print and _steady_print(machine.print),
        printer=machine.printer and _steady_printer(machine.printer),
        nozzle_c=_floor(machine.nozzle_c, 1),
        bed_c=_floor(machine.bed_c, 1),
    )


def _steady_print(printed: PrintView) -> PrintView:
    return replace(
        printed,
        progress=_floor(printed.progress, 0.01),
        left_s=_floor(printed.left_s, 30),
        used_s=printed.used_s // 60,
        paused_s=printed.paused_s // 60,
        unseen_s=printed.unseen_s // 60,
    )


def _floor(value: float | None, step: float) -> float | None:
    return None if value is None else value // step


def _age(seen_s: float | None) -> float | None:
    """Fresh, ageing (the card greys), or old: the steps at which a card looks different."""
    return None if seen_s is None else float((seen_s > 15) + (seen_s > 60))
