"""In any history of taps, reboots and forks, the journal is whole and tells each fact once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.store.check import check
from kiosk.store.codec import decode
from kiosk.store.fork import fork
from kiosk.store.journal import Line
from machines.instants import WallQuality
from machines.journal import ClockAnchored, Personal, SessionOpened, TapRefused
from tests.store.file import File

TAPS = st.sampled_from(
    [
        Line(SessionOpened("laser", "badge"), Personal(member="ines")),
        Line(TapRefused("laser", "unknown-badge"), Personal(badge="s11.8:00")),
        Line(SessionOpened("press", "touch")),
    ]
)


class History(RuleBasedStateMachine):
    """What was told, beside what the journal tells."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.file = File(Path(self.folder.name) / "lab.db", WallQuality.RESTORED)
        self.file.connection.execute("PRAGMA synchronous = OFF")  # no power is cut here
        self.told: dict[str, Line] = {}
        self.stores = [self.file.journal.store]
        self.boots = 1

    @rule(lines=st.lists(TAPS, min_size=1, max_size=3))
    def tap(self, lines: list[Line]) -> None:
        for line, entry in zip(lines, self.file.journal.append_all(lines), strict=True):
            assert str(entry.birth) not in self.told
            self.told[str(entry.birth)] = line

    @rule()
    def fail(self) -> None:
        good, bad = Line(SessionOpened("laser", "badge")), Line(TapRefused("\ud800", ""))
        with pytest.raises(UnicodeEncodeError):
            self.file.journal.append_all([good, bad])

    @rule(reboot=st.booleans())
    def restart(self, reboot: bool) -> None:
        self.file.restart(reboot)
        self.file.connection.execute("PRAGMA synchronous = OFF")
        self.boots += reboot

    @rule(minutes=st.integers(1, 600), known=st.booleans())
    def time_passes(self, minutes: int, known: bool) -> None:
        self.file.clock.advance(minutes=minutes)
        self.file.clock.quality = WallQuality.NTP if known else WallQuality.RESTORED
        self.file.journal.anchor_if_due()

    @rule(part=st.floats(0, 1))
    def a_fork_is_healed(self, part: float) -> None:
        tip, _ = self.file.journal.tip()
        fork(self.file.journal, round(part * tip))
        assert self.file.journal.store not in self.stores
        self.stores.append(self.file.journal.store)

    @invariant()
    def is_whole(self) -> None:
        journal = self.file.journal
        assert check(journal).faults == ()
        assert [*journal.closed(), journal.store] == self.stores
        assert self.file.clock.boot_no == self.boots
        entries = [entry for entries in journal.lineage() for _, entry in entries]
        taps = [e for e in entries if str(e.birth) in self.told]
        assert [str(e.birth) for e in taps] == list(self.told)
        assert [Line(e.body, e.personal) for e in taps] == list(self.told.values())
        assert len({e.birth for e in entries}) == len(entries)
        anchors = [e for e in entries if isinstance(e.body, ClockAnchored)]
        assert all(e.at.quality >= WallQuality.NTP for e in anchors)

    @invariant()
    def tells_times_in_order(self) -> None:
        rows = self.file.journal.rows(0, 10_000)
        times = [decode(row.body).at for row in rows]
        assert times == sorted(times, key=lambda at: (at.boot_no, at.boot_us))

    def teardown(self) -> None:
        self.file.close()
        self.folder.cleanup()


TestAnyHistory = History.TestCase
TestAnyHistory.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
