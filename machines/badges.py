"""A badge's number: one canonical form whatever the reader, then a keyed digest.

A badge identifies, it does not authenticate: its number can be copied. The
digest promises little, too: trying all 4-byte numbers against one costs about
a core-year (scrypt, n=2^11), where a plain hash falls within the hour.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

#: What a 125 kHz reader sends: 1 version byte and 4 id bytes, in hexadecimal.
_EM4100 = re.compile(r"[0-9A-Fa-f]{10}")
#: What a keyboard reader types: the low 32 bits in decimal, 10 digits.
_DECIMAL = re.compile(r"[0-9]{10}")
#: What is printed on the card, and what Wiegand 26 carries: facility,number.
_PRINTED = re.compile(r"([0-9]{1,3})[,:]([0-9]{1,5})")


def canonical(number: str) -> str:
    """The low four bytes of the id, eight upper-case hex digits, however the card was read.

    >>> canonical("0A00D2F5C3"), canonical("0013825475"), canonical("210,62915")
    ('00D2F5C3', '00D2F5C3', '00D2F5C3')

    The printed form (and Wiegand 26) lacks the highest of the four bytes, which
    is 00 on the cards that carry such a print. Ten digits without a letter are
    taken as decimal here; a reader that sends hexadecimal calls `from_em4100`.
    """
    text = number.strip()
    if printed := _PRINTED.fullmatch(text):
        facility, card = int(printed[1]), int(printed[2])
        if facility < 256 and card < 65536:
            return f"00{facility:02X}{card:04X}"
    elif _DECIMAL.fullmatch(text):
        if int(text) < 2**32:
            return f"{int(text):08X}"
    elif _EM4100.fullmatch(text):
        return text[-8:].upper()
    raise ValueError(f"{number!r} is no badge number: expected such as 0A00D2F5C3 or 210,62915")


def from_em4100(hexadecimal: str) -> str:
    """The canonical form of ten hex digits from an RDM6300 or EM-18 frame."""
    if not _EM4100.fullmatch(hexadecimal):
        raise ValueError(f"{hexadecimal!r} is not the ten hex digits of a badge")
    return hexadecimal[-8:].upper()


def may_be_random(number: str) -> bool:
    """Whether a canonical number may be one that its card makes up anew at each reading.

    >>> may_be_random("08D2F5C3"), may_be_random("00D2F5C3")
    (True, False)

    Source: NXP AN10927, "MIFARE product and handling of UIDs", "4 byte RID": first byte 08.
    """
    return number.startswith("08")


@dataclass(frozen=True, slots=True)
class DigestKey:
    """How badges are digested: the association's key and scrypt's cost, kept with each digest."""

    secret: bytes
    n: int = 2**11
    r: int = 8

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise ValueError("the badge key is shorter than 16 bytes")

    @property
    def parameters(self) -> str:
        """What stands before the digest, so that a higher cost can be taken up later."""
        return f"s{self.n.bit_length() - 1}.{self.r}"

    def digest(self, number: str) -> str:
        """`s11.8:` and 32 hex digits, of a *canonical* number. About 6 ms here, more on a Pi."""
        raw = hashlib.scrypt(number.encode(), salt=self.secret, n=self.n, r=self.r, p=1, dklen=16)
        return f"{self.parameters}:{raw.hex()}"
