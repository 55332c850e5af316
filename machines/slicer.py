"""What slicers write into the comments of a G-code file: time, filament, material, printer.

Read: PrusaSlicer, SuperSlicer, Slic3r, OrcaSlicer, Bambu Studio, Cura, Simplify3D.
They put it at the head, at the tail, or at both, each in its own words; what none
of them says is None, and any bytes at all may come. Sources: PrusaSlicer,
src/libslic3r/GCode.cpp and GCode/Thumbnails.hpp; BambuStudio, "; HEADER_BLOCK_START";
CuraEngine, src/gcodeExport.cpp, getFileHeader; Moonraker, file_manager/metadata.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from machines.thumbnails import Thumbnail, thumbnails

#: Bytes at either end of a file that are read: PrusaSlicer's settings are some 40 kB, and
#: a picture of 640 x 480 some 300.
HEAD, TAIL = 512 * 1024, 128 * 1024
#: Longer than any print: a figure beyond it is a broken file's.
LONGEST_S = 60 * 86400.0
#: Characters of a name that are kept.
SAID = 80

_NAMED = (
    re.compile(
        r"generated (?:by|with) ([A-Za-z][\w-]*)(?:\(R\))?(?: Version)? v?(\d[\w.+-]*)?", re.I
    ),
    re.compile(r"^; *(BambuStudio)[ _]v?(\d[\w.+-]*)", re.M),
)
#: Bounded, so that no line of a hostile file is slow.
_SAID = re.compile(r"^;[ \t]{0,8}([A-Za-z][\w.()\[\] ]{0,60}?) {0,8}[=:]([^\r\n]*)", re.M)
#: Bambu Studio says two times in one line.
_WHOLE_TIME = re.compile(r"total estimated time: *([^;\r\n]+)")
_PERIODS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) {0,8}(d|h|m|s)[a-z]*", re.I)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_PLAIN = {"cura_steamengine": "Cura", "bambustudio": "Bambu Studio"}
#: Flavours of the same firmware; "reprap" is Sprinter's and everybody's: it says nothing.
_FLAVOURS = {"marlin2": "marlin", "reprap": "", "reprap (rrf)": "reprapfirmware"}

Said = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sliced:
    """None or "": the file does not say."""

    slicer: str = ""
    version: str = ""
    estimated_s: float | None = None
    filament_mm: float | None = None  #: of all extruders together
    filament_g: float | None = None
    material: str = ""  #: in capitals; several: "PETG+PLA"
    model: str = ""  #: the printer's
    nozzle_mm: float | None = None
    layer_mm: float | None = None
    nozzle_c: float | None = None
    bed_c: float | None = None
    flavour: str = ""
    thumbnails: tuple[Thumbnail, ...] = ()  #: the largest last


def sliced(head: bytes, tail: bytes = b"") -> Sliced:
    """From the first and the last bytes of a file, which may overlap. Never raises.

    >>> sliced(b";FLAVOR:Marlin\\n;TIME:90\\n;Filament used: 0.5m, 0.25m\\n").filament_mm
    750.0
    """
    text = head.decode("utf-8", "replace") + "\n" + tail.decode("utf-8", "replace")
    said = {
        key.casefold(): value.strip().strip('"') for key, value in reversed(_SAID.findall(text))
    }
    name, version = _slicer(text, said)
    used_mm = _used_mm(said)
    return Sliced(
        slicer=name,
        version=version,
        estimated_s=_time_s(text, said),
        filament_mm=_total(used_mm),
        filament_g=_grams(said, _total(used_mm)),
        material=_material(said, used_mm),
        model=_first(said, "printer_model", "target_machine.name")[:SAID],
        nozzle_mm=_same(
            said, "nozzle_diameter", "nozzle diameter", "extruder_train.0.nozzle.diameter"
        ),
        layer_mm=_same(said, "layer_height", "layer height"),
        nozzle_c=_hottest(
            said,
            "temperature",
            "first_layer_temperature",
            "nozzle_temperature",
            "nozzle_temperature_initial_layer",
            "extruder_train.0.initial_temperature",
        ),
        bed_c=_hottest(
            said,
            "bed_temperature",
            "first_layer_bed_temperature",
            "build_plate.initial_temperature",
        ),
        flavour=_flavour(said),
        thumbnails=thumbnails(head),
    )


def period_s(text: str) -> float | None:
    """
    >>> period_s("1d 2h 3m 4s"), period_s("48 min"), period_s("soon")
    (93784.0, 2880.0, None)
    """
    found = _PERIODS.findall(text[:SAID])
    seconds = sum(float(count) * _SECONDS[unit.lower()] for count, unit in found)
    return _within(seconds) if found else None


def _slicer(text: str, said: Said) -> tuple[str, str]:
    for named in _NAMED:
        if match := named.search(text):
            name, version = match.group(1)[:40], (match.group(2) or "")[:40]
            break
    else:
        name = said.get("generator.name", "")[:40]
        version = said.get("generator.version", "")[:40]
    return _PLAIN.get(name.casefold(), name), version


def _time_s(text: str, said: Said) -> float | None:
    if whole := _WHOLE_TIME.search(text):
        return period_s(whole.group(1))
    for key in ("estimated printing time (normal mode)", "estimated printing time", "build time"):
        if key in said:
            return period_s(said[key])
    for key in ("time", "print.time"):
        if numbers := _numbers(said.get(key, "")):
            return _within(numbers[0])
    return None


def _used_mm(said: Said) -> list[float]:
    """By extruder. Cura's is in metres; its mm³ of the volumetric flavour are no length."""
    for key in ("filament used [mm]", "total filament length [mm]"):
        if numbers := _numbers(said.get(key, "")):
            return numbers
    if numbers := _numbers(said.get("filament length", "")):
        return numbers[:1]  # Simplify3D says it in metres once more
    used = said.get("filament used", "")
    if "mm3" in used:
        return []
    return [number * (1 if "mm" in used else 1000) for number in _numbers(used)]


def _grams(said: Said, used_mm: float | None) -> float | None:
    """Where no slicer says it, by the density that it gives for the filament."""
    for key in (
        "filament used [g]",
        "total filament used [g]",
        "total filament weight [g]",
        "filament weight",
    ):
        if grams := _total(_numbers(said.get(key, ""))):
            return grams
    if pounds := _numbers(said.get("plastic weight", "")):
        return _total(pounds[:1])  # Simplify3D: grams first
    density = _same(said, "filament_density")
    thick_mm = _same(said, "filament_diameter")
    if not (used_mm and density and thick_mm):
        return None
    return round(used_mm * math.pi * (thick_mm / 2) ** 2 * density / 1000, 2)


def _material(said: Said, used_mm: list[float]) -> str:
    """Of the extruders that print: a slicer names all that are set up."""
    names = re.split("[;,]", _first(said, "filament_type", "filament type").replace('"', ""))
    if len(names) == len(used_mm) and any(used_mm):
        names = [name for name, mm in zip(names, used_mm, strict=True) if mm]
    return "+".join(sorted({name.strip().upper()[:20] for name in names if name.strip()}))[:SAID]


def _flavour(said: Said) -> str:
    flavour = _first(said, "gcode_flavor", "flavor").casefold()
    return _FLAVOURS.get(flavour, flavour[:SAID])


def _first(said: Said, *keys: str) -> str:
    """Without what would turn a line of a page around."""
    value = next((said[key][:400] for key in keys if said.get(key)), "")
    return "".join(c for c in value if c.isprintable())


def _same(said: Said, *keys: str) -> float | None:
    """What all extruders have; None where they differ."""
    numbers = set(_numbers(_first(said, *keys)))
    return numbers.pop() if len(numbers) == 1 else None


def _hottest(said: Said, *keys: str) -> float | None:
    """Of all layers and extruders."""
    return _of((max(n) for key in keys if (n := _numbers(said.get(key, "")))), max)


def _of(numbers: Iterable[float], which: Callable[[list[float]], float]) -> float | None:
    found = list(numbers)
    return which(found) if found else None


def _total(numbers: list[float]) -> float | None:
    """None for nothing: a slicer that knows no density writes 0."""
    total = round(sum(numbers), 2)
    return total if total > 0 else None


def _numbers(text: str) -> list[float]:
    """No figure of a file has ten digits: longer ones are noise."""
    return [float(number) for number in _NUMBER.findall(text[:400]) if len(number) < 16]


def _within(seconds: float) -> float | None:
    return seconds if 0 < seconds <= LONGEST_S else None
