"""The keeper's socket: visitors come, say lines, are answered and leave, whoever they are.

One thread, nothing blocks: a visitor that floods, stops reading or says
nothing at all costs a bounded amount of memory and never keeps another waiting.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import selectors
import socket
from collections.abc import Iterator
from pathlib import Path

from kiosk.keeper.protocol import Cutter, No, ProtocolError, Told, encode

log = logging.getLogger("relays")

#: Connections at once: the kiosk, the one that takes over, the command line, and strays.
AT_MOST = 16
#: Unread answers of a visitor that does not read: beyond, it is as good as dead.
UNREAD_AT_MOST = 256 * 1024


class DoorError(RuntimeError):
    """The socket cannot be had: a sentence for the operator."""


class Visitor:
    """One connection, when it came (real microseconds), and what it has not read yet."""

    def __init__(self, end: socket.socket, came_us: int) -> None:
        end.setblocking(False)
        self.end = end
        self.came_us = came_us
        self.cutter = Cutter()
        self.unread = b""


class Door:
    """Listens on `path`, which it alone has as long as it lives. Raises DoorError."""

    def __init__(self, path: Path) -> None:
        self.visitors: set[Visitor] = set()
        self._path = path
        self._lock = _take_the_lock(path)
        self._listener = _listen(path)
        self._bell, self._ring = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for end in (self._listener, self._bell):
            end.setblocking(False)
            self._selector.register(end, selectors.EVENT_READ)

    def wake(self) -> None:
        """End the wait under way. May be called from a signal handler or another thread."""
        with contextlib.suppress(OSError):
            self._ring.send(b"!")

    def heard(self, patience_s: float, now_us: int) -> Iterator[tuple[Visitor, bytes]]:
        """Every whole line that visitors have said, waiting at most so long for the first."""
        for key, mask in self._selector.select(patience_s):
            if key.fileobj is self._listener:
                self._let_in(now_us)
            elif key.fileobj is self._bell:
                self._bell.recv(64)
            elif key.data in self.visitors:
                yield from self._attend(key.data, mask)

    def answer(self, visitor: Visitor, message: Told) -> None:
        """Said at the next `flush`: what was asked in one go is done before it is answered."""
        if visitor not in self.visitors:
            return
        visitor.unread += encode(message)
        if len(visitor.unread) > UNREAD_AT_MOST:
            log.warning("a visitor that does not read is parted with")
            self.part_with(visitor)

    def flush(self) -> None:
        for visitor in list(self.visitors):
            if visitor.unread:
                self._write(visitor)

    def send_away(self, visitor: Visitor, sentence: str) -> None:
        self.answer(visitor, No(sentence))
        self.flush()
        self.part_with(visitor)

    def part_with(self, visitor: Visitor) -> None:
        if visitor in self.visitors:
            self.visitors.discard(visitor)
            self._selector.unregister(visitor.end)
            visitor.end.close()

    def close(self) -> None:
        for visitor in list(self.visitors):
            self.part_with(visitor)
        self._path.unlink(missing_ok=True)
        self._selector.close()
        for end in (self._listener, self._bell, self._ring):
            end.close()
        os.close(self._lock)

    def _let_in(self, now_us: int) -> None:
        try:
            end, _ = self._listener.accept()
        except OSError as wrong:
            log.warning("a visitor could not come in: %s", wrong)
            return
        if len(self.visitors) >= AT_MOST:
            end.close()
            return
        visitor = Visitor(end, now_us)
        self.visitors.add(visitor)
        self._selector.register(end, selectors.EVENT_READ, visitor)

    def _attend(self, visitor: Visitor, mask: int) -> Iterator[tuple[Visitor, bytes]]:
        if mask & selectors.EVENT_WRITE:
            self._write(visitor)
        if not mask & selectors.EVENT_READ:
            return
        try:
            data = visitor.end.recv(65536)
            lines = visitor.cutter.feed(data)
        except BlockingIOError:
            return
        except OSError:
            self.part_with(visitor)
            return
        except ProtocolError as wrong:
            self.send_away(visitor, str(wrong))
            return
        for line in lines:
            if visitor in self.visitors:
                yield visitor, line
        if not data:
            self.part_with(visitor)

    def _write(self, visitor: Visitor) -> None:
        """As much as it takes now; the rest when it reads."""
        try:
            sent = visitor.end.send(visitor.unread)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.part_with(visitor)
            return
        visitor.unread = visitor.unread[sent:]
        waits = selectors.EVENT_READ | (selectors.EVENT_WRITE if visitor.unread else 0)
        if self._selector.get_key(visitor.end).events != waits:
            self._selector.modify(visitor.end, waits, visitor)


def _take_the_lock(path: Path) -> int:
    """Held as long as the process lives: the kernel lets go of it however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        why = f"{path.parent}: {wrong.strerror}: expected a runtime directory to write in"
        raise DoorError(why) from wrong
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as wrong:
        os.close(lock)
        raise DoorError(f"{path}: another relay keeper runs; stop it first") from wrong
    return lock


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o117)
    try:
        listener.bind(str(path))
    except OSError as wrong:
        listener.close()
        raise DoorError(f"{path}: {wrong}: expected a path of at most 107 characters") from wrong
    finally:
        os.umask(before)
    listener.listen(64)
    return listener
