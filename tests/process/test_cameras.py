"""Snapshots of printers: one fetch for all who look, and nothing but pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.site import Driver, Machine, Printer, Site, Sort
from drivers.octoprint import Options
from kiosk import cameras as module
from kiosk.cameras import Cameras
from tests.drivers.odd_server import OddServer, http
from tests.octoprint_peer import free_port

JPEG, PNG = b"\xff\xd8\xff\xe0 a plate", b"\x89PNG\r\n\x1a\n a plate"


def looking(url: str) -> Cameras:
    driver = Driver("octoprint", Options("http://prusa.lan", "key"))
    machines = tuple(
        Machine(
            slug, slug, "3d-printer", Sort.WATCHED, driver=driver, printer=Printer(camera=camera)
        )
        for slug, camera in (("prusa", url), ("blind", ""))
    )
    return Cameras(Site("essai", "Essai", machines))


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread.name.endswith(" camera"):
            thread.join(5)
            assert not thread.is_alive()


def test_ten_who_look_at_once_share_one_fetch():
    hold = threading.Event()

    def answer(_: str) -> bytes:
        hold.wait(5)
        return http(JPEG)

    with OddServer(answer) as server, ThreadPoolExecutor(10) as viewers:
        cameras = looking(f"{server.url}/webcam/?action=snapshot")
        seen = [viewers.submit(cameras.snapshot, "prusa") for _ in range(10)]
        server.wait_for("GET /webcam/?action=snapshot ", 1)
        hold.set()
        for one in seen:
            told = one.result()
            assert told is not None
            assert told[:2] == (JPEG, "image/jpeg")
            assert told.age_s < 5
        assert len(server.requests) == 1


def test_a_new_picture_is_fetched_when_somebody_looks_again_later(monkeypatch):
    pictures = iter((JPEG, PNG))
    with OddServer(lambda _: http(next(pictures))) as server:
        cameras = looking(server.url)
        assert cameras.snapshot("prusa")[1] == "image/jpeg"
        assert cameras.snapshot("prusa")[1] == "image/jpeg"
        assert len(server.requests) == 1
        monkeypatch.setattr(cameras._cameras["prusa"], "_due_s", 0.0)
        assert cameras.snapshot("prusa")[1] == "image/jpeg", "whoever looks waits for no fetch"
        server.wait_for("GET /", 2)
        poll(lambda: cameras.snapshot("prusa")[1] == "image/png")
        assert len(server.requests) == 2


def poll(holds: Callable[[], bool]) -> None:
    """At most some seconds: each look hands the processor over."""
    turns = threading.Event()
    for _ in range(500):
        if holds():
            return
        turns.wait(0.01)
    raise AssertionError("it never held")


def test_a_printer_without_a_camera_is_never_fetched():
    with OddServer(lambda _: http(JPEG)) as server:
        cameras = looking(server.url)
        assert cameras.snapshot("blind") is None
        assert cameras.snapshot("nobody") is None
        assert server.requests == []


def test_an_old_picture_is_not_shown_when_the_camera_has_gone(monkeypatch):
    answers = iter((http(JPEG), b""))
    with OddServer(lambda _: next(answers)) as server:
        cameras = looking(server.url)
        assert cameras.snapshot("prusa") is not None
        camera = cameras._cameras["prusa"]
        monkeypatch.setattr(module, "OLD_S", -1.0)
        monkeypatch.setattr(camera, "_due_s", 0.0)
        assert cameras.snapshot("prusa") is None
        assert camera._picture == b""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(b"<html>log in</html>"), "neither JPEG nor PNG"),
        (http(b""), "neither JPEG nor PNG"),
        (http(JPEG, "404 Not Found"), "answers 404"),
        (http(b"", "302 Found", "Location: http://127.0.0.1/"), "answers 302"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + JPEG + b"x" * 2_000_000, "more than 1 MB"),
        (b"nonsense", "cannot be reached (BadStatusLine)"),
        (b"", "cannot be reached ("),  # or reset, as the system likes
        (None, "cannot be reached (TimeoutError)"),
    ],
)
def test_what_is_no_picture_is_not_shown_and_said_once(monkeypatch, caplog, answer, why):
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    with OddServer(lambda _: answer) as server:
        cameras = looking(server.url)
        for _ in range(3):
            assert cameras.snapshot("prusa") is None
        poll(lambda: why in caplog.text)
        # Before the server goes: one more fetch may be under way, and finds it gone.
        assert caplog.text.count("prusa: its camera") == 1
    assert server.url not in caplog.text


def test_nobody_waits_for_a_camera_that_failed_before(monkeypatch, caplog):
    """Each who waits holds a thread that the touch screen may need."""
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    monkeypatch.setattr(module, "PATIENCE_S", 20.0)
    monkeypatch.setattr(module, "TIMEOUT_S", 20.0)
    hold = threading.Event()
    answers = iter((lambda: b"", lambda: hold.wait(30) and b""))
    with OddServer(lambda _: next(answers, lambda: b"")()) as server:
        cameras = looking(server.url)
        assert cameras.snapshot("prusa") is None
        poll(lambda: "its camera" in caplog.text)
        began = time.monotonic()
        assert cameras.snapshot("prusa") is None
        server.wait_for("GET /", 2)
        assert cameras.snapshot("prusa") is None
        assert time.monotonic() - began < 10
        hold.set()


def test_a_camera_that_is_off_is_no_picture_and_one_that_comes_back_is(monkeypatch, caplog):
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    port = free_port()
    cameras = looking(f"http://127.0.0.1:{port}/")
    assert cameras.snapshot("prusa") is None
    with OddServer(lambda _: http(PNG), port):
        poll(lambda: cameras.snapshot("prusa") is not None)
        poll(lambda: "gives pictures again" in caplog.text)
