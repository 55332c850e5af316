r"""Recorded conversations with a real GRBL: read, and played again over a pseudo-terminal.

A recording has lines `seconds >> bytes` (host to GRBL), `seconds << bytes` and
`seconds ## note`; bytes are printable ASCII with `\r`, `\n` and `\xNN` escaped.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import threading
import tty
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from drivers.grbl.wire import ASK

TO, FROM, NOTE = ">>", "<<", "##"

_LINE = re.compile(r" *(\d+\.\d+) (>>|<<|##) (.*)")
_ESCAPE = re.compile(r"\\(r|n|x[0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Step:
    """`what` is TO, FROM or NOTE."""

    at_s: float
    what: str
    data: bytes


def read(path: Path) -> tuple[Step, ...]:
    """Raises ValueError where the file is no such recording."""
    return tuple(_step(line, path) for line in path.read_text().splitlines() if line.strip())


def sent(steps: Iterable[Step], what: str = FROM) -> bytes:
    return b"".join(step.data for step in steps if step.what == what)


def _step(line: str, path: Path) -> Step:
    found = _LINE.fullmatch(line)
    if not found:
        raise ValueError(f"{path}: {line!r}: expected seconds, then >>, << or ##")
    return Step(float(found[1]), found[2], _ESCAPE.sub(_unescape, found[3]).encode("latin-1"))


def _unescape(found: re.Match[str]) -> str:
    return {"r": "\r", "n": "\n"}.get(found[1]) or chr(int(found[1][1:], 16))


class Replay:
    """A pty that waits for what the recording's host sent, and answers as GRBL did then.

    A question is picked out wherever it stands, and one more than the host's own
    goes unanswered: two `?` before a report are one. `went_wrong` says where
    another thing came; `done` is set once all is said.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = [step for step in steps if step.what != NOTE]
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self.done = threading.Event()
        self.went_wrong = ""
        self._stopped = threading.Event()
        self._came = bytearray()
        self._asked = False
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join(2)
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        for step in self._steps:
            if step.what == FROM:
                os.write(self._ours, step.data)
            elif not self._hears(step.data):
                return
        self.done.set()

    def _hears(self, wanted: bytes) -> bool:
        asks, wanted = ASK in wanted, wanted.replace(ASK, b"")
        while len(self._came) < len(wanted) or (asks and not self._asked):
            if self._stopped.is_set():
                return False
            self._listen()
        if asks:
            self._asked = False
        heard = bytes(self._came[: len(wanted)])
        del self._came[: len(wanted)]
        if heard != wanted:
            self.went_wrong = f"expected {wanted!r}, came {heard!r}"
        return heard == wanted

    def _listen(self) -> None:
        if select.select([self._ours], [], [], 0.05)[0]:
            data = os.read(self._ours, 4096)
            self._asked = self._asked or ASK in data
            self._came += data.replace(ASK, b"")
