"""What becomes of a file that came, from a phone or at the tablet: kept, read, and made a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kiosk.floor.view import LabView
from kiosk.web.filament import MATERIALS, SWATCHES
from kiosk.web.uploads import Arrived, Uploads
from machines.job_entries import JobSubmitted


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person chose beside the file. "": any printer that fits, as the file says, any."""

    machine: str = ""
    material: str = ""
    colour: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str], view: LabView) -> Wish:
        """Of a form; what is none of the choices that it gave is no wish."""
        printers = {machine.slug for machine in view.machines if machine.printer is not None}

        def one_of(name: str, choices: object) -> str:
            told = form.get(name, "")
            return told if told in choices else ""  # type: ignore[operator]

        return cls(
            one_of("machine", printers), one_of("material", MATERIALS), one_of("colour", SWATCHES)
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """`entry` None: the file was not taken. `said`: why, or what to know of it, as sentences."""

    entry: JobSubmitted | None
    name: str
    said: tuple[str, ...] = ()


class Bringing(Protocol):
    """For any thread."""

    @property
    def uploads(self) -> Uploads: ...

    def bring(self, file: Arrived, wish: Wish, source: str) -> Brought:
        """Keep and read the file. `source`: phone or tablet."""
        ...

    def picture(self, file: str) -> tuple[bytes, str] | None:
        """What the slicer drew of a file of ours (its SHA-256), and its type; None: nothing."""
        ...
