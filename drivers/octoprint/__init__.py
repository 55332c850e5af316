"""A 3D printer behind OctoPrint (1.11 and 2.0), by its REST interface and push stream.

Polling alone is right; the push stream makes it quick. The key is a user's or
an application's API key (OctoPrint's settings, "Application Keys"), with the
permissions that drivers/README.md names; it stands alone in a file of the credentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

NAME = "octoprint"


@dataclass(frozen=True, slots=True)
class Options:
    """Where the OctoPrint of a printer is, and how often it is asked."""

    url: str  #: "http://prusa.lan", or "http://octopi.lan/prusa" behind a proxy
    key_file: str  #: name of the file, in the credentials directory, that holds the API key
    poll_s: float = 3.0  #: field seconds between two questions
    push: bool = True  #: listen to the push stream as well

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence."""
        where = urlsplit(self.url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError(f"url = {self.url!r}: expected such as http://prusa.lan")
        if where.query or where.fragment or where.username or where.password:
            raise ValueError(f"url = {self.url!r}: expected host and path alone, no key or query")
        if not 0.1 <= self.poll_s <= 300:
            raise ValueError(f"poll_s = {self.poll_s:g}: expected 0.1 to 300 seconds")
        if not self.key_file or "/" in self.key_file:
            raise ValueError(f"key_file = {self.key_file!r}: expected the name of a file")
