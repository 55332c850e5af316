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
    """Makes the venv; the reason where that fails. Half a venv would pass for a whole one."""
    folder = HOME / version
    print(f"OctoPrint {version}: installing into {folder} (about half a minute) …", flush=True)
    try:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--retries", "1"]
        command = [*pip, f"OctoPrint=={version}"]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    except BaseException as failed:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(failed, subprocess.CalledProcessError):
            return _reason(str(failed.stderr or failed.stdout or failed))
        if isinstance(failed, OSError | subprocess.TimeoutExpired):
            return str(failed)
        raise
    return ""


def _reason(output: str) -> str:
    """The line of pip's output that says it."""
    lines = output.strip().splitlines()
    if any("connection broken" in line for line in lines):
        return "the package index cannot be reached"
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines)[-1].strip()


if __name__ == "__main__":
    sys.exit(main())
