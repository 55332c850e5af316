"""What the tablet asks of the cameras: the last picture of a printer, whoever looks."""

from __future__ import annotations

from typing import Protocol


class Cameras(Protocol):
    """One fetch is shared by all who look."""

    def snapshot(self, machine: str) -> tuple[bytes, str, float] | None:
        """The picture, its type (image/jpeg or image/png) and its age in seconds; None: none."""
        ...


class NoCameras:
    """`Cameras` of a lab that has none."""

    def snapshot(self, machine: str) -> None:
        return None
