"""Commands to the printers of a lab, carried out beside the floor: `kiosk.floor.hands.Printers`.

Each printer has two lanes: what is said to it is said in order, a pause never
waits for a file that is on its way, and a printer that does not answer holds up
no other. Every key gets exactly one answer, whatever happens: also a printer
that nobody knows, a key that is missing, a fault of ours, a kiosk that stops.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.site import Machine, Site
from drivers import Tell
from drivers.octoprint import Options
from drivers.octoprint.commands import Commands
from drivers.octoprint.parcel import Parcel, Spoilt
from kiosk.credentials import CredentialError, credential
from kiosk.lane import Lane
from machines.facts import Agreed, Answer, Answered, HistoryTold, Refused, Sending, Unanswered
from machines.job_entries import NotStarted, Ordered

log = logging.getLogger("printers")

#: Real seconds between two words on how much of a file was sent: a page needs no more.
SHARE_EVERY_S = 0.25
#: Real seconds that a stop waits for commands that were sent, so that their answers are told.
STOP_S = 3.0

FAULT = "a fault of the kiosk, which is in its log"
NOBODY_KNOWS = Unanswered(FAULT)
STOPPED = Refused(NotStarted.REFUSED, "the kiosk stopped before it was sent")
_DIGEST = re.compile("[0-9a-f]{64}")

Ask = Callable[[Commands], Answer | HistoryTold]


class Stopping(Exception):
    """The kiosk stops while a file is on its way."""


@dataclass(frozen=True, slots=True)
class Errand:
    """`fault`: its answer where a fault of ours ends it. `key` "": nobody waits for one."""

    machine: str
    key: str
    ask: Ask
    fault: Answer = NOBODY_KNOWS


@dataclass(frozen=True, slots=True)
class Hands:
    """`files` is for what may take minutes, `words` for what is said in seconds."""

    to: Commands
    files: Lane
    words: Lane


class OctoPrints:
    """The OctoPrints of `site`. `folder` holds the files, each as `<SHA-256>.gcode`.

    Answers are told by `tell`, from any thread, also before the call returns.
    """

    def __init__(self, site: Site, folder: Path, tell: Tell) -> None:
        self._folder = folder
        self._tell = tell
        self._stopped = threading.Event()
        self._hands: dict[str, Hands | Refused] = {
            machine.slug: _hands(site, machine, machine.driver.options)
            for machine in site.machines
            if machine.driver and isinstance(machine.driver.options, Options)
        }

    def stop(self) -> None:
        """What was not sent is refused; what was sent is waited for, but not for long."""
        self._stopped.set()
        until = time.monotonic() + STOP_S
        for hands in self._hands.values():
            if isinstance(hands, Hands):
                for lane in (hands.words, hands.files):
                    lane.join(max(0.0, until - time.monotonic()))

    # -- what the floor asks --------------------------------------------------------------------

    def upload(self, machine: str, key: str, file: str, path: str) -> None:
        def ask(to: Commands) -> Answer:
            if not _DIGEST.fullmatch(file):
                return Refused(NotStarted.FILE, "its name is no SHA-256")
            try:
                source = self._folder / f"{file}.gcode"
                return to.upload(Parcel(source, file, path, self._share(machine, key)))
            except Spoilt as gone:
                return Refused(NotStarted.FILE, str(gone))
            except Stopping:
                return STOPPED

        self._post(Errand(machine, key, ask, Refused(NotStarted.UPLOAD, FAULT)))

    def start(self, machine: str, key: str, path: str) -> None:
        self._say(Errand(machine, key, lambda to: to.start(path)))

    def order(self, machine: str, key: str, what: Ordered) -> None:
        self._say(Errand(machine, key, lambda to: to.order(what)))

    def connect(self, machine: str, key: str) -> None:
        self._say(Errand(machine, key, lambda to: to.connect()))

    def remove(self, machine: str, path: str) -> None:
        def ask(to: Commands) -> Answer:
            to.remove(path)
            return Agreed()

        self._post(Errand(machine, "", ask))

    def history(self, machine: str, key: str) -> None:
        def ask(to: Commands) -> Answer | HistoryTold:
            told = to.history()
            return told if isinstance(told, Refused) else HistoryTold(machine, key, *told)

        self._post(Errand(machine, key, ask, Refused(NotStarted.REFUSED, FAULT)))

    # -- carried out ----------------------------------------------------------------------------

    def _say(self, errand: Errand) -> None:
        self._begin(errand, lambda hands: hands.words)

    def _post(self, errand: Errand) -> None:
        self._begin(errand, lambda hands: hands.files)

    def _begin(self, errand: Errand, lane: Callable[[Hands], Lane]) -> None:
        hands = self._hands.get(errand.machine, _UNKNOWN)
        if isinstance(hands, Refused):
            self._answer(errand, hands)
            return
        try:
            lane(hands).put(lambda: self._do(errand, hands.to))
        except RuntimeError as no_thread:
            self._answer(errand, Refused(NotStarted.REFUSED, str(no_thread)))

    def _do(self, errand: Errand, to: Commands) -> None:
        if self._stopped.is_set():
            self._answer(errand, STOPPED)
            return
        try:
            answer = errand.ask(to)
        except Exception:
            log.exception("%s: a command ended with", errand.machine)
            answer = errand.fault
        self._answer(errand, answer)

    def _answer(self, errand: Errand, answer: Answer | HistoryTold) -> None:
        if isinstance(answer, HistoryTold):
            self._tell(answer)
        elif errand.key:
            self._tell(Answered(errand.machine, errand.key, answer))

    def _share(self, machine: str, key: str) -> Callable[[float], None]:
        """Told now and then; a kiosk that stops sends nothing to its end."""
        last = 0.0

        def told(share: float) -> None:
            nonlocal last
            if self._stopped.is_set():
                raise Stopping
            now = time.monotonic()
            if now - last >= SHARE_EVERY_S:
                last = now
                self._tell(Sending(machine, key, share))

        return told


_UNKNOWN = Refused(NotStarted.OFFLINE, "no OctoPrint drives it")


def _hands(site: Site, machine: Machine, options: Options) -> Hands | Refused:
    """Refused where its key cannot be read."""
    try:
        key = credential(site.credentials, options.key_file).decode("ascii", "replace")
    except CredentialError as missing:
        return Refused(NotStarted.KEY, str(missing))
    slug = machine.slug
    return Hands(Commands(options.url, key), Lane(f"{slug} files"), Lane(f"{slug} words"))
