"""Who may ask, and what a browser may do with the answer.

The touch screen stands on the Pi itself: its pages answer to this machine only,
unless the site says otherwise. A page elsewhere that gets a browser of the lab
to post to the kiosk is stopped by the Host and Origin of what it sends: a Host
that is an address or a local name cannot be made to point here by somebody
else's name server.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Nothing to other sites. With "no-referrer" a browser posts our own forms with Origin: null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guard(app: Flask, hosts: Collection[str] = ()) -> None:
    """Check every request's Host, every post's Origin, and head every answer."""

    @app.before_request
    def _check() -> None:
        check(hosts)

    @app.after_request
    def _head(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.is_secure or at_the_kiosk():  # elsewhere a browser ignores it, and complains
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(HTTPException)
    def _say(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return Response(f"{error.description}\n", error.code, mimetype="text/plain")


def check(hosts: Collection[str]) -> None:
    """400 for a Host that is none of ours, 403 for a post from another site."""
    if not _known(request.headers.get("Host", ""), hosts):
        abort(400, "This Host is not known here: use an address, a local name, or one of `hosts`.")
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin is not None and not same(origin):
        abort(403, "This request comes from another site: only pages of this one may post.")


def from_here() -> bool:
    """Whether the request comes from this machine."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:  # a proxy may say anything
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def same(origin: str) -> bool:
    """Whether an Origin is the kiosk's own, under the name that it is asked by."""
    try:
        return urlsplit(origin).netloc == request.headers["Host"]
    except ValueError:
        return False


def at_the_kiosk() -> bool:
    """Whether a browser of this machine asks, by a name of this machine.

    A proxy on the kiosk that hands on what comes from elsewhere keeps the Host it
    was asked by, and is not taken for the kiosk's own browser.
    """
    name = _name(request.headers.get("Host", ""))
    return from_here() and name in ("127.0.0.1", "::1", "localhost")


def _name(host: str) -> str:
    """What a Host header names, without its port; "" where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _known(host: str, hosts: Collection[str]) -> bool:
    name = _name(host)
    return name in hosts or _address(name) or ("." not in name and name != "") or _local(name)


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _local(name: str) -> bool:
    return name.endswith(".local")
