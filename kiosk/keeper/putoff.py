"""Everything off from the command line: asked of the keeper that runs."""

from __future__ import annotations

import socket
from pathlib import Path

from kiosk.keeper import protocol as say

#: A keeper answers within a millisecond; one that does not is hung.
PATIENCE_S = 2.0


class NoKeeper(RuntimeError):
    """Nobody listens on that socket."""


class KeeperSilent(RuntimeError):
    """A keeper listens, and does not answer."""


def put_off(path: Path) -> tuple[say.LineReport, ...]:
    """The lines, once the keeper has put them off. Raises NoKeeper, KeeperSilent."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(PATIENCE_S)
        try:
            wire.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError) as none:
            raise NoKeeper(f"{path}: no relay keeper runs") from none
        except OSError as wrong:
            raise KeeperSilent(f"{path}: {wrong}") from wrong
        try:
            wire.sendall(say.encode(say.PutOff(say.VERSION)))
            answer = _first_line(wire)
        except (OSError, say.ProtocolError) as wrong:
            raise KeeperSilent(f"{path}: the relay keeper does not answer ({wrong})") from wrong
    if not isinstance(answer, say.Lines):
        raise KeeperSilent(f"{path}: {getattr(answer, 'sentence', 'no answer')}")
    return answer.lines


def _first_line(wire: socket.socket) -> say.Told:
    cutter = say.Cutter()
    while True:
        data = wire.recv(65536)
        if not data:
            raise say.ProtocolError("it hung up")
        for line in cutter.feed(data):
            return say.decode_told(line)
