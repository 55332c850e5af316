"""What the floor writes beside its entries: little of what it carries, however long the queue."""

from __future__ import annotations

from concurrent.futures import Future

from kiosk.floor import rows
from kiosk.floor.writing import CARRIED_BYTES, CARRIED_EVERY, Meter, Writing
from machines.instants import Instant, WallQuality
from machines.job_entries import JobSubmitted
from machines.journal import Birth, Body, Entry, Personal, TapRefused

AT = Instant(1, 0, 0, WallQuality.NTP)


class Paper:
    """A journal that is on disk at once. `rows`: after which entry what was carried was kept."""

    def __init__(self) -> None:
        self.entries = 0
        self.rows: list[tuple[int, int]] = []

    def append(
        self, body: Body, personal: Personal | None = None, *, ends: Meter | None = None
    ) -> Future[Entry]:
        self.entries += 1
        done: Future[Entry] = Future()
        done.set_result(Entry(Birth("ab" * 16, self.entries, 1), AT, body, personal))
        return done

    def checkpoint(self, machine: str, meter: str, row: bytes) -> None:
        if (machine, meter) == rows.CARRIED:
            self.rows.append((self.entries, len(row)))


def written(jobs: int, taps: int) -> Paper:
    paper = Paper()
    writing = Writing(paper, lambda do: do(AT), lambda: 0.0)
    for n in range(jobs):
        writing.write(JobSubmitted(f"{n:064x}", 1, "phone"), Personal("m", file_name="mug.gcode"))
    for _ in range(taps):
        writing.write(TapRefused("laser", "unknown-badge"))
    return paper


def test_a_kiosk_that_starts_folds_a_few_hundred_entries() -> None:
    paper = written(jobs=10, taps=1000)
    assert [entry for entry, _ in paper.rows] == list(range(CARRIED_EVERY, 1011, CARRIED_EVERY))


def test_a_long_queue_costs_a_badge_no_more_bytes() -> None:
    paper = written(jobs=200, taps=4000)
    assert paper.rows[-1][1] > 2 * CARRIED_EVERY * CARRIED_BYTES, "it is long"
    assert sum(size for _, size in paper.rows) < 1.1 * CARRIED_BYTES * paper.entries
    assert len(paper.rows) > 5
