"""What two real OctoPrints said: `tests/recordings/octoprint-<version>/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[1] / "recordings"
VERSIONS = ("1.11.8", "2.0.0rc7")


def recorded(version: str, name: str) -> Any:
    return json.loads((RECORDINGS / f"octoprint-{version}" / f"{name}.json").read_text())


def names(folder: str) -> list[tuple[str, str]]:
    """(version, name) of every recording in a folder."""
    return [
        (version, f"{folder}/{path.stem}")
        for version in VERSIONS
        for path in sorted((RECORDINGS / f"octoprint-{version}" / folder).glob("*.json"))
    ]
