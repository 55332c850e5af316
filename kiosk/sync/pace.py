"""How long the sync rests between two rounds: so that labs that come back do not come at once."""

from __future__ import annotations

#: However long the central was away, it is asked again this often.
LONGEST_S = 900.0
#: However lucky the draw.
SHORTEST_S = 1.0


def rest_s(every_s: float, failures: int, retry_after_s: float, draw: float) -> float:
    """Seconds until the next round; `failures` rounds in a row have failed, `draw` is 0 to 1.

    After a good round, `every_s` give or take a tenth. After bad ones, anything
    up to a limit that doubles (full jitter: a thousand labs whose central
    restarts spread over the whole span), and never before the central asked for.

    >>> [rest_s(60, failures, 0, draw=0.5) for failures in (0, 1, 2, 9)]
    [60.0, 60.0, 120.0, 450.0]
    >>> rest_s(60, failures=1, retry_after_s=300, draw=0.5)
    330.0
    """
    if not failures:
        return every_s * (0.9 + 0.2 * draw)
    limit = min(LONGEST_S, every_s * 2.0 ** min(failures, 20))
    return max(SHORTEST_S, limit * draw, retry_after_s * (1 + 0.2 * draw))
