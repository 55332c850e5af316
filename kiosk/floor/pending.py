"""What comes of an act: an answer at once, or one that waits for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.floor.acts import Told
from machines.journal import Entry


@dataclass(frozen=True, slots=True)
class Pending:
    """What is done once `future` is: `done` on the floor's thread, or `failed`."""

    future: Future[Entry]
    done: Callable[[Entry], Told] = lambda _: Told(True)
    failed: Callable[[], None] = lambda: None


Outcome = Told | Pending


def together(futures: Sequence[Future[Entry]]) -> Future[Entry]:
    """Done when all of them are: the first one's entry, or why one of them failed."""
    whole: Future[Entry] = Future()
    lock, left = threading.Lock(), len(futures)

    def one_more(_: Future[Entry]) -> None:
        nonlocal left
        with lock:
            left -= 1
            if left:
                return
        wrong = next((one.exception() for one in futures if one.exception()), None)
        if wrong:
            whole.set_exception(wrong)
        else:
            whole.set_result(futures[0].result())

    for future in futures:
        future.add_done_callback(one_more)
    return whole
