"""What a file is by its name and its first bytes, whatever it calls itself."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from kiosk.files.refused import FileRefused

SUFFIXES = (".gcode", ".gco", ".g", ".gc")
#: Characters of a name that are kept: as long as a line of a page.
NAME_AT_MOST = 120

#: Suffixes that a member may well bring instead, and what they are.
_INSTEAD = {
    ".3mf": "project",
    ".stl": "model",
    ".obj": "model",
    ".step": "model",
    ".stp": "model",
    ".bgcode": "bgcode",
    ".bgc": "bgcode",
    ".zip": "archive",
    ".ufp": "archive",
}
#: First bytes. Source: PKZIP APPNOTE 4.3.7; prusa3d/libbgcode, doc/specifications.md.
_MAGIC = {b"PK\x03\x04": "archive", b"GCDE": "bgcode", b"\x1f\x8b": "archive", b"solid ": "model"}
#: No text has these: NUL to BS, and what Ctrl-C and Escape send.
_CONTROLS = bytes({*range(9), *range(14, 32)} - {27})


def check_name(name: str) -> None:
    """Raises FileRefused. `plate.gcode.3mf` is a project: its last suffix counts."""
    suffix = PurePosixPath(clean_name(name).lower()).suffix
    if suffix not in SUFFIXES:
        raise FileRefused(_INSTEAD.get(suffix, "suffix"), suffix)


def check_start(first: bytes) -> None:
    """Raises FileRefused where the first bytes are no text's."""
    for magic, kind in _MAGIC.items():
        if first.startswith(magic):
            raise FileRefused(_of_archive(first) if kind == "archive" else kind)


def check_text(chunk: bytes) -> None:
    """Raises FileRefused. UTF-8, Latin-1 and broken letters are all taken."""
    if len(chunk.translate(None, _CONTROLS)) != len(chunk):
        raise FileRefused("binary")


def clean_name(name: str) -> str:
    """For a person to read: no folders, no controls, nothing that turns the line around.

    >>> clean_name("C:\\\\parts\\\\../mug\\u202e\\x00.gcode")
    'mug.gcode'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        c for c in last if unicodedata.category(c)[0] not in "C" and c not in "\u2028\u2029"
    )
    plain = " ".join(unicodedata.normalize("NFC", shown).split())
    if len(plain) > NAME_AT_MOST:
        stem, dot, suffix = plain.rpartition(".")
        short = len(suffix) <= 10 and dot
        plain = (
            f"{stem[: NAME_AT_MOST - len(suffix) - 2]}…{dot}{suffix}"
            if short
            else plain[:NAME_AT_MOST]
        )
    return plain


def _of_archive(first: bytes) -> str:
    """A 3MF is a ZIP with a folder of that name. Source: 3MF Core Specification, 2.1."""
    return "project" if b"3D/" in first or b"[Content_Types]" in first else "archive"
