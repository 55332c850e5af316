"""The admin socket: how the command line asks a running process.

One Unix socket per process, in its runtime directory, mode 0600: whoever may
connect is the process's own user or root. A question is one line of JSON,
`{"v": 1, "verb": …, …}`; so is the answer, `{"ok": …}` or `{"error": "a sentence"}`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger("admin")

VERSION = 1
#: A roster of thousands of lines fits; what is longer is no question.
LONGEST = 16 * 1024 * 1024

Answer = Callable[..., Any]


class AdminError(RuntimeError):
    """What the asked process answered instead: a sentence for the operator."""


class NotRunning(AdminError):
    """Nobody listens on that socket."""


class AdminSocket:
    """Answers questions in a thread of its own, one at a time.

    `verbs` maps a verb to what answers it, called with the question's other
    keys; what it raises as ValueError, KeyError or AdminError becomes the
    sentence of the answer, and anything else is logged and answered as a fault.
    """

    def __init__(self, path: Path, verbs: Mapping[str, Answer]) -> None:
        self.path = path
        self._verbs = dict(verbs)
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._listener.bind(str(path))
        except OSError:
            self._listener.close()
            raise
        finally:
            os.umask(before)
        self._listener.listen(8)
        self._stopped = False
        self._thread = threading.Thread(target=self._serve, name="admin", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join(2)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def _serve(self) -> None:
        while not self._stopped:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5)
                with contextlib.suppress(OSError):
                    line = _read_line(peer)
                    peer.sendall(json.dumps(self._answer(line)).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
            if not isinstance(question, dict) or question.pop("v", None) != VERSION:
                return {"error": f"not a question of version {VERSION}"}
            verb = question.pop("verb", None)
            if verb not in self._verbs:
                return {"error": f"{verb!r}: expected one of {', '.join(sorted(self._verbs))}"}
            return {"ok": self._verbs[verb](**question)}
        except (ValueError, TypeError, AdminError) as wrong:
            return {"error": str(wrong)}
        except KeyError as missing:
            return {"error": f"{missing.args[0]}: unknown"}
        except Exception:
            log.exception("a question of the command line failed")
            return {"error": "the running process failed to answer; its log says why"}


def ask(path: Path, verb: str, *, timeout_s: float = 30, **question: Any) -> Any:
    """The answer of the process that listens on `path`.

    Raises NotRunning where none does, AdminError with its sentence where it refuses.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(timeout_s)
        try:
            wire.connect(str(path))
            wire.sendall(json.dumps({"v": VERSION, "verb": verb, **question}).encode() + b"\n")
            answer = json.loads(_read_line(wire))
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunning(f"{path}: nothing is running there") from None
        except (OSError, ValueError) as wrong:
            raise AdminError(f"{path}: no answer ({wrong})") from wrong
    if "error" in answer:
        raise AdminError(answer["error"])
    return answer.get("ok")


def _read_line(wire: socket.socket) -> bytes:
    got = bytearray()
    while not got.endswith(b"\n"):
        piece = wire.recv(65536)
        if not piece or len(got) > LONGEST:
            break
        got += piece
    return bytes(got)
