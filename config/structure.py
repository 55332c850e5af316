"""From a TOML table to a frozen dataclass, strictly: nothing is coerced, nothing is ignored.

cattrs does the walking and gathers every error of a file; here is what it is
told: text is not a number, `true` is not 1, an unknown key is an error, and the
options of a driver are of the class that its `kind` names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import cattrs
from cattrs.errors import IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from config.hours import DAYS, parse_day, week
from config.site import CountedItem, Driver, Expiry, Machine, Reader
from machines.instants import Week

#: Tables of tables whose names are slugs.
SLUGGED: Mapping[Any, type] = {
    tuple[Machine, ...]: Machine,
    tuple[Reader, ...]: Reader,
    tuple[CountedItem, ...]: CountedItem,
    tuple[Expiry, ...]: Expiry,
}

#: Taken as they are, and never one for the other: `true` is not 1.
PLAIN: tuple[type, ...] = (bool, int)

DRIVER = "kind of driver"


class Expected(ValueError):
    """What a key should have held, as the end of the sentence "expected …"."""


class Unknown(ValueError):
    """A key or a name that is none of those it could be."""

    def __init__(self, found: str, known: Collection[str], what: str) -> None:
        super().__init__(found)
        self.found, self.known, self.what = found, list(known), what


def converter(
    folder: Path, drivers: Mapping[str, type], readers: Collection[str]
) -> cattrs.Converter:
    """The reader of one file. A relative path in it is relative to `folder`."""
    made = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind in PLAIN:
        made.register_structure_hook(kind, _exactly(kind))
    made.register_structure_hook(str, _text)
    made.register_structure_hook(StrEnum, lambda value, choice: choice(value))
    made.register_structure_hook(float, _number)
    made.register_structure_hook_func(_is(tuple[str, ...]), _texts)
    made.register_structure_hook_func(_is(tuple[float, float, float]), _box)
    made.register_structure_hook(Path, lambda value, _: folder / _text(value, str))
    made.register_structure_hook_factory(is_dataclass, lambda noun: _noun(made, noun, readers))
    made.register_structure_hook(Week, _week)
    made.register_structure_hook(Driver, _driver(made, drivers))
    for machines_or_readers, noun in SLUGGED.items():
        made.register_structure_hook_func(_is(machines_or_readers), _by_slug(made, noun))
    return made


def table(value: object) -> dict[str, Any]:
    """`value` as a table. Raises Expected."""
    if not isinstance(value, dict):
        raise Expected("a table")
    return value


def _is(these: Any) -> Callable[[Any], bool]:
    return lambda kind: bool(kind == these)


def _exactly(kind: type) -> Callable[[Any, Any], Any]:
    def checked(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(kind.__name__)
        return value

    return checked


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise TypeError("str")
    if any(ord(sign) < 32 for sign in value):
        raise Expected("a text of one line")
    return value


def _texts(value: Any, _: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(type(text) is str for text in value):
        raise Expected('a list such as ["one", "two"]')
    return tuple(_text(text, str) for text in value)


def _box(value: Any, _: Any) -> tuple[float, float, float]:
    if type(value) is not list or len(value) != 3:
        raise Expected("three lengths in mm such as [250, 210, 220]")
    x, y, z = (_number(length, float) for length in value)
    if min(x, y, z) <= 0:
        raise Expected("three lengths in mm above 0")
    return x, y, z


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError("float")
    if not math.isfinite(value) or abs(value) > 1e9:
        raise Expected("a number between -1e9 and 1e9")
    return float(value)


def _week(value: Any, _: Any) -> Week:
    days, wrong = {}, []
    for day, text in table(value).items():
        try:
            if day not in DAYS:
                raise Unknown(day, DAYS, "day")
            days[day] = parse_day(_text(text, str))
        except (ValueError, TypeError) as error:
            wrong.append(_at(error, day, str))
    if wrong:
        raise IterableValidationError("hours", wrong, Week)
    return week(days)


def _driver(made: cattrs.Converter, drivers: Mapping[str, type]) -> Callable[[Any, Any], Driver]:
    def structure(value: Any, _: Any) -> Driver:
        options = dict(table(value))
        kind = _kind(options.pop("kind", None), drivers, DRIVER)
        return Driver(kind, made.structure(options, drivers[kind]))

    return structure


def _noun(made: cattrs.Converter, noun: type, readers: Collection[str]) -> Callable[..., Any]:
    def reader_kind(value: object, _: Any) -> str:
        return _kind(value, readers, "kind of reader")

    special = {"kind": override(struct_hook=reader_kind)} if noun is Reader else {}
    plain: Callable[..., Any] = make_dict_structure_fn(
        noun,
        made,
        _cattrs_forbid_extra_keys=True,
        **special,  # type: ignore[arg-type]
    )
    return lambda value, _: plain(table(value), noun)


def _kind(value: object, known: Collection[str], what: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise Unknown("" if value is None else str(value), known, what)


def _by_slug(made: cattrs.Converter, noun: type) -> Callable[[Any, Any], tuple[Any, ...]]:
    """`[machines.laser]`: the name of the table is the slug."""

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        good: list[Any] = []
        wrong: list[Exception] = []
        for slug, under in table(value).items():
            try:
                if "slug" in table(under):
                    raise ValueError("the name of the table is its slug: leave out `slug`")
                good.append(made.structure({"slug": slug, **under}, noun))
            except Exception as error:
                wrong.append(_at(error, slug, noun))
        if wrong:
            raise IterableValidationError(noun.__name__, wrong, noun)
        return tuple(good)

    return structure


def _at(error: Exception, index: str, kind: type) -> Exception:
    note = IterableValidationNote(f"at {index}", index, kind)
    error.__notes__ = [*getattr(error, "__notes__", []), note]
    return error
