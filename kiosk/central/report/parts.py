"""What a report is made of: tiles, tables, sections. Nothing but text, and charts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Tile:
    """One big figure. `opens` is the list behind it, such as `sessions?family=laser`, or ""."""

    key: str
    name: str
    value: str
    unit: str = ""
    note: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, and the list that it opens on, or ""."""

    name: str
    cells: tuple[str, ...]
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`heads` has one more than a line has cells. Without a `total` where it makes no sense."""

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences that can be pasted, a chart, and the table that says the same as the chart."""

    key: str
    title: str
    sentences: tuple[str, ...]
    chart: Markup | None = None
    table: Table | None = None


def opening(name: str, **narrowed: str) -> str:
    """The list of that name, narrowed to what a lab may have called as it liked.

    >>> opening("sessions", family="cut & paste")
    'sessions?family=cut+%26+paste'
    """
    return f"{name}?{urlencode(narrowed)}"
