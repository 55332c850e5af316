"""A lab's Pi: the product's own journal on a card, under a clock that is told what is true."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass

from kiosk.clock import StillClock
from kiosk.store.fork import fork
from kiosk.store.journal import Journal
from kiosk.sync.engine import Engine, Progress, Wire
from machines.instants import SECOND, Instant, WallQuality
from machines.journal import Body, MachineDescribed, Personal, SiteDescribed
from tests.sync.world import blank_card, opened
from tests.truth.town import LABS

#: Every day from nine to seven in the evening: what the figures are of is open all week.
HOURS = ((("09:00", "19:00"),),) * 7


@dataclass(frozen=True, slots=True)
class Card:
    image: bytes
    true_us: int


class Pi:
    """`true_us` is what no Pi knows: the time. Between `restart` and `network_back` its own
    wall clock is behind."""

    def __init__(self, lab: str, true_us: int, chance: random.Random) -> None:
        self.lab = lab
        self.true_us = true_us
        self._chance = chance
        self.clock = StillClock(true_us)
        self.journal = Journal(opened(blank_card()), self.clock, chance.randbytes)
        self.journal.put_meta("store", chance.randbytes(16))
        self._boot()
        machines = tuple(
            MachineDescribed(one.slug, one.slug.upper(), one.family, "watched") for one in LABS[lab]
        )
        self.write(SiteDescribed(lab, lab.upper(), machines, HOURS))

    @property
    def now(self) -> Instant:
        return self.clock.now()

    @property
    def connection(self) -> sqlite3.Connection:
        return self.journal.connection

    def go_to(self, true_us: int) -> None:
        assert true_us >= self.true_us, "time never goes back"
        self.clock.advance(seconds=(true_us - self.true_us) / SECOND)
        self.true_us = true_us
        self.journal.anchor_if_due()

    def write(self, body: Body, personal: Personal | None = None) -> str:
        """The birth of the entry, as later entries name it."""
        return str(self.journal.append(body, personal).birth)

    # ---- what befalls it

    def restart(self, off_us: int, behind_us: int = 0) -> Instant:
        """Switched off and on again, by a clock that is so far behind: the last sign of life."""
        last = self.now
        self.clock.reboot(off_us / SECOND)
        self.true_us += off_us
        self.clock.wall_us = self.true_us - behind_us
        self.clock.quality = WallQuality.RESTORED if behind_us else WallQuality.NTP
        self._boot()
        return last

    def network_back(self) -> None:
        self.clock.wall_us, self.clock.quality = self.true_us, WallQuality.NTP
        self.journal.anchor_if_due()

    def take_out(self) -> Card:
        """A copy of the card as it is."""
        return Card(self.connection.serialize(), self.true_us)

    def put_back(self, card: Card) -> Instant:
        """The old copy, and power on: when this card was last alive."""
        self.connection.close()
        self.journal = Journal(opened(card.image), self.clock, self._chance.randbytes)
        self.clock.reboot(0)
        last_seen = self._boot()
        assert last_seen is not None, "an empty card"
        return last_seen

    def _boot(self) -> Instant | None:
        start = self.journal.begin_boot("truth")
        self.journal.anchor_if_due()
        return start.last_seen

    # ---- and the sync

    def bring(self, wire: Wire, batch_entries: int) -> None:
        """One round. Raises SyncError."""
        journal = self.journal

        def forked(store: bytes | None, common: int) -> None:
            fork(journal, common, store, self._chance.randbytes)

        Engine(journal, forked, wire, Progress(), batch_entries).round()
