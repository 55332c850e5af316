"""How a demo begins: members, tokens, a year and more behind it. Done once; what is there stays."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from config.site import CentralSite, Site
from kiosk.central import desk, roster
from kiosk.central.store import Central
from kiosk.clock import StillClock, SystemClock
from kiosk.credentials import credential
from kiosk.demo.association import ADMIN, PASSWORD, associate
from kiosk.demo.bringing import bring
from kiosk.demo.gatherings import gatherings
from kiosk.demo.past import Past, make
from kiosk.demo.people import FILE, PINS, people
from kiosk.demo.places import LABS, Places, shipped
from kiosk.demo.visits import visits
from kiosk.sites import read_central, read_site
from machines.badges import DigestKey
from machines.instants import PARIS, paris, to_us
from machines.members import Roster

#: Both labs are open on a Wednesday afternoon.
WEDNESDAY, AT = 2, time(14, 0)


def begin(places: Places, days: int | None, say: Callable[[str], None]) -> int:
    """Everything a demo wants before its processes start. Returns when its clock begins (UTC).

    `days`: how long its past is; None: from the first of January of the year before.
    """
    central = read_central(places.site("central"))
    sites = [read_site(places.site(lab)) for lab in LABS]
    today = datetime.now(UTC).astimezone(PARIS).date()
    starts_us = _starts_us(places, today)
    last = paris(starts_us).date()
    first = last - timedelta(days=days) if days else date(last.year - 1, 1, 1)
    if not (central.database.exists() and all(_token(places, lab).exists() for lab in LABS)):
        _enrol(places, central, first, last)
    lived = [site for site in sites if not site.database.exists()]
    for site in lived:
        say(f"{site.name}: living through {(last - first).days} days …")
        _live(site, _snapshot(central, site.lab), first, starts_us)
    if lived:
        say("The central: taking in what they did, and closing what is over …")
        bring(central, lived, _at(first, time(6)), starts_us)
    return starts_us


def remember(places: Places, now_us: int) -> None:
    """Where the demo's clock was: the next start is later, as time never goes back."""
    (places.folder / "clock").write_text(str(now_us))


def _enrol(places: Places, central: CentralSite, first: date, last: date) -> None:
    """Members by the import, and a token per lab: what an association does first, on that day.

    From nothing, also where an earlier beginning was cut short.
    """
    for file in central.database.parent.glob(f"{central.database.name}*"):
        file.unlink()
    with closing(Central(central.database, StillClock(_at(first, time(6))))) as store:
        ask = desk.answers(store, central)
        csv = base64.b64encode(shipped(FILE).encode()).decode()
        ask["roster-import"](csv=csv, dry_run=False)
        for member, pin in PINS.items():
            ask["roster-pin"](member=member, pin=pin)
        ask["account-add"](name=ADMIN, password=PASSWORD)
        for lab in LABS:
            _token(places, lab).write_text(str(ask["node-add"](name=lab, lab=lab)))
        store.submit(lambda people: associate(people, first, last)).result()


def _token(places: Places, lab: str) -> Path:
    return places.keys(lab) / "central-token"


def _snapshot(central: CentralSite, lab: str) -> Roster:
    store = Central(central.database, SystemClock())
    try:
        with store.reader() as book:
            return roster.snapshot(book, lab)
    finally:
        store.close()


def _live(site: Site, known: Roster, first: date, until_us: int) -> None:
    last = paris(until_us).date()
    key = DigestKey(credential(site.credentials, "badge-key"))

    def life(passing: Site) -> None:
        with closing(Past(passing, known, key, _at(first, time(6, 0)))) as past:
            told = gatherings(passing, people(), first, last, seed=1)
            past.live(visits(passing, people(), first, last, seed=1), until_us, told)

    make(site, life)


def _starts_us(places: Places, today: date) -> int:
    """The last Wednesday afternoon, or the first one after what an earlier demo came to."""
    day = today - timedelta(days=(today.weekday() - WEDNESDAY) % 7)
    try:
        seen_us = int((places.folder / "clock").read_text())
    except (FileNotFoundError, ValueError):
        return _at(day, AT)
    while _at(day, AT) <= seen_us:
        day += timedelta(days=7)
    return _at(day, AT)


def _at(day: date, of_day: time) -> int:
    return to_us(datetime.combine(day, of_day, tzinfo=PARIS))
