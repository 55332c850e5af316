"""Keys and tokens: one file each, in the folder that systemd hands over or the site file names.

A key is text or bytes; a line end that an editor left at its end is not part
of it. What is read is never logged.
"""

from __future__ import annotations

import os
from pathlib import Path


class CredentialError(RuntimeError):
    """A key that is missing or cannot be read: a sentence for the operator, without the key."""


def credential(folder: Path, name: str) -> bytes:
    """The key `name`: of `$CREDENTIALS_DIRECTORY` where that has it, else of `folder`.

    Raises CredentialError.
    """
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    places = [Path(handed) / name] if handed else []
    for file in (*places, folder / name):
        try:
            key = file.read_bytes().strip(b"\r\n")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CredentialError(f"{file}: {error.strerror}: expected the key {name}") from error
        if not key:
            raise CredentialError(f"{file}: empty: expected the key {name}")
        return key
    raise CredentialError(f"{folder / name}: not there: expected the key {name}")
