"""How a process says what it does: one line each on stderr, for the journal of systemd.

No name, badge number or key is ever logged: members are not logged at all.
"""

from __future__ import annotations

import logging


def start_logging(verbose: bool = False) -> None:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(levelname).1s %(name)s: %(message)s",
    )
    for noisy in ("urllib3", "websocket", "waitress.queue"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
