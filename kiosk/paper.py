"""A site as lines that a person checks against the room: what `fablab check` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.hours import DAYS, write_day
from config.site import Association, CentralSite, Expiry, Machine, Queue, Reader, Retention, Site


def lab(site: Site) -> list[str]:
    """A lab: who it is, when it is open, its readers, one line per machine."""
    return [
        f"{site.name} ({site.lab}), {site.language}: {len(site.machines)} machines",
        f"  pages      http://{site.listen}:{site.port}/ and /tablet",
        f"  phones     {_phones(site)}",
        f"  journal    {site.database}",
        f"  central    {site.central.url or 'none: this lab is alone'}",
        *(f"  queue      {rules}" for rules in _queue(site)),
        *_people(site.retention, site.association),
        *(f"  counts     {item.name} ({item.slug})" for item in site.items),
        *(f"  {day:<9}  {write_day(site.hours.days[n])}" for n, day in _open_days(site)),
        "",
        *_aligned([_reader(reader) for reader in site.readers]),
        "",
        *_aligned([_machine(machine) for machine in site.machines]),
    ]


def central(site: CentralSite) -> list[str]:
    return [
        f"{site.name}: the central store",
        f"  pages      http://{site.listen}:{site.port}/",
        f"  ledger     {site.database}",
        f"  exports    {site.exports}",
        f"  joined     {_joined(site)}",
        *(f"  clearance  {rule.of}: {_ends(rule)}" for rule in site.expiries),
        *_people(site.retention, site.association),
    ]


def _joined(site: CentralSite) -> str:
    rule = site.memberships
    if not rule.ends_on:
        return f"for {rule.lasts_months} months"
    left = rule.lasts_at_least_days
    return f"until {rule.ends_on}" + (f", for {left} days at least" if left else "")


def _ends(rule: Expiry) -> str:
    """`24 months after it was granted, 12 without use`."""
    ends = [
        f"{rule.months} months after it was granted" if rule.months else "",
        f"{rule.unused_months} months without use" if rule.unused_months else "",
    ]
    return ", ".join(end for end in ends if end) or "never ends by itself"


def _people(kept: Retention, answers: Association) -> Iterator[str]:
    """What the notices say; a lab shows it as well."""
    days = f"{kept.sessions_days} days" if kept.sessions_days else "until it is erased"
    yield f"  kept       who did what: {days}; years closed by {kept.year_closed_by}"
    yield f"  answers    {answers.name or 'nobody is said: write [association]'}"


def _phones(site: Site) -> str:
    """Where a member's phone finds the kiosk, as far as paper tells."""
    if site.address:
        return site.address
    if site.listen in ("127.0.0.1", "::1", "localhost"):
        return f"none: listen is {site.listen}"
    return f"port {site.port} of this computer's address"


def _queue(site: Site) -> Iterator[str]:
    """The queue's rules, where a printer has one: `3 jobs and 12 h waiting per person, …`."""
    if not any(machine.printer for machine in site.machines):
        return
    rules: Queue = site.queue
    limits = [
        f"{rules.waiting_at_most} jobs" if rules.waiting_at_most else "",
        f"{rules.hours_at_most:g} h" if rules.hours_at_most else "",
    ]
    waiting = " and ".join(limit for limit in limits if limit) or "any number"
    long = f"above {rules.approve_above_h:g} h" if rules.approve_above_h else "none"
    kept = f"{rules.files_kept_days} days" if rules.files_kept_days else "for ever"
    yield (
        f"{waiting} waiting per person; approved: {'all' if rules.approve_all else long};"
        f" files up to {rules.file_at_most_mb} MB, kept {kept}"
    )


def switched(machine: Machine) -> str:
    """How the machine is switched: `relay 17, drop after 3 s`."""
    relay = machine.relay
    if relay is None:
        return "not switched"
    low = ", active low" if relay.active == "low" else ""
    lost = f"drop after {relay.drop_after_s:g} s"
    if relay.when_lost == "hold":
        lost = f"hold for {relay.hold_at_most_h:g} h"
    return f"relay {relay.line}{low}, {lost}"


def measured(machine: Machine) -> str:
    """How its run is measured: `grbl /dev/serial/by-id/…`, `sense 22`."""
    ways = []
    if machine.driver:
        options = machine.driver.options
        ways.append(
            f"{machine.driver.kind} {getattr(options, 'url', getattr(options, 'port', ''))}"
        )
    if machine.sense:
        ways.append(f"sense {machine.sense.line}")
    return " and ".join(ways) or "not measured"


def printed(machine: Machine) -> str:
    """What the queue may send it: `queue, bed 250x210x220, nozzle 0.4, plate always`."""
    printer = machine.printer
    if printer is None:
        return ""
    bed = "x".join(f"{side:g}" for side in printer.bed_mm)
    return f"queue, bed {bed}, nozzle {printer.nozzle_mm:g}, plate {printer.gate}"


def _machine(machine: Machine) -> tuple[str, ...]:
    cleared = "clearance" if machine.clearance else "anyone"
    return (
        machine.slug,
        machine.name,
        machine.family,
        machine.sort.value,
        cleared,
        switched(machine),
        measured(machine),
        printed(machine),
    )


def _reader(reader: Reader) -> tuple[str, ...]:
    where = f"at {reader.machine}" if reader.machine else "of the kiosk"
    return (f"reader {reader.slug}", reader.kind, where, reader.port)


def _open_days(site: Site) -> Iterator[tuple[int, str]]:
    return ((n, day) for n, day in enumerate(DAYS) if site.hours.days[n])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
