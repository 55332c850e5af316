"""A past brought to the central, over its own HTTP, before anybody forgets who did what.

A lab forgets after some months; in a year that is lived in seconds, the central has to hear
of it first, as it would have day by day.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

from config.site import CentralSite, Site
from kiosk.central.accounts import ACCOUNT
from kiosk.central.process import Process
from kiosk.central.projection import pending
from kiosk.central.report import acting
from kiosk.central.store import Central
from kiosk.clock import StillClock
from kiosk.demo.association import ADMIN
from kiosk.demo.places import DemoError
from kiosk.store.disk import open_reader
from kiosk.store.journal import Journal
from kiosk.sync.engine import Engine, Progress
from kiosk.sync.http import HttpWire
from machines.instants import Month

#: Real seconds that the central may take to count it all.
PATIENCE_S = 120.0
#: Who closed them, as the list of closings says it.
BY = f"{ACCOUNT}{ADMIN}"
#: Months of this year that are left open at its end, beside the one that goes on.
OPEN = 1


def bring(site: CentralSite, labs: Mapping[Site, str], now_us: int) -> None:
    """Each lab's journal, by its token; until all of it is counted. Raises DemoError."""
    with closing(Process(replace(site, port=0), StillClock(now_us))) as process:
        for lab, token in labs.items():
            wire = HttpWire(f"http://127.0.0.1:{process.port}", token)
            with closing(wire), closing(open_reader(lab.database)) as file:
                journal = Journal(file, StillClock(now_us))
                Engine(journal, _never_forked, wire, Progress()).round()
        until = time.monotonic() + PATIENCE_S
        while _waits(process.central):
            if time.monotonic() > until:
                raise DemoError("the central does not come to an end of its counting")
            time.sleep(0.05)


def _never_forked(store: bytes | None, common: int) -> None:
    raise DemoError("what the central has of a lab is of another demo: begin again with --fresh")


def _waits(central: Central) -> bool:
    with central.reader() as book:
        return bool(pending(book))


def close(site: CentralSite, first_us: int, now_us: int) -> None:
    """Every month that is over but the latest, and the year before: what an association signs."""
    month, last = Month.of(first_us), Month.of(now_us)
    with closing(Central(site.database, StillClock(now_us))) as central:
        while _before(month, last):
            acting.close(central, site, str(month), BY, incomplete=True)
            if month.number == 12:
                acting.close(central, site, str(month.year), BY, incomplete=True)
            month = month.next


def _before(month: Month, last: Month) -> bool:
    for _ in range(OPEN):
        month = month.next
    return month < last
