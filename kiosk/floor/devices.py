"""What devices and the relay keeper say: kept at its post, measured, told to the table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from kiosk.floor.post import Post
from kiosk.floor.prints import Prints
from kiosk.floor.queue import Queue
from kiosk.floor.runs import Runs
from kiosk.keeper.protocol import LineReport
from machines import session as table
from machines.facts import (
    Answered,
    Back,
    Fact,
    HistoryTold,
    LaserMessage,
    Noise,
    PrinterSeen,
    PrintHappened,
    Sending,
    Silence,
    WorkSeen,
)
from machines.instants import SECOND, Instant
from machines.meter import Work

log = logging.getLogger("floor")

#: A report of the relay keeper that contradicts an order younger than this crossed it.
CROSSED_US = SECOND

Decide = Callable[[Post, table.Event], None]


class Devices:
    """For the floor's thread alone. `silent_readers`: why a badge reader does not answer."""

    def __init__(
        self,
        posts: Mapping[str, Post],
        readers: Iterable[str],
        runs: Runs,
        prints: Prints,
        queue: Queue,
        decide: Decide,
    ) -> None:
        self._posts = posts
        self._runs = runs
        self._prints = prints
        self._queue = queue
        self._decide = decide
        self.silent_readers = dict.fromkeys(readers, "its port is being opened")

    def hear(self, at: Instant, fact: Fact) -> None:
        """A fact, of any kind but a badge."""
        match fact:
            case WorkSeen(machine, meter, work):
                self._news(at, machine)
                self._see_work(at, self._posts[machine], meter, work)
            case PrinterSeen(machine=machine) | PrintHappened(machine=machine):
                self._news(at, machine)
                self._see_printer(at, self._posts[machine], fact)
            case Answered(machine) | Sending(machine) | HistoryTold(machine):
                self._queue.see(self._posts[machine], fact, at)
            case Silence(device, why):
                self._silence(at, device, why)
            case Back(device):
                self.silent_readers.pop(device, None)
                if device in self._posts:
                    self._news(at, device)
            case LaserMessage(machine, what, detail):
                self._hear_laser(self._posts[machine], what, detail)
            case Noise(device, what):
                log.debug("%s: %s", device, what)

    def hear_lines(self, at: Instant, reports: tuple[LineReport, ...]) -> None:
        """How the lines are. A line of no machine of ours says nothing."""
        for report in reports:
            post = self._posts.get(report.machine)
            if post is None:
                continue
            if not report.on and _crossed(post, at, report):
                continue
            since = None if report.ago_s is None else at.minus(round(report.ago_s * SECOND))
            self._decide(post, table.LineReported(at, report.on, since))

    def _news(self, at: Instant, machine: str) -> None:
        post = self._posts[machine]
        post.seen, post.silence = at, ""

    def _see_work(self, at: Instant, post: Post, meter: str, work: Work) -> None:
        post.works[meter] = work
        self._runs.see(post, meter, work, at)
        if meter == "beam" and work is Work.RESTING and post.message == "beam-left-on":
            post.message = ""
        self._decide(post, table.WorkSeen(at, post.work()))

    def _see_printer(self, at: Instant, post: Post, fact: PrinterSeen | PrintHappened) -> None:
        if isinstance(fact, PrinterSeen):
            post.printer = fact
            post.works["print"] = fact.work
        self._prints.see(post, fact, at)
        self._queue.see(post, fact, at)
        self._decide(post, table.WorkSeen(at, post.work()))

    def _silence(self, at: Instant, device: str, why: str) -> None:
        if device not in self._posts:
            self.silent_readers[device] = why
            return
        post = self._posts[device]
        if why != post.silence:
            log.warning("%s is silent: %s", device, why)
        post.silence = why
        for meter in post.works:
            post.works[meter] = Work.UNKNOWN
            if meter != "print":
                self._runs.see(post, meter, Work.UNKNOWN, at)
        self._prints.see(post, Silence(device, why), at)
        self._queue.see(post, Silence(device, why), at)
        self._decide(post, table.WorkSeen(at, Work.UNKNOWN))

    def _hear_laser(self, post: Post, what: str, detail: str) -> None:
        log.info("%s: %s %s", post.slug, what, detail)
        if what in ("beam-left-on", "alarm"):
            post.message = what
        elif what in ("reset", "beam-put-out", "alarm-over"):
            post.message = ""


def _crossed(post: Post, at: Instant, report: LineReport) -> bool:
    """Whether this "off" was said before our order to energise came there."""
    if post.energised is None:
        return False
    age_us = at.since(post.energised)
    return age_us < 0 or (age_us < CROSSED_US and not report.dropped)
