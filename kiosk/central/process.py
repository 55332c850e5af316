"""The central as a process: file, pages, socket of the command line, in order up and down."""

from __future__ import annotations

import logging
import signal
import sqlite3
import sys
import threading
from concurrent.futures import TimeoutError as TooSlow
from contextlib import ExitStack
from types import FrameType

from config.site import CentralSite
from kiosk.admin import AdminSocket
from kiosk.central import roster
from kiosk.central.app import TASKS, create_app
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.desk import SOCKET, answers
from kiosk.central.privacy.service import Forgetting
from kiosk.central.store import Busy, Central
from kiosk.central.tasks import Tasks
from kiosk.clock import Clock
from kiosk.notify import notify
from kiosk.web.server import Server
from machines.members import ClearanceRule

log = logging.getLogger("central")

#: Real seconds between two words to systemd's watchdog, whose patience is 30 (fablab-central
#: .service): a writing thread that hangs that long has the process started anew.
ALIVE_EVERY_S = 10.0
#: Kept-alive connections of a thousand labs; each is a file descriptor.
CONNECTIONS = 500
#: Seconds after which a thread that computes hands Python's lock to one that waits for it.
#: The writing thread waits for it at every row that it reads: at Python's own 5 ms, 250 facts
#: folded beside a busy thread took up to 1.5 s, at this 60 ms; a batch alone is as quick
#: (2026-11-25).
HAND_OVER_S = 0.0005


class CannotListen(RuntimeError):
    """The address or the socket cannot be had: a sentence for the operator."""


class Process:
    """Everything of the central, serving once made. Raises StoreError, CannotListen."""

    def __init__(self, site: CentralSite, clock: Clock) -> None:
        with ExitStack() as opened:
            self.central = Central(site.database, clock)
            opened.callback(self.central.close)
            self.central.submit(lambda book: _keep_rules(book, site, clock)).result()
            self.forgetting = Forgetting(self.central, site)
            opened.callback(self.forgetting.stop)
            try:
                app = create_app(self.central, site, forgetting=self.forgetting)
                self._tasks: Tasks = app.extensions[TASKS]
                opened.callback(self._tasks.close)
                self._server = Server(app, site.listen, site.port, CONNECTIONS)
                opened.callback(self._server.stop)
                self._admin = AdminSocket(
                    site.runtime / SOCKET, answers(self.central, site, self.forgetting)
                )
            except OSError as wrong:
                raise CannotListen(
                    f"{site.listen}:{site.port}, {site.runtime}: not to be had ({wrong.strerror});"
                    " stop what uses it, or give [central] another listen, port or runtime"
                ) from wrong
            opened.pop_all()
        self.port = self._server.port
        self._told = threading.Event()
        self._server.start()
        self._admin.start()
        self.forgetting.start()
        log.info("%s: listening on http://%s:%d/", site.name, site.listen, self.port)

    def run_until_told(self) -> None:
        """Until SIGTERM or SIGINT. In the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)
        sys.setswitchinterval(HAND_OVER_S)
        notify("READY=1")
        while not self._told.wait(ALIVE_EVERY_S):
            if self._writes():
                notify("WATCHDOG=1")
        notify("STOPPING=1")
        self.close()

    def close(self) -> None:
        """Lets requests end, writes what waits, lets go of the file."""
        self._admin.stop()
        self._server.stop()
        self._tasks.close()
        self.forgetting.stop()
        self.central.close()

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told.set()

    def _writes(self) -> bool:
        """Whether the writing thread still answers."""
        try:
            self.central.submit(lambda connection: None).result(ALIVE_EVERY_S)
        except Busy:
            return True  # much waits, which is no fault
        except TooSlow:
            return False
        return True


def _keep_rules(connection: sqlite3.Connection, site: CentralSite, clock: Clock) -> None:
    """When clearances end, as the file says now: the labs judge by it after their next sync."""
    told = {one.of: ClearanceRule(one.months, one.unused_months) for one in site.expiries}
    roster.keep_rules(connection, Act(PROGRAM, clock.now().wall_us), told)
