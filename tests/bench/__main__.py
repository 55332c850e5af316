"""Every figure, one module after another: `make bench`, or `python -m tests.bench journal tap`."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import tests.bench


def modules() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def main(names: list[str]) -> int:
    """One process each, so that no figure warms up the next."""
    failed = []
    for name in names or modules():
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nnot measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
