"""The demo as a newcomer has it: started, tried, stopped, started again."""

from __future__ import annotations

import html
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
import requests

from kiosk.demo.association import ADMIN, PASSWORD
from kiosk.demo.places import DemoError, Places
from kiosk.sites import read_site
from kiosk.store.disk import open_reader

#: Real seconds after which what should have come never will.
PATIENCE_S = 60.0

pytestmark = pytest.mark.slow


class Demo:
    """A running `fablab demo`, and a newcomer's verbs."""

    def __init__(self, places: Places, process: subprocess.Popen[str]) -> None:
        self.places = places
        self.process = process

    def present(self, person: str, lab: str = "ccdv", reader: str = "desk") -> None:
        self._post(self.places.url("bench"), {"lab": lab, "badge": person, "reader": reader})

    def pull(self, device: int, lever: int, lab: str = "ccdv") -> str:
        """What the bench says of it."""
        form = {"lab": lab, "device": str(device), "lever": str(lever)}
        return self._post(self.places.url("bench"), form)

    def touch(self, what: str, value: str = "", lab: str = "ccdv") -> None:
        url = self.places.url(lab)
        body = json.dumps({"what": what, "value": value}).encode()
        headers = {"Content-Type": "application/json", "Origin": url.rstrip("/")}
        request = urllib.request.Request(url + "touch", body, headers)
        urllib.request.urlopen(request, timeout=10).close()

    def screen(self, lab: str = "ccdv") -> str:
        kind = json.loads(self.page(lab, "screen.json"))["kind"]
        assert isinstance(kind, str)
        return kind

    def page(self, name: str, path: str = "") -> str:
        with urllib.request.urlopen(self.places.url(name) + path, timeout=10) as answer:
            text: str = answer.read().decode()
        return text

    def overview(self) -> str:
        """The central's first page, to its administrator."""
        central = self.places.url("central")
        with requests.Session() as browser:
            browser.headers["Origin"] = central.rstrip("/")
            page = browser.get(central + "login", timeout=10).text
            (token,) = re.findall(r'name="csrf" value="([^"]+)"', page)
            form = {"csrf": token, "name": ADMIN, "word": PASSWORD}
            return browser.post(central + "login", form, timeout=10).text

    def unsent(self, lab: str = "ccdv") -> int:
        return int(json.loads(self.page(lab, "healthz"))["unsent"])

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=PATIENCE_S)
        return said

    @staticmethod
    def _post(url: str, form: dict[str, str]) -> str:
        with urllib.request.urlopen(url, urlencode(form).encode(), timeout=10) as answer:
            text: str = answer.read().decode()
        return text


def until(claim: Callable[[], bool], what: str) -> None:
    """Looks again and again, as a person would, until `claim` holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _command(places: Places, *more: str) -> list[str]:
    where = ["--folder", str(places.folder), "--port", str(places.first_port)]
    return [sys.executable, "-m", "kiosk", "demo", *where, "--days", "4", *more]


@contextmanager
def started(places: Places, *more: str) -> Iterator[Demo]:
    process = subprocess.Popen(
        _command(places, *more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert process.poll() is None, "".join(said)
        yield Demo(places, process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A folder, and ports that nobody has now."""
    chance = random.Random(os.getpid())
    while True:
        places = Places(tmp_path / "demo", chance.randrange(20000, 30000, 20))
        try:
            places.prepare()
        except DemoError:
            continue
        return places


def _entries(places: Places, lab: str) -> int:
    reader = open_reader(read_site(places.site(lab)).database)
    try:
        (count,) = reader.execute("SELECT count(*) FROM entry").fetchone()
    finally:
        reader.close()
    return int(count)


def _lives(process: psutil.Process) -> bool:
    """Not a zombie that waits for init."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_newcomer_badges_in_and_the_central_knows(places: Places) -> None:
    with started(places) as demo:
        until(lambda: "MK4 n°" in demo.page("ccdv", "tablet"), "the tablet shows no printer")
        demo.present("M0001")
        until(lambda: demo.screen() == "choose", "the screen does not ask which machine")
        demo.touch("machine", "mug-press")
        until(lambda: demo.screen() == "started", "no session was started")
        until(lambda: demo.unsent() == 0, "the central was not told")
        assert "CCDV" in demo.overview()
        assert "Stopping" in demo.stop()
        assert demo.process.returncode == 0


def test_a_relay_follows_the_badge(places: Places) -> None:
    with started(places) as demo:
        demo.present("M0001", reader="laser")
        until(lambda: demo.screen() == "started", "the laser was not given")
        site = read_site(places.site("ccdv"))
        names = [m.slug for m in site.machines if m.driver]
        demo.pull(names.index("laser"), 0)
        until(lambda: "Faisceau allumé" in demo.page("ccdv", "tablet"), "no beam is seen")


def test_a_printer_prints_only_once_a_badge_has_switched_it_on(places: Places) -> None:
    with started(places) as demo:
        page = "tablet/machine/mk3-2"
        until(lambda: "Éteinte" in demo.page("ccdv", page), "the printer is not off")
        off = [m.slug for m in read_site(places.site("ccdv")).machines].index("mk3-2")
        assert "elle est éteinte" in demo.pull(off, 0)
        demo.present("M0001")
        until(lambda: demo.screen() == "choose", "the screen does not ask which machine")
        demo.touch("machine", "mk3-2")
        until(lambda: "sans effet" not in demo.pull(off, 0), "the relay gives the printer no power")
        until(lambda: "<progress" in demo.page("ccdv", page), "no print is seen")


def test_the_printers_are_in_the_midst_of_it(places: Places) -> None:
    def says(word: str, lab: str = "ccdv", path: str = "tablet") -> Callable[[], bool]:
        return lambda: word in html.unescape(demo.page(lab, path))

    with started(places) as demo:
        until(says("Impression échouée"), "no print has failed")
        until(says("En pause"), "no print is paused")
        until(says("À approuver", path="tablet/queue"), "no job waits for a word")
        until(says("Buse à changer"), "no printer is in maintenance")
        until(says("fin ~", "doret"), "nothing is printed at Doret")


def test_a_badge_that_nobody_knows_is_refused(places: Places) -> None:
    with started(places) as demo:
        demo.present("nobody", lab="doret")
        until(lambda: demo.screen("doret") == "refused", "an unknown badge was not refused")


def test_a_demo_started_again_goes_on_from_there(places: Places) -> None:
    with started(places) as demo:
        demo.stop()
        before = _entries(places, "ccdv")
    with started(places, "--speed", "60") as demo:
        demo.stop()
        assert demo.process.returncode == 0
    assert _entries(places, "ccdv") > before


def test_a_second_demo_on_the_same_ports_is_one_sentence(places: Places) -> None:
    with started(places):
        second = subprocess.run(_command(places), capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert second.stdout == ""
    assert second.stderr.startswith("fablab demo: ports ")
    assert second.stderr.count("\n") == 1


def test_a_second_demo_never_takes_the_folder_of_the_first(places: Places) -> None:
    elsewhere = Places(places.folder, places.first_port + 7)
    with started(places) as demo:
        second = subprocess.run(
            _command(elsewhere, "--fresh"), capture_output=True, text=True, check=False
        )
        assert _entries(places, "ccdv")
        assert demo.page("ccdv", "tablet")
    assert second.returncode == 2
    assert "another fablab has it" in second.stderr
    assert "choose another --folder" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_demo_that_was_killed_leaves_no_keeper_behind(places: Places) -> None:
    with started(places) as demo:
        keepers = psutil.Process(demo.process.pid).children()
        assert len(keepers) == 2
        demo.process.kill()
        demo.process.wait(PATIENCE_S)
    until(lambda: not any(map(_lives, keepers)), "a keeper outlived its demo")


def test_a_past_that_is_interrupted_ends_at_once_and_is_begun_again(places: Places) -> None:
    cut = subprocess.Popen(_command(places, "--days", "3650"), stdout=subprocess.PIPE, text=True)
    assert cut.stdout is not None
    assert "living through" in cut.stdout.readline()
    cut.send_signal(signal.SIGINT)
    cut.communicate(timeout=PATIENCE_S)
    assert cut.returncode == 130
    with started(places) as demo:
        assert "Stopping" in demo.stop()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--speed", "100"), "fablab demo: --speed 100: expected 1 to 60\n"),
        (("--port", "80"), "fablab demo: --port 80: expected 1024 to 60000\n"),
        (("--days", "0"), "fablab demo: --days 0: expected 1 to 3650\n"),
    ],
)
def test_a_wrong_word_is_answered_in_a_sentence(
    more: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    command = _command(Places(tmp_path), *more)
    wrong = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (2, said)
