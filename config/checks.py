"""What no single key can be blamed for: a line used twice, a reader of no machine.

Pure, over a whole site. A problem refuses the file; a warning is said by
`fablab check`, and the kiosk starts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from config.site import CentralSite, Machine, Retention, Site, Sort, WhenLost
from config.wording import nearest
from machines.made import ITEMS

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
#: A DNS name in small letters, without a port.
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
#: Where members' phones find the kiosk.
ADDRESS = re.compile(r"https?://(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?")
LANGUAGES = ("fr", "en")
#: Whose codes are known: `machines.gcode`.
FIRMWARES = ("marlin", "klipper", "reprapfirmware")
#: BCM numbers on the 40-pin header of a Pi.
LINES = range(28)
#: Pulled high at power-on, the others low. Source: BCM2835 ARM Peripherals, table 6-31.
PULLED_UP = range(9)
#: A beat a second, and one may come late.
SHORTEST_SILENCE_S = 2.0
#: A print left alone for longer is nobody's: the keeper lets go.
LONGEST_HOLD_H = 12.0

#: A key whose name says its unit holds no negative number.
_MEASURED = re.compile(r".*_(s|min|h|ms|c)")


@dataclass(frozen=True, slots=True)
class Problem:
    """`at`: the path of a key (and its value), or of a table."""

    at: tuple[str, ...]
    value: Any
    sentence: str


def site_problems(site: Site) -> list[Problem]:
    """Everything wrong between the keys of one lab, in the order of the file."""
    found = [*_lab(site), *_network(site), *_measures(site.central, ("central",))]
    found += _address(("central", "url"), site.central.url) if site.central.url else []
    for reader in site.readers:
        found += _reader(site, reader.slug, reader.machine)
    for machine in site.machines:
        found += _machine(machine)
    found += [*_items(site), *_retention(site.retention)]
    return [*found, *_shared(site)]


def central_problems(central: CentralSite) -> list[Problem]:
    found = [*_port(("central", "port"), central.port), *_retention(central.retention)]
    if not all(HOST.fullmatch(host) for host in central.hosts):
        found.append(
            Problem(
                ("central", "hosts"), list(central.hosts), 'expected names such as ["c.example"]'
            )
        )
    for expiry in central.expiries:
        at = ("clearances", expiry.slug)
        if not SLUG.fullmatch(expiry.of.removeprefix("family:")):
            found.append(Problem((*at, "of"), expiry.of, 'expected "laser" or "family:3d-printer"'))
        found += _measures_of(expiry, at, "months", "unused_months")
    found += _measures_of(
        central.memberships, ("memberships",), "lasts_months", "lasts_at_least_days"
    )
    if central.memberships.ends_on and not _is_day(central.memberships.ends_on):
        found.append(
            Problem(
                ("memberships", "ends_on"),
                central.memberships.ends_on,
                'expected a month and a day such as "08-31"',
            )
        )
    return found


def _items(site: Site) -> Iterator[Problem]:
    always = {item.slug for item in ITEMS}
    known = always | {item.slug for item in site.items}
    for item in site.items:
        yield from _slug(("items", item.slug), item.slug)
        yield from _filled(("items", item.slug, "name"), item.name)
        if item.slug in always:
            yield Problem(("items", item.slug), {}, "every lab counts that: leave it out")
    for machine in site.machines:
        for slug in machine.makes:
            if slug not in known:
                sentence = f"no such thing{nearest(slug, known) or '; expected one of [items]'}"
                yield Problem(("machines", machine.slug, "makes"), list(machine.makes), sentence)


def _retention(retention: Retention) -> Iterator[Problem]:
    at = ("retention",)
    lengths = [f.name for f in fields(retention) if f.name != "year_closed_by"]
    yield from _measures_of(retention, at, *lengths)
    if not _is_day(retention.year_closed_by):
        expected = 'expected a month and a day such as "03-31"'
        yield Problem((*at, "year_closed_by"), retention.year_closed_by, expected)


def _measures_of(thing: Any, at: tuple[str, ...], *names: str) -> Iterator[Problem]:
    for name in names:
        if not 0 <= getattr(thing, name) <= 36_500:
            yield Problem((*at, name), getattr(thing, name), "expected 0 to 36500")


def _is_day(text: str) -> bool:
    """Whether it is a day of every year, such as 08-31."""
    try:
        date.fromisoformat(f"2025-{text}")
    except ValueError:
        return False
    return len(text) == 5


def warnings(site: Site) -> list[Problem]:
    """What works today and will be regretted."""
    return [*_unstable_ports(site), *_on_at_power_on(site), *_dropped_prints(site)]


def _lab(site: Site) -> Iterator[Problem]:
    yield from _slug(("lab", "slug"), site.lab)
    yield from _filled(("lab", "name"), site.name)
    if site.language not in LANGUAGES:
        yield Problem(("lab", "language"), site.language, 'expected "fr" or "en"')
    if not site.machines:
        yield Problem(("machines",), {}, "expected at least one machine")


def _network(site: Site) -> Iterator[Problem]:
    yield from _port(("kiosk", "port"), site.port)
    if not all(HOST.fullmatch(host) for host in site.hosts):
        example = '["kiosk.fablab.example"]'
        yield Problem(("kiosk", "hosts"), list(site.hosts), f"expected names such as {example}")
    if site.address and not ADDRESS.fullmatch(site.address):
        example = '"http://192.168.1.20:8080"'
        yield Problem(("kiosk", "address"), site.address, f"expected an address such as {example}")
    for at, port in _listeners(site)[1:]:
        yield from _port(at, port)


def _reader(site: Site, slug: str, machine: str | None) -> Iterator[Problem]:
    yield from _slug(("readers", slug), slug)
    slugs = [m.slug for m in site.machines]
    if machine is not None and machine not in slugs:
        sentence = f"no such machine{nearest(machine, slugs) or '; expected one of [machines]'}"
        yield Problem(("readers", slug, "machine"), machine, sentence)


def _machine(machine: Machine) -> Iterator[Problem]:
    at = ("machines", machine.slug)
    yield from _slug(at, machine.slug)
    yield from _slug((*at, "family"), machine.family)
    yield from _filled((*at, "name"), machine.name)
    yield from _measures(machine, at)
    yield from _sort(machine, at)
    yield from _line(machine, at)
    yield from _printer(machine, at)
    if machine.relay and machine.relay.drop_after_s < SHORTEST_SILENCE_S:
        found, least = machine.relay.drop_after_s, f"{SHORTEST_SILENCE_S:g}"
        sentence = f"expected {least} or more: the kiosk's heart beats once a second"
        yield Problem((*at, "relay", "drop_after_s"), found, sentence)
    if machine.relay and machine.relay.hold_at_most_h > LONGEST_HOLD_H:
        found, most = machine.relay.hold_at_most_h, f"{LONGEST_HOLD_H:g}"
        yield Problem((*at, "relay", "hold_at_most_h"), found, f"expected {most} at most")


def _printer(machine: Machine, at: tuple[str, ...]) -> Iterator[Problem]:
    printer = machine.printer
    if printer is None:
        return
    here = (*at, "printer")
    if machine.driver is None or machine.driver.kind != "octoprint":
        yield Problem(
            here, {}, 'only a machine whose [….driver] is "octoprint" prints from a queue'
        )
    yield from _measures(printer, here)
    if printer.firmware not in FIRMWARES:
        expected = "expected " + ", ".join(f'"{name}"' for name in FIRMWARES)
        yield Problem((*here, "firmware"), printer.firmware, expected)
    if not 0.05 <= printer.nozzle_mm <= 5:
        yield Problem((*here, "nozzle_mm"), printer.nozzle_mm, "expected 0.05 to 5")
    if printer.group:
        yield from _slug((*here, "group"), printer.group)
    if printer.camera:
        yield from _address(
            (*here, "camera"), printer.camera, "http://prusa.lan/webcam/?action=snapshot"
        )


def _sort(machine: Machine, at: tuple[str, ...]) -> Iterator[Problem]:
    sort, here = (*at, "sort"), machine.sort.value
    measured = machine.driver or machine.sense
    if machine.sort is Sort.INTERLOCKED and not machine.relay:
        yield Problem(sort, here, "an interlocked machine has a relay: add its [….relay] table")
    if machine.sort is not Sort.INTERLOCKED and machine.relay:
        yield Problem(sort, here, 'a machine with a relay is "interlocked"')
    if machine.sort is Sort.WATCHED and not measured:
        yield Problem(sort, here, "a watched machine has a [….driver] or a [….sense] table")
    if machine.sort is Sort.BARE and measured:
        yield Problem(sort, here, 'a machine that is measured is "watched" or "interlocked"')


def _line(machine: Machine, at: tuple[str, ...]) -> Iterator[Problem]:
    for name, device in (("relay", machine.relay), ("sense", machine.sense)):
        if device is None:
            continue
        yield from _measures(device, (*at, name))
        if device.line not in LINES:
            sentence = f"expected a BCM number from 0 to {LINES[-1]}"
            yield Problem((*at, name, "line"), device.line, sentence)
        if device.active not in ("high", "low"):
            yield Problem((*at, name, "active"), device.active, 'expected "high" or "low"')


def _shared(site: Site) -> Iterator[Problem]:
    """Two places that name one thing: the second is the problem."""
    lines = [
        ((*_of(m), name, "line"), device.line)
        for m in site.machines
        for name, device in (("relay", m.relay), ("sense", m.sense))
        if device
    ]
    bound = [(("readers", r.slug, "machine"), r.machine) for r in site.readers if r.machine]
    named = [((*_of(m), "name"), m.name) for m in site.machines]
    yield from _twice(lines)
    yield from _twice(_serial_ports(site))
    yield from _twice([(at, port) for at, port in _listeners(site) if port])
    yield from _twice([(at, url) for at, url in _options(site, "url") if url])
    yield from _twice(bound)
    yield from _twice(named)


def _twice(places: Iterable[tuple[tuple[str, ...], Hashable]]) -> Iterator[Problem]:
    by_value = defaultdict(list)
    for at, value in places:
        by_value[value].append(at)
    for value, where in by_value.items():
        for at in where[1:]:
            first = where[0]
            yield Problem(at, value, f"[{'.'.join(first[:-1])}] {first[-1]} has it already")


def _measures(thing: Any, at: tuple[str, ...]) -> Iterator[Problem]:
    for field in fields(thing):
        value = getattr(thing, field.name)
        if _MEASURED.fullmatch(field.name) and isinstance(value, int | float) and value < 0:
            yield Problem((*at, field.name), value, "expected 0 or more")


def _port(at: tuple[str, ...], port: int) -> Iterator[Problem]:
    if port not in range(65536):
        yield Problem(at, port, "expected a port from 1 to 65535 (0: any that is free)")


def _slug(at: tuple[str, ...], slug: str) -> Iterator[Problem]:
    if not SLUG.fullmatch(slug):
        value = {} if at[-1] == slug else slug
        yield Problem(at, value, "expected small letters, digits and -, at most 32 of them")


def _filled(at: tuple[str, ...], text: str) -> Iterator[Problem]:
    if not text.strip() or len(text) > 60:
        yield Problem(at, text, "expected a name of 1 to 60 characters")


def _address(
    at: tuple[str, ...], url: str, example: str = "https://central.example.org"
) -> Iterator[Problem]:
    """A query is expected where the example has one."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        good = good and not parts.username and not parts.fragment
        good = good and ("?" in example or not parts.query)
    except ValueError:
        good = False
    if not good:
        yield Problem(at, url, f"expected an address such as {example}")


def _listeners(site: Site) -> list[tuple[tuple[str, ...], int]]:
    return [(("kiosk", "port"), site.port), *_options(site, "tap_port")]


def _serial_ports(site: Site) -> list[tuple[tuple[str, ...], str]]:
    readers = [(("readers", r.slug, "port"), r.port) for r in site.readers]
    return [*readers, *_options(site, "port")]


def _options(site: Site, name: str) -> list[tuple[tuple[str, ...], Any]]:
    """An option of that name in every driver that has it. A serial port is a text."""
    return [
        ((*_of(m), "driver", name), getattr(m.driver.options, name))
        for m in site.machines
        if m.driver and hasattr(m.driver.options, name)
    ]


def _of(machine: Machine) -> tuple[str, ...]:
    return ("machines", machine.slug)


def _unstable_ports(site: Site) -> Iterator[Problem]:
    for at, port in _serial_ports(site):
        if re.match(r"/dev/tty(USB|ACM)\d", port):
            sentence = "changes with the order of plugging in; take its /dev/serial/by-id/ name"
            yield Problem(at, port, sentence)


def _on_at_power_on(site: Site) -> Iterator[Problem]:
    """Until its line is claimed, a relay follows the pull that a Pi gives the line at power-on."""
    for machine in site.machines:
        relay = machine.relay
        if relay and (relay.line in PULLED_UP) == (relay.active == "high"):
            level = "high" if relay.line in PULLED_UP else "low"
            sentence = f"is {level} from power-on until the keeper runs, which energises the relay"
            yield Problem((*_of(machine), "relay", "line"), relay.line, sentence)


def _dropped_prints(site: Site) -> Iterator[Problem]:
    for machine in site.machines:
        relay = machine.relay
        if relay and machine.outlives and relay.when_lost is WhenLost.DROP:
            at = (*_of(machine), "relay", "when_lost")
            sentence = 'a print that outlives its member is lost with the kiosk; "hold" keeps it'
            yield Problem(at, relay.when_lost.value, sentence)
