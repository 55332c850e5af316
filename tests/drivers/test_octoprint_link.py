"""The link to an OctoPrint: what it tells of good, bad, mad and missing ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers.octoprint import Options
from drivers.octoprint import link as module
from drivers.octoprint.fake import FakeOctoPrint
from drivers.octoprint.link import OctoPrintLink
from kiosk.clock import ClockPace, FastClock, SystemClock
from machines.facts import Back, Fact, Happened, PrinterSeen, PrintHappened, Silence
from machines.meter import Work
from tests.drivers.hearing import Heard
from tests.drivers.octoprint_ledger import Ledger
from tests.drivers.odd_server import IDLE, OddServer, frame, http, with_stream
from tests.octoprint_peer import free_port

KEY = "a-key-that-nobody-may-see"
Follow = Callable[..., Heard]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Starts a link to an address, ten times a second; stops them all afterwards."""
    links: list[OctoPrintLink] = []

    def start(url: str, push: bool = False, key: str = KEY) -> Heard:
        heard = Heard()
        options = Options(url, "prusa-key", poll_s=0.1, push=push)
        links.append(OctoPrintLink("prusa", options, key, heard, ClockPace(SystemClock())))
        links[-1].start()
        return heard

    yield start
    for link in links:
        link.stop()
        link.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("octoprint ")]


def sights(facts: list[Fact]) -> list[PrinterSeen]:
    return [fact for fact in facts if isinstance(fact, PrinterSeen)]


def silence(heard: Heard) -> str:
    (fact,) = heard.wait_for_kind(Silence)
    assert isinstance(fact, Silence)
    return fact.why


# -- prints, on the fake ----------------------------------------------------------------------


def test_a_print_is_told_from_its_start_to_its_end(follow):
    pace = ClockPace(FastClock(0, speed=20))
    with FakeOctoPrint(pace, KEY) as house:
        prusa = house.add("prusa")
        heard = follow(house.url("prusa"))
        heard.wait_for(lambda facts: bool(sights(facts)))
        prusa.print("cube.gcode", seconds=10)
        heard.wait_for(lambda facts: sights(facts)[-1].work is Work.WORKING)
        prusa.pause()
        heard.wait_for(lambda facts: sights(facts)[-1].work is Work.PAUSED)
        prusa.resume()
        facts = heard.wait_for(lambda facts: sights(facts)[-1].work is Work.RESTING)
        last = sights(facts)[-1].job
        assert last is not None
        assert (last.path, last.progress, last.elapsed_s) == ("cube.gcode", 1.0, 10)
        assert sights(facts)[-1].nozzle_c is not None


@pytest.mark.slow
def test_twenty_printers_are_each_counted_within_two_polls():
    clock = FastClock(1_800_000_000_000_000, speed=10)
    slugs = [f"printer-{n}" for n in range(20)]
    with FakeOctoPrint(ClockPace(clock), KEY) as house:
        ledgers, links = {}, []
        for slug in slugs:
            printer = house.add(slug)
            ledgers[slug] = Ledger(slug, clock, poll_s=3.0)
            options = Options(house.url(slug), "key", push=False)
            links.append(OctoPrintLink(slug, options, KEY, ledgers[slug], ClockPace(clock)))
            links[-1].start()
            ledgers[slug].wait_for(lambda ledger: ledger.last is not None)
            printer.print("cube.gcode", seconds=40)
        ended = [ledgers[slug].wait_for_end() for slug in slugs]
        for link in links:
            link.stop()
    for entry in ended:
        assert entry.used_us / 1e6 == pytest.approx(40, abs=6)
        assert entry.unseen_us == 0


# -- silences -----------------------------------------------------------------------------------


def test_an_octoprint_that_boots_answers_no_http_and_is_told_as_starting(follow):
    port = free_port()
    with OddServer(lambda _: b"Not found", port) as server:
        heard = follow(server.url)
        assert silence(heard) == "starting: it answers something that is not HTTP"
    with OddServer(lambda _: http(IDLE), port):
        facts = heard.wait_for_kind(PrinterSeen, count=3)
    kinds = [type(fact) for fact in facts]
    back = kinds.index(Back)
    assert set(kinds[:back]) == {Silence}  # with another reason where a poll met neither server
    assert kinds[back + 1] is PrinterSeen
    assert kinds.count(Back) == 1


def test_an_octoprint_that_is_off_is_silent_once(follow):
    heard = follow(f"http://127.0.0.1:{free_port()}")
    assert "refuses the connection" in silence(heard)
    port = free_port()
    other = follow(f"http://127.0.0.1:{port}")
    silence(other)
    with OddServer(lambda _: http(IDLE), port):
        other.wait_for_kind(PrinterSeen)
    assert sum(isinstance(fact, Silence) for fact in heard.facts) == 1


def test_a_silence_is_told_again_when_its_reason_is_another(follow):
    answer = b"Not found"
    with OddServer(lambda _: answer) as server:
        heard = follow(server.url)
        silence(heard)
        answer = http(b"{}", "403 Forbidden")
        told = heard.wait_for_kind(Silence, count=2)
    assert [type(fact) for fact in told[:2]] == [Silence, Silence]
    assert "refuses the API key" in told[1].why


@pytest.mark.slow
def test_an_answer_that_stops_half_way_is_waited_for_three_seconds(follow):
    with OddServer(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{") as server:
        assert silence(follow(server.url)) == "does not answer in time"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(b"<html>starting</html>"), "starting, or no OctoPrint"),
        (http(b"[]"), "starting, or no OctoPrint"),
        (http(b"{}"), "starting, or no OctoPrint"),
        (http(b"[" * 100_000), "starting, or no OctoPrint"),
        (http(b"", "502 Bad Gateway"), "answers 502"),
        (http(b"", "302 Found", "Location: http://127.0.0.1:1/"), "answers 302"),
        (http(b"{}", "403 Forbidden"), "refuses the API key"),
        (http(b"x" * 1_000_000), "more than 256 kB"),
        (http(b"not gzip", "200 OK", "Content-Encoding: gzip"), "cannot be reached"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n{", "cannot be reached"),
        (b"\x00\xff" * 5000, "starting"),
        (b"", "closed the connection"),
    ],
)
def test_whatever_it_answers_is_one_silence_with_its_reason(follow, answer, why):
    with OddServer(lambda _: answer) as server:
        heard = follow(server.url)
        assert why in silence(heard)
        server.wait_for("/api/job", 3)
    assert len(heard.facts) == 1


def test_a_wrong_key_is_told_and_no_key_is_ever_logged(follow, caplog):
    caplog.set_level(logging.DEBUG)
    with FakeOctoPrint(ClockPace(SystemClock())) as house:
        house.add("prusa")
        heard = follow(house.url("prusa"), push=True)
        assert "refuses the API key (403)" in silence(heard)
    assert KEY not in caplog.text + str(heard.facts)


def test_the_key_goes_to_no_other_address(follow):
    with OddServer(lambda _: http(IDLE)) as thief:
        elsewhere = http(b"", "307 Temporary Redirect", f"Location: {thief.url}/api/job")
        with OddServer(lambda _: elsewhere) as server:
            silence(follow(server.url, push=True))
            assert f"X-Api-Key: {KEY}" in server.requests[0]
    assert thief.requests == []


def test_a_printer_that_hangs_stops_no_other(follow):
    with OddServer(lambda _: None) as hung, OddServer(lambda _: http(IDLE)) as well:
        follow(hung.url)
        follow(well.url).wait_for_kind(PrinterSeen, count=10)


def test_a_connection_closed_between_two_polls_is_no_silence(follow):
    with OddServer(lambda _: b"HTTP/1.0 200 OK\r\n\r\n" + IDLE) as server:
        server.serve = _then_close(server.serve)  # type: ignore[method-assign]
        heard = follow(server.url)
        heard.wait_for_kind(PrinterSeen, count=5)
    assert not [fact for fact in heard.facts[:5] if isinstance(fact, Silence)]


def _then_close(serve: Callable[..., bool]) -> Callable[..., bool]:
    return lambda handler: serve(handler) and False


def test_a_fault_of_whoever_is_told_does_not_end_the_thread(monkeypatch, caplog):
    monkeypatch.setattr(module, "AFTER_FAULT_S", 0.01)
    heard = Heard()

    def stumble(fact: Fact) -> None:
        heard(fact)
        raise RuntimeError("told at a bad moment")

    with OddServer(lambda _: http(IDLE)) as server:
        options = Options(server.url, "prusa-key", poll_s=0.1, push=False)
        following = OctoPrintLink("prusa", options, KEY, stumble, ClockPace(SystemClock()))
        following.start()
        heard.wait_for_kind(PrinterSeen, count=3)
        following.stop()
    assert "told at a bad moment" in caplog.text


# -- the push stream ------------------------------------------------------------------------------

STARTED = '{"event":{"type":"PrintStarted","payload":{"path":"cube.gcode"}}}'


def test_an_event_is_told(follow):
    with OddServer(with_stream(frame(STARTED))) as server:
        facts = follow(server.url, push=True).wait_for_kind(PrintHappened)
    assert PrintHappened("prusa", Happened.STARTED, "cube.gcode") in facts


@pytest.mark.parametrize(
    "frames",
    [
        b"\x00" * 1000,
        b"\xff" * 1000,
        b"\x81\x7f" + (2**40).to_bytes(8, "big") + b"x" * 1000,
        frame("not json") * 100,
        frame('{"event":[1,{"type":null}]}') * 100,
        frame('{"reauthRequired":{"reason":"stale"}}') * 5,
        frame('{"event":{"type":"PrinterStateChanged"}}') * 2000,
        b"\x88\x00",
        b"\x89\x04ping",
        frame(STARTED)[:20],
        b"\x01\x03abc",
    ],
    ids=range(11),
)
def test_whatever_the_stream_holds_the_polls_go_on(follow, frames):
    with OddServer(with_stream(frames)) as server:
        heard = follow(server.url, push=True)
        heard.wait_for_kind(PrinterSeen, count=8)
        assert not [fact for fact in heard.facts if isinstance(fact, Silence)]


def test_a_stale_session_is_logged_in_again(follow):
    stale = frame('{"reauthRequired":{"reason":"stale"}}')
    with OddServer(with_stream(stale)) as server:
        follow(server.url, push=True)
        server.wait_for("/api/login", 2)


def test_a_proxy_that_lets_no_stream_through_is_tried_again_after_a_pause(follow):
    def answer(head: str) -> bytes:
        return http(b"", "404 Not Found") if "/sockjs/" in head else http(IDLE)

    with OddServer(answer) as server:
        heard = follow(server.url, push=True)
        heard.wait_for_kind(PrinterSeen, count=10)
        tries = sum("/sockjs/" in head for head in server.requests)
    assert 1 <= tries <= 3
