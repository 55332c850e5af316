"""What each printer prints from, and how much of it should be left.

What is left is a reckoning, not a measurement: what was weighed when it was put
in, less what prints took since. It never falls below nothing without saying so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

from machines.job_entries import JobSubmitted, SpoolLoaded
from machines.journal import PrintEnded

DIAMETER_MM = 1.75
#: Slicers round to hundredths of a gram: so little too much is a spool just used up.
ROUNDING_G = 0.01
#: Grams per cubic centimetre; slicers say PET and FLEX for PETG and TPU too.
#: Source: Donkie/SpoolmanDB, materials.json; of ASA, PrusaSlicer's generic profile.
DENSITY = {
    "PLA": 1.24,
    "PLA+": 1.24,
    "PETG": 1.27,
    "PET": 1.27,
    "ABS": 1.04,
    "ASA": 1.07,
    "TPU": 1.21,
    "FLEX": 1.21,
    "HIPS": 1.03,
    "PVA": 1.23,
    "PP": 0.90,
    "PC": 1.30,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a printer prints from. No material: nothing is loaded, for certain."""

    material: str
    colour: str = ""
    grams: float | None = None  #: what should be left; None: it was not weighed
    spool: str = ""  #: what is written on it
    empty: bool = False  #: prints took more than there was said to be: somebody should look


def grams(length_mm: float | None, material: str) -> float | None:
    """The weight of filament of 1.75 mm; None where the material or the length is unknown.

    >>> grams(1000, "pla")
    2.98
    """
    density = DENSITY.get(material.strip().upper())
    if length_mm is None or density is None:
        return None
    return round(length_mm * pi * (DIAMETER_MM / 2) ** 2 / 1000 * density, 2)


def file_g(entry: JobSubmitted, loaded: str = "") -> float | None:
    """What a file takes: by its slicer's weight; else by its length, which is all that Cura says,
    in the material that is asked for, or where none is, in what is `loaded`.
    """
    if entry.filament_g is not None:
        return entry.filament_g
    return grams(entry.filament_mm, entry.material or entry.needs.material or loaded)


def spent_g(end: PrintEnded, material: str = "") -> float | None:
    """What a print took, however it ended; by its length where no weight was recorded."""
    if end.filament_g is not None:
        return end.filament_g
    return grams(end.filament_mm, end.material or material)


def after(loaded: Loaded | None, entry: SpoolLoaded | PrintEnded) -> Loaded | None:
    """What a printer prints from after this entry of its own; None: nobody has ever said.

    A spool that is changed in mid-print pays for all of that print: how much of it
    came from each, no printer tells.
    """
    match entry:
        case SpoolLoaded():
            return Loaded(entry.material, entry.colour, entry.grams, entry.spool)
        case PrintEnded():
            return less(loaded, spent_g(entry, loaded.material)) if loaded else None


def less(loaded: Loaded, spent: float | None) -> Loaded:
    """What is left when so many grams were taken; None: nobody knows, and nothing is counted."""
    if loaded.grams is None or not spent:
        return loaded
    left = loaded.grams - spent
    return replace(loaded, grams=max(0.0, left), empty=loaded.empty or left < -ROUNDING_G)
