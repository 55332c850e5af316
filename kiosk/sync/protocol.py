"""What a lab and the central say to each other, and the sizes that both keep to.

A lab pushes the entries of one *store* (an incarnation of its disk) in batches
that follow one another without a gap. The central's word is the cursor: each
round begins with `State`, in which the central says up to where it has that
store, and shows its link of the chain at a place that the lab knows as well.

A batch is MessagePack, since bodies are bytes and travel as the bytes they are
(within JSON each of their quotes would be escaped, and base64 hardly
compresses). The short answers are JSON, for whoever looks with curl.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

#: Entries of one batch. More gain nothing (the commit is 1 % of such a batch) and are lost
#: together on a bad line.
BATCH_ENTRIES = 500
#: Bytes of bodies and personal parts at which a lab closes a batch before its 500th entry.
BATCH_BYTES = 1 << 20
#: What the central takes at most, before and after decompression.
LIMIT_BYTES = 4 << 20
#: One entry alone must fit a batch with room to spare; real ones are under 1 KB.
ENTRY_BYTES = 1 << 18
#: What a lab takes at most as a roster: some 20,000 members.
ROSTER_BYTES = 16 << 20

Sixteen = Annotated[bytes, Meta(min_length=16, max_length=16)]
#: SQLite's integers end at 2^63; half of it leaves room for the batch on top.
Seq = Annotated[int, Meta(ge=0, le=2**62)]
Us = Annotated[int, Meta(ge=0, le=2**62)]


class Line(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One entry as it is stored: body, and the personal part where it still has one."""

    body: Annotated[bytes, Meta(min_length=1, max_length=ENTRY_BYTES)]
    personal: Annotated[bytes, Meta(max_length=ENTRY_BYTES)] | None = None


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Entries `first` and following of `store`; `prev` is the link before `first`."""

    store: Sixteen
    first: Annotated[int, Meta(ge=1, le=2**62)]
    prev: Sixteen
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=BATCH_ENTRIES)]


class State(Struct, frozen=True):
    """The central has the store up to `hw`; at `at`, the lower of that and what was asked,
    its link is `chain`. `utc_us` is its clock as it answers, None where that is not set."""

    hw: Seq
    at: Seq
    chain: Sixteen
    utc_us: Us | None = None


class Taken(Struct, frozen=True, tag="taken"):
    """Committed: the central has the store up to `hw`."""

    hw: Seq


class Need(Struct, frozen=True, tag="need"):
    """Nothing taken: the batch began after `hw` + 1."""

    hw: Seq


class Forked(Struct, frozen=True, tag="forked"):
    """Nothing taken: the central's store goes on differently."""

    hw: Seq


Answer = Taken | Need | Forked


_batch = msgspec.msgpack.Decoder(Batch)


def encode_batch(batch: Batch) -> bytes:
    return msgspec.msgpack.encode(batch)


def decode_batch(raw: bytes) -> Batch:
    """Raises msgspec.MsgspecError, whose text says where and what was expected."""
    try:
        return _batch.decode(raw)
    except UnicodeDecodeError as wrong:  # in a field's name: msgspec lets it through
        raise msgspec.DecodeError(f"not UTF-8: {wrong.reason}") from None
