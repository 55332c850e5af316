"""Posts that only a page of ours can have made.

Two checks, since either may be missing in some browser of a lab: the Origin of
a post must be there and be the kiosk's, and the post must carry a token that
stands in the page. Plain http on a lab's network sends no Sec-Fetch headers, so
none is asked for. The token is a digest of the browser's own secret cookie:
nothing is kept of it here, and a restart of the kiosk leaves open pages good.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, abort, g, request
from markupsafe import Markup

from kiosk.web.guard import same
from kiosk.web.language import _

FIELD = "csrf"
HEADER = "X-CSRF"


def tokens(app: Flask) -> None:
    """`csrf_field()` for a form, `csrf_token()` for what htmx sends in the header."""
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.globals["csrf_field"] = csrf_field


def seat(secret: str) -> None:
    """The secret cookie of the browser that asks: to be said before a page is drawn."""
    g.seat = secret


def csrf_token() -> str:
    """Of the browser that asks. Raises AttributeError where no `seat` was said."""
    return hmac.digest(g.seat.encode(), b"fablab csrf", hashlib.sha256).hex()


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def check() -> None:
    """403 for a post that no page of ours made. To be called where `seat` was said."""
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("Origin")
    if origin is None or not same(origin):
        abort(403, _("This page is not the kiosk's. Open it again at the kiosk's address."))
    told = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(told.encode(), csrf_token().encode()):
        abort(403, _("This page is too old. Load it again."))
