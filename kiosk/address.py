"""The address by which a phone in the lab finds the kiosk: of the site file, else found out."""

from __future__ import annotations

import ipaddress
import socket

from config.site import Site

#: An address for documentation (RFC 5737), which nobody has: a socket "connected" to it sends
#: nothing, and says by which of our addresses the default route leaves.
NOBODY = ("192.0.2.1", 9)


def address(site: Site, port: int) -> str:
    """`http://192.168.1.20:8080`; "" where no other computer can reach the kiosk.

    Asked anew each time: the network may have come, or given another address.
    """
    if site.address:
        return site.address.rstrip("/")
    listen = site.listen.strip("[]")
    try:
        known = ipaddress.ip_address(listen)
    except ValueError:
        return f"http://{listen}:{port}" if listen != "localhost" else ""
    if known.is_loopback:
        return ""
    host = _outward() if known.is_unspecified else known
    if host is None:
        return ""
    return f"http://[{host}]:{port}" if host.version == 6 else f"http://{host}:{port}"


def _outward() -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """This computer's address on the network, or None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOBODY)
        except OSError:
            return None
        found = ipaddress.ip_address(probe.getsockname()[0])
    return None if found.is_loopback or found.is_unspecified else found
