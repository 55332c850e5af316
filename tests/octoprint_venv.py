"""Brings the real OctoPrints that some tests talk to: `python -m tests.octoprint_venv`.

Each version stands in a venv of its own, `.octoprint/<version>`: its pins would
hold back ours. One of its requirements has no wheel and wants a C compiler;
where that, or the network, is missing, the reason is printed and the tests are
skipped (on the build server they fail).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv

from tests.octoprint_peer import HOME, VERSIONS, binary


def main() -> int:
    for version in VERSIONS:
        if binary(version).exists():
            continue
        reason = _why_not() or _install(version)
        if reason:
            print(f"OctoPrint {version} is left out, and its tests are skipped: {reason}")
    return 0


def _why_not() -> str:
    compilers = (os.environ.get("CC"), "cc", "gcc", "clang")
    if not any(shutil.which(compiler) for compiler in compilers if compiler):
        return "no C compiler here (on Debian: apt install gcc python3-dev)"
    return ""


def _install(version: str) -> str:
    """Into a folder that gets its name when it is whole; the reason where that fails.

    A venv cannot be moved, since its scripts name it: it is made in place, and
    taken away again unless it is whole.
    """
    folder = HOME / version
    print(f"OctoPrint {version}: installing into {folder} (about half a minute) …", flush=True)
    try:
        venv.create(folder, with_pip=True, clear=True)
        python = str(folder / "bin" / "python")
        command = [python, "-m", "pip", "install", "--quiet", f"OctoPrint=={version}"]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    except subprocess.CalledProcessError as failed:
        shutil.rmtree(folder, ignore_errors=True)
        lines = (failed.stderr or failed.stdout or str(failed)).strip().splitlines()
        errors = [line for line in lines if "error" in line.lower()] or lines
        return errors[-1].strip()
    except (OSError, subprocess.TimeoutExpired) as failed:
        shutil.rmtree(folder, ignore_errors=True)
        return str(failed)
    except BaseException:  # Ctrl-C half-way: half a venv would pass for a whole one
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return ""


if __name__ == "__main__":
    sys.exit(main())
