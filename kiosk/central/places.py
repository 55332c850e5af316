"""What the facts say of the labs' clocks: the anchors, kept so that late ones place early facts.

Only subjects with an instant written before the clock was set are ever placed
anew, and only those that lie nearer to the new anchor than to any other.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from kiosk.central.statements import insert
from machines.instants import Anchor, Instant
from machines.job_entries import PrintReconciled
from machines.journal import (
    Entry,
    PrintEnded,
    RunMeasured,
    SessionClosed,
    SessionSuspended,
)
from machines.placing import Boot, Boots, clock_was_set, order, told_of_boots


def instants(entry: Entry) -> Iterator[Instant]:
    """Every instant by which the entry's subject is placed."""
    match entry.body:
        case RunMeasured(began=began, ended=ended) | PrintEnded(began=began, ended=ended):
            yield began
            yield ended
        case SessionClosed(ended=Instant() as at) | SessionSuspended(since=Instant() as at):
            yield at
        case PrintReconciled(ended=ended):
            yield ended
        case _:
            yield entry.at


def unset_instants(entry: Entry) -> list[Instant]:
    return [at for at in instants(entry) if not clock_was_set(at)]


class Near:
    """The anchors near some entries, read once for all of them."""

    def __init__(self, connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
        asked: dict[Boot, list[int]] = {}
        for entry in entries:
            for at in unset_instants(entry):
                asked.setdefault((entry.birth.store, at.boot_no), []).append(at.boot_us)
        self._anchors = {
            boot: _anchors(connection, boot, min(asked_us), max(asked_us))
            for boot, asked_us in asked.items()
        }
        self._doubtful = frozenset(boot for boot in asked if _claimed_twice(connection, boot))

    def of(self, entries: Iterable[Entry]) -> Boots:
        """What the instants of some of the entries need; nothing where every clock was set.

        Of each instant its two neighbours, which is all that `place` looks at: a
        lab that takes its time from the central has an anchor a minute, for weeks.
        """
        near: dict[Boot, set[Anchor]] = {}
        for entry in entries:
            for at in unset_instants(entry):
                boot = (entry.birth.store, at.boot_no)
                near.setdefault(boot, set()).update(_neighbours(self._anchors[boot], at.boot_us))
        return Boots(
            {boot: tuple(sorted(mine, key=order)) for boot, mine in near.items()},
            self._doubtful & near.keys(),
        )


def _neighbours(anchors: Sequence[Anchor], boot_us: int) -> Sequence[Anchor]:
    """The one at or before `boot_us` and the one at or after it, where there are such."""
    after = bisect_left(anchors, boot_us, key=_boot_us)
    if after < len(anchors) and anchors[after].boot_us == boot_us:
        return anchors[after : after + 1]
    return anchors[max(0, after - 1) : after + 1]


def _boot_us(anchor: Anchor) -> int:
    return anchor.boot_us


def _anchors(
    connection: sqlite3.Connection, boot: Boot, first_us: int, last_us: int
) -> list[Anchor]:
    """Those of a boot from the last one up to `first_us` to the first one from `last_us` on.

    In order, and of those at one instant the best.
    """
    mine = "FROM usage_anchor WHERE store = :store AND boot_no = :no AND boot_us"
    rows = connection.execute(
        f"SELECT boot_us, utc_us, error_us {mine}"
        f" BETWEEN coalesce((SELECT max(boot_us) {mine} <= :first), :first)"
        f" AND coalesce((SELECT min(boot_us) {mine} >= :last), :last)"
        " ORDER BY boot_us, error_us, utc_us",
        {"store": boot[0], "no": boot[1], "first": first_us, "last": last_us},
    ).fetchall()
    best = {row[0]: Anchor(boot[1], *row) for row in reversed(rows)}
    return [best[boot_us] for boot_us in reversed(best)]


def _claimed_twice(connection: sqlite3.Connection, boot: Boot) -> bool:
    (count,) = connection.execute(
        "SELECT count(*) FROM usage_boot WHERE store = ? AND boot_no = ?", boot
    ).fetchone()
    return int(count) > 1


def learn_of_boots(connection: sqlite3.Connection, entries: Iterable[Entry]) -> set[str]:
    """Keeps what `entries` say of their boots; the subjects that must be placed anew for it."""
    told = told_of_boots(entries)
    dirty = [_keep_ids(connection, boot, ids) for boot, ids in told.ids.items()]
    dirty += [_keep_spoken(connection, boot, mine) for boot, mine in told.spoken.items()]
    dirty += [_keep_first(connection, boot, anchor) for boot, anchor in told.first.items()]
    return set().union(*dirty)


def _keep_ids(connection: sqlite3.Connection, boot: Boot, ids: set[str]) -> set[str]:
    insert(connection, "OR IGNORE INTO usage_boot", [(*boot, boot_id) for boot_id in ids])
    return _unset_between(connection, boot) if _claimed_twice(connection, boot) else set()


def _keep_spoken(connection: sqlite3.Connection, boot: Boot, anchors: set[Anchor]) -> set[str]:
    """What lies between the anchors before and after the new ones may be nearer to one of these."""
    _insert(connection, boot, anchors, spoken=True)
    new = [anchor.boot_us for anchor in anchors]
    here = {"first": min(new), "last": max(new), "store": boot[0], "no": boot[1]}
    mine = "FROM usage_anchor WHERE store = :store AND boot_no = :no AND boot_us"
    before, after = connection.execute(
        f"SELECT (SELECT max(boot_us) {mine} < :first), (SELECT min(boot_us) {mine} > :last)", here
    ).fetchone()
    return _unset_between(connection, boot, before, after)


def _keep_first(connection: sqlite3.Connection, boot: Boot, anchor: Anchor) -> set[str]:
    """Of the facts that merely had their clock set, the first of each boot is kept."""
    known = connection.execute(
        "SELECT boot_us, error_us, utc_us FROM usage_anchor"
        " WHERE store = ? AND boot_no = ? AND spoken = 0",
        boot,
    ).fetchone()
    if known and known <= order(anchor):
        return set()
    connection.execute(
        "DELETE FROM usage_anchor WHERE store = ? AND boot_no = ? AND spoken = 0", boot
    )
    _insert(connection, boot, {anchor}, spoken=False)
    return _unset_between(connection, boot)


def _insert(
    connection: sqlite3.Connection, boot: Boot, anchors: Iterable[Anchor], spoken: bool
) -> None:
    rows = [(*boot, one.boot_us, one.error_us, one.utc_us, spoken) for one in anchors]
    insert(connection, "OR IGNORE INTO usage_anchor", rows)


def _unset_between(
    connection: sqlite3.Connection, boot: Boot, after: int | None = None, before: int | None = None
) -> set[str]:
    rows = connection.execute(
        "SELECT subject FROM usage_unset WHERE store = ? AND boot_no = ?"
        " AND boot_us BETWEEN ? AND ?",
        (*boot, -(2**62) if after is None else after, 2**62 if before is None else before),
    )
    return {subject for (subject,) in rows.fetchall()}
