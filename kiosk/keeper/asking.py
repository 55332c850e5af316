"""What the command line asks of the keeper that runs: how its lines are, and to put them off."""

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


def show(path: Path) -> tuple[say.LineReport, ...]:
    """The lines as they are. Raises NoKeeper, KeeperSilent."""
    return _ask(path, say.Show(say.VERSION))


def put_off(path: Path) -> tuple[say.LineReport, ...]:
    """The lines, once the keeper has put them all off. Raises NoKeeper, KeeperSilent."""
    return _ask(path, say.PutOff(say.VERSION))


def _ask(path: Path, question: say.Asked) -> tuple[say.LineReport, ...]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(PATIENCE_S)
        try:
            wire.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError) as none:
            raise NoKeeper(f"{path}: no relay keeper runs") from none
        except OSError as wrong:
            raise KeeperSilent(f"{path}: {wrong}") from wrong
        try:
            wire.sendall(say.encode(question))
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
