"""The build's one step of its own: catalogues of translation compiled, .po to .mo.

They are not in git: `pip install .` and `pip install -e .` make them. The pages
fall back to English where they are missing, and a test says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made = compile_catalogues(Path(self.root) / "kiosk")
        build_data["artifacts"] += [str(path.relative_to(self.root)) for path in made]


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
