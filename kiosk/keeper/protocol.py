"""What kiosk and keeper say to each other: one JSON object a line, the version in the first.

Both read CLOCK_BOOTTIME, in microseconds: a message that lay in a buffer while
its reader was stopped is known to be old.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec

from drivers.relay.wire import Why

VERSION = 1
#: The longest message, a report of a hundred lines, has some 10 KB.
LONGEST = 64 * 1024


def boot_us() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class ProtocolError(ValueError):
    """What came is no message; the sentence says why, and never what it said."""


class _Message(msgspec.Struct, frozen=True, tag_field="say"):
    pass


class LineReport(msgspec.Struct, frozen=True):
    """One line, as the keeper has it. Off: why, and how many real seconds ago."""

    machine: str
    on: bool
    why: Why | None = None
    ago_s: float | None = None

    @property
    def dropped(self) -> bool:
        """Whether it is off although nobody asked for that."""
        return not self.on and self.why is not Why.ASKED


# -- from the kiosk ---------------------------------------------------------------------------


class Hello(_Message, frozen=True, tag="hello"):
    """The first word of a kiosk."""

    v: int


class Beat(_Message, frozen=True, tag="beat"):
    """The kiosk's heart beat at `at_us`. The keeper says it back."""

    at_us: int


class Order(_Message, frozen=True, tag="order"):
    """A line on or off. `id` comes back in `Done`; an `on` read after `until_us` is refused."""

    id: int
    machine: str
    on: bool
    until_us: int = 0


class Show(_Message, frozen=True, tag="show"):
    """The command line wants to know how the lines are."""

    v: int


class PutOff(_Message, frozen=True, tag="put-off"):
    """The command line wants everything off."""

    v: int


# -- from the keeper --------------------------------------------------------------------------


class Lines(_Message, frozen=True, tag="lines"):
    """All lines, or those that changed by themselves."""

    lines: tuple[LineReport, ...]


class Done(_Message, frozen=True, tag="done"):
    """An order was carried out, or `error` says why not; the line as it is now."""

    id: int
    error: str = ""
    line: LineReport | None = None


class No(_Message, frozen=True, tag="no"):
    """A sentence: not a message, or not the one who may say it."""

    sentence: str


Asked = Hello | Beat | Order | Show | PutOff
Told = Lines | Beat | Done | No

_asked = msgspec.json.Decoder(Asked)
_told = msgspec.json.Decoder(Told)


def encode(message: Asked | Told) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def decode_asked(line: bytes) -> Asked:
    """What a kiosk said. Raises ProtocolError."""
    message: Asked = _decode(_asked, line)
    return message


def decode_told(line: bytes) -> Told:
    """What a keeper said. Raises ProtocolError."""
    message: Told = _decode(_told, line)
    return message


def _decode(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError) as wrong:
        raise ProtocolError(str(wrong)) from wrong


class Cutter:
    """Bytes in any pieces to whole lines. Keeps at most `LONGEST`."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are now whole. Raises ProtocolError where one does not end."""
        *whole, self._kept = (self._kept + data).split(b"\n")
        if len(self._kept) > LONGEST:
            self._kept = b""
            raise ProtocolError(f"a line longer than {LONGEST} bytes")
        return whole
