"""What is wrong with a file, in sentences: where, what was found, what was expected.

`[machines.laser.driver] baud = "fast": expected a number such as 115200`
"""

from __future__ import annotations

import difflib
import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)

from config.structure import DRIVER, Expected, Unknown

#: A value is quoted up to here: enough to find it in the file.
LONGEST_VALUE = 60

Path_ = tuple[str, ...]


def sentences(error: BaseException, at: Path_, value: Any, kind: Any = None) -> Iterator[str]:
    """One sentence for each thing wrong below `at`, whose value in the file is `value`."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        yield from _group(error, at, value)
    else:
        yield _one(error, at, value, kind, error.__class__)


def place(at: Path_, value: object = MISSING) -> str:
    """`[machines.laser] line = 17`; of a table, `[machines.laser]`."""
    if isinstance(value, Mapping):
        return f"[{_dotted(at)}]"
    table = f"[{_dotted(at[:-1])}] " if at[1:] else ""
    return f"{table}{_dotted(at[-1:])}" + ("" if value is MISSING else f" = {shown(value)}")


def shown(value: object) -> str:
    """A value as TOML writes it, near enough, and not too long."""
    if isinstance(value, bool | str | int | float | list):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def nearest(found: str, known: Iterable[str], key: str = "") -> str:
    """`; did you mean "laser"?`, or nothing."""
    near = difflib.get_close_matches(found, list(known), 1)
    return f'; did you mean {key}"{near[0]}"?' if near else ""


def either(names: Iterable[object]) -> str:
    """`a, b or c`."""
    words = [str(name) for name in names]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _group(error: BaseValidationError, at: Path_, value: Any) -> Iterator[str]:
    assert isinstance(error, ClassValidationError | IterableValidationError)
    noted, bare = error.group_exceptions()
    for below, note in noted:
        name = str(getattr(note, "name", getattr(note, "index", "")))
        yield from _below(below, (*at, name), value, note.type, error.cl)
    for below in bare:
        if isinstance(below, ForbiddenExtraKeysError):
            yield from (_extra(at, key, value, below.cl) for key in sorted(below.extra_fields))
        else:
            yield _one(below, at, value, None, error.cl)


def _below(error: Exception, at: Path_, value: Any, kind: Any, owner: type) -> Iterator[str]:
    under = value[at[-1]] if isinstance(value, Mapping) and at[-1] in value else MISSING
    if isinstance(error, BaseValidationError):
        yield from _group(error, at, under)
    else:
        yield _one(error, at, under, kind, owner)


def _one(error: BaseException, at: Path_, value: Any, kind: Any, owner: type) -> str:
    match error:
        case Unknown(what=what) if what == DRIVER:
            here = (*at, "kind")
            where = place(here, error.found) if error.found else f"{place(here)} is missing"
            return f"{where}: expected {_one_of(error)}"
        case Unknown():
            return f"{place(at, value)}: expected {_one_of(error)}"
        case KeyError():
            return f"{place(at)} is missing: expected {_expected(kind, owner, at[-1])}"
        case Expected():
            return f"{place(at, value)}: expected {error}"
        case ValueError() if kind is None or not _is_choice(kind):
            return f"{place(at, value)}: {error}"
        case _:
            return f"{place(at, value)}: expected {_expected(kind, owner, at[-1])}"


def _extra(at: Path_, key: str, value: Any, owner: type) -> str:
    known = [f.name for f in fields(owner) if f.name != "slug"]
    near = nearest(key, known) or f"; expected {either(known)}"
    return f"{place((*at, key), value[key])}: no such key here{near}"


def _expected(kind: Any, owner: type, name: str) -> str:
    """What a key of this type holds, with the default as the example."""
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    kind = next(k for k in kinds if k is not types.NoneType)
    example = _default(owner, name)
    if get_origin(kind) is Literal:
        return either(f'"{choice}"' for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return either(f'"{choice.value}"' for choice in kind)
    if kind in (int, float):
        whole = "a whole number" if kind is int and example is None else "a number"
        return whole if example is None else f"{whole} such as {example:g}"
    if kind is bool:
        return "true or false"
    if kind in (str, Path):
        return f'a text such as "{example}"' if example else 'a text in "quotes"'
    return "a table"


def _one_of(error: Unknown) -> str:
    return f"a {error.what}: {either(error.known)}{nearest(error.found, error.known)}"


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _default(owner: type, name: str) -> Any:
    if is_dataclass(owner):
        for field in fields(owner):
            if field.name == name and field.default is not MISSING:
                return field.default
    return None


def _dotted(at: Path_) -> str:
    return ".".join(
        part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part) for part in at
    )
