"""A whole kiosk whose queue prints on real OctoPrints: from the file to the record.

Two printers, one of each version, at once. The kiosk's clock goes eight times
faster than they do, so that its patience of half a minute is over in four seconds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import FastClock, SystemClock
from kiosk.floor.acts import ClearPlate, Connect, Order, Requeue, StartJob, Submit, Told
from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.screens import LabScreens, SyncNews
from kiosk.process import Kiosk
from kiosk.sites import read_site
from kiosk.store.store import Store
from kiosk.sync import roster
from machines.job_entries import (
    JobRefused,
    JobStarting,
    JobSubmitted,
    NotStarted,
    Ordered,
    PrintReconciled,
)
from machines.journal import PrintBegan, PrintEnded, Result
from machines.members import Roster
from tests.lab import members
from tests.octoprint_peer import KIOSK_KEY, VERSIONS, OctoPrintPeer, gcode, need
from tests.octoprint_proxy import Proxy

pytestmark = [pytest.mark.octoprint, pytest.mark.slow]

SPEED = 8.0
PATIENCE_S = 25.0

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
[machines.{slug}]
name = "MK4 {slug}"
family = "3d-printer"
sort = "watched"

[machines.{slug}.driver]
kind = "octoprint"
url = "{url}"
key_file = "octoprint"
poll_s = 2.0

[machines.{slug}.printer]
"""


def until(claim: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:g} s: {what}"
        time.sleep(0.02)


class House:
    """A kiosk, its printers by slug, and the networks to them."""

    def __init__(self, folder: Path, printers: dict[str, str]) -> None:
        self._folder = folder
        (folder / "keys").mkdir()
        (folder / "files").mkdir()
        (folder / "keys/badge-key").write_text("the key of an association")
        (folder / "keys/octoprint").write_text(KIOSK_KEY)
        self._file = folder / "site.toml"
        tables = (PRINTER.format(slug=slug, url=url) for slug, url in printers.items())
        self._file.write_text(LAB + "".join(tables))
        self._keys = count(10_000_000)
        self._clock = FastClock(SystemClock().now().wall_us, SPEED)
        store = Store(read_site(self._file).database, self._clock)
        people = roster.encode(Roster("e1", 1, members()))
        store.submit(lambda journal: roster.keep(journal.connection, people)).result(10)
        store.close()
        self.open()

    def open(self) -> None:
        self.kiosk = Kiosk(read_site(self._file), self._clock)
        self._screens = LabScreens(self._clock, SyncNews)
        self._screens.show(self.kiosk.floor)

    def act(self, act: Any) -> Told:
        """Noé, the animator, does it."""
        return self.kiosk.floor.desk.act(act, str(next(self._keys)), "m-noe").result(10)

    def submit(self, slug: str, content: str) -> str:
        """Inès brings a file for this printer."""
        raw = content.encode()
        digest = hashlib.sha256(raw).hexdigest()
        (self._folder / f"files/{digest}.gcode").write_bytes(raw)
        entry = JobSubmitted(digest, len(raw), "tablet", wish=slug, estimated_s=60.0)
        told = self.act(Submit(entry, "Tasse n°2.gcode", "m-ines"))
        assert told.done, told
        return told.job

    def clear(self, slug: str) -> None:
        self.wait_for_state(slug, "Operational")
        until(lambda: self._is_cleared(slug), f"{slug}: the plate is said to be clear")

    def _is_cleared(self, slug: str) -> bool:
        self.act(ClearPlate(slug))
        return self.bay(slug).plate == "clear"

    def start(self, job: str, slug: str) -> None:
        told = self.act(StartJob(job, slug))
        assert told.done, told

    def order(self, slug: str, what: Ordered) -> None:
        told = self.act(Order(slug, self.bay(slug).print, what))
        assert told.done, told
        until(lambda: self._how(slug) in ("confirmed", ""), f"{slug}: {what} is confirmed")

    def _how(self, slug: str) -> str:
        command = self.bay(slug).command
        return command.how if command else ""

    # -- what is seen ---------------------------------------------------------------------------

    def view(self) -> Any:
        seen: Future[Any] = Future()

        def look(_: object) -> None:
            self._screens.draw()
            seen.set_result(self._screens.view())

        self.kiosk.floor.soon(look)
        return seen.result(10)

    def bay(self, slug: str) -> PrinterView:
        [machine] = [one for one in self.view().machines if one.slug == slug]
        assert isinstance(machine.printer, PrinterView)
        return machine.printer

    def job(self, job: str) -> JobView:
        queue = self.view().queue
        [found] = [one for one in (*queue.jobs, *queue.over) if one.id == job]
        assert isinstance(found, JobView)
        return found

    def wait_for_state(self, slug: str, text: str) -> None:
        def seen() -> bool:
            printer = self.kiosk.floor.posts[slug].printer
            return printer is not None and printer.state.startswith(text)

        until(seen, f"{slug} is {text}")

    def wait_for_job(self, job: str, state: str) -> JobView:
        def holds() -> bool:
            return self.job(job).state == state

        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"not {state!r}: {self.job(job)}"
            time.sleep(0.02)
        return self.job(job)

    def bodies(self, kind: type) -> list[Any]:
        asked = self.kiosk.store.submit(lambda journal: [e for _, e in journal.entries()])
        return [entry.body for entry in asked.result(10) if isinstance(entry.body, kind)]


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, OctoPrintPeer]]:
    for version in VERSIONS:
        need(version)
    servers = dict(zip(("old", "new"), map(OctoPrintPeer, VERSIONS), strict=True))
    try:
        for peer in servers.values():
            peer.start()
        yield servers
    finally:
        for peer in servers.values():
            peer.close()


@pytest.fixture
def networks(peers: dict[str, OctoPrintPeer]) -> Iterator[dict[str, Proxy]]:
    for peer in peers.values():
        if peer.state() != "Operational":
            peer.disconnect()
        peer.connect()
    with Proxy(peers["old"].url) as old, Proxy(peers["new"].url) as new:
        yield {"old": old, "new": new}


@pytest.fixture
def house(tmp_path: Path, networks: dict[str, Proxy]) -> Iterator[House]:
    house = House(tmp_path, {slug: network.url for slug, network in networks.items()})
    yield house
    house.kiosk.close()


def starts(network: Proxy) -> list[int]:
    """How often each file was started."""
    return [times for asked, times in network.commands.items() if "select" in asked]


BOTH = ("old", "new")


def test_two_jobs_are_printed_side_by_side_from_the_file_to_the_record(house, peers):
    """With a pause and a filament change on the way."""
    content = gcode(1.5).replace("M84\n", "M600\n") + gcode(1)
    jobs = {slug: house.submit(slug, content + f"; {slug}\n") for slug in BOTH}
    for slug, job in jobs.items():
        house.clear(slug)
        house.start(job, slug)
    for slug, job in jobs.items():
        house.wait_for_job(job, "printing")
        house.order(slug, Ordered.PAUSE)
        peers[slug].wait_for("Paused")
    for slug in jobs:
        house.order(slug, Ordered.RESUME)
    for slug in jobs:
        house.wait_for_state(slug, "Paused")  # the filament
        house.order(slug, Ordered.RESUME)
    for slug, job in jobs.items():
        over = house.wait_for_job(job, "over")
        assert (over.result, over.attempts) == (Result.DONE, 1)
        assert house.bay(slug).plate == "taken"
    began = {body.machine: body for body in house.bodies(PrintBegan)}
    ended = {body.machine: body for body in house.bodies(PrintEnded)}
    assert len(house.bodies(PrintEnded)) == 2
    for slug, job in jobs.items():
        assert began[slug].job == job
        assert ended[slug].result is Result.DONE
        assert ended[slug].used_us > 0
        assert ended[slug].paused_us > 0
        until(lambda slug=slug: not _ours(peers[slug]), f"{slug}: the file is taken away")


def _ours(peer: OctoPrintPeer) -> set[str]:
    return {path for path in peer.files() if path.startswith("fablab-")}


def test_a_cancelled_print_is_put_in_front_again_and_printed(house, networks):
    job = house.submit("old", gcode(3))
    house.clear("old")
    house.start(job, "old")
    house.wait_for_job(job, "printing")
    house.order("old", Ordered.CANCEL)
    assert house.wait_for_job(job, "over").result is Result.CANCELLED
    assert house.act(Requeue(job, front=True)).done
    house.clear("old")
    house.start(job, "old")
    assert house.wait_for_job(job, "over").result is Result.DONE
    assert starts(networks["old"]) == [1, 1]
    assert [body.attempt for body in house.bodies(JobStarting)] == [1, 2]


def test_a_start_whose_answer_is_lost_is_found_printing_and_never_sent_again(house, networks):
    for network in networks.values():
        network.answerless.add("select")
    for slug, job in begun(house, gcode(2)).items():
        over = house.wait_for_job(job, "over")
        assert (over.result, over.attempts) == (Result.DONE, 1)
        assert starts(networks[slug]) == [1]
    assert house.bodies(JobRefused) == []


def begun(house: House, content: str) -> dict[str, str]:
    """A job at each printer, whose start an animator has just asked for."""
    jobs = {slug: house.submit(slug, f"{content}; {slug}\n") for slug in BOTH}
    for slug in BOTH:
        house.clear(slug)
    for slug, job in jobs.items():
        house.start(job, slug)
    return jobs


def test_a_start_that_is_lost_itself_waits_again_after_octoprint_was_asked(house, networks):
    for network in networks.values():
        network.lost.add("select")
    jobs = begun(house, gcode(1))
    until(lambda: len(house.bodies(JobRefused)) == 2, "both are given up")
    for slug, job in jobs.items():
        assert house.wait_for_job(job, "waiting").refused == NotStarted.NO_ANSWER
        assert starts(networks[slug]) == [1]
        networks[slug].lost.clear()
        house.clear(slug)
        house.start(job, slug)
    for slug, job in jobs.items():
        assert house.wait_for_job(job, "over").result is Result.DONE
        assert starts(networks[slug]) == [1, 1]


def test_a_print_that_nobody_saw_is_told_by_octoprints_history(house, networks, peers):
    """The network is away from the start to the end; nothing is printed twice."""
    for network in networks.values():
        network.before["select"] = lambda network=network: network.answerless.update(
            ("select", "GET ")
        )
    jobs = begun(house, gcode(1))
    for slug in BOTH:
        until(lambda slug=slug: starts(networks[slug]), f"{slug}: the start is sent")
        peers[slug].wait_for("Operational")
        [path] = _ours(peers[slug])
        peers[slug].wait_for_history(path)
        networks[slug].before.clear()
        networks[slug].answerless.clear()
    for slug, job in jobs.items():
        over = house.wait_for_job(job, "over")
        assert (over.result, over.attempts) == (Result.DONE, 1)
        assert starts(networks[slug]) == [1]
    assert not house.bodies(PrintEnded), "its hours are nobody's who did not see it"
    assert [body.done for body in house.bodies(PrintReconciled)] == [True, True]


def test_an_octoprint_killed_in_mid_print_loses_the_print_and_starts_nothing_by_itself(
    house, networks, peers
):
    jobs = begun(house, gcode(60))
    for slug, job in jobs.items():
        house.wait_for_job(job, "printing")
        peers[slug].kill()
    for slug, job in jobs.items():
        until(lambda slug=slug: house.kiosk.floor.posts[slug].silence, f"{slug} is silent")
        peers[slug].start()
        assert house.wait_for_job(job, "over").result is Result.LOST
        house.wait_for_state(slug, "Offline")
        assert house.act(Connect(slug)).done
        house.wait_for_state(slug, "Operational")
        assert house.bay(slug).plate == "taken"
        assert starts(networks[slug]) == [1]


def test_a_key_revoked_between_file_and_start_brings_the_job_back_with_the_reason(
    house, networks, peers
):
    for slug in BOTH:
        networks[slug].before["select"] = lambda slug=slug: peers[slug].revoke("kiosk")
    jobs = begun(house, gcode(1))
    until(lambda: len(house.bodies(JobRefused)) == 2, "both are refused")
    for slug, job in jobs.items():
        assert house.wait_for_job(job, "waiting").refused == NotStarted.KEY
        assert peers[slug].state() == "Operational"
        peers[slug].stop()
        peers[slug].start()  # with the key that it had


def test_an_octoprint_that_cannot_keep_a_file_brings_the_job_back_and_prints_it_later(house, peers):
    for peer in peers.values():
        peer.hold_files_to(10_000)
    try:
        jobs = begun(house, gcode(1) + "; a long word\n" * 100_000)
        until(lambda: len(house.bodies(JobRefused)) == 2, "both are refused")
    finally:
        for peer in peers.values():
            peer.hold_files_to(-1)
    for slug, job in jobs.items():
        assert house.wait_for_job(job, "waiting").refused == NotStarted.UPLOAD
        house.start(job, slug)  # its plate is still clear
    for job in jobs.values():
        assert house.wait_for_job(job, "over").result is Result.DONE


def test_a_printer_that_hangs_is_never_noticed_by_the_other(house, peers):
    for slug in BOTH:
        house.clear(slug)
    hanging, well = house.submit("new", gcode(60)), house.submit("old", gcode(1))
    peers["new"].freeze()
    try:
        house.start(hanging, "new")
        house.start(well, "old")
        began = time.monotonic()
        house.wait_for_job(well, "printing")
        assert time.monotonic() - began < 2.0
        assert house.wait_for_job(well, "over").result is Result.DONE
        refused = house.wait_for_job(hanging, "waiting")
        assert refused.refused == NotStarted.OFFLINE
    finally:
        peers["new"].thaw()
    house.wait_for_state("new", "Operational")
    [late] = [body.path for body in house.bodies(JobStarting) if body.machine == "new"]
    until(lambda: late not in peers["new"].files(), "what came too late is taken away")
    assert peers["new"].state() == "Operational"
