"""What the facts say of the labs' clocks: the anchors, kept so that late ones place early facts.

Only subjects with an instant written before the clock was set are ever placed
anew, and only those that lie nearer to the new anchor than to any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from machines.instants import Anchor, Instant
from machines.journal import BootBegan, ClockAnchored, Entry, PrintEnded, RunMeasured, SessionClosed
from machines.placing import Boot, Boots, anchor_of, clock_was_set


def instants(entry: Entry) -> Iterator[Instant]:
    """Every instant by which the entry's subject is placed."""
    match entry.body:
        case RunMeasured(began=began, ended=ended) | PrintEnded(began=began, ended=ended):
            yield began
            yield ended
        case SessionClosed(ended=Instant() as ended):
            yield ended
        case _:
            yield entry.at


def unset_instants(entry: Entry) -> list[Instant]:
    return [at for at in instants(entry) if not clock_was_set(at)]


def boots_near(connection: sqlite3.Connection, entries: Iterable[Entry]) -> Boots:
    """The anchors that the instants of `entries` need; none where every clock was set."""
    needed = {(e.birth.store, at.boot_no) for e in entries for at in unset_instants(e)}
    return Boots(
        {boot: _anchors(connection, boot) for boot in needed},
        frozenset(boot for boot in needed if _claimed_twice(connection, boot)),
    )


def _anchors(connection: sqlite3.Connection, boot: Boot) -> tuple[Anchor, ...]:
    rows = connection.execute(
        "SELECT boot_us, utc_us, error_us FROM usage_anchor WHERE store = ? AND boot_no = ?"
        " ORDER BY boot_us, error_us, utc_us",
        boot,
    )
    return tuple(Anchor(boot[1], *row) for row in rows)


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
    before, after = connection.execute(
        "SELECT max(boot_us) FILTER (WHERE boot_us < :us),"
        " min(boot_us) FILTER (WHERE boot_us > :us)"
        " FROM usage_anchor WHERE store = :store AND boot_no = :no",
        {"us": anchor.boot_us, "store": boot[0], "no": boot[1]},
    ).fetchone()
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
        (*boot, spoken, anchor.boot_us, anchor.utc_us, anchor.error_us),
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
