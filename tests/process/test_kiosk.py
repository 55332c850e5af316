"""The kiosk as a process: its parts together, and what keeps it from starting."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from kiosk import admin
from kiosk.clock import SystemClock
from kiosk.credentials import CredentialError
from kiosk.process import CannotStart, Kiosk
from kiosk.sites import read_site
from kiosk.store.disk import StoreBusy
from machines.job_entries import JobSubmitted
from machines.members import Member, Roster

PATIENCE_S = 20.0

LAB = """\
[lab]
slug = "essai"
name = "FabLab d'essai"

[kiosk]
port = {port}
database = "lab.db"
runtime = "run"
credentials = "keys"

[readers.desk]
kind = "rdm6300"
port = "desk"

[machines.mk4]
name = "MK4"
family = "3d-printer"
sort = "watched"

[machines.mk4.driver]
kind = "octoprint"
url = "http://127.0.0.1:9"
key_file = "octoprint"

[machines.mugs]
name = "Presse à mugs"
family = "press"
sort = "bare"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A site file, with a badge key beside it."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/badge-key").write_text("the key of an association")
    path = tmp_path / "site.toml"
    path.write_text(LAB.format(port=0))
    return path


def until(claim: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_a_kiosk_serves_its_pages_and_lets_go_of_everything(file: Path) -> None:
    for _ in ("once", "and again on the same file"):
        kiosk = Kiosk(read_site(file), SystemClock())
        with urllib.request.urlopen(f"http://127.0.0.1:{kiosk.port}/healthz") as answer:
            assert json.load(answer)["journal_ok"]
        until(kiosk.alive, "the floor takes no turn")
        kiosk.close()


def test_a_kiosk_is_asked_under_the_names_its_site_gives_and_no_other(file: Path) -> None:
    file.write_text(file.read_text().replace("[kiosk]", '[kiosk]\nhosts = ["kiosk.example.org"]'))
    kiosk = Kiosk(read_site(file), SystemClock())
    try:
        told = {name: _status(kiosk, name) for name in ("kiosk.example.org", "evil.example")}
    finally:
        kiosk.close()
    assert told == {"kiosk.example.org": 200, "evil.example": 400}


def _status(kiosk: Kiosk, host: str) -> int:
    asked = urllib.request.Request(f"http://127.0.0.1:{kiosk.port}/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_printer_without_its_key_is_silent_and_the_rest_works(file: Path) -> None:
    kiosk = Kiosk(read_site(file), SystemClock())
    try:
        post = kiosk.floor.posts["mk4"]
        until(lambda: "not there: expected the key octoprint" in post.silence, "nothing is said")
        assert kiosk.floor.posts["mugs"].silence == ""
    finally:
        kiosk.close()


def test_a_condition_is_set_from_the_command_line(file: Path) -> None:
    kiosk = Kiosk(read_site(file), SystemClock())
    door = kiosk.site.runtime / "kiosk.sock"
    try:
        assert admin.ask(door, "condition", machine="mugs", condition="fault") == "fault"
        for wrong in ({"machine": "nowhere", "condition": "fault"}, {"colour": "blue"}):
            with pytest.raises(admin.AdminError):
                admin.ask(door, "condition", **wrong)
    finally:
        kiosk.close()


def test_two_kiosks_never_share_a_file(file: Path) -> None:
    kiosk = Kiosk(read_site(file), SystemClock())
    try:
        with pytest.raises(StoreBusy):
            Kiosk(read_site(file), SystemClock())
    finally:
        kiosk.close()


def test_a_busy_port_is_a_sentence_and_leaves_the_file_free(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file.write_text(LAB.format(port=taken.getsockname()[1]))
        with pytest.raises(CannotStart, match=r"not to be had .Address already in use.; s"):
            Kiosk(read_site(file), SystemClock())
    Kiosk(read_site(file), SystemClock()).close()


def test_a_missing_badge_key_is_a_sentence(file: Path) -> None:
    (file.parent / "keys/badge-key").unlink()
    with pytest.raises(CredentialError, match="badge-key: not there"):
        Kiosk(read_site(file), SystemClock())


@pytest.mark.slow
def test_a_kiosk_that_is_told_to_stop_leaves_its_file_in_order(file: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "run", "--site", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as kiosk:
        try:
            until((file.parent / "run/kiosk.sock").exists, "the kiosk does not start")
            second = subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            kiosk.send_signal(signal.SIGTERM)
        _, said = kiosk.communicate(timeout=PATIENCE_S)
    assert kiosk.returncode == 0, said
    assert second.returncode == 2
    assert "Traceback" not in said + second.stderr
    assert not (file.parent / "lab.db-wal").exists()


def test_a_tablet_is_paired_by_the_command_line_and_removed_again(file: Path) -> None:
    kiosk = Kiosk(read_site(file), SystemClock())
    try:
        code = _fablab("pair", "--name", "Atelier", file=file)
        assert code.endswith("for Atelier, good for five minutes\n")
        secret = kiosk.pairing.pair(code[:7].replace(" ", ""))
        assert secret
        asked = urllib.request.Request(f"http://127.0.0.1:{kiosk.port}/tablet/cards")
        asked.add_header("Host", "kiosk.local")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(_with(asked, "HX-Request", "true"))
        urllib.request.urlopen(_with(asked, "Cookie", f"fablab-tablet={secret}")).close()
        assert _fablab("list", file=file).startswith("  1  Atelier  since ")
        assert _fablab("remove", "1", file=file) == ""
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(asked)
    finally:
        kiosk.close()


def _with(asked: urllib.request.Request, name: str, value: str) -> urllib.request.Request:
    asked.add_header(name, value)
    return asked


def _fablab(*arguments: str, file: Path) -> str:
    command = [sys.executable, "-m", "kiosk", "tablet", *arguments, "--site", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout


def test_a_members_file_goes_from_the_phone_to_the_queue(file: Path) -> None:
    """By the real process: the code of the screen, the slices, the journal."""
    file.write_text(file.read_text().replace("[machines.mugs]", f"{PRINTER}\n[machines.mugs]"))
    kiosk = Kiosk(read_site(file), SystemClock())
    kiosk.floor.people.take(Roster("e", 1, (Member("m-ana", "Ana", "B"),)))
    base, phone = f"http://127.0.0.1:{kiosk.port}", requests.Session()
    try:
        page = phone.get(f"{base}/moi/{kiosk.invitations.show('m-ana')}", timeout=10)
        assert page.url == f"{base}/moi"
        phone.headers.update({"Origin": base, "X-CSRF": _field(page.text, "csrf")})
        told = {"name": "mug.gcode", "size": len(MUG)}
        begun = phone.post(f"{base}/moi/upload", data=told, timeout=10).json()
        put = f"{base}/moi/upload/{begun['upload']}?at=0"
        assert phone.post(put, data=MUG, timeout=10).json() == {"came": len(MUG)}
        form = {"upload": begun["upload"], "key": _field(page.text, "key")}
        done = phone.post(f"{base}/moi/file", data=form, timeout=10)
        assert "Votre fichier est dans la file." in done.text, done.text
        until(lambda: "mug.gcode" in phone.get(f"{base}/moi", timeout=10).text, "it is shown")
        entries = kiosk.store.submit(lambda j: [e for _, e in j.entries()]).result(10)
        [submitted] = [e for e in entries if isinstance(e.body, JobSubmitted)]
        assert submitted.personal is not None
        assert (submitted.personal.member, submitted.body.source) == ("m-ana", "phone")
        wanted = file.parent / "files" / f"{submitted.body.file}.gcode"
        assert wanted.read_bytes() == MUG
        old = wanted.with_name(f"{'0' * 64}.gcode")
        old.write_bytes(MUG)
        for path in (wanted, old):
            os.utime(path, (0, 0))
        kiosk.tidy()
        assert wanted.exists(), "a job waits for it"
        assert not old.exists()
    finally:
        kiosk.close()


MUG = b"G28\nM104 S215\nG1 X10 Y10 Z0.2 F3000\nG1 X100 Y100 E12.5\nM104 S0\n"
PRINTER = "[machines.mk4.printer]\nbed_mm = [250, 210, 220]\n"


def _field(page: str, name: str) -> str:
    [value, *_] = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return value
