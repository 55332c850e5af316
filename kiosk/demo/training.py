"""The training room, running: the central, both labs with their keepers, the bench.

Everything is the product's own, but the devices. The relay keepers are
processes of their own, as on a Pi; the rest is in this one, over one clock.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from drivers.octoprint.fake import FakeOctoPrint
from drivers.sense.link import mock_pins
from kiosk.central.process import CannotListen, Process
from kiosk.clock import ClockPace, FastClock
from kiosk.credentials import credential
from kiosk.demo import beginning
from kiosk.demo.association import ADMIN, PASSWORD
from kiosk.demo.bench import Bench, Stage
from kiosk.demo.bustle import Bustle
from kiosk.demo.devices import Devices
from kiosk.demo.hands import Hands
from kiosk.demo.people import PINS, people
from kiosk.demo.places import LABS, DemoError, Places
from kiosk.files.store import Files
from kiosk.process import FILES, CannotStart, Kiosk
from kiosk.sites import read_central, read_site
from kiosk.store.disk import StoreError
from machines.instants import Month, paris, to_us

#: Who sees to the printers while the newcomer looks on: Inès, who is at both labs.
ANIMATOR = "M0001"
#: Real seconds between two notes of where the clock is.
NOTED_EVERY_S = 5.0
#: Real seconds in which keepers and central have to be there.
MEETING_S = 20.0

TO_TRY = """
  bench         {bench}     your hands: badges, prints, cables
  touch screen  {ccdv}     CCDV ({ccdv}tablet: the tablet)
  touch screen  {doret}     Doret ({doret}tablet)
  central       {central}     members, months, the year's report: {admin}, password {password}

To try: on the bench, present a badge at the desk of CCDV, then touch a machine on its
touch screen. Start a print, leave with the badge, and watch the tablet. Pull a cable.
After a badge at the desk, « téléphone » on the bench opens the code that the touch screen
shows, as that member's phone does: bring a G-code file, of yours or of {folder}/ccdv/files.
On the tablet of CCDV a print has failed, a long one waits for a word, and a plate is about
to be cleared; at Doret the queue moves by itself. To act, an animator gives a code:
{pins}.
On the tablet, « Activité » opens a class, counts mugs, notes a workshop. A badge that nobody
knows (« badge inconnu » on the bench) gets a code, by which it is attached to somebody.
At the central: who may use the laser, who joined, this year's report beside last year's, which
is closed. In another terminal:

  {python} -m kiosk machine laser --fault "miroir sale" --site {folder}/ccdv/site.toml
  {python} -m kiosk export {month} --site {folder}/central/site.toml
  {python} -m kiosk report {year} --site {folder}/central/site.toml

Ctrl-C stops it all.
"""


class Room:
    """Everything of a demo, in order up and down. Raises DemoError where it cannot begin."""

    def __init__(self, places: Places, starts_us: int, speed: float) -> None:
        self._places = places
        self.clock = FastClock(starts_us, speed)
        self._stack = contextlib.ExitStack()
        self._kiosks: list[Kiosk] = []
        self._bustles: list[Bustle] = []
        try:
            self._open()
        except (CannotListen, CannotStart, StoreError, OSError) as wrong:
            self._stack.close()
            raise DemoError(str(wrong)) from wrong
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        self._stack.close()
        beginning.remember(self._places, self.clock.now().wall_us)

    def _open(self) -> None:
        places, pace = self._places, ClockPace(self.clock)
        self._stack.callback(pace.stop)
        key = credential(places.keys("ccdv"), "octoprint").decode()
        port = places.port("printers")
        octoprint = FakeOctoPrint(pace, key, port, lambda: self.clock.now().wall_us / 1_000_000)
        self._stack.enter_context(octoprint)
        central = Process(read_central(places.site("central")), self.clock)
        self._stack.callback(central.close)
        stages = [self._open_lab(lab, octoprint) for lab in LABS]
        self._meet()
        for bustle in self._bustles:
            bustle.start()
        bench = Bench(stages, places.port("bench"), places.url("central"))
        self._stack.callback(bench.stop)
        bench.start()

    def _meet(self) -> None:
        """Wait for keepers and central, so that the first badge is not too early."""
        deadline = time.monotonic() + MEETING_S
        while not all(kiosk.in_touch() for kiosk in self._kiosks):
            if time.monotonic() > deadline:
                where = self._places.folder
                raise DemoError(f"a relay keeper or the central does not answer; see {where}")
            time.sleep(0.05)

    def _open_lab(self, lab: str, octoprint: FakeOctoPrint) -> Stage:
        site, pins = read_site(self._places.site(lab)), mock_pins()
        trace = self._places.trace(lab)
        trace.unlink(missing_ok=True)  # of the last demo's relays
        devices = Devices(site, octoprint, pins, self.clock.speed, trace)
        self._stack.callback(devices.close)
        self._stack.enter_context(_keeper(self._places, lab))
        kiosk = Kiosk(site, self.clock, pins)
        self._stack.callback(kiosk.close)
        self._kiosks.append(kiosk)
        self._bustles.append(self._bustle(lab, kiosk, devices))
        where = {r.slug: "au laser" if r.machine else "à l’accueil" for r in site.readers}
        here = tuple(p for p in people() if not p.labs or lab in p.labs)
        return Stage(
            lab,
            site.name,
            self._places.url(lab),
            tuple(where.items()),
            here,
            devices.present,
            devices.on_the_bench(),
            lambda: _code(kiosk, self._places.url(lab)),
        )

    def _bustle(self, lab: str, kiosk: Kiosk, devices: Devices) -> Bustle:
        printing = [
            p.id for p in people() if "3d-printer" in p.may and (not p.labs or lab in p.labs)
        ]
        folder, at_most = kiosk.site.database.parent / FILES, kiosk.site.queue.file_at_most_mb
        files = Files(folder, at_most * 1_000_000)
        hands = Hands(kiosk.site, files, kiosk.floor.desk, kiosk.screens, ANIMATOR, printing)
        bustle = Bustle(hands, devices.printers, devices.print, goes_on=lab != LABS[0])
        self._stack.callback(bustle.stop)
        return bustle


def _code(kiosk: Kiosk, url: str) -> str:
    """What a phone reads off this kiosk's touch screen now: an address, or ""."""
    invitation = kiosk.screens.view().screen.invitation
    return f"{url}moi/{invitation}" if invitation else ""


@contextlib.contextmanager
def _keeper(places: Places, lab: str) -> Iterator[None]:
    """The relay keeper of a lab. In a session of its own: Ctrl-C is ours to hand on, in order.

    On a Pi it outlives its kiosk. Here it ends with the thread that began it, however
    that ends: the next demo would find a keeper of yesterday.
    """
    tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    where = ["--trace", str(places.trace(lab)), "--site", str(places.site(lab))]
    command = [*tied, sys.executable, "-m", "kiosk", "relays", "--mock", *where]
    with (places.folder / lab / "relays.log").open("w") as said:
        keeper = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        yield
    finally:
        keeper.terminate()
        try:
            keeper.wait(5)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()


def demonstrate(places: Places, speed: float, days: int | None, say: Callable[[str], None]) -> None:
    """A demo from beginning to Ctrl-C, in a folder that is `claimed`. In the main thread.

    Raises DemoError, and KeyboardInterrupt before the room is open.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    places.prepare()
    try:
        starts_us = beginning.begin(places, days, say)
    except (StoreError, OSError) as wrong:
        raise DemoError(str(wrong)) from wrong
    room = Room(places, starts_us, speed)
    try:
        say(_to_try(places, starts_us))
        while True:
            time.sleep(NOTED_EVERY_S)
            beginning.remember(places, room.clock.now().wall_us)
    except KeyboardInterrupt:
        say("Stopping …")
    finally:
        room.close()


def _to_try(places: Places, starts_us: int) -> str:
    urls = {name: places.url(name) for name in ("bench", "central", *LABS)}
    first = paris(starts_us).replace(day=1)
    month = Month.of(to_us(first - timedelta(days=1)))  # the last one that is over
    names = {person.id: person.name for person in people()}
    pins = ", ".join(f"{names[member]} {pin}" for member, pin in PINS.items())
    where = {"python": sys.executable, "folder": places.folder, "month": month}
    who = {"pins": pins, "admin": ADMIN, "password": f"“{PASSWORD}”"}
    return TO_TRY.format(year=first.year - 1, **who, **where, **urls)
