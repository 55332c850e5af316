"""Live streams (server-sent events): capped, with a heartbeat, and never older than ten minutes.

Each stream holds one of the server's threads. A dead client's thread comes back
only when something is written to it, twice: hence the heartbeat. What finds no
place gets 503, and its page asks every 3 s instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Response, abort, stream_with_context

from kiosk.floor.view import LabView, Screens, changes

BEAT_S = 10.0
LONGEST_S = 600.0
#: A browser whose stream broke comes back after this long.
RETRY = "retry: 2000\n\n"
BEAT = "event: beat\ndata: 1\n\n"

#: What is to be sent of a view, as frames; "" where nothing differs from what was sent.
Paint = Callable[[LabView], str]


class Streams:
    """The places for live streams of one page, and the word that ends them all."""

    def __init__(self, most: int, closing: threading.Event) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._closing = closing

    def open(self, screens: Screens, paint: Paint) -> Response:
        """A stream of `paint`, begun with the whole picture; 503 where no place is left."""
        if not self._places.acquire(blocking=False):
            abort(503, "All live streams are taken: ask again every 3 s instead.")
        frames = follow(screens, paint, self._closing)
        response = Response(stream_with_context(frames), mimetype="text/event-stream")
        response.call_on_close(_once(self._places.release))
        return response


def follow(
    screens: Screens,
    paint: Paint,
    closing: threading.Event,
    beat_s: float = BEAT_S,
    longest_s: float = LONGEST_S,
) -> Iterator[str]:
    """The frames of one stream. At each beat the view is read anew, since its ages have grown."""
    began = beaten = time.monotonic()
    view = screens.view()
    yield RETRY + paint(view)
    for change in changes(screens, view.revision, min(1.0, beat_s)):
        now = time.monotonic()
        if closing.is_set() or now - began > longest_s:
            return
        if change is None and now - beaten < beat_s:
            continue
        yield paint(change or screens.view()) or BEAT
        beaten = now


def frame(data: str, event: str = "") -> str:
    """One message, whatever its line ends."""
    head = f"event: {event}\n" if event else ""
    return head + "".join(f"data: {line}\n" for line in data.splitlines()) + "\n"


def _once(release: Callable[[], None]) -> Callable[[], None]:
    """A stream may be closed twice, by its end and by its client: its place is given back once."""
    done = threading.Lock()

    def give_back() -> None:
        if done.acquire(blocking=False):
            release()

    return give_back
