"""Real OctoPrints, watched in several ways at once: the hours are the same whichever way.

One print is watched by polling alone, through a proxy that lets no push stream
pass, with push, and with push and polls twenty times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from drivers.octoprint import Options
from drivers.octoprint.link import OctoPrintLink
from kiosk.clock import ClockPace, SystemClock
from machines.facts import Back, Happened, PrinterSeen, PrintHappened, Silence
from machines.instants import SECOND
from machines.journal import PrintEnded, Result
from tests.drivers.octoprint_ledger import Ledger
from tests.drivers.odd_server import OddServer, http
from tests.octoprint_peer import VERSIONS, OctoPrintPeer, gcode, need

pytestmark = [pytest.mark.octoprint, pytest.mark.slow]

POLL_S = 0.5
#: What two ways of counting may differ by.
TWO_POLLS_S = 2 * POLL_S
CUBE = "cube.gcode"
#: A loaded machine may come too late to one boot.
BOOTS = 5


@dataclass
class Watch:
    """Ledgers of one printer, by the way in which they see it."""

    ledgers: dict[str, Ledger]

    def wait_for_look(self, state: str) -> None:
        for ledger in self.ledgers.values():
            ledger.wait_for_look(state)

    def wait_for_clock(self) -> None:
        """Until the printer's own clock has moved."""

        def moved(ledger: Ledger) -> bool:
            job = ledger.last.job if ledger.last else None
            return job is not None and bool(job.elapsed_s)

        for ledger in self.ledgers.values():
            ledger.wait_for(moved)

    def ends(self) -> dict[str, PrintEnded]:
        return {way: ledger.wait_for_end() for way, ledger in self.ledgers.items()}


def watch(peer: OctoPrintPeer, **ways: Options) -> Iterator[Watch]:
    clock = SystemClock()
    ledgers = {way: Ledger(way, clock, options.poll_s) for way, options in ways.items()}
    links = [
        OctoPrintLink(way, options, peer.key, ledgers[way], ClockPace(clock))
        for way, options in ways.items()
    ]
    for link in links:
        link.start()
    for ledger in ledgers.values():
        ledger.wait_for(_is_open)
    yield Watch(ledgers)
    for link in links:
        link.stop()


def _is_open(ledger: Ledger) -> bool:
    """A stream that has opened asks at once for a second sight."""
    return sum(isinstance(fact, PrinterSeen) for fact in ledger.facts) >= 2


def options(url: str, poll_s: float = POLL_S, push: bool = True) -> Options:
    return Options(url, "key", poll_s, push)


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[OctoPrintPeer]:
    need(request.param)
    with OctoPrintPeer(request.param) as peer:
        peer.connect()
        peer.upload(CUBE, gcode(seconds=3))
        peer.upload("long.gcode", gcode(seconds=60))
        peer.wait_for_analysis(CUBE)
        yield peer


@pytest.fixture
def peer(server: OctoPrintPeer) -> OctoPrintPeer:
    """An idle printer, whatever the test before did to it."""
    if server.state() != "Operational":
        server.disconnect()
    server.connect()
    return server


@pytest.fixture
def proxy(peer: OctoPrintPeer) -> Iterator[str]:
    """The address of a proxy that passes questions on, and no push stream."""

    def answer(head: str) -> bytes:
        path = head.split()[1]
        if "/sockjs/" in path:
            return http(b"", "404 Not Found")
        passed = requests.get(peer.url + path, headers={"X-Api-Key": peer.key}, timeout=5)
        return http(passed.content, f"{passed.status_code} {passed.reason}")

    with OddServer(answer) as server:
        yield server.url


@pytest.fixture
def watched(peer: OctoPrintPeer, proxy: str) -> Iterator[Watch]:
    yield from watch(
        peer,
        polling=options(peer.url, push=False),
        blocked=options(proxy),
        push=options(peer.url),
        slow=options(peer.url, poll_s=20 * POLL_S),
    )


def test_a_print_is_as_long_as_octoprint_says_and_its_pause_is_not_in_it(peer, watched):
    peer.print(CUBE)
    watched.wait_for_look("printing")
    peer.pause()
    watched.wait_for_look("paused")
    peer.resume()
    ends = watched.ends()
    printer_s = ends["push"].printer_s
    assert printer_s is not None
    for way, entry in ends.items():
        assert entry.result is Result.DONE, way
        assert entry.used_us / SECOND == pytest.approx(printer_s, abs=TWO_POLLS_S), way
        assert entry.paused_us > 0, way
        assert entry.unseen_us == 0, way
        assert entry.evidence == "", way
    assert ends["slow"].used_us / SECOND == pytest.approx(printer_s, abs=0.3)
    assert ends["push"].used_us / SECOND == pytest.approx(printer_s, abs=0.3)
    assert [len(ledger.began) for ledger in watched.ledgers.values()] == [1, 1, 1, 1]
    assert ends["push"].filament_mm == 6.0


def test_a_print_cancelled_while_paused_is_closed_without_its_pause(peer, watched):
    peer.print("long.gcode")
    watched.wait_for_look("printing")
    peer.pause()
    watched.wait_for_look("paused")
    peer.cancel()
    ends = watched.ends()
    for way, entry in ends.items():
        assert entry.result is Result.CANCELLED, way
        assert entry.paused_us > 0, way
        assert entry.unseen_us == 0, way
    used = [entry.used_us / SECOND for entry in ends.values()]
    assert max(used) - min(used) <= TWO_POLLS_S
    again = [fact.what for fact in watched.ledgers["push"].facts if isinstance(fact, PrintHappened)]
    assert again[-2:] == [Happened.CANCELLED, Happened.FAILED]


def test_a_printer_that_wants_another_filament_says_so_and_pauses(peer):
    peer.upload("m600.gcode", gcode(3).replace("M84\n", "M600\n") + gcode(1))
    for watched in watch(peer, push=options(peer.url)):
        ledger = watched.ledgers["push"]
        peer.print("m600.gcode")
        ledger.wait_for(lambda it: PrintHappened("push", Happened.FILAMENT) in it.facts)
        watched.wait_for_look("paused")
        peer.wait_for("Paused")  # while it says "Pausing", it does not go on
        peer.post("job", command="pause", action="resume")
        assert ledger.wait_for_end().result is Result.DONE


def test_a_printer_that_dies_while_paused_closes_its_print(peer, watched):
    peer.print("long.gcode")
    watched.wait_for_look("printing")
    peer.pause()
    watched.wait_for_look("paused")
    peer.gcode("!!DEBUG:drop_connection")
    for way, entry in watched.ends().items():
        assert entry.result is Result.FAILED, way
        assert entry.paused_us > 0, way
    peer.wait_for("Offline after error")
    for way in ("polling", "blocked"):
        ledger = watched.ledgers[way]
        ledger.wait_for(lambda ledger: ledger.last.state == "Offline after error")


def test_a_printer_that_says_printing_and_does_nothing_is_not_counted(peer):
    for seen in watch(
        peer, polling=options(peer.url, 0.2, push=False), push=options(peer.url, 0.2)
    ):
        peer.print("long.gcode")
        seen.wait_for_look("printing")
        seen.wait_for_clock()
        peer.gcode("!!DEBUG:go_awol")
        seen.wait_for_look("unknown")
        assert peer.state() == "Printing"
        peer.disconnect()
        for way, entry in seen.ends().items():
            assert entry.result is Result.FAILED, way
            assert entry.used_us > 0, way
            assert entry.unseen_us >= 10 * 0.2 * SECOND, way


def test_an_octoprint_that_boots_is_told_as_starting_whatever_it_answers(server):
    """For a tenth of a second its port answers bytes that are not HTTP: it is met at once."""
    with OctoPrintPeer(server.version) as peer:
        for _ in range(BOOTS):
            peer.kill()
            peer.launch()
            peer.wait_for_bytes()
            clock = SystemClock()
            ledger = Ledger("boot", clock, 0.1)
            link = OctoPrintLink("boot", options(peer.url, 0.1), peer.key, ledger, ClockPace(clock))
            link.start()
            ledger.wait_for(lambda ledger: ledger.last is not None)
            link.stop()
            assert ledger.last.state == "Offline"
            assert not ledger.began
            whys = [fact.why for fact in ledger.facts if isinstance(fact, Silence)]
            if "starting: it answers something that is not HTTP" in whys:
                return
    pytest.fail(f"in {BOOTS} boots the link never came in time to be answered no HTTP")


def test_an_octoprint_killed_in_mid_print_loses_it_and_counts_what_was_seen(server):
    with OctoPrintPeer(server.version) as peer:
        peer.connect()
        peer.upload(CUBE, gcode(seconds=60))
        for seen in watch(peer, polling=options(peer.url, push=False), push=options(peer.url)):
            peer.print(CUBE)
            seen.wait_for_look("printing")
            seen.wait_for_clock()
            peer.kill()
            seen.wait_for_look("unknown")
            peer.start()
            for way, entry in seen.ends().items():
                assert entry.result is Result.LOST, way
                assert entry.used_us > 0, way
                assert entry.unseen_us == 0, way
                ledger = seen.ledgers[way]
                *silences, back = (f for f in ledger.facts if isinstance(f, Silence | Back))
                assert silences, way
                assert isinstance(back, Back), way
                assert not any(isinstance(fact, Back) for fact in silences), way
                assert ledger.last is not None
                assert ledger.last.state == "Offline"
