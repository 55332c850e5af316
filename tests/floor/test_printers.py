"""A whole kiosk before a real OctoPrint that goes wrong: what is on disk, what the tablet says.

Two machines of the lab are the same printer under two names: one is followed by
push, one by polls alone. What holds for one must hold for the other.
"""

from __future__ import annotations

import html
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.process import Kiosk
from kiosk.sites import read_site
from machines.instants import SECOND
from machines.journal import PrintBegan, PrintEnded, Result
from tests.octoprint_peer import OctoPrintPeer, gcode, need

pytestmark = [pytest.mark.octoprint, pytest.mark.slow]

VERSION = "1.11.8"
POLL_S = 0.3
PATIENCE_S = 20.0
#: A site file refuses one address twice.
WAYS = {"push": "127.0.0.1", "polls": "localhost"}

LAB = """\
[lab]
slug = "essai"
name = "FabLab d'essai"

[kiosk]
port = 0
database = "lab.db"
runtime = "run"
credentials = "keys"
"""

PRINTER = """
[machines.{way}]
name = "MK4 {way}"
family = "3d-printer"
sort = "watched"

[machines.{way}.driver]
kind = "octoprint"
url = "{url}"
key_file = "octoprint"
poll_s = {poll_s}
push = {push}
"""


def until(claim: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:g} s: {what}"
        time.sleep(0.02)


class House:
    """A kiosk and the OctoPrint that it follows in two ways."""

    def __init__(self, folder: Path, peer: OctoPrintPeer) -> None:
        self.peer = peer
        (folder / "keys").mkdir()
        (folder / "keys/badge-key").write_text("the key of an association")
        (folder / "keys/octoprint").write_text(peer.key)
        self._file = folder / "site.toml"
        printers = (
            PRINTER.format(
                way=way,
                url=f"http://{host}:{peer.port}",
                poll_s=POLL_S,
                push=str(way == "push").lower(),
            )
            for way, host in WAYS.items()
        )
        self._file.write_text(LAB + "".join(printers))
        self.open()

    def open(self) -> None:
        self.kiosk = Kiosk(read_site(self._file), SystemClock())

    def print(self) -> float:
        """A print under way, seen in both ways. When it began, in seconds of the clock."""
        began = time.monotonic()
        self.peer.print("long.gcode")
        self.wait_for_card("Impression long.gcode")
        self.wait_for_clock()
        return began

    def pause(self) -> None:
        self.peer.pause()
        self.wait_for_card("En pause")

    def wait_for_clock(self) -> None:
        """Until the printer's own clock has moved in the eyes of both."""

        def moved() -> bool:
            seen = [self.kiosk.floor.posts[way].printer for way in WAYS]
            return all(s is not None and s.job is not None and s.job.elapsed_s for s in seen)

        until(moved, "the printer's clock moves")

    def card(self, way: str) -> str:
        """What the tablet says of the printer, as it is read."""
        url = f"http://127.0.0.1:{self.kiosk.port}/tablet/cards"
        with urllib.request.urlopen(url, timeout=10) as answer:
            page = answer.read().decode()
        [card] = [c for c in re.findall(r"<article.*?</article>", page, re.S) if f"MK4 {way}" in c]
        card = re.sub(r"<svg.*?</svg>", " ", card, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", card)).split())

    def wait_for_card(self, *words: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        for way in WAYS:
            while any(word not in (said := self.card(way)) for word in words):
                assert time.monotonic() < deadline, f"{words} expected, the card says: {said}"
                time.sleep(0.02)

    def ends(self) -> dict[str, PrintEnded]:
        """The one print of each way, once it is closed on disk."""
        until(lambda: len(self._bodies(PrintEnded)) >= len(WAYS), "both prints are closed")
        began, ended = self._bodies(PrintBegan), self._bodies(PrintEnded)
        assert sorted(body.machine for body in began) == sorted(WAYS)
        assert sorted(body.machine for body in ended) == sorted(WAYS)
        return {body.machine: body for body in ended}

    def _bodies(self, kind: type) -> list:
        asked = self.kiosk.store.submit(lambda journal: [e for _, e in journal.entries()])
        return [entry.body for entry in asked.result(10) if isinstance(entry.body, kind)]


@pytest.fixture(scope="module")
def server() -> Iterator[OctoPrintPeer]:
    need(VERSION)
    with OctoPrintPeer(VERSION, comm_timeout_s=2, timeouts=1) as peer:
        yield peer


@pytest.fixture
def house(tmp_path: Path, server: OctoPrintPeer) -> Iterator[House]:
    if server.state() != "Operational":
        server.disconnect()
    server.connect()
    server.upload("long.gcode", gcode(seconds=60))
    house = House(tmp_path, server)
    house.wait_for_card("Libre")
    yield house
    house.kiosk.close()


def test_a_print_that_dies_while_paused_is_closed_and_said_to_have_failed(house: House) -> None:
    began = house.print()
    house.pause()
    paused = time.monotonic()
    house.peer.gcode("!!DEBUG:drop_connection")
    for way, entry in house.ends().items():
        assert entry.result is Result.FAILED, way
        assert 0 < entry.used_us / SECOND <= paused - began, way
        assert entry.paused_us > 0, way
    house.wait_for_card("Hors ligne", "Impression échouée", "Déconnectée après une erreur")


def test_a_print_cancelled_while_paused_is_closed_without_its_pause(house: House) -> None:
    began = house.print()
    house.pause()
    paused = time.monotonic()
    house.peer.cancel()
    for way, entry in house.ends().items():
        assert entry.result is Result.CANCELLED, way
        assert 0 < entry.used_us / SECOND <= paused - began, way
        assert entry.unseen_us == 0, way
    house.wait_for_card("À vider", "Impression annulée")


def test_of_a_printer_gone_awol_nothing_is_counted_until_octoprint_gives_up(house: House) -> None:
    began = house.print()
    house.peer.gcode("!!DEBUG:go_awol")
    silent = time.monotonic()
    house.wait_for_card("État inconnu")
    assert house.peer.state() == "Printing"
    for way, entry in house.ends().items():
        assert entry.result is Result.FAILED, way
        assert 0 < entry.used_us / SECOND <= silent - began + 2 * POLL_S, way
        assert entry.unseen_us > 3 * SECOND, way
    house.wait_for_card("Hors ligne", "Impression échouée")


def test_a_kiosk_restarted_in_mid_print_goes_on_with_it(house: House) -> None:
    house.print()
    house.kiosk.close()
    house.open()
    house.wait_for_card("Impression long.gcode")
    house.peer.cancel()
    for way, entry in house.ends().items():
        assert entry.result is Result.CANCELLED, way
        assert entry.used_us > 0, way
        assert not entry.evidence, f"{way}: it was the same print all along"


def test_an_octoprint_killed_in_mid_print_and_booting_again(house: House) -> None:
    """The tablet says at once that it knows no more, and nothing after that is counted."""
    began = house.print()
    house.peer.kill()
    killed = time.monotonic()
    house.wait_for_card("État inconnu")
    house.peer.start()
    for way, entry in house.ends().items():
        assert entry.result is Result.LOST, way
        assert 0 < entry.used_us / SECOND <= killed - began, way
        assert entry.unseen_us == 0, way
    house.wait_for_card("Hors ligne", "Fin non observée")
