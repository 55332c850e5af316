"""The hands of a demo's animator: a file brought, an act done, a picture waited for."""

from __future__ import annotations

import io
import itertools
import threading
import time
from collections.abc import Callable, Sequence

from config.site import Site
from kiosk.demo.gcode import Part, sliced
from kiosk.files.store import Files
from kiosk.files.submission import Wish, profiles, submission
from kiosk.floor import acts
from kiosk.floor.acts import Desk, Told
from kiosk.floor.view import LabView, Screens

#: Real seconds that an act, or what comes of it, is waited for.
PATIENCE_S = 20.0
LOOK_EVERY_S = 0.1


class NotDone(RuntimeError):
    """An act was refused, or nothing came of it, or the demo is over."""


class Hands:
    """`by`: the animator, a roster id. `members`: who may bring a file. `screens`: the lab's."""

    def __init__(
        self,
        site: Site,
        files: Files,
        desk: Desk,
        screens: Screens,
        by: str,
        members: Sequence[str],
    ) -> None:
        self.members = members
        self.stopped = threading.Event()
        self.view: Callable[[], LabView] = screens.view
        self._site = site
        self._files = files
        self._desk = desk
        self._by = by
        self._start = f"demo{time.time_ns():x}"
        self._numbers = itertools.count()

    def stop(self) -> None:
        self.stopped.set()

    def bring(self, part: Part, member: str, wish: str = "") -> str:
        """The job that becomes of a part. Raises NotDone."""
        raw = sliced(part)
        received = self._files.receive(io.BytesIO(raw), len(raw), f"{part.name}.gcode")
        rules, printers = self._site.queue, profiles(self._site)
        made = submission(received, Wish(wish), printers, rules, "tablet")
        return self.do(acts.Submit(made.entry, received.name, member)).job

    def do(self, act: acts.Act) -> Told:
        """Raises NotDone."""
        told = self.attempt(act)
        if not told.done:
            raise NotDone(f"{act}: {told.why} {told.detail}")
        return told

    def attempt(self, act: acts.Act) -> Told:
        """What was said to it, whatever that is. Raises NotDone where nothing is."""
        key = f"{self._start}x{next(self._numbers)}"
        try:
            return self._desk.act(act, key, self._by).result(PATIENCE_S)
        except TimeoutError:
            raise NotDone(f"{act}: nobody answers") from None

    def wait(self, seen: Callable[[LabView], bool], what: str) -> None:
        """Until a picture shows it. Raises NotDone."""
        until = time.monotonic() + PATIENCE_S
        while not seen(self.view()):
            if self.stopped.wait(LOOK_EVERY_S) or time.monotonic() > until:
                raise NotDone(f"{what}: not seen")
