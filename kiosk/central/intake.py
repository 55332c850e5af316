"""A batch as it arrives: its bytes checked, its chain computed, its bodies looked into.

What can be done without the database is done here, in the thread that answers
the request, so that the one thread that writes is not kept waiting. A body
that says nothing to this version is no fault: it is kept, with the reason.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from kiosk.central.soundness import unsound
from kiosk.store.codec import CodecError, Envelope, WrongPersonal
from kiosk.store.codec import read as read_entry
from kiosk.sync.protocol import LIMIT_BYTES, Batch, decode_batch
from machines.chain import link
from machines.instants import Instant
from machines.journal import Body, HoleDeclared


class Malformed(ValueError):
    """These bytes are no batch; the sentence says where."""


class TooLarge(ValueError):
    """More than `LIMIT_BYTES`, before or after decompression."""


class Meaning(NamedTuple):
    """What a body says, as far as the ledger needs to know it."""

    birth: tuple[bytes, int, int]  #: store, seq, nonce
    kind: str
    personal_agrees: bool
    hole: HoleDeclared | None  #: where it declares one


class Line(NamedTuple):
    """One entry at its place in a store. `meaning` is the reason where it could not be read."""

    seq: int
    body: bytes
    personal: bytes | None
    link: bytes
    meaning: Meaning | str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A batch, understood."""

    store: bytes
    first: int
    prev: bytes
    lines: tuple[Line, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    def link_at(self, seq: int) -> bytes:
        """For `first` - 1 to `last`."""
        return self.prev if seq < self.first else self.lines[seq - self.first].link


def unpack(raw: bytes, gzipped: bool) -> bytes:
    """Raises Malformed, or TooLarge without ever holding more than the limit."""
    if not gzipped:
        plain = raw
    else:
        inflate = zlib.decompressobj(wbits=31)
        try:
            plain = inflate.decompress(raw, LIMIT_BYTES + 1)
        except zlib.error as wrong:
            raise Malformed(f"gzip: {wrong}") from None
        if not inflate.eof and len(plain) <= LIMIT_BYTES:
            raise Malformed("gzip: the end is missing")
        if inflate.unused_data:
            raise Malformed("gzip: something comes after its end")
    if len(plain) > LIMIT_BYTES:
        raise TooLarge(f"expected at most {LIMIT_BYTES} bytes")
    return plain


def read(plain: bytes) -> Arrival:
    """Raises Malformed."""
    try:
        batch = decode_batch(plain)
    except msgspec.MsgspecError as wrong:
        raise Malformed(str(wrong)) from None
    return understand(batch)


def understand(batch: Batch) -> Arrival:
    lines = []
    chain = batch.prev
    for seq, line in enumerate(batch.lines, batch.first):
        chain = link(chain, line.body)
        meaning = look_into(line.body, line.personal)
        lines.append(Line(seq, line.body, line.personal, chain, meaning))
    return Arrival(batch.store, batch.first, batch.prev, tuple(lines))


def look_into(body: bytes, personal: bytes | None) -> Meaning | str:
    """What `body` says; or why this version cannot tell."""
    try:
        try:
            told, data, _ = read_entry(body, personal)
            agrees = True
        except WrongPersonal:
            told, data, _ = read_entry(body)
            agrees = False
        return _meaning(told, data, agrees)
    except CodecError as wrong:
        return str(wrong)
    except RecursionError:
        return "not an entry: nested too deeply"


def _meaning(told: Envelope, body: Body, agrees: bool) -> Meaning | str:
    if wrong := unsound(Instant(*told.at), body):
        return f"not to be believed: {wrong}"
    hole = body if isinstance(body, HoleDeclared) else None
    if hole and not _sound(hole):
        return f"a hole of {hole.store!r}, {hole.first} to {hole.last}"
    store, seq, nonce = told.birth
    return Meaning((bytes.fromhex(store), seq, nonce), told.kind, agrees, hole)


def _sound(hole: HoleDeclared) -> bool:
    store = re.fullmatch("[0-9a-f]{32}", hole.store)
    return store is not None and 1 <= hole.first <= hole.last < 2**62
