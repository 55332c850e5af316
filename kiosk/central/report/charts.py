"""Charts of a report as inline SVG, made by hand: the same on a page, in a file and on paper.

Every chart has a title and a description for who does not see it, and stands
beside a table that says the same. Colours are fixed, since paper is white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

#: No-break spaces, which are not printable to Python.
_SPACES = "\xa0\u202f"
#: Told apart by colour-blind eyes and in grey print: their lightness falls step by step.
COLOURS = ("#0a3e91", "#2f7d6b", "#c26a1a", "#b0518f", "#7f8896", "#3b2a63", "#c9a227", "#555555")
_INK, _QUIET, _LINE = "#111827", "#4b5563", "#c3cad5"


@dataclass(frozen=True, slots=True)
class Point:
    """One bar or slice: `shown` is its value as a reader reads it."""

    label: str
    value: int
    shown: str


def columns(name: str, title: str, told: str, points: Sequence[Point]) -> Markup:
    """Standing bars, such as twelve months."""
    wide, tall = 640, 220
    step = (wide - 20) / max(1, len(points))
    tallest = max((p.value for p in points), default=0) or 1
    parts = [_line(10, tall - 30, wide - 10, tall - 30)]
    for place, point in enumerate(points):
        height = (tall - 70) * max(0, point.value) / tallest
        x = 10 + place * step
        middle = x + step / 2
        parts.append(_box(x + step * 0.14, tall - 30 - height, step * 0.72, height, COLOURS[0]))
        parts.append(_text(middle, tall - 36 - height, point.shown, 11, _INK, "middle"))
        parts.append(_text(middle, tall - 12, point.label, 12, _QUIET, "middle"))
    return _svg(name, title, told, wide, tall, parts)


def lines(name: str, title: str, told: str, points: Sequence[Point]) -> Markup:
    """Lying bars, for things with longer names."""
    wide, row = 640, 26
    longest = max((p.value for p in points), default=0) or 1
    parts = []
    for place, point in enumerate(points):
        y = 6 + place * row
        width = 330 * max(0, point.value) / longest
        parts.append(_text(218, y + 15, _short(point.label), 12, _INK, "end"))
        parts.append(_box(226, y, width, row - 8, COLOURS[0]))
        parts.append(_text(232 + width, y + 14, point.shown, 12, _INK, "start"))
    return _svg(name, title, told, wide, 12 + row * len(points), parts)


def ring(name: str, title: str, told: str, points: Sequence[Point]) -> Markup:
    """A ring cut by value, with its key beside it."""
    whole = sum(max(0, p.value) for p in points)
    parts, before = [], 0.0
    for place, point in enumerate(points):
        share = max(0, point.value) / whole if whole else 0.0
        colour = COLOURS[place % len(COLOURS)]
        parts.append(_slice(before, share, colour))
        before += share
        y = 26 + place * 24
        parts.append(_box(240, y - 11, 14, 14, colour))
        parts.append(_text(262, y, f"{point.label} : {point.shown}", 13, _INK, "start"))
    return _svg(name, title, told, 640, max(200, 30 + 24 * len(points)), parts)


def _slice(before: float, share: float, colour: str) -> str:
    """Of a ring around (110, 100), from the top, clockwise. A whole one is two halves."""
    if share > 0.999:
        return _slice(0, 0.5, colour) + _slice(0.5, 0.5, colour)
    if share <= 0:
        return ""
    outer, inner = 90, 52

    def at(radius: float, turn: float) -> str:
        angle = 2 * math.pi * turn - math.pi / 2
        return f"{110 + radius * math.cos(angle):.2f} {100 + radius * math.sin(angle):.2f}"

    end, large = before + share, int(share > 0.5)
    return (
        f'<path fill="{colour}" stroke="#ffffff" stroke-width="1.5" d="M{at(outer, before)}'
        f" A{outer} {outer} 0 {large} 1 {at(outer, end)} L{at(inner, end)}"
        f' A{inner} {inner} 0 {large} 0 {at(inner, before)} Z"/>'
    )


def _svg(
    name: str, title: str, told: str, wide: float, tall: float, parts: Sequence[str]
) -> Markup:
    return Markup(
        f'<svg class="chart" role="img" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"'
        f' aria-labelledby="{name}-title {name}-told" font-family="sans-serif">'
        f'<title id="{name}-title">{escape(_printable(title))}</title>'
        f'<desc id="{name}-told">{escape(_printable(told))}</desc>' + "".join(parts) + "</svg>"
    )


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}"/>'
    )


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x} {y} L{to_x} {to_y}" stroke="{_LINE}" stroke-width="1"/>'


def _text(x: float, y: float, words: str, size: int, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}" fill="{colour}"'
        f' text-anchor="{anchor}">{escape(_printable(words))}</text>'
    )


def _short(words: str) -> str:
    """As much of a name as fits beside a bar."""
    return words if len(words) <= 32 else words[:31] + "…"


def _printable(words: str) -> str:
    """A control character in a lab's own name would make the chart unreadable as XML."""
    return "".join(sign if sign.isprintable() or sign in _SPACES else " " for sign in words)
