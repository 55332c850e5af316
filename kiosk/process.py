"""The kiosk of a lab as a process: its parts put together, in order up and down.

The floor is the heart: the relay keeper hears a heartbeat, and systemd's
watchdog a word, only while the floor takes its turns.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Set
from contextlib import ExitStack
from dataclasses import fields
from types import FrameType
from typing import Any

from config.site import Site
from kiosk.address import address
from kiosk.admin import AdminError, AdminSocket
from kiosk.cameras import Cameras
from kiosk.clock import Clock
from kiosk.credentials import credential
from kiosk.floor.floor import Floor
from kiosk.floor.invitations import Invitations
from kiosk.floor.people import People
from kiosk.floor.people_desk import PeopleDesk
from kiosk.floor.relays import Relays
from kiosk.floor.screens import LabScreens, SyncNews
from kiosk.floor.start import begin
from kiosk.forgetting import service as forgetting
from kiosk.links import Links
from kiosk.notify import notify
from kiosk.printers import OctoPrints
from kiosk.store.recent import RecentJournal
from kiosk.store.store import Store
from kiosk.store.tablets import TabletShelf
from kiosk.sync import roster
from kiosk.sync.http import HttpWire
from kiosk.sync.service import Sync, SyncStatus
from kiosk.web.app import create_app
from kiosk.web.authority import Authority
from kiosk.web.bringing import Bringer
from kiosk.web.pairing import Pairing, tablet_verbs
from kiosk.web.server import Server
from machines.badges import DigestKey
from machines.instants import WallQuality
from machines.journal import ConditionSet
from machines.members import Roster

log = logging.getLogger("kiosk")

SOCKET = "kiosk.sock"
#: The folder of the members' files, beside the database.
FILES = "files"
#: Real seconds without a turn of the floor (it takes one a second) before it counts as hung.
HUNG_S = 2.5
#: Real seconds between two words to systemd's watchdog, whose patience is 30.
ALIVE_EVERY_S = 5.0
#: Real seconds between two looks for files of members that are kept long enough.
TIDY_EVERY_S = 3600.0


class CannotStart(RuntimeError):
    """An address, a socket or a key that cannot be had: a sentence for the operator."""


class Kiosk:
    """One lab, running once made, until `close`. Raises StoreError, CredentialError, CannotStart.

    `pins`: the lines of the sense inputs, a mock's in a demo; None is this Pi's.
    """

    def __init__(self, site: Site, clock: Clock, pins: Any = None) -> None:
        self.site = site
        self._clock = clock
        self._open = ExitStack()
        self._told = threading.Event()
        try:
            self._put_together(pins)
        except OSError as wrong:
            self._open.close()
            where = f"{site.listen}:{site.port}, {site.runtime}"
            raise CannotStart(
                f"{where}: not to be had ({os.strerror(wrong.errno or 0)});"
                " stop what uses it, or give [kiosk] another listen, port or runtime"
            ) from wrong
        except BaseException:
            self._open.close()
            raise

    def close(self) -> None:
        """Devices first, so that nothing is told to a floor that is gone; the file last."""
        self._open.close()

    def run_until_told(self) -> None:
        """Until SIGTERM or SIGINT. In the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)
        notify("READY=1")
        tidied_s = -TIDY_EVERY_S
        while not self._told.wait(ALIVE_EVERY_S):
            if self.alive():
                notify("WATCHDOG=1")
            if time.monotonic() - tidied_s > TIDY_EVERY_S:
                tidied_s = time.monotonic()
                self.tidy()
        notify("STOPPING=1")
        self.close()

    def tidy(self) -> None:
        """Forget members' files that no job has wanted for as long as the site keeps them."""
        try:
            self._bringer.tidy({job.file for job in self.screens.view().queue.jobs})
        except OSError as wrong:
            log.warning("files not forgotten: %s", wrong)

    def alive(self) -> bool:
        """Whether the floor takes its turns."""
        return time.monotonic() - self.floor.turned < HUNG_S

    def in_touch(self) -> bool:
        """Whether readers and relay keeper answer, and the central where there is one."""
        devices = self._relays.connected and not self.floor.devices.silent_readers
        return devices and (self.sync is None or self.sync.status.online)

    # -- the parts ----------------------------------------------------------------------------

    def _put_together(self, pins: Any) -> None:
        site, clock = self.site, self._clock
        key = DigestKey(credential(site.credentials, "badge-key"))
        people = People(key, {machine.slug: machine.family for machine in site.machines})
        self.store = Store(site.database, clock)
        self._open.callback(self.store.close)
        forgetting.begin(self.store)
        if known := self.store.submit(lambda journal: roster.load(journal.connection)).result():
            people.take(known.roster)
        self._relays = relays = Relays(
            site.runtime / "relays.sock", lambda r: self.floor.lines(r), self.alive
        )
        self._open.callback(relays.stop)
        links = Links(site, clock, lambda fact: self.floor.tell(fact), pins)
        self.invitations = Invitations(time.monotonic)
        self.screens = screens = LabScreens(clock, lambda: self._news(relays), self._invite)
        files = site.database.parent / FILES
        printers = OctoPrints(site, files, lambda fact: self.floor.tell(fact))
        self.floor = Floor(
            site,
            clock,
            self.store,
            relays,
            people,
            links,
            screens.draw,
            printers,
            lambda file: (files / f"{file}.gcode").exists(),
        )
        self._open.callback(self.floor.stop)
        self._open.callback(printers.stop)
        begin(self.floor, self.store)
        self.sync = self._make_sync(people)
        self.forgetting = self._make_forgetting()
        screens.show(self.floor)
        self.pairing = Pairing(TabletShelf(self.store), time.monotonic)
        self._bringer = Bringer(site, files)
        app = create_app(
            screens,
            desk=self.floor.desk,
            cameras=Cameras(site),
            recent=RecentJournal(site.database, clock),
            people=PeopleDesk(people, self.floor.identity.acts.grantable, clock),
            authority=Authority(
                self.pairing,
                lambda: people.animators,
                self.store.append,
                self.floor.talk.tablets,
            ),
            invitations=self.invitations,
            bringing=self._bringer,
            language=site.language,
            clock=clock,
            hosts=site.hosts,
            touch_from_anywhere=site.touch_from_anywhere,
            address=lambda: address(site, self.port),
            health=self.forgetting.health,
            retention=site.retention,
            association=site.association,
        )
        server = Server(app, site.listen, site.port)
        self._open.callback(server.stop)
        self.port = server.port
        verbs = {"condition": self._condition, **tablet_verbs(self.pairing)}
        admin = AdminSocket(site.runtime / SOCKET, verbs)
        self._open.callback(admin.stop)
        self._open.callback(links.stop)
        starts = [self.floor.start, relays.start, server.start, admin.start, links.start]
        for start in starts:
            start()
        if self.sync:
            self._open.callback(self.sync.stop)
            self.sync.start()
        self._open.callback(self.forgetting.stop)
        self.forgetting.start()
        log.info("%s: listening on http://%s:%d/", site.name, site.listen, self.port)

    def _invite(self, member: str) -> str:
        """A member's own page, in a lab that has printers to send a file to."""
        printers = any(machine.printer for machine in self.site.machines)
        return self.invitations.show(member) if printers else ""

    def _make_sync(self, people: People) -> Sync | None:
        central = self.site.central
        if not central.url:
            return None
        token = credential(self.site.credentials, central.token_file).decode("ascii", "replace")
        wire = HttpWire(central.url, token, central.ca_file, self._clock_is_set)
        self._open.callback(wire.close)

        def took(new: Roster) -> None:
            self.floor.soon(lambda _: people.take(new))
            self.forgetting.nudge()

        return Sync(self.store, wire, self._clock, took, central.every_s)

    def _make_forgetting(self) -> forgetting.Forgetting:
        taken = self.sync.taken if self.sync else None
        hands = forgetting.Floor(self.floor.forget, self._remove_files)
        return forgetting.Forgetting(self.store, self._clock, self.site.retention, hands, taken)

    def _remove_files(self, files: Set[str]) -> None:
        self._bringer.remove(files - {job.file for job in self.screens.view().queue.jobs})

    def _clock_is_set(self) -> bool:
        return self._clock.now().quality >= WallQuality.NTP

    def _news(self, relays: Relays) -> SyncNews:
        status = self.sync.status if self.sync else SyncStatus()
        switched = any(machine.relay for machine in self.site.machines)
        troubles = {
            "keeper-unreachable": switched and not relays.connected,
            "disk-full": self.store.disk_full,
            "purge-late": self.forgetting.late,
        }
        notices = tuple(key for key, there in troubles.items() if there)
        return SyncNews(status.online, status.unsent, status.roster_age_s, notices)

    # -- what the command line asks ------------------------------------------------------------

    def _condition(self, **told: Any) -> str:
        """`machines.journal.ConditionSet`, field by field."""
        known = {field.name for field in fields(ConditionSet)}
        if not known >= told.keys():
            raise AdminError(f"a condition has {', '.join(sorted(known))}")
        try:
            return self.floor.set_condition(ConditionSet(**told))
        except TimeoutError:
            raise AdminError("the disk does not answer: nothing was set; try again") from None

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told.set()
