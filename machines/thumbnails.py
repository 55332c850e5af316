"""Pictures in the comments of a G-code file: found, decoded, and measured by their own bytes.

A block is `; thumbnail begin 220x124 5432`, lines of base64, `; thumbnail end`; PNG
where nothing is said, else `thumbnail_JPG`, `thumbnail_QOI`. PNG and JPEG are kept,
which browsers show. Source: PrusaSlicer, src/libslic3r/GCode/Thumbnails.hpp.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import dataclass

#: What a page has room for, and a slicer writes.
WIDEST = 640
HEAVIEST = 100_000

_BLOCK = re.compile(
    rb"^; *thumbnail(?:_[A-Z0-9]+)? begin[^\n]*\n"
    rb"((?:;(?! *thumbnail)[^\n]*\n)*)"
    rb"; *thumbnail(?:_[A-Z0-9]+)? end",
    re.M,
)
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
#: The markers of a JPEG's frame, which holds its size. Source: ITU-T T.81, table B.1.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Thumbnail:
    kind: str  #: png or jpg
    width: int
    height: int
    data: bytes


def thumbnails(head: bytes) -> tuple[Thumbnail, ...]:
    """Those that can be shown, the largest last. Never raises.

    One that is larger than `WIDEST` or heavier than `HEAVIEST` is left out, and so is
    one whose bytes are not those of a picture, whatever its comment says.
    """
    found = [told for block in _BLOCK.findall(head) if (told := thumbnail(_decoded(block)))]
    return tuple(sorted(found, key=lambda told: told.width * told.height))


def thumbnail(data: bytes) -> Thumbnail | None:
    """The picture that these bytes are; None where they are none, or one too large."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 33:
        kind, size = "png", struct.unpack(">II", data[16:24])
    elif data.startswith(_JPEG):
        kind, size = "jpg", _jpeg_size(data)
    else:
        return None
    width, height = size
    fits = 0 < width <= WIDEST and 0 < height <= WIDEST and len(data) <= HEAVIEST
    return Thumbnail(kind, width, height, data) if fits else None


def _decoded(block: bytes) -> bytes:
    text = b"".join(line.lstrip(b"; \t").strip() for line in block.splitlines())
    if len(text) > 2 * HEAVIEST:
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """(0, 0) where no frame is found."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0
