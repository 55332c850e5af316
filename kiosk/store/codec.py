"""An entry as bytes: the body that is chained, and the personal part beside it.

The body is one JSON object, opaque once it is stored: what has been written is
never written again in another way.

    {"v":1,"kind":"session.opened","birth":["5f…",7,812],"at":[3,81000000,…,2],
     "data":{"machine":"laser",…},"pc":"9a…"}

`at` is boot number, boot clock, wall clock (both in microseconds) and the wall
clock's quality. `pc`, there only with a personal part, is the commitment to it.

Reading is strict. A field that this version does not know counts as an unknown
kind, because it may change what the others mean (`cleared` does): the entry
waits for a newer version rather than being half understood. A field that is
missing has its default, so that what an older version wrote is always read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from machines.chain import commitment
from machines.instants import Instant, WallQuality
from machines.journal import BODY_VERSION, KINDS, Birth, Body, Entry, Personal

SALT_SIZE = 16


class CodecError(ValueError):
    """These bytes cannot be read as an entry."""


class UnknownKind(CodecError):
    """An entry of a newer version: nothing is wrong with it, it waits to be understood."""

    def __init__(self, kind: str, version: int, field: str = "") -> None:
        super().__init__(f"{kind!r}, version {version}{field and f', field {field}'}: unknown here")
        self.kind = kind
        self.version = version


class NotAnEntry(CodecError):
    """Malformed, whoever wrote it."""


class WrongPersonal(CodecError):
    """The personal part is not the one that this entry was written with."""


#: What SQLite can hold.
_Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Positive = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Envelope(msgspec.Struct, omit_defaults=True, gc=False):
    """The outside of an entry; `data` are the bytes of its kind."""

    v: int
    kind: str
    birth: tuple[str, _Positive, _Natural]
    at: tuple[int, int, int, WallQuality]
    data: msgspec.Raw
    pc: str | None = None


_envelope = msgspec.json.Decoder(Envelope)
_is_store = re.compile("[0-9a-f]{32}").fullmatch
_texts = msgspec.json.Decoder(dict[str, str])
_encoder = msgspec.json.Encoder()
_PERSONAL = frozenset(Personal.__slots__)


def encode(entry: Entry, random: Callable[[int], bytes] = os.urandom) -> tuple[bytes, bytes | None]:
    """The body and the personal part of an entry, None where it is about nobody."""
    birth, at = entry.birth, entry.at
    personal = _encode_personal(entry.personal, random)
    envelope = Envelope(
        v=BODY_VERSION,
        kind=entry.body.kind,
        birth=(birth.store, birth.seq, birth.nonce),
        at=(at.boot_no, at.boot_us, at.wall_us, at.quality),
        data=msgspec.Raw(_encoder.encode(entry.body)),
        pc=commitment(personal) if personal else None,
    )
    return _encoder.encode(envelope), personal


def decode(body: bytes, personal: bytes | None = None) -> Entry:
    """The entry that these bytes are. Raises UnknownKind, NotAnEntry, WrongPersonal.

    `personal` is None where there was none, or where it has been deleted since.
    """
    told, data, about = read(body, personal)
    return Entry(
        Birth(*told.birth), Instant(*told.at), data, None if about is None else Personal(**about)
    )


def read(
    body: bytes, personal: bytes | None = None
) -> tuple[Envelope, Body, dict[str, str] | None]:
    """What `decode` reads and raises, as it lies there: in two thirds of the time, for the
    central, which reads every entry of every lab."""
    try:
        told = _envelope.decode(body)
        if told.v != BODY_VERSION or told.kind not in KINDS:
            raise UnknownKind(told.kind, told.v)
        if not _is_store(told.birth[0]):
            raise NotAnEntry(f"store {told.birth[0]!r}: expected 32 lower-case hex digits")
        return told, _decode_data(told), _decode_personal(personal, told)
    except CodecError:
        raise
    except (msgspec.MsgspecError, ValueError, TypeError) as wrong:
        raise NotAnEntry(f"not an entry: {wrong}") from wrong


def outline(body: bytes) -> Envelope:
    """The outside alone, of an entry of whatever kind or version. Raises NotAnEntry."""
    try:
        return _envelope.decode(body)
    except (msgspec.MsgspecError, ValueError) as wrong:
        raise NotAnEntry(f"not an entry: {wrong}") from wrong


def names(personal: bytes) -> Personal:
    """Whom a personal part names, whether or not its body vouches for it. Raises NotAnEntry."""
    try:
        told = _texts.decode(personal)
    except (msgspec.MsgspecError, ValueError) as wrong:
        raise NotAnEntry(f"not a personal part: {wrong}") from wrong
    return Personal(**{name: told[name] for name in _PERSONAL & told.keys()})


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(KINDS[kind])


def _decode_data(told: Envelope) -> Body:
    body: Body = _decoder(told.kind).decode(told.data)
    if _encoder.encode(body) == bytes(told.data):  # a Raw equals no bytes
        return body  # as this version writes it: nothing is unread, and looking for it takes longer
    if unknown := _unread(msgspec.json.decode(told.data), msgspec.to_builtins(body)):
        raise UnknownKind(told.kind, told.v, unknown)
    return body


def _unread(told: Any, read: Any) -> str:
    """The first field of `told` that was not read, "" where there is none."""
    if isinstance(told, dict) and isinstance(read, dict):
        for name, value in told.items():
            if name not in read:
                return str(name)
            if unread := _unread(value, read[name]):
                return f"{name}.{unread}"
    elif isinstance(told, list) and isinstance(read, list | tuple):
        pairs = zip(told, read, strict=False)
        return next((found for pair in pairs if (found := _unread(*pair))), "")
    return ""


def _encode_personal(personal: Personal | None, random: Callable[[int], bytes]) -> bytes | None:
    told = {k: v for k, v in msgspec.to_builtins(personal or Personal()).items() if v is not None}
    return _encoder.encode({"salt": random(SALT_SIZE).hex(), **told}) if told else None


def _decode_personal(personal: bytes | None, told: Envelope) -> dict[str, str] | None:
    if personal is None:
        return None
    if told.pc is None or commitment(personal) != told.pc:
        raise WrongPersonal(f"the personal part is not that of {'-'.join(map(str, told.birth))}")
    found = _texts.decode(personal)
    found.pop("salt", None)
    if unknown := found.keys() - _PERSONAL:
        raise UnknownKind(told.kind, told.v, f"personal.{min(unknown)}")
    return found
