"""A Pi without a clock and a certificate: its dates are left out, its name and its CA never.

`certificates/localhost-2020.pem` was good for `localhost`, on one day of 2020, and is
signed by `ca.pem`; `other.pem` has signed nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.sync.engine import SyncError
from kiosk.sync.http import HttpWire
from tests.drivers.odd_server import OddServer, http

CERTIFICATES = Path(__file__).parent / "certificates"
#: Each request has a connection of its own: HTTP/1.0.
STATE = http(b'{"hw":0,"at":0,"chain":"AAAAAAAAAAAAAAAAAAAAAA=="}').replace(b"/1.1", b"/1.0")


@pytest.fixture
def port() -> Iterator[int]:
    """Of a central behind TLS."""
    server = OddServer(lambda _: STATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "localhost-2020.pem")
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    with server:
        yield server.port


def wire(
    port: int, clock_set: Callable[[], bool], name: str = "localhost", ca: str = "ca"
) -> HttpWire:
    return HttpWire(f"https://{name}:{port}", "fab1_x", str(CERTIFICATES / f"{ca}.pem"), clock_set)


def refused(wire: HttpWire) -> bool:
    try:
        wire.state(b"s" * 16, 0)
    except SyncError as wrong:
        return "not reached (SSLError)" in str(wrong)
    finally:
        wire.close()
    return False


def test_a_pi_without_a_clock_speaks_to_its_central_all_the_same(port: int) -> None:
    assert not refused(wire(port, lambda: False))


def test_once_the_clock_is_set_a_certificate_that_has_run_out_is_refused(port: int) -> None:
    assert refused(wire(port, lambda: True))
    clock = iter([False, False, True])
    pi = wire(port, lambda: next(clock))
    assert [pi.state(b"s" * 16, 0).hw for _ in range(2)] == [0, 0]
    assert refused(pi)


def test_without_a_clock_the_name_and_the_ca_still_count(port: int) -> None:
    assert refused(wire(port, lambda: False, name="127.0.0.1"))
    assert refused(wire(port, lambda: False, ca="other"))


def test_without_a_ca_of_its_own_a_site_trusts_what_the_system_trusts(port: int) -> None:
    assert refused(HttpWire(f"https://localhost:{port}", "fab1_x", "", lambda: False))
