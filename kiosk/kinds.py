"""Which kinds of device there are: found among the folders of `drivers`, listed nowhere.

A folder's card says its `NAME`, its `Options`, and the `TABLE` of a site file
that speaks of it (`driver` unless it says otherwise).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType

import drivers


def cards() -> Iterator[ModuleType]:
    """The card of each driver folder. Loads no link: nothing here can open a device."""
    for found in pkgutil.iter_modules(drivers.__path__):
        if found.ispkg:
            yield importlib.import_module(f"drivers.{found.name}")


def driver_kinds() -> Mapping[str, type]:
    """What `kind` may say in `[machines.NAME.driver]`, and the options it then takes."""
    here = (card for card in cards() if getattr(card, "TABLE", "driver") == "driver")
    return {card.NAME: card.Options for card in here}


def reader_kinds() -> Collection[str]:
    """What `kind` may say in `[readers.NAME]`."""
    here = (card for card in cards() if getattr(card, "TABLE", "driver") == "readers")
    return [kind for card in here for kind in card.KINDS]
