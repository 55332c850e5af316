"""The devices of a site, followed: one link each, told apart by their tables and kinds.

A device that cannot be followed (a key that is missing) is silent, with the
reason; the others are followed all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from config.site import Machine, Site
from drivers import Link, Tell, badge, sense
from drivers.badge.link import BadgeLink
from drivers.grbl.link import GrblLink
from drivers.octoprint.link import OctoPrintLink
from drivers.sense.link import SenseLink
from kiosk.clock import Clock, ClockPace
from kiosk.credentials import CredentialError, credential
from machines.facts import Silence

log = logging.getLogger("links")


class Links:
    """Every link of a lab. Telling begins with `start`. Is `kiosk.floor.hands.Lasers`, too.

    `pins` are gpiozero's, or a mock's: None is this Pi's.
    """

    def __init__(self, site: Site, clock: Clock, tell: Tell, pins: Any = None) -> None:
        self._clock = clock
        self._tell = tell
        self._paces: list[ClockPace] = []
        self._silences: list[Silence] = []
        self._lasers: dict[str, GrblLink] = {}
        self._links: list[Link] = [
            BadgeLink(reader.slug, badge.Options(reader.kind, reader.port), tell)
            for reader in site.readers
        ]
        for machine in site.machines:
            self._links += self._of(site, machine, pins)

    def start(self) -> None:
        for silence in self._silences:
            self._tell(silence)
        for link in self._links:
            link.start()

    def stop(self) -> None:
        """Each in its turn, after all of them were told that waiting is over."""
        for pace in self._paces:
            pace.stop()
        for link in self._links:
            link.stop()

    def allow(self, machine: str, allowed: bool) -> None:
        """Whether a sender may connect to this laser."""
        if laser := self._lasers.get(machine):
            laser.allow(allowed)

    def _of(self, site: Site, machine: Machine, pins: Any) -> Iterator[Link]:
        if machine.sense:
            plan = machine.sense
            options = sense.Options(plan.line, plan.active, plan.settle_ms)
            yield SenseLink(machine.slug, options, self._tell, self._pace(), pins)
        if machine.driver:
            try:
                yield _DRIVEN[machine.driver.kind](self, site, machine, machine.driver.options)
            except CredentialError as wrong:
                log.error("%s: %s", machine.slug, wrong)
                self._silences.append(Silence(machine.slug, str(wrong)))

    def _printer(self, site: Site, machine: Machine, options: Any) -> Link:
        key = credential(site.credentials, options.key_file).decode("ascii", "replace")
        return OctoPrintLink(machine.slug, options, key, self._tell, self._pace())

    def _laser(self, site: Site, machine: Machine, options: Any) -> Link:
        self._lasers[machine.slug] = GrblLink(machine.slug, options, self._tell, self._pace())
        return self._lasers[machine.slug]

    def _pace(self) -> ClockPace:
        self._paces.append(ClockPace(self._clock))
        return self._paces[-1]


_DRIVEN: dict[str, Callable[[Links, Site, Machine, Any], Link]] = {
    "octoprint": Links._printer,
    "grbl": Links._laser,
}
