"""Whether a journal is whole: numbers without a gap, links that follow from the bytes.

Reads only, and any connection will do: the command line checks a running lab's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.store.codec import CodecError, UnknownKind, decode
from kiosk.store.journal import NOTHING, Journal, Row


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check read, and all that it found wrong: a sentence each."""

    entries: int
    stores: int
    faults: tuple[str, ...]


def check(journal: Journal) -> Checked:
    """Reads every entry of every store."""
    counts, faults = [], []
    for store in (*journal.closed(), None):
        name = (store or journal.store).hex()
        count, wrong = _check(journal, store)
        counts.append(count)
        faults += [f"store {name}: {sentence}" for sentence in wrong]
    return Checked(sum(counts), len(counts), tuple(faults))


def _check(journal: Journal, store: bytes | None) -> tuple[int, list[str]]:
    count, before, faults = 0, NOTHING, []
    while rows := journal.rows(before.seq, 500, store):
        for row in rows:
            faults += _wrong(before, row)
            count, before = count + 1, row
    return count, faults


def _wrong(before: Row, row: Row) -> list[str]:
    faults = []
    if row.seq != before.seq + 1:
        faults.append(f"entries {before.seq + 1} to {row.seq - 1} are missing")
    elif not row.follows(before):
        faults.append(f"entry {row.seq} does not follow from the one before: it was changed")
    try:
        decode(row.body, row.personal)
    except UnknownKind:
        pass  # of a newer version: nothing is wrong with it
    except CodecError as wrong:
        faults.append(f"entry {row.seq}: {wrong}")
    return faults
