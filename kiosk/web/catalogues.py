"""Catalogues of translation, compiled from .po to .mo.

The compiled ones are not in git: the build makes them (`.ci/hatch_build.py`).
Pages fall back to English where they are missing, and a test says so.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(under: Path) -> list[Path]:
    """Compile every catalogue below `under`, and say where to. The newer file takes the older's
    place whole, since a running kiosk or another build may be reading it."""
    made = []
    for source in sorted(under.rglob("LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        fresh = target.with_suffix(f".{os.getpid()}")
        with source.open("rb") as text, fresh.open("wb") as binary:
            write_mo(binary, read_po(text, locale=source.parts[-3]))
        made.append(fresh.replace(target))
    return made
