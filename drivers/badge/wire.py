"""Bytes of a badge reader to badges read, in step again after any noise.

An RDM6300 frame is 14 bytes: 02, ten hex digits (one version byte and four of
the number), two hex digits of checksum (the XOR of those five bytes), 03. A
bare EM-18 sends the twelve digits alone, and a pause. The checksum is weak (one
wrong frame in 256 passes), so an enrolment wants two equal frames.
"""

from __future__ import annotations

from machines.badges import from_em4100
from machines.facts import BadgeRead, Noise

STX, ETX = 0x02, 0x03
_DIGITS = frozenset(b"0123456789ABCDEFabcdef")

#: Noise is told at the latest after so many bytes: a flood is a fact, not a memory leak.
NOISE_AT_MOST = 64

#: The longest unfinished frame: two kinds of reader, 14 and 12 bytes.
LONGEST = 14

Seen = BadgeRead | Noise


def frame(number: str, kind: str = "rdm6300") -> bytes:
    """What a reader sends for ten hex digits.

    >>> frame("0A00D2F5C3")
    b'\\x020A00D2F5C3EE\\x03'
    """
    digits = number.upper().encode()
    bare = digits + b"%02X" % _checksum(digits)
    return bare if kind == "em18" else bytes([STX]) + bare + bytes([ETX])


class Decoder:
    """The bytes of one reader, in any pieces. Keeps less than a frame, and a count of noise.

    What was noise is told as a number of bytes and never shown: a damaged frame
    is still most of somebody's badge.
    """

    def __init__(self, reader: str, kind: str = "rdm6300") -> None:
        self._reader = reader
        self._step = self._step_bare if kind == "em18" else self._step_framed
        self._kept = bytearray()
        self._noise = 0
        self._seen: list[Seen] = []

    def feed(self, data: bytes) -> tuple[Seen, ...]:
        """Everything that became certain with these bytes. The same facts at any cut of them."""
        for byte in data:
            self._step(byte)
        return self._tell()

    def pause(self) -> tuple[Seen, ...]:
        """The line was quiet: what a bare reader had begun is no badge."""
        self._drop(len(self._kept))
        self._end_noise()
        return self._tell()

    def _step_framed(self, byte: int) -> None:
        self._kept.append(byte)
        while self._kept and not _may_become_a_frame(self._kept):
            self._drop(1)
        if len(self._kept) == LONGEST:
            self._take(bytes(self._kept[1:-1]))

    def _step_bare(self, byte: int) -> None:
        if byte not in _DIGITS:
            self._drop(len(self._kept))
            self._count(1)
            return
        self._kept.append(byte)
        if len(self._kept) < 12:
            return
        if _is_whole(bytes(self._kept)):
            self._take(bytes(self._kept))
        else:
            self._drop(1)

    def _take(self, digits: bytes) -> None:
        self._end_noise()
        self._kept.clear()
        if _is_whole(digits):
            self._seen.append(BadgeRead(self._reader, from_em4100(digits[:10].decode())))
        else:
            self._seen.append(Noise(self._reader, "a frame whose checksum is wrong"))

    def _drop(self, count: int) -> None:
        del self._kept[:count]
        self._count(count)

    def _count(self, count: int) -> None:
        self._noise += count
        if self._noise >= NOISE_AT_MOST:
            self._end_noise()

    def _end_noise(self) -> None:
        if self._noise:
            self._seen.append(Noise(self._reader, f"{self._noise} bytes that were no frame"))
        self._noise = 0

    def _tell(self) -> tuple[Seen, ...]:
        seen, self._seen = tuple(self._seen), []
        return seen


def _may_become_a_frame(begun: bytearray) -> bool:
    """Whether `begun`, which was so without its last byte, still is the start of a frame."""
    last, at = begun[-1], len(begun) - 1
    if at == 0:
        return last == STX
    return begun[0] == STX and (last == ETX if at == LONGEST - 1 else last in _DIGITS)


def _checksum(digits: bytes) -> int:
    total = 0
    for byte in bytes.fromhex(digits.decode()):
        total ^= byte
    return total


def _is_whole(digits: bytes) -> bool:
    """Whether the last two of twelve hex digits are the checksum of the ten before."""
    return _checksum(digits) == 0
