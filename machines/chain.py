"""The hash chain over a journal: each link stands for every entry up to it.

A link is taken over the bytes as they are stored, never over a re-encoding: two
programs that write the same fact differently must not call each other liars.
A card put back from an old image, cloned or edited shows as a link that differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

#: 16 bytes: nobody makes two journals with one link, and a tap costs 16 bytes more.
LINK_SIZE = 16

#: What stands before the first entry of a store.
ZERO = bytes(LINK_SIZE)


def link(before: bytes, body: bytes) -> bytes:
    """The link of an entry, from the link before it and its own stored bytes.

    >>> link(ZERO, b"an entry").hex()
    '9b30b20eec852799762000141e44e3e5'
    """
    return sha256(before + body).digest()[:LINK_SIZE]


def links(before: bytes, bodies: Iterable[bytes]) -> list[bytes]:
    """The links of entries that follow one another."""
    found = []
    for body in bodies:
        before = link(before, body)
        found.append(before)
    return found


def commitment(personal: bytes) -> str:
    """What an entry's body says of its personal part: 32 hex digits that tell nothing.

    The part holds a random salt, so that nobody finds the member by trying all of
    the roster. Once the part is deleted, this is all that is left of it.
    """
    return sha256(personal).hexdigest()[: 2 * LINK_SIZE]


def derived_store(parent: bytes, common: int, first_link: bytes) -> bytes:
    """The store that goes on after `common` entries of `parent`, where another went on before.

    Derived from the first link that differs, so that the same card put back
    twice gives the same store: a fork that is healed twice is healed once.
    """
    return sha256(parent + common.to_bytes(8, "big") + first_link).digest()[:LINK_SIZE]
