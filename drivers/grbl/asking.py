"""When to ask a controller for a report, and how long it has owed one.

Two `?` before an answer give one answer: asking while the sender asks would eat
its answers, so we ask only while it does not. GRBL advises 5 a second at most.
"""

from __future__ import annotations

#: Field seconds between two questions of ours: while something goes on, and at rest.
EAGER_S, GENTLE_S = 0.2, 1.0
#: Real seconds without a question of the sender's, and it does not poll.
SENDER_QUIET_S = 0.6
#: Real seconds between two questions at the least, however fast the field goes.
LEAST_S = 0.045


class Asking:
    """Times: `now` in real seconds, `field_s` in field seconds, both only growing."""

    def __init__(self) -> None:
        self._sender_asked = float("-inf")
        self._asked = float("-inf")
        self._asked_field = float("-inf")
        self._owed_since: float | None = None

    def sender_asked(self, now: float) -> None:
        self._sender_asked = now
        self._owe(now)

    def sender_left(self) -> None:
        """Nobody asks any more, so that the next question is ours, and soon."""
        self._sender_asked = float("-inf")

    def answered(self) -> None:
        self._owed_since = None

    def due(self, now: float, field_s: float, eager: bool) -> bool:
        """Whether to ask now; if so, it counts as asked."""
        if self.wait_s(now, field_s, eager) > 0:
            return False
        self._asked, self._asked_field = now, field_s
        self._owe(now)
        return True

    def wait_s(self, now: float, field_s: float, eager: bool) -> float:
        """Seconds until our next question could be due: of the field, where those are shorter."""
        return max(
            0.0,
            self._asked_field + (EAGER_S if eager else GENTLE_S) - field_s,
            self._sender_asked + SENDER_QUIET_S - now,
            self._asked + LEAST_S - now,
        )

    def owed_s(self, now: float) -> float:
        """For how long a question has gone unanswered; 0 where none has."""
        return 0.0 if self._owed_since is None else now - self._owed_since

    def _owe(self, now: float) -> None:
        if self._owed_since is None:
            self._owed_since = now
