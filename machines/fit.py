"""Whether a file fits a printer, and whether what the printer prints from is what it wants.

What a file does not say hinders nothing: only what it says, and a printer is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from machines.job_entries import Needs
from machines.order import Hindrance
from machines.spools import Loaded

#: Nozzles come in steps of 0.05 mm and more: within it, it is the same one.
NOZZLE_STEP_MM = 0.05
#: A file's extent is rounded to hundredths by slicers.
ROUNDING_MM = 0.01
#: Which flavours of G-code a firmware takes besides its own. Source: Klipper,
#: docs/Slicers.md, "Set the G-Code flavor to Marlin".
ALSO = {"klipper": ("marlin", "smoothie", "smoothieware")}


@dataclass(frozen=True, slots=True)
class Profile:
    """A printer, as far as a file must fit it. Its fields are those of the site file."""

    slug: str = ""
    group: str = ""  #: printers that stand in for one another
    models: tuple[str, ...] = ()  #: its names in slicers' files; none: any file will do
    bed_mm: tuple[float, float, float] = (200.0, 200.0, 200.0)  #: X, Y, Z
    nozzle_mm: float = 0.4
    nozzle_at_most_c: float = 290.0
    bed_at_most_c: float = 110.0
    firmware: str = "marlin"


class Unfit(NamedTuple):
    """Why not, and the figure or name of the file that is in the way, without a unit."""

    why: Hindrance
    detail: str = ""


def unfit(needs: Needs, profile: Profile, wish: str = "") -> tuple[Unfit, ...]:
    """All that keeps a file from this printer for good; (): it fits.

    `wish`: the printer that the job is for, or a group of them; "": any.

    >>> unfit(Needs(model="MK4", nozzle_mm=0.6), Profile(models=("MK4",)))
    (Unfit(why=<Hindrance.NOZZLE: 'nozzle'>, detail='0.6'),)
    """
    found = []
    if wish and wish not in (profile.slug, profile.group):
        found.append(Unfit(Hindrance.ELSEWHERE, wish))
    if needs.model and profile.models and not _is_model(needs.model, profile.models):
        found.append(Unfit(Hindrance.MODEL, needs.model))
    if needs.size_mm and not _is_within(needs.size_mm, profile.bed_mm):
        found.append(Unfit(Hindrance.BED, " × ".join(f"{mm:.0f}" for mm in needs.size_mm)))
    if needs.nozzle_mm and abs(needs.nozzle_mm - profile.nozzle_mm) > NOZZLE_STEP_MM:
        found.append(Unfit(Hindrance.NOZZLE, f"{needs.nozzle_mm:g}"))
    if (needs.nozzle_c or 0) > profile.nozzle_at_most_c:
        found.append(Unfit(Hindrance.HEAT, f"{needs.nozzle_c:g}"))
    elif (needs.bed_c or 0) > profile.bed_at_most_c:
        found.append(Unfit(Hindrance.HEAT, f"{needs.bed_c:g}"))
    if needs.flavour and not _speaks(needs.flavour, profile.firmware):
        found.append(Unfit(Hindrance.FIRMWARE, needs.flavour))
    return tuple(found)


def filament(
    needs: Needs,
    loaded: Loaded | None,
    material: str = "",
    colour: str = "",
    filament_g: float | None = None,
) -> tuple[Unfit, ...]:
    """Why another filament has to be put in first; (): what is loaded will do.

    `material` and `colour` are what the job is to be printed in, where its owner said
    so; else what its file was sliced for. Where nobody said what is loaded (None), a
    job that asks for a material waits for somebody to look.
    """
    wanted = material or needs.material
    if loaded is None:
        return (Unfit(Hindrance.MATERIAL, wanted),) if wanted else ()
    found = []
    if not loaded.material or (wanted and not _same(wanted, loaded.material)):
        found.append(Unfit(Hindrance.MATERIAL, wanted))
    if colour and not _same(colour, loaded.colour):
        found.append(Unfit(Hindrance.COLOUR, colour))
    if loaded.grams is not None and (loaded.empty or (filament_g or 0) > loaded.grams):
        found.append(Unfit(Hindrance.GRAMS, f"{loaded.grams:.0f}"))
    return tuple(found)


def _is_model(model: str, models: tuple[str, ...]) -> bool:
    return any(_same(model, name) for name in models)


def _is_within(size_mm: tuple[float, float, float], bed_mm: tuple[float, float, float]) -> bool:
    return all(size <= bed + ROUNDING_MM for size, bed in zip(size_mm, bed_mm, strict=True))


def _speaks(flavour: str, firmware: str) -> bool:
    flavour, firmware = flavour.casefold(), firmware.casefold()
    return flavour == firmware or flavour in ALSO.get(firmware, ())


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    """
    >>> _plain("Original Prusa MK4") == _plain("original_prusa-mk4")
    True
    """
    return "".join(c for c in name.casefold() if not c.isspace() and c not in "-_")
