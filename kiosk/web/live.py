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
#: Streams of one browser: a second tab, or the page that is being left.
EACH = 2
#: A browser whose stream broke comes back after this long.
RETRY = "retry: 2000\n\n"
BEAT = "event: beat\ndata: 1\n\n"

#: What is to be sent of a view, as frames; "" where nothing differs from what was sent.
Paint = Callable[[LabView], str]


class Streams:
    """The places for live streams of one page, and the word that ends them all.

    A browser that goes from page to page leaves streams behind that nobody reads: of
    one browser (`who`), a third stream ends the first, within a second. So does a stream
    whose browser may look no more (`may_look`, asked within its request).
    """

    def __init__(
        self,
        most: int,
        closing: threading.Event,
        may_look: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may_look = may_look
        self._places = threading.BoundedSemaphore(most)
        self._closing = closing
        self._lock = threading.Lock()
        self._of: dict[str, list[threading.Event]] = {}

    def open(self, screens: Screens, paint: Paint, who: str = "") -> Response:
        """A stream of `paint`, begun with the whole picture; 503 where no place is left."""
        over = self._take_turn(who) if who else threading.Event()
        if not self._places.acquire(blocking=False):
            self._leave(who, over)
            abort(503, "All live streams are taken: ask again every 3 s instead.")

        def ends() -> bool:
            return self._closing.is_set() or over.is_set() or not self._may_look()

        frames = follow(screens, paint, ends)

        def gone() -> None:
            self._leave(who, over)
            self._places.release()

        response = Response(stream_with_context(frames), mimetype="text/event-stream")
        response.call_on_close(_once(gone))
        return response

    def _take_turn(self, who: str) -> threading.Event:
        """The word that will end this stream; said to those of that browser that are too many."""
        over = threading.Event()
        with self._lock:
            streams = self._of.setdefault(who, [])
            streams.append(over)
            for old in streams[:-EACH]:
                old.set()
        return over

    def _leave(self, who: str, over: threading.Event) -> None:
        with self._lock:
            left = [one for one in self._of.pop(who, []) if one is not over]
            if left:
                self._of[who] = left


def follow(
    screens: Screens,
    paint: Paint,
    over: Callable[[], bool],
    beat_s: float = BEAT_S,
    longest_s: float = LONGEST_S,
) -> Iterator[str]:
    """The frames of one stream. At each beat the view is read anew, since its ages have grown."""
    began = beaten = time.monotonic()
    view = screens.view()
    yield RETRY + paint(view)
    for change in changes(screens, view.revision, min(1.0, beat_s)):
        now = time.monotonic()
        if over() or now - began > longest_s:
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
