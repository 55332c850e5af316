"""A badge reader on a serial port: 125 kHz modules that send a badge's number again and again.

A badge identifies; it proves nothing, since its number can be copied.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "badge"

#: Where a site file speaks of it: `[readers.NAME]`.
TABLE = "readers"

#: What `kind` may say, and what such a reader sends.
KINDS = {
    "rdm6300": "RDM6300, or an EM-18 that frames alike: 02, ten hex digits, checksum, 03",
    "em18": "EM-18 without a frame: twelve hex digits and a pause",
}


@dataclass(frozen=True, slots=True)
class Options:
    """One reader. `kind` is one of `KINDS`; `port` its name under /dev/serial/by-id."""

    kind: str
    port: str
