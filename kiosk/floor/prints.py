"""Prints on the floor: `machines.printing` for each printer, written and kept.

The record of a print under way is a checkpoint row, overwritten once a minute:
a power cut loses no more than that, and the time in between is *unseen*.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import msgspec

from kiosk.floor import picture
from kiosk.floor.bays import Bays
from kiosk.floor.post import Post
from kiosk.floor.rows import PRINT
from kiosk.floor.view import PrintView
from kiosk.floor.writing import Meter, Then, Writing
from machines import printing
from machines.carried import OpenPrint
from machines.facts import Fact
from machines.instants import SECOND, Instant
from machines.journal import Entry, Personal
from machines.print_checkpoint import checkpoint, resume, take_up
from machines.print_look import look
from machines.print_record import BeginPrint, Effect, EndPrint, Printer, Rules, Step

log = logging.getLogger("floor.prints")

#: Field microseconds between two checkpoints of a print under way.
KEPT_EVERY_US = 60 * SECOND


class Prints:
    """Every printer's record. For the floor's thread alone."""

    def __init__(self, plans: Iterable[Post], writing: Writing, bays: Bays) -> None:
        self._writing = writing
        self._bays = bays
        self._kept: dict[str, Instant] = {}
        self._printers = {
            post.slug: Printer(post.slug, _rules(post)) for post in plans if post.prints
        }

    def restore(self, rows: Mapping[Meter, bytes], left: Iterable[OpenPrint], at: Instant) -> None:
        """Take up the prints that were under way: what passed meanwhile is unseen.

        Those `left` open by the journal have a row, or were begun just before the end.
        """
        resumed = set()
        for (slug, meter), row in rows.items():
            if meter != PRINT:
                continue
            try:
                plain = msgspec.json.decode(row, type=dict)
                resumed.add(self._follow(resume(slug, self._rules(slug), plain, at)))
            except ValueError as wrong:
                log.error("%s: %s", slug, wrong)
        for one in left:
            if one.birth not in resumed:
                self._follow(take_up(self._rules(one.machine), one, at))

    def _follow(self, printer: Printer) -> str | None:
        """From here on; where that printer is no longer here, or has another print, it is lost.
        The birth of its print."""
        slug, birth = printer.machine, printer.open.birth if printer.open else None
        mine = self._printers.get(slug)
        if mine is not None and mine.open is None:
            self._printers[slug] = printer
        else:
            _, effects = printing.abandon(printer)
            self._do(slug, effects)
        return birth

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

    def under_way(self, slug: str) -> str | None:
        """The birth of the print under way; "" while it is being written, None for none."""
        printer = self._printers.get(slug)
        if printer is None or printer.open is None:
            return None
        return printer.open.birth or ""

    def view(self, post: Post, now: Instant) -> PrintView | None:
        """The print under way, or the one that just ended."""
        printer = self._printers.get(post.slug)
        looked = look(printer) if printer else None
        return picture.print_view(looked, now) if looked else None

    def _take(self, slug: str, step: Step) -> None:
        self._printers[slug], effects = step
        self._do(slug, effects)

    def _do(self, slug: str, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case BeginPrint():
                    begins = self._bays.begins(slug, effect)
                    born = self._born(slug, begins.number)
                    personal = Personal(file_name=begins.file_name)
                    self._writing.insist(begins.entry, personal, born)
                case EndPrint():
                    self._kept.pop(slug, None)
                    ends = self._bays.ends(slug, effect)
                    personal = Personal(file_name=ends.file_name)
                    self._writing.insist(ends.entry, personal, ends=lambda: self._row_of(slug))

    def _row_of(self, slug: str) -> Meter | None:
        """The row that the print that ended has left; None where the next print has it by now."""
        under_way = self._printers[slug].open if slug in self._printers else None
        return None if under_way and under_way.birth else (slug, PRINT)

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
            self._writing.keep((slug, PRINT), msgspec.json.encode(row))

    def _rules(self, slug: str) -> Rules:
        return self._printers[slug].rules if slug in self._printers else Rules()


def _rules(post: Post) -> Rules:
    assert post.plan.driver is not None
    poll_s = getattr(post.plan.driver.options, "poll_s", 3.0)
    return Rules(poll_us=round(poll_s * SECOND))
