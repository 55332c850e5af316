"""Real OctoPrints, commanded: what is agreed happens, what is refused does not, and lost is lost.

Two servers, one of each version, serve the whole module; the kiosk's key has the
permissions that drivers/README.md asks for, and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.site import Driver, Machine, Site, Sort
from drivers.octoprint import Options
from drivers.octoprint.commands import Commands
from drivers.octoprint.fake import FakeOctoPrint
from drivers.octoprint.parcel import Parcel
from drivers.octoprint.rest import Patience
from kiosk.clock import ClockPace, FastClock
from kiosk.printers import OctoPrints
from machines.facts import Agreed, Answer, Answered, Fact, HistoryTold, Refused, Unanswered
from machines.job_entries import NotStarted, Ordered
from tests.drivers.hearing import Heard
from tests.drivers.odd_server import OddServer
from tests.octoprint_peer import KIOSK_KEY, VERSIONS, VIEWER_KEY, OctoPrintPeer, gcode, need

pytestmark = [pytest.mark.octoprint, pytest.mark.slow]

SHORT, LONG, CHANGE = "fablab-short.gcode", "fablab-long.gcode", "fablab-m600.gcode"
M600 = gcode(1).replace("M84\n", "M600\n") + gcode(1)
#: Who waits for an OctoPrint that hangs waits so long.
BRIEF = Patience(connect_s=1.0, piece_s=1.0, answer_s=1.0)


class Bench:
    """One OctoPrint, and our commands to it."""

    def __init__(self, peer: OctoPrintPeer, folder: Path) -> None:
        self.peer = peer
        self.to = Commands(peer.url, KIOSK_KEY)
        self._folder = folder

    def parcel(self, path: str, content: str) -> Parcel:
        file = self._folder / path
        file.write_text(content)
        return Parcel(file, hashlib.sha256(content.encode()).hexdigest(), path)

    def upload(self, path: str, content: str) -> Answer:
        return self.to.upload(self.parcel(path, content))

    def start(self, path: str) -> None:
        """Returns once it prints; a short one may be over by then, on a loaded machine."""
        assert self.to.start(path) == Agreed()
        self.peer.wait_until(lambda: self._began(path), f"printing {path}")

    def _began(self, path: str) -> bool:
        job = self.peer.get("job")
        began = job["state"] == "Printing" or job["progress"]["completion"] == 100
        return began and job["job"]["file"]["path"] == path


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, OctoPrintPeer]]:
    running: dict[str, OctoPrintPeer] = {}
    yield running
    for peer in running.values():
        peer.close()


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    need(request.param)
    return str(request.param)


@pytest.fixture
def bench(version: str, peers: dict[str, OctoPrintPeer], tmp_path: Path) -> Bench:
    """An idle printer with its files, whatever the test before did to it."""
    return idle(version, peers, tmp_path)


def idle(version: str, peers: dict[str, OctoPrintPeer], folder: Path) -> Bench:
    fresh = version not in peers
    if fresh:
        peers[version] = OctoPrintPeer(version, comm_timeout_s=1, timeouts=2)
        peers[version].start()
    peer = peers[version]
    if peer.state() != "Operational":
        peer.disconnect()
    peer.connect()
    bench = Bench(peer, folder)
    if fresh:
        for path, content in ((SHORT, gcode(1.5)), (LONG, gcode(60)), (CHANGE, M600)):
            assert bench.upload(path, content) == Agreed()
    return bench


def reason(answer: Answer) -> NotStarted:
    assert isinstance(answer, Refused), answer
    return answer.reason


def histories(bench: Bench) -> tuple[dict[str, float], set[str]]:
    told = bench.to.history()
    assert not isinstance(told, Refused)
    done, failed = told
    return {past.path: past.printer_s for past in done}, {past.path for past in failed}


# -- a print's life ---------------------------------------------------------------------------


def test_a_file_is_brought_started_paused_resumed_and_printed_to_its_end(bench):
    shares: list[float] = []
    parcel = bench.parcel("fablab-7.1.gcode", gcode(1.5))
    parcel._told = shares.append
    assert bench.to.upload(parcel) == Agreed()
    assert shares[-1] == 1
    bench.start("fablab-7.1.gcode")
    assert bench.to.order(Ordered.PAUSE) == Agreed()
    bench.peer.wait_for("Paused")
    assert bench.to.order(Ordered.RESUME) == Agreed()
    bench.peer.wait_for("Operational")
    assert bench.peer.get("job")["progress"]["completion"] == 100
    bench.peer.wait_for_history("fablab-7.1.gcode")
    done, failed = histories(bench)
    assert 1 < done["fablab-7.1.gcode"] < 5
    assert "fablab-7.1.gcode" not in failed
    bench.to.remove("fablab-7.1.gcode")
    assert "fablab-7.1.gcode" not in histories(bench)[0]
    assert reason(bench.to.start("fablab-7.1.gcode")) is NotStarted.UPLOAD


def test_a_cancelled_print_is_over_and_the_history_says_that_it_failed(bench):
    bench.start(LONG)
    assert bench.to.order(Ordered.CANCEL) == Agreed()
    bench.peer.wait_for("Operational")
    bench.peer.wait_for_history(LONG)
    done, failed = histories(bench)
    assert LONG in failed
    assert LONG not in done


def test_a_filament_change_pauses_and_a_resume_alone_goes_on(bench):
    """The printer's own prompt stands there all the while, and need not be answered."""
    bench.start(CHANGE)
    bench.peer.wait_for("Paused")
    prompt = bench.peer.get("plugin/action_command_prompt")
    assert prompt["text"]
    assert bench.to.order(Ordered.RESUME) == Agreed()
    bench.peer.wait_for("Operational")
    assert bench.peer.get("job")["progress"]["completion"] == 100


def test_a_second_start_is_refused_as_busy_and_touches_nothing(bench):
    bench.start(LONG)
    assert reason(bench.to.start(SHORT)) is NotStarted.BUSY
    assert reason(bench.upload(LONG, "G28\n")) is NotStarted.UPLOAD
    assert bench.to.connect() == Agreed()
    assert bench.peer.state() == "Printing"
    assert bench.peer.get("job")["job"]["file"]["path"] == LONG


def test_nothing_is_paused_where_nothing_prints(bench):
    for what in Ordered:
        assert reason(bench.to.order(what)) is NotStarted.REFUSED
    bench.peer.disconnect()
    for what in Ordered:
        assert reason(bench.to.order(what)) is NotStarted.OFFLINE
    assert reason(bench.to.start(SHORT)) is NotStarted.OFFLINE
    assert bench.to.connect() == Agreed()
    bench.peer.wait_for("Operational")


# -- what a printer can do wrong --------------------------------------------------------------

#: `!!DEBUG` of the virtual printer, and what OctoPrint then says for good.
DEATHS = {
    "drop_connection": "Offline",
    "trigger_fatal_error_marlin": "Offline",
    "trigger_fatal_error_repetier": "Offline",
    "maxtemp_error": "Offline",
    "mintemp_error": "Offline",
    "toggle_klipper_connection": "Offline",
    "action_disconnect": "Offline",
    "reset": "Operational",
    "action_custom cancel": "Operational",
}


def strike(bench: Bench, error: str) -> None:
    """The error, in the midst of a print. Twice at most: one reset of 1.11.8 in many was seen
    to leave OctoPrint as it was for a minute."""
    for again in (True, False):
        bench.start(LONG)
        bench.peer.gcode(f"!!DEBUG:{error}")
        try:
            bench.peer.wait_for(DEATHS[error], timeout_s=20)
            break
        except TimeoutError:
            if not again:
                raise
            bench.peer.disconnect()
            bench.peer.connect()


@pytest.mark.parametrize("error", DEATHS)
def test_a_print_of_ours_that_dies_is_told_and_the_next_one_starts(bench, error):
    strike(bench, error)
    if DEATHS[error] == "Offline":
        assert reason(bench.to.start(SHORT)) is NotStarted.OFFLINE
        assert reason(bench.to.order(Ordered.CANCEL)) is NotStarted.OFFLINE
        assert bench.to.connect() == Agreed()
        bench.peer.wait_for("Operational")
    else:
        assert reason(bench.to.order(Ordered.CANCEL)) is NotStarted.REFUSED
    bench.start(LONG)


def test_a_printer_that_fell_silent_obeys_nothing_though_octoprint_agrees(bench, version, peers):
    bench.start(LONG)
    bench.peer.gcode("!!DEBUG:go_awol")
    assert bench.to.order(Ordered.CANCEL) == Agreed()
    assert reason(bench.to.start(SHORT)) is NotStarted.BUSY
    assert bench.peer.state() == "Cancelling"
    peers.pop(version).close()  # it would wait for that printer longer than the next test for it


@pytest.mark.parametrize("error", ["dont_answer", "resend_ratio 50", "action_pause"])
def test_a_print_of_ours_that_only_stumbles_goes_on(bench, error):
    bench.start(SHORT)
    bench.peer.gcode(f"!!DEBUG:{error}")
    if error == "action_pause":
        bench.peer.wait_for("Paused")
        assert bench.to.order(Ordered.RESUME) == Agreed()
    bench.peer.wait_for("Operational")
    assert bench.peer.get("job")["progress"]["completion"] == 100
    bench.peer.gcode("!!DEBUG:resend_ratio 0")


def test_a_printer_lost_between_upload_and_start_refuses_the_start(bench):
    assert bench.upload("fablab-8.gcode", gcode(1)) == Agreed()
    bench.peer.gcode("!!DEBUG:drop_connection")
    bench.peer.wait_for("Offline")
    assert reason(bench.to.start("fablab-8.gcode")) is NotStarted.OFFLINE


# -- what an OctoPrint can do wrong -----------------------------------------------------------


def test_a_key_revoked_between_upload_and_start_may_not_start(bench):
    bench.peer.revoke("kiosk")
    assert reason(bench.to.start(SHORT)) is NotStarted.KEY
    assert reason(bench.to.order(Ordered.PAUSE)) is NotStarted.KEY
    assert reason(bench.upload("fablab-9.gcode", gcode(1))) is NotStarted.KEY
    told = bench.to.history()
    assert isinstance(told, Refused)
    assert told.reason is NotStarted.KEY
    assert bench.peer.state() == "Operational"
    assert bench.peer.files() >= {SHORT, LONG}
    assert "fablab-9.gcode" not in bench.peer.files()
    bench.peer.stop()
    bench.peer.start()  # with the key that it had


def test_a_key_that_may_only_look_is_told_so_and_prints_nothing(bench):
    to = Commands(bench.peer.url, VIEWER_KEY)
    assert reason(to.upload(bench.parcel("fablab-9.gcode", gcode(1)))) is NotStarted.KEY
    assert reason(to.start(SHORT)) is NotStarted.KEY
    to.remove(SHORT)
    assert SHORT in bench.peer.files()
    bench.start(LONG)
    assert reason(to.order(Ordered.CANCEL)) is NotStarted.KEY
    assert bench.peer.state() == "Printing"


def test_an_octoprint_killed_in_mid_print_agrees_to_nothing_until_it_has_a_printer_again(bench):
    bench.start(LONG)
    bench.peer.kill()
    assert reason(bench.to.order(Ordered.PAUSE)) is NotStarted.OFFLINE
    bench.peer.launch()
    answers = [bench.to.start(SHORT)]
    while not (isinstance(answers[-1], Refused) and "already printing" in answers[-1].detail):
        assert len(answers) < 100_000, answers[-1]
        answers.append(bench.to.start(SHORT))
    assert Agreed() not in answers
    assert reason(answers[-1]) is NotStarted.OFFLINE
    assert reason(bench.to.order(Ordered.RESUME)) is NotStarted.OFFLINE
    bench.peer.connect()
    assert bench.peer.get("job")["job"]["file"]["path"] is None
    bench.start(LONG)


def test_an_order_to_an_octoprint_that_hangs_is_unanswered_and_carried_out_when_it_wakes(bench):
    """Why no start is ever sent again by itself."""
    to = Commands(bench.peer.url, KIOSK_KEY, BRIEF, BRIEF)
    bench.peer.freeze()
    try:
        assert isinstance(to.start(LONG), Unanswered)
        assert reason(to.upload(bench.parcel("fablab-9.gcode", gcode(1)))) is NotStarted.UPLOAD
    finally:
        bench.peer.thaw()
    bench.peer.wait_for("Printing")
    assert bench.peer.get("job")["job"]["file"]["path"] == LONG


def test_an_answer_that_gets_lost_on_its_way_is_unanswered_and_the_print_goes_on(bench):
    def lost(head: str) -> bytes | None:
        path = head.split()[1]
        body = {"command": "select", "print": True}
        key = {"X-Api-Key": KIOSK_KEY}
        assert requests.post(bench.peer.url + path, json=body, headers=key, timeout=5).ok
        return None

    with OddServer(lost) as network:
        answer = Commands(network.url, KIOSK_KEY, BRIEF, BRIEF).start(LONG)
        assert answer == Unanswered("does not answer in time")
        assert len(network.requests) == 1
    bench.peer.wait_for("Printing")


def test_an_octoprint_that_cannot_write_what_it_receives_keeps_nothing_and_goes_on(bench):
    bench.peer.hold_files_to(100_000)
    try:
        assert reason(bench.upload("fablab-11.gcode", "G1 X1\n" * 500_000)) is NotStarted.UPLOAD
    finally:
        bench.peer.hold_files_to(-1)
    assert "fablab-11.gcode" not in bench.peer.files()
    bench.start(LONG)


def test_an_octoprint_whose_disk_is_full_says_so_and_keeps_nothing(bench):
    with bench.peer.small_disk(1):
        answer = bench.upload("fablab-11.gcode", "G1 X1\n" * 500_000)  # it would keep a part
        assert reason(answer) is NotStarted.DISK
        assert "No space left on device" in str(answer)
        assert "fablab-11.gcode" not in bench.peer.files()
        assert bench.upload("fablab-11.gcode", gcode(1)) == Agreed()
    bench.start(SHORT)


# -- beside others ----------------------------------------------------------------------------


def test_the_fake_answers_as_a_real_one(bench):
    with FakeOctoPrint(ClockPace(FastClock(0, speed=60)), KIOSK_KEY) as house:
        house.add("prusa")
        fake = Commands(house.url("prusa"), KIOSK_KEY)
        assert fake.upload(bench.parcel(LONG, gcode(60))) == Agreed()
        for to in (fake, bench.to):
            answers = [
                to.start("fablab-none.gcode"),
                to.order(Ordered.PAUSE),
                to.upload(bench.parcel("fablab-10.gcode", gcode(1))),
                to.connect(),
                to.start(LONG),
                to.start(LONG),
                to.upload(bench.parcel(LONG, gcode(60))),
                to.order(Ordered.CANCEL),
            ]
            if to is fake:
                expected = answers
        assert [kind(answer) for answer in answers] == [kind(answer) for answer in expected]


def kind(answer: Answer) -> object:
    return (answer.reason, answer.detail) if isinstance(answer, Refused) else answer


@pytest.mark.parametrize("failing", VERSIONS)
def test_of_two_printers_one_that_always_fails_is_never_noticed_by_the_other(
    failing, peers, tmp_path
):
    """Through the kiosk's own hands: what the failing one is told piles up meanwhile."""
    (well,) = {*VERSIONS} - {failing}
    for one in VERSIONS:
        need(one)
    bad, good = idle(failing, peers, tmp_path), idle(well, peers, tmp_path)
    (tmp_path / "key").write_text(KIOSK_KEY)
    content = gcode(1).encode()
    file = hashlib.sha256(content).hexdigest()
    (tmp_path / f"{file}.gcode").write_bytes(content)
    heard = Heard()
    machines = tuple(
        Machine(slug, slug, "3d-printer", Sort.WATCHED, driver=Driver("octoprint", options))
        for slug, options in (
            ("bad", Options(bad.peer.url, "key")),
            ("good", Options(good.peer.url, "key")),
        )
    )
    printers = OctoPrints(Site("e", "E", machines, credentials=tmp_path), tmp_path, heard)

    def told(key: str) -> object:
        facts = heard.wait_for(lambda facts: any(key_of(fact) == key for fact in facts))
        return next(fact for fact in facts if key_of(fact) == key)

    bad.peer.freeze()
    try:
        for n in range(5):
            printers.upload("bad", f"bad upload {n}", file, f"fablab-{n}.gcode")
            printers.start("bad", f"bad start {n}", SHORT)
            printers.history("bad", f"bad history {n}")
        for turn in range(2):
            path = f"fablab-two-{turn}.gcode"
            printers.upload("good", f"upload {turn}", file, path)
            assert told(f"upload {turn}") == Answered("good", f"upload {turn}", Agreed())
            printers.start("good", f"start {turn}", path)
            assert told(f"start {turn}") == Answered("good", f"start {turn}", Agreed())
            good.peer.wait_for("Printing")
            printers.order("good", f"pause {turn}", Ordered.PAUSE)
            assert told(f"pause {turn}") == Answered("good", f"pause {turn}", Agreed())
            good.peer.wait_for("Paused")
            printers.order("good", f"resume {turn}", Ordered.RESUME)
            good.peer.wait_for("Operational")
            assert good.peer.get("job")["progress"]["completion"] == 100
        assert all(fact.machine == "good" for fact in heard.facts if key_of(fact))
    finally:
        bad.peer.kill()
        printers.stop()
    heard.wait_for(lambda facts: sum("bad" in key_of(fact) for fact in facts) == 15)
    bad.peer.start()


def key_of(fact: Fact) -> str:
    return fact.key if isinstance(fact, Answered | HistoryTold) else ""
