"""One presentation of a badge, out of the frames that a reader repeats while the badge is held.

A reader says a number some ten times a second for as long as the badge lies on
it, and may miss a few. The same number soon after its last frame is the same
presentation; another number is a new one at once.
"""

from __future__ import annotations

from machines.instants import SECOND

#: A badge held, moved, or tapped twice by accident is one presentation.
APART_US = 3 * SECOND
#: A badge that lies on a reader is heard some five times in this.
LISTEN_US = SECOND // 2


class Presence:
    """What lies on one reader. Times are microseconds of one boot clock.

    >>> here = Presence()
    >>> here.frame("00D2F5C3", 0), here.frame("00D2F5C3", 2_000_000)
    (True, False)
    >>> here.frame("00D2F5C3", 4_500_000), here.frame("00D2F5C3", 7_500_000)
    (False, True)

    Each badge is remembered by itself: two held together on one reader, whose
    frames alternate, are two presentations and not twenty a second.
    """

    def __init__(self, apart_us: int = APART_US) -> None:
        self._apart_us = apart_us
        self._last: dict[str, int] = {}
        self._listens_until_us: int | None = None

    def listen(self, at_us: int) -> None:
        """The reader has just begun to be heard: what it says at once lay on it already.

        A badge left on a machine's reader is nobody's wish that it run when power comes back.
        """
        self._listens_until_us = at_us + LISTEN_US

    def lose(self) -> None:
        """The reader is heard no more."""
        self._listens_until_us = None

    @property
    def listens(self) -> bool:
        return self._listens_until_us is not None

    def has_listened(self, at_us: int) -> bool:
        """Whether it is from now on that a badge is a presentation. Said once."""
        if self._listens_until_us is None or at_us < self._listens_until_us:
            return False
        self._listens_until_us = None
        return True

    def frame(self, number: str, at_us: int) -> bool:
        """Whether this frame is a new presentation. A repeat makes the presentation last on."""
        self._forget(at_us)
        new = number not in self._last
        self._last[number] = max(at_us, self._last.get(number, at_us))
        return new and not self._is_listening(at_us)

    def is_away(self, number: str, at_us: int) -> bool:
        """Whether the badge has not been seen for long enough to count as taken away."""
        self._forget(at_us)
        return number not in self._last

    def _is_listening(self, at_us: int) -> bool:
        return self._listens_until_us is not None and at_us < self._listens_until_us

    def _forget(self, at_us: int) -> None:
        self._last = {n: at for n, at in self._last.items() if at_us - at < self._apart_us}
