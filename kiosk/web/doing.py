"""An act of a page, carried to the floor: its key, and how long a page waits for the answer."""

from __future__ import annotations

import logging
import re
import secrets
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow

from flask import abort, request

from kiosk.floor.acts import Act, Desk, Face, Told, WhyNot
from kiosk.web.language import _

log = logging.getLogger("web")

#: Seconds after which a page says that the disk does not answer. The act may still be done:
#: the same key again tells.
ANSWER_S = 2.5
_KEY = re.compile(r"[0-9A-Za-z]{8,64}")


class Nobody:
    """`Desk` of a kiosk whose floor takes no acts."""

    def act(self, act: Act, key: str, by: str) -> Future[Told]:
        answer: Future[Told] = Future()
        answer.set_result(Told(False, WhyNot.JOURNAL))
        return answer

    def faces(self) -> tuple[Face, ...]:
        return ()


def new_key() -> str:
    """For a form: whoever sends it twice has done it once."""
    return secrets.token_hex(8)


def key() -> str:
    """The key of the form that was sent; 400 where it has none."""
    told = request.form.get("key", "")
    if not _KEY.fullmatch(told):
        abort(400, _("This form is not complete. Load the page again."))
    return told


def do(desk: Desk, act: Act, by: str, once: str) -> Told:
    """What came of it. `by` is a roster id, `once` the form's key."""
    try:
        return desk.act(act, once, by).result(ANSWER_S)
    except TooSlow:
        return Told(False, "journal")
    except Exception:
        log.exception("an act failed: %s", type(act).__name__)
        return Told(False, "journal")
