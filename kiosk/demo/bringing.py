"""A past brought to the central, and closed there, before anybody forgets who did what.

Labs and central forget after some months, each night; in a year that is lived in seconds,
all of it has to be counted first, as it would have been day by day.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing

from config.site import CentralSite, Site
from kiosk.central import intake, ledger
from kiosk.central.accounts import ACCOUNT
from kiosk.central.nodes import Node
from kiosk.central.projection import pending
from kiosk.central.report import acting
from kiosk.central.store import Central
from kiosk.clock import StillClock
from kiosk.demo.association import ADMIN
from kiosk.demo.places import DemoError
from kiosk.store.disk import open_reader
from kiosk.store.journal import Journal
from kiosk.sync.engine import Engine, Progress
from kiosk.sync.protocol import Answer, Batch, State, encode_batch
from machines.instants import Month

#: Real seconds that the central may take to count it all.
PATIENCE_S = 120.0
#: Who closed them, as the list of closings says it.
BY = f"{ACCOUNT}{ADMIN}"
#: Months of this year that are left open at its end, beside the one that goes on.
OPEN = 1


def bring(site: CentralSite, labs: Sequence[Site], first_us: int, now_us: int) -> None:
    """Each lab's journal, until all of it is counted; then every month that is over but the
    latest is closed, and the year before: what an association signs. Raises DemoError."""
    with closing(Central(site.database, StillClock(now_us))) as central:
        for lab in labs:
            with closing(open_reader(lab.database)) as file:
                journal = Journal(file, StillClock(now_us))
                Engine(journal, _never_forked, _Door(central, lab.lab), Progress()).round()
        until = time.monotonic() + PATIENCE_S
        while _waits(central):
            if time.monotonic() > until:
                raise DemoError("the central does not come to an end of its counting")
            time.sleep(0.05)
        _close(central, site, Month.of(first_us), Month.of(now_us))


class _Door:
    """`kiosk.sync.engine.Wire` to a central of this process, which nobody else asks yet."""

    def __init__(self, central: Central, lab: str) -> None:
        self._central = central
        self._node = Node(lab, lab)

    def state(self, store: bytes, at: int) -> State:
        with self._central.reader() as book:
            return ledger.state(book, self._node, store, at)

    def push(self, batch: Batch) -> Answer:
        arrival, now_us = intake.read(encode_batch(batch)), self._central.now_us()
        return self._central.submit(
            lambda book: ledger.take_in(book, self._node, arrival, now_us)
        ).result()


def _never_forked(store: bytes | None, common: int) -> None:
    raise DemoError("what the central has of a lab is of another demo: begin again with --fresh")


def _waits(central: Central) -> bool:
    with central.reader() as book:
        return bool(pending(book))


def _close(central: Central, site: CentralSite, month: Month, last: Month) -> None:
    while _before(month, last):
        acting.close(central, site, str(month), BY, incomplete=True)
        if month.number == 12:
            acting.close(central, site, str(month.year), BY, incomplete=True)
        month = month.next


def _before(month: Month, last: Month) -> bool:
    for _ in range(OPEN):
        month = month.next
    return month < last
