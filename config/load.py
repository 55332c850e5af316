"""A TOML file becomes a frozen site, or one error that names everything wrong in it.

Nothing is opened, and no device is touched: what can be wrong on paper is found
on paper. Which drivers exist is told by the caller, as this floor knows none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cattrs.errors import BaseValidationError

from config.checks import Problem, central_problems, site_problems
from config.site import (
    Association,
    Central,
    CentralSite,
    CountedItem,
    Expiry,
    Machine,
    Memberships,
    Queue,
    Reader,
    Retention,
    Site,
)
from config.structure import converter
from config.wording import nearest, place, sentences
from machines.instants import Week

#: A site file of a hundred machines has some 40 KB.
LARGEST = 1024 * 1024


class SiteError(ValueError):
    """Everything that is wrong with a file: one sentence each, with its place."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Lab:
    """The table `[lab]`."""

    slug: str
    name: str
    language: str = "fr"
    hours: Week = field(default_factory=Week)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The table `[kiosk]`: this computer."""

    listen: str = "127.0.0.1"
    port: int = 8080
    address: str = ""
    hosts: tuple[str, ...] = ()
    touch_from_anywhere: bool = False
    rtc: bool = False
    database: Path = Path("/var/lib/fablab/lab.db")
    runtime: Path = Path("/run/fablab")
    credentials: Path = Path("/etc/fablab")


@dataclass(frozen=True, slots=True)
class Store:
    """The table `[central]` of the central's own file."""

    name: str
    listen: str = "127.0.0.1"
    port: int = 8081
    rtc: bool = False
    database: Path = Path("/var/lib/fablab-central/central.db")
    runtime: Path = Path("/run/fablab-central")
    credentials: Path = Path("/etc/fablab-central")
    exports: Path = Path("/var/lib/fablab-central/exports")
    hosts: tuple[str, ...] = ()


#: The tables of a lab's file and of the central's, and what each becomes.
LAB_TABLES: Mapping[str, Any] = {
    "lab": Lab,
    "kiosk": Kiosk,
    "central": Central,
    "readers": tuple[Reader, ...],
    "machines": tuple[Machine, ...],
    "queue": Queue,
    "items": tuple[CountedItem, ...],
    "retention": Retention,
    "association": Association,
}
CENTRAL_TABLES: Mapping[str, Any] = {
    "central": Store,
    "retention": Retention,
    "memberships": Memberships,
    "clearances": tuple[Expiry, ...],
    "association": Association,
}


def load_site(path: Path, drivers: Mapping[str, type], readers: Collection[str]) -> Site:
    """The lab of a file. `drivers` and `readers`: the kinds there are, with their options.

    Raises SiteError.
    """
    tables = _tables(path, LAB_TABLES, ("lab", "machines"), drivers, readers)
    lab, kiosk = tables["lab"], tables.get("kiosk", Kiosk())
    site = Site(
        lab=lab.slug,
        name=lab.name,
        language=lab.language,
        hours=lab.hours,
        machines=tuple(_driven_from(path, machine) for machine in tables["machines"]),
        readers=tuple(
            replace(reader, port=_device(path, reader.port)) for reader in tables.get("readers", ())
        ),
        central=_beside(path, tables.get("central", Central())),
        queue=tables.get("queue", Queue()),
        items=tables.get("items", ()),
        retention=tables.get("retention", Retention()),
        association=tables.get("association", Association()),
        **{name: getattr(kiosk, name) for name in Kiosk.__slots__},
    )
    _refuse(path, site_problems(site))
    return site


def load_central(path: Path) -> CentralSite:
    """The central store of a file. Raises SiteError."""
    tables = _tables(path, CENTRAL_TABLES, ("central",), {}, ())
    store: Store = tables["central"]
    central = CentralSite(
        retention=tables.get("retention", Retention()),
        memberships=tables.get("memberships", Memberships()),
        expiries=tables.get("clearances", ()),
        association=tables.get("association", Association()),
        **{name: getattr(store, name) for name in Store.__slots__},
    )
    _refuse(path, central_problems(central))
    return central


def is_central(path: Path) -> bool:
    """Whether the file describes a central store: it has no `[lab]`. Raises SiteError."""
    raw = _read(path)
    return "central" in raw and not {"lab", "machines", "readers"} & raw.keys()


def is_lab(path: Path) -> bool:
    """Whether the file describes a lab, whatever may be wrong with it. Raises SiteError."""
    return "lab" in _read(path)


def _tables(
    path: Path,
    shapes: Mapping[str, Any],
    required: Collection[str],
    drivers: Mapping[str, type],
    readers: Collection[str],
) -> dict[str, Any]:
    raw = _read(path)
    made = converter(path.parent, drivers, readers)
    tables: dict[str, Any] = {}
    wrong: list[str] = []
    for name, value in raw.items():
        if name not in shapes:
            near = nearest(name, shapes) or f"; expected {', '.join(f'[{t}]' for t in shapes)}"
            wrong.append(f"{place((name,), value)}: no such table{near}")
            continue
        try:
            tables[name] = made.structure(value, shapes[name])
        except (BaseValidationError, ValueError, TypeError) as error:
            wrong.extend(sentences(error, (name,), value, shapes[name]))
    wrong += [f"[{name}] is missing" for name in required if name not in raw]
    _raise(path, wrong)
    return tables


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise SiteError([f"{path}: larger than {LARGEST} bytes: expected a site file"])
        return tomllib.loads(raw.decode())
    except OSError as error:
        raise SiteError([f"{path}: {error.strerror}: expected a site file there"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SiteError([f"{path}: line {line}: not UTF-8; save the file as UTF-8"]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SiteError([f"{path}: not TOML: {error}"]) from error


def _driven_from(path: Path, machine: Machine) -> Machine:
    options: Any = machine.driver.options if machine.driver else None
    if machine.driver is None or not hasattr(options, "port"):
        return machine
    options = replace(options, port=_device(path, options.port))
    return replace(machine, driver=replace(machine.driver, options=options))


def _device(path: Path, port: str) -> str:
    """A serial port as its driver opens it; `socket://…` and the like stay as they are."""
    return port if "://" in port else str(path.absolute().parent / port)


def _beside(path: Path, central: Central) -> Central:
    return (
        replace(central, ca_file=str(path.parent / central.ca_file)) if central.ca_file else central
    )


def _refuse(path: Path, problems: Collection[Problem]) -> None:
    _raise(path, [f"{place(p.at, p.value)}: {p.sentence}" for p in problems])


def _raise(path: Path, wrong: Collection[str]) -> None:
    if wrong:
        raise SiteError([f"{path}: {sentence}" for sentence in wrong])
