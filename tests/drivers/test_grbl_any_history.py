"""In any history: a beam that nobody watches any more is out within a second.

The watch and the simulated firmware, joined by a wire that takes no time, under
a clock that is moved by hand.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.grbl import Options
from drivers.grbl.deadman import Send
from drivers.grbl.firmware import Firmware
from drivers.grbl.watch import HangUp, Order, Watch
from machines.facts import WorkSeen
from machines.meter import Work

STEP_S = 0.05
#: A question is due within 0.2 s, brake and reset take 0.25 s, and a report is to say so.
OUT_WITHIN_S = 1.0

LINES = (
    b"M3 S300\n", b"M4 S500\n", b"M5\n", b"S0\n", b"G1 X40 F600\n", b"G1 X0 F1200\n", b"G0 X20\n",
    b"G4 P2\n", b"G1 X9", b"$X\n", b"$H\n", b"$C\n", b"$SLP\n", b"$32=0\n", b"\xff\n",
)  # fmt: skip
KEYS = (b"?", b"!", b"~", b"\x18", b"\x84", b"\x85")


class Field:
    """A laser, its watch, and a sender that is there or not."""

    def __init__(self) -> None:
        self.board = Firmware()
        self.watch = Watch("laser", Options(port="/dev/null"))
        self.watch.allowed = True
        self.now = 100.0
        self.sender = False
        self.unwatched_s = 0.0
        self.told = Work.UNKNOWN

    def come(self) -> None:
        if not self.sender and not self.watch.refusal:
            self.sender = True
            self._obey(self.watch.sender_came(self.now))

    def leave(self) -> None:
        if self.sender:
            self.sender = False
            self._obey(self.watch.sender_left(self.now, "it has hung up"))

    def send(self, data: bytes) -> None:
        if self.sender:
            self.watch.from_sender(self.now, data)
            self.board.receive(data)

    def badge(self) -> None:
        self.watch.allowed = not self.watch.allowed

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.now += STEP_S
            self.board.pass_time(STEP_S)
            self._obey(self.watch.from_controller(self.now, self.board.take()))
            self._obey(self.watch.tick(self.now, self.now))
            lit = self.board.power > 0 and not self.sender
            self.unwatched_s = self.unwatched_s + STEP_S if lit else 0.0
            assert self.unwatched_s <= OUT_WITHIN_S, "a beam that nobody watches"

    def _obey(self, orders: tuple[Order, ...]) -> None:
        for order in orders:
            if isinstance(order, Send):
                self.board.receive(order.data)
            elif isinstance(order, HangUp):
                self.leave()
            elif isinstance(order, WorkSeen) and order.meter == "beam":
                self.told = order.work


Deed = Callable[[Field], None]
deeds = st.one_of(
    st.just(Field.come),
    st.just(Field.leave),
    st.just(Field.badge),
    st.just(lambda field: field.board.press_reset()),
    st.just(lambda field: field.board.hit_limit()),
    st.floats(0.1, 3).map(lambda seconds: lambda field: field.wait(seconds)),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=5).map(
        lambda lines: lambda field: field.send(b"".join(lines))
    ),
    st.sampled_from(KEYS).map(lambda key: lambda field: field.send(key)),
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(deeds, max_size=20))
def test_in_any_history_a_beam_that_nobody_watches_is_put_out(history: list[Deed]) -> None:
    field = Field()
    field.come()
    field.send(b"M3 S300\nG1 X10 F600\n")
    for deed in history:
        deed(field)
    field.leave()
    field.wait(8)
    assert field.board.power == 0
    assert field.told is not Work.WORKING


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_a_beam_that_was_on_before_the_kiosk_is_put_out(lines: list[bytes]) -> None:
    field = Field()
    field.board.receive(b"M3 S300\nG1 X10 F600\n" + b"".join(lines))
    field.wait(8)
    assert field.board.power == 0
