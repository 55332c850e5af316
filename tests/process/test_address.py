"""Where a phone finds the kiosk: as the site file says, else as the network gives it."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kiosk.address import address
from tests.lab import site

SITE = site(Path("/nowhere"))


@pytest.mark.parametrize(
    ("listen", "told", "found"),
    [
        ("127.0.0.1", "", ""),
        ("::1", "", ""),
        ("localhost", "", ""),
        ("192.168.1.20", "", "http://192.168.1.20:8080"),
        ("fd00::20", "", "http://[fd00::20]:8080"),
        ("kiosk.lan", "", "http://kiosk.lan:8080"),
        ("0.0.0.0", "https://kiosk.example.org/", "https://kiosk.example.org"),
        ("127.0.0.1", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_a_kiosk_is_found_where_it_listens_or_where_the_site_says(
    listen: str, told: str, found: str
) -> None:
    assert address(replace(SITE, listen=listen, address=told), 8080) == found


def test_a_kiosk_that_listens_everywhere_is_found_by_its_address_on_the_network() -> None:
    found = address(replace(SITE, listen="0.0.0.0"), 8080)
    if not found:
        pytest.skip("this computer is on no network")
    where = urlsplit(found)
    assert where.port == 8080
    assert not ipaddress.ip_address(where.hostname or "").is_loopback


def test_a_kiosk_without_a_network_shows_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.address.NOBODY", ("255.255.255.255", 9))  # never to be connected to
    assert address(replace(SITE, listen="0.0.0.0"), 8080) == ""
