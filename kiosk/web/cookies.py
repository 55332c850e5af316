"""Secrets kept in a browser, for our pages alone: who it is again, who acts there."""

from __future__ import annotations

import secrets

from flask import g, request
from werkzeug.wrappers import Response

from kiosk.web import csrf


def keep(
    response: Response,
    name: str,
    secret: str,
    seconds: float | None = None,
    samesite: str = "Strict",
) -> None:
    """A secret in the browser, for our pages alone; `seconds` None: until the browser is closed."""
    response.set_cookie(
        _name(name),
        secret,
        max_age=None if seconds is None else int(seconds),
        httponly=True,
        samesite=samesite,
        secure=request.is_secure,
        path="/",
    )


def kept(name: str) -> str:
    """The secret that `keep` left in the browser, or ""."""
    return request.cookies.get(_name(name), "")


def take_seat() -> None:
    """Know this browser again by a cookie of its own, which is given where it has none."""
    told = kept("seat")
    csrf.seat(told if 40 <= len(told) <= 64 else secrets.token_urlsafe(32))


def keep_seat(response: Response) -> None:
    """Give a browser that took a seat its cookie."""
    seat = g.get("seat")
    if seat and kept("seat") != seat:
        keep(response, "seat", seat)


def _name(name: str) -> str:
    """Over TLS, a cookie that no other host and no plain page can set."""
    return f"__Host-{name}" if request.is_secure else f"fablab-{name}"
