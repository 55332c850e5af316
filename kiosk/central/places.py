"""What the facts say of the labs' clocks: the anchors, kept so that late ones place early facts.

Only subjects with an instant written before the clock was set are ever placed
anew, and only those that lie nearer to the new anchor than to any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from machines.instants import Anchor, Instant
from machines.journal import (
    BootBegan,
    ClockAnchored,
    Entry,
    PrintEnded,
    RunMeasured,
    SessionClosed,
    SessionSuspended,
)
from machines.placing import Boot, Boots, anchor_of, clock_was_set, order


def instants(entry: Entry) -> Iterator[Instant]:
    """Every instant by which the entry's subject is placed."""
    match entry.body:
        case RunMeasured(began=began, ended=ended) | PrintEnded(began=began, ended=ended):
            yield began
            yield ended
        case SessionClosed(ended=Instant() as at) | SessionSuspended(since=Instant() as at):
            yield at
        case _:
            yield entry.at


def unset_instants(entry: Entry) -> list[Instant]:
    return [at for at in instants(entry) if not clock_was_set(at)]


def boots_near(connection: sqlite3.Connection, entries: Iterable[Entry]) -> Boots:
    """The anchors that the instants of `entries` need; none where every clock was set.

    Of each instant its two neighbours, which is all that `place` looks at: a
    lab that takes its time from the central has an anchor a minute, for weeks.
    """
    anchors: dict[Boot, set[Anchor]] = {}
    for entry in entries:
        for at in unset_instants(entry):
            boot = (entry.birth.store, at.boot_no)
            anchors.setdefault(boot, set()).update(_neighbours(connection, boot, at.boot_us))
    return Boots(
        {boot: tuple(sorted(mine, key=order)) for boot, mine in anchors.items()},
        frozenset(boot for boot in anchors if _claimed_twice(connection, boot)),
    )


def _neighbours(connection: sqlite3.Connection, boot: Boot, boot_us: int) -> Iterator[Anchor]:
    for side, way in (("<=", "DESC"), (">=", "ASC")):
        for row in connection.execute(
            "SELECT boot_us, utc_us, error_us FROM usage_anchor WHERE store = ? AND boot_no = ?"
            f" AND boot_us {side} ? ORDER BY boot_us {way}, error_us, utc_us LIMIT 1",
            (*boot, boot_us),
        ):
            yield Anchor(boot[1], *row)


def _claimed_twice(connection: sqlite3.Connection, boot: Boot) -> bool:
    (count,) = connection.execute(
        "SELECT count(*) FROM usage_boot WHERE store = ? AND boot_no = ?", boot
    ).fetchone()
    return int(count) > 1


def learn_of_boots(connection: sqlite3.Connection, entry: Entry) -> set[str]:
    """Keeps what `entry` says of its boot; the subjects that must be placed anew for it."""
    boot = (entry.birth.store, entry.at.boot_no)
    if isinstance(entry.body, BootBegan):
        connection.execute(
            "INSERT OR IGNORE INTO usage_boot VALUES(?, ?, ?)", (*boot, entry.body.boot_id)
        )
        if _claimed_twice(connection, boot):
            return _unset_between(connection, boot, None, None)
    anchor = anchor_of(entry)
    if anchor is None:
        return set()
    if isinstance(entry.body, ClockAnchored):
        return _keep_spoken(connection, boot, anchor)
    return _keep_first(connection, boot, anchor)


def _keep_spoken(connection: sqlite3.Connection, boot: Boot, anchor: Anchor) -> set[str]:
    _insert(connection, boot, anchor, spoken=True)
    here = {"us": anchor.boot_us, "store": boot[0], "no": boot[1]}
    mine = "FROM usage_anchor WHERE store = :store AND boot_no = :no AND boot_us"
    (before,) = connection.execute(f"SELECT max(boot_us) {mine} < :us", here).fetchone()
    (after,) = connection.execute(f"SELECT min(boot_us) {mine} > :us", here).fetchone()
    return _unset_between(connection, boot, before, after)


def _keep_first(connection: sqlite3.Connection, boot: Boot, anchor: Anchor) -> set[str]:
    """Of the facts that merely had their clock set, the first of each boot is kept."""
    known = connection.execute(
        "SELECT boot_us, error_us, utc_us FROM usage_anchor"
        " WHERE store = ? AND boot_no = ? AND spoken = 0",
        boot,
    ).fetchone()
    if known and known <= (anchor.boot_us, anchor.error_us, anchor.utc_us):
        return set()
    connection.execute(
        "DELETE FROM usage_anchor WHERE store = ? AND boot_no = ? AND spoken = 0", boot
    )
    _insert(connection, boot, anchor, spoken=False)
    return _unset_between(connection, boot, None, None)


def _insert(connection: sqlite3.Connection, boot: Boot, anchor: Anchor, spoken: bool) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO usage_anchor VALUES(?, ?, ?, ?, ?, ?)",
        (*boot, anchor.boot_us, anchor.error_us, anchor.utc_us, spoken),
    )


def _unset_between(
    connection: sqlite3.Connection, boot: Boot, after: int | None, before: int | None
) -> set[str]:
    rows = connection.execute(
        "SELECT subject FROM usage_unset WHERE store = ? AND boot_no = ?"
        " AND boot_us BETWEEN ? AND ?",
        (*boot, -(2**62) if after is None else after, 2**62 if before is None else before),
    )
    return {subject for (subject,) in rows}
