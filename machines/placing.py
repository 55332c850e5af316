"""Where the instants of a journal really were: what its entries say of their own boots.

An instant whose wall clock was set is placed by it. The others are placed by
the nearest anchor of their boot, which often comes later. A boot number that
two boots claim (a card put back from an old image counts on from there)
anchors nothing: those instants are not placed at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from machines.instants import SECOND, Anchor, Instant, Month, Placed, WallQuality, place
from machines.journal import BootBegan, ClockAnchored, Entry

#: The years of `machines.instants.Month`. A clock that says another one is not believed.
EARLIEST_US, LATEST_US = Month(2000, 1).starts_us, Month(2999, 12).starts_us

#: A boot of the field: the store (32 hex digits) and the number it gave.
Boot = tuple[str, int]


def clock_was_set(at: Instant) -> bool:
    return at.quality >= WallQuality.NTP


def anchor_of(entry: Entry) -> Anchor | None:
    """What `entry` says about its boot's clock, if anything."""
    at = entry.at
    if isinstance(entry.body, ClockAnchored):
        return Anchor(at.boot_no, at.boot_us, entry.body.utc_us, entry.body.error_us)
    if clock_was_set(at):
        return Anchor(at.boot_no, at.boot_us, at.wall_us, SECOND)
    return None


@dataclass(frozen=True, slots=True)
class Boots:
    """The anchors of some boots, and the boot numbers that cannot be trusted."""

    anchors: Mapping[Boot, Sequence[Anchor]] = field(default_factory=dict)
    doubtful: frozenset[Boot] = frozenset()

    def place(self, store: str, at: Instant) -> Placed | None:
        """The true UTC of `at`, an instant of an entry born in `store`; None where unknown."""
        boot = (store, at.boot_no)
        anchors = () if clock_was_set(at) else self.anchors.get(boot, ())
        placed = place(at, anchors)
        if anchors and boot in self.doubtful:
            return None
        return placed if placed and EARLIEST_US <= placed.utc_us < LATEST_US else None


@dataclass(frozen=True, slots=True)
class Told:
    """What entries, in any order and told any number of times, say of their boots.

    Of those that merely had their clock set, the first of each boot is enough:
    every entry after it has its clock set too, or is near an anchor.
    """

    spoken: Mapping[Boot, set[Anchor]]
    first: Mapping[Boot, Anchor]
    ids: Mapping[Boot, set[str]]  #: what began under that number: two make it doubtful


def told_of_boots(entries: Iterable[Entry]) -> Told:
    spoken: dict[Boot, set[Anchor]] = {}
    first: dict[Boot, Anchor] = {}
    ids: dict[Boot, set[str]] = {}
    for entry in entries:
        boot = (entry.birth.store, entry.at.boot_no)
        if isinstance(entry.body, BootBegan):
            ids.setdefault(boot, set()).add(entry.body.boot_id)
        if not (anchor := anchor_of(entry)):
            continue
        if isinstance(entry.body, ClockAnchored):
            spoken.setdefault(boot, set()).add(anchor)
        else:
            first[boot] = min(first.get(boot, anchor), anchor, key=order)
    return Told(spoken, first, ids)


def boots_of(entries: Iterable[Entry]) -> Boots:
    """What `entries`, in any order and told any number of times, say of their boots."""
    told = told_of_boots(entries)
    anchors = {boot: set(mine) for boot, mine in told.spoken.items()}
    for boot, anchor in told.first.items():
        anchors.setdefault(boot, set()).add(anchor)
    return Boots(
        {boot: tuple(sorted(mine, key=order)) for boot, mine in anchors.items()},
        frozenset(boot for boot, ids in told.ids.items() if len(ids) > 1),
    )


def order(anchor: Anchor) -> tuple[int, int, int]:
    """By the boot clock; the rest only so that any order of arrival gives the same."""
    return anchor.boot_us, anchor.error_us, anchor.utc_us
