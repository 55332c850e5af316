"""Prints on the floor: `machines.printing` for each printer, written and kept.

The record of a print under way is a checkpoint row, overwritten once a minute:
a power cut loses no more than that, and the time in between is *unseen*.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from kiosk.floor import picture
from kiosk.floor.post import Post
from kiosk.floor.view import PrintView
from machines import printing
from machines.facts import Fact
from machines.instants import SECOND, Instant
from machines.journal import Body, Entry, Personal
from machines.print_checkpoint import checkpoint, resume
from machines.print_look import look
from machines.print_record import BeginPrint, EndPrint, Printer, Rules, Step

log = logging.getLogger("floor.prints")

METER = "print"
#: Field microseconds between two checkpoints of a print under way.
KEPT_EVERY_US = 60 * SECOND

Then = Callable[[Entry, Instant], None]
WriteThen = Callable[[Body, Personal | None, Then], None]


class Rows(Protocol):
    def checkpoint(self, machine: str, meter: str, row: bytes | None) -> None: ...


class Prints:
    """Every printer's record. For the floor's thread alone."""

    def __init__(self, plans: Iterable[Post], write_then: WriteThen, rows: Rows) -> None:
        self._write_then = write_then
        self._rows = rows
        self._kept: dict[str, Instant] = {}
        self._printers = {
            post.slug: Printer(post.slug, _rules(post)) for post in plans if post.prints
        }

    def restore(self, rows: Mapping[tuple[str, str], bytes], at: Instant) -> None:
        """Take up the prints that were under way: what passed meanwhile is unseen."""
        for slug, printer in self._printers.items():
            row = rows.get((slug, METER))
            if row is None:
                continue
            try:
                plain = msgspec.json.decode(row, type=dict)
                self._printers[slug] = resume(slug, printer.rules, plain, at)
                self._kept[slug] = at
            except ValueError as wrong:
                log.error("%s: %s", slug, wrong)

    def see(self, post: Post, fact: Fact, at: Instant) -> None:
        """A fact about a printer; about another machine, nothing."""
        if printer := self._printers.get(post.slug):
            self._take(post.slug, printing.see(printer, fact, at, post.session))

    def tick(self, at: Instant) -> None:
        for slug, printer in self._printers.items():
            self._take(slug, printing.wait(printer, at))
            last = self._kept.get(slug)
            if printer.open is not None and (last is None or at.since(last) >= KEPT_EVERY_US):
                self._keep(slug, at)

    def keep(self, at: Instant) -> None:
        """Write down every print under way: the kiosk is about to stop."""
        for slug, printer in self._printers.items():
            if printer.open is not None:
                self._keep(slug, at)

    def view(self, post: Post, now: Instant) -> PrintView | None:
        """The print under way, or the one that just ended."""
        printer = self._printers.get(post.slug)
        looked = look(printer) if printer else None
        return picture.print_view(looked, now) if looked else None

    def _take(self, slug: str, step: Step) -> None:
        self._printers[slug], effects = step
        for effect in effects:
            match effect:
                case BeginPrint(number, entry, name):
                    self._write_then(entry, Personal(file_name=name), self._born(slug, number))
                case EndPrint(entry, name):
                    # The row first: the store changes both at once, whatever a power cut leaves.
                    if self._kept.pop(slug, None):
                        self._rows.checkpoint(slug, METER, None)
                    self._write_then(entry, Personal(file_name=name), lambda *_: None)

    def _born(self, slug: str, number: int) -> Then:
        def then(entry: Entry, at: Instant) -> None:
            birth = str(entry.birth)
            self._take(slug, printing.began(self._printers[slug], number, birth))
            if self._printers[slug].open is not None:
                self._keep(slug, at)

        return then

    def _keep(self, slug: str, at: Instant) -> None:
        row = checkpoint(self._printers[slug])
        if row is not None:
            self._kept[slug] = at
            self._rows.checkpoint(slug, METER, msgspec.json.encode(row))


def _rules(post: Post) -> Rules:
    assert post.plan.driver is not None
    poll_s = getattr(post.plan.driver.options, "poll_s", 3.0)
    return Rules(poll_us=round(poll_s * SECOND))
