"""A lab's devices, all of them fakes, under the names and addresses its site file gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from config.site import Machine, Site
from drivers import grbl, sense
from drivers.badge.fake import FakeReader
from drivers.grbl.fake import FakeLaser
from drivers.octoprint.fake import FakeOctoPrint
from drivers.octoprint.fake_answers import Answer
from drivers.octoprint.fake_printer import FakePrinter
from drivers.sense.fake import FakeContact
from kiosk.demo.bench import Device, Lever
from kiosk.demo.engraver import Engraver
from kiosk.demo.mains import Mains
from kiosk.demo.visits import FILES

#: Field seconds of a print that the bench starts.
PRINT_S = (20 * 60, 90 * 60)


class Devices:
    """Readers, printers, lasers and contacts of `site`.

    `pins` are the mock pins that its links read, `speed` is the clock's, `trace`
    is where the keeper's lines write what they let through.
    """

    def __init__(
        self, site: Site, octoprint: FakeOctoPrint, pins: Any, speed: float, trace: Path
    ) -> None:
        self._chance = random.Random(site.lab)
        self.readers = {r.slug: FakeReader(Path(r.port), r.kind) for r in site.readers}
        self.printers = {
            machine.slug: octoprint.add(f"{site.lab}-{machine.slug}")
            for machine in site.machines
            if machine.driver and machine.driver.kind == "octoprint"
        }
        self.contacts = {
            machine.slug: FakeContact(pins, _contact(machine))
            for machine in site.machines
            if machine.sense
        }
        self.lasers: dict[str, tuple[FakeLaser, Engraver]] = {}
        for machine in site.machines:
            if machine.driver and isinstance(options := machine.driver.options, grbl.Options):
                laser, tap = FakeLaser(Path(options.port), speed), ("127.0.0.1", options.tap_port)
                self.lasers[machine.slug] = laser, Engraver(tap, speed)
        switched = {m.slug for m in site.machines if m.relay}
        self._mains = Mains(
            trace, {slug: p for slug, p in self.printers.items() if slug in switched}
        )
        self._mains.start()
        self._names = {machine.slug: machine.name for machine in site.machines}

    def on_the_bench(self) -> tuple[Device, ...]:
        """What a hand can do to each."""
        return (
            *(self._printer(slug, printer) for slug, printer in self.printers.items()),
            *(self._laser(slug) for slug in self.lasers),
            *(self._contact(slug, contact) for slug, contact in self.contacts.items()),
            *(_reader(slug, reader) for slug, reader in self.readers.items()),
        )

    def present(self, reader: str, badge: str) -> None:
        """A badge passed over a reader. Raises KeyError."""
        self.readers[reader].present(badge)

    def print(self, machine: str) -> Answer:
        """Somebody starts a file at the printer."""
        file = f"{self._chance.choice(FILES)}-{self._chance.randint(1, 9)}.gcode"
        return self.printers[machine].print(file, self._chance.uniform(*PRINT_S))

    def close(self) -> None:
        self._mains.stop()
        for reader in self.readers.values():
            reader.close()
        for laser, engraver in self.lasers.values():
            engraver.crash()
            laser.close()

    def _printer(self, slug: str, printer: FakePrinter) -> Device:
        levers = (
            Lever("Imprimer", lambda: _kept_from(printer, self.print(slug))),
            Lever("Pause", lambda: _kept_from(printer, printer.toggle())),
            Lever("Annuler", lambda: _kept_from(printer, printer.cancel())),
            Lever("Débrancher", printer.drop),
            Lever("Rebrancher", printer.connect),
        )
        return Device(self._names[slug], levers)

    def _laser(self, slug: str) -> Device:
        laser, engraver = self.lasers[slug]
        levers = (
            Lever("Graver", engraver.engrave),
            Lever("Éteindre le PC", engraver.crash),
            Lever("Débrancher", laser.unplug),
            Lever("Rebrancher", laser.plug),
        )
        return Device(self._names[slug], levers)

    def _contact(self, slug: str, contact: FakeContact) -> Device:
        levers = (Lever("Marche", contact.run), Lever("Arrêt", contact.rest))
        return Device(self._names[slug], levers)


def _kept_from(printer: FakePrinter, answer: Answer) -> str:
    """What kept a printer from doing as it was told; "" if nothing did."""
    if answer[0] < 300:
        return ""
    off = printer.state.startswith("Offline")
    busy = "elle imprime déjà" if printer.state in ("Printing", "Paused") else "rien ne s’imprime"
    return "sans effet, elle est éteinte ou débranchée" if off else f"sans effet, {busy}"


def _reader(slug: str, reader: FakeReader) -> Device:
    levers = (
        Lever("Parasites", reader.noise),
        Lever("Débrancher", reader.unplug),
        Lever("Rebrancher", reader.plug),
    )
    return Device(f"Lecteur de badges ({slug})", levers)


def _contact(machine: Machine) -> sense.Options:
    assert machine.sense is not None
    return sense.Options(machine.sense.line, machine.sense.active, machine.sense.settle_ms)
