"""Units as they stand on a Pi: the templates of `units/` with their paths filled in.

    python -m systemd.render --prefix /opt/fablab --etc /etc/fablab --out DIR

Standard library only, as the installer runs it before anything is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

UNITS = Path(__file__).parent / "units"

#: What systemd takes as the name of a credential, and we as the name of a file.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def render(prefix: Path, etc: Path, credentials: Sequence[str] = ()) -> dict[str, str]:
    """Every unit by its file name. `credentials`: names of files in `etc`."""
    filled = {
        "@PREFIX@": str(prefix),
        "@ETC@": str(etc),
        "@HARDENING@": (UNITS / "hardening.conf").read_text().strip(),
        "@CREDENTIALS@": "\n".join(f"LoadCredential={name}:{etc}/{name}" for name in credentials),
    }
    return {unit.name: _fill(unit.read_text(), filled) for unit in sorted(UNITS.glob("*.service"))}


def secrets(etc: Path) -> Iterator[str]:
    """The names of the credential files of a folder: all but the site files and certificates.

    A credential that is named but not there keeps a unit from starting: hence
    only those that are.
    """
    for file in sorted(etc.iterdir() if etc.is_dir() else ()):
        if file.is_file() and file.suffix not in (".toml", ".pem") and _NAME.fullmatch(file.name):
            yield file.name


def _fill(text: str, filled: dict[str, str]) -> str:
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="systemd.render", description=__doc__)
    parser.add_argument("--prefix", type=Path, default=Path("/opt/fablab"))
    parser.add_argument("--etc", type=Path, default=Path("/etc/fablab"))
    parser.add_argument(
        "--secrets", type=Path, help="where the files of --etc are now, if elsewhere"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the units")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    names = tuple(secrets(args.secrets or args.etc))
    for name, text in render(args.prefix, args.etc, names).items():
        (args.out / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
