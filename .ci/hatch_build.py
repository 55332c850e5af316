"""The build's one step of its own: catalogues of translation, compiled."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from kiosk.web.catalogues import compile_catalogues

        made = compile_catalogues(root / "kiosk")
        build_data["artifacts"] += [str(path.relative_to(root)) for path in made]
