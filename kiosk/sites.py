"""A site file as this program reads it: with the kinds of device that it has."""

from __future__ import annotations

from pathlib import Path

from config.load import SiteError, is_central, is_lab, load_central, load_site
from config.site import CentralSite, Site
from kiosk.kinds import driver_kinds, reader_kinds

__all__ = ["SiteError", "is_central", "read_central", "read_site"]


def read_site(path: Path) -> Site:
    """The lab of a file. Raises SiteError, whose text is one line for each thing wrong."""
    if is_central(path):
        raise SiteError([f"{path}: the file of a central store: expected a lab's, with [lab]"])
    return load_site(path, driver_kinds(), reader_kinds())


def read_central(path: Path) -> CentralSite:
    """The central store of a file. Raises SiteError likewise."""
    if is_lab(path):
        raise SiteError([f"{path}: the file of a lab: expected a central store's, without [lab]"])
    return load_central(path)
