"""Commands to printers, carried out beside the floor: each key gets one answer."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.site import Driver, Machine, Site, Sort
from drivers.octoprint import Options
from kiosk import printers as module
from kiosk.printers import OctoPrints
from machines.facts import Agreed, Answered, Fact, HistoryTold, Refused, Sending, Unanswered
from machines.job_entries import NotStarted, Ordered
from tests.drivers.hearing import Heard
from tests.drivers.odd_server import OddServer, http
from tests.octoprint_peer import free_port

CONTENT = b"G28\n" * 1000
FILE = hashlib.sha256(CONTENT).hexdigest()
PATH = "fablab-1.gcode"
KEPT = json.dumps({"files": {"local": {"path": PATH}}}).encode()
OFFLINE = http(b'{"state": "Offline"}')


def well(head: str) -> bytes:
    """An OctoPrint that agrees to everything."""
    if head.startswith("GET /api/files"):
        return http(b'{"files": []}')
    if head.startswith("GET"):
        return OFFLINE
    if head.startswith("POST /api/files/local "):
        return http(KEPT, "201 CREATED")
    return http(b"", "204 NO CONTENT")


class Room:
    """Printers by name, each with the answers of its OctoPrint."""

    def __init__(self, folder: Path) -> None:
        self.heard = Heard()
        self.servers: dict[str, OddServer] = {}
        self.open = ExitStack()
        self._folder = folder
        (folder / "key").write_text("k" * 32)
        (folder / f"{FILE}.gcode").write_bytes(CONTENT)
        self._urls: dict[str, tuple[str, str]] = {}

    def printer(self, slug: str, answer: Callable[[str], bytes | None], key: str = "key") -> None:
        self.servers[slug] = self.open.enter_context(OddServer(answer))
        self._urls[slug] = self.servers[slug].url, key

    def opened(self) -> OctoPrints:
        machines = tuple(
            Machine(slug, slug, "3d-printer", Sort.WATCHED, driver=Driver("octoprint", options))
            for slug, options in ((s, Options(u, k)) for s, (u, k) in self._urls.items())
        )
        site = Site("essai", "Essai", machines, credentials=self._folder)
        return OctoPrints(site, self._folder, self.heard)

    def answer(self, key: str) -> object:
        """Its answer, once there is one."""
        return next(of(fact) for fact in self.heard.wait_for(has(key)) if key_of(fact) == key)


def key_of(fact: Fact) -> str:
    return fact.key if isinstance(fact, Answered | HistoryTold) else ""


def of(fact: Fact) -> object:
    return fact.answer if isinstance(fact, Answered) else fact


def has(*keys: str) -> Callable[[list[Fact]], bool]:
    return lambda facts: set(keys) <= {key_of(fact) for fact in facts}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    with room.open:
        yield room
    for thread in threading.enumerate():
        if thread.name.endswith((" words", " files")):
            thread.join(5)
            assert not thread.is_alive(), f"{thread.name} goes on"


def all_commands(to: OctoPrints, machine: str) -> tuple[str, ...]:
    to.upload(machine, "upload", FILE, PATH)
    to.start(machine, "start", PATH)
    to.order(machine, "pause", Ordered.PAUSE)
    to.connect(machine, "connect")
    to.history(machine, "history")
    to.remove(machine, PATH)
    return "upload", "start", "pause", "connect", "history"


def test_each_command_is_answered_once(room):
    room.printer("prusa", well)
    keys = all_commands(room.opened(), "prusa")
    facts = room.heard.wait_for(has(*keys))
    answers = {key_of(fact): of(fact) for fact in facts if key_of(fact)}
    assert Counter(map(key_of, facts))["start"] == 1
    assert answers.pop("history") == HistoryTold("prusa", "history", ())
    assert answers == dict.fromkeys(("upload", "start", "pause", "connect"), Agreed())
    assert next(fact for fact in facts if isinstance(fact, Sending)).share > 0
    room.servers["prusa"].wait_for(f"DELETE /api/files/local/{PATH}", 1)


def test_a_printer_that_nobody_knows_or_whose_key_is_missing_is_answered_all_the_same(room):
    room.printer("prusa", well, key="none")
    to = room.opened()
    for machine, reason in (("prusa", NotStarted.KEY), ("laser", NotStarted.OFFLINE)):
        keys = all_commands(to, machine)
        facts = [fact for fact in room.heard.facts if isinstance(fact, Answered)]
        told = [fact for fact in facts if fact.machine == machine]
        assert [fact.key for fact in told] == list(keys)
        assert {fact.answer.reason for fact in told if isinstance(fact.answer, Refused)} == {reason}
    assert room.servers["prusa"].requests == []


def test_a_pause_does_not_wait_for_a_file_that_is_on_its_way(room):
    arriving, go_on = threading.Event(), threading.Event()

    def slow(head: str) -> bytes:
        if head.startswith("POST /api/files/local "):
            arriving.set()
            go_on.wait(10)
        return well(head)

    room.printer("prusa", slow)
    to = room.opened()
    to.upload("prusa", "upload", FILE, PATH)
    assert arriving.wait(10)
    to.order("prusa", "pause", Ordered.PAUSE)
    assert room.answer("pause") == Agreed()
    assert not has("upload")(room.heard.facts)
    go_on.set()
    assert room.answer("upload") == Agreed()


def test_a_printer_that_never_answers_holds_up_no_other(room):
    room.printer("silent", lambda _: None)
    room.printer("prusa", well)
    to = room.opened()
    all_commands(to, "silent")
    for n in range(20):
        to.order("prusa", f"pause-{n}", Ordered.PAUSE)
    facts = room.heard.wait_for(has(*(f"pause-{n}" for n in range(20))))
    answered = [key_of(fact) for fact in facts if key_of(fact)]
    assert answered == [f"pause-{n}" for n in range(20)]
    room.servers["silent"].left.set()
    room.heard.wait_for(has("start", "upload", "history", "connect", "pause"))
    assert isinstance(room.answer("start"), Unanswered)
    to.stop()


def test_a_file_that_is_gone_or_was_changed_is_told_as_such(room, tmp_path):
    room.printer("prusa", well)
    to = room.opened()
    to.upload("prusa", "none", "0" * 64, PATH)
    to.upload("prusa", "odd", "../key", PATH)
    (tmp_path / f"{FILE}.gcode").write_bytes(b"M112\n" * 800)
    to.upload("prusa", "changed", FILE, PATH)
    for key in ("none", "odd", "changed"):
        answer = room.answer(key)
        assert isinstance(answer, Refused), key
        assert answer.reason is NotStarted.FILE, key


def test_a_kiosk_that_stops_sends_nothing_more_and_answers_what_was_asked(room):
    hold, asked = threading.Event(), threading.Event()

    def slow(head: str) -> bytes:
        if "/api/job" in head and head.startswith("POST"):
            asked.set()
            hold.wait(10)
        return well(head)

    room.printer("prusa", slow)
    to = room.opened()
    to.order("prusa", "pause", Ordered.PAUSE)
    assert asked.wait(10)
    to.start("prusa", "start", PATH)
    threading.Timer(0.1, hold.set).start()
    to.stop()
    facts = room.heard.facts
    assert [(key_of(fact), of(fact)) for fact in facts] == [
        ("pause", Agreed()),
        ("start", module.STOPPED),
    ]
    to.upload("prusa", "late", FILE, PATH)
    assert room.answer("late") == module.STOPPED
    assert not any("select" in head or PATH in head for head in room.servers["prusa"].requests)


def test_a_file_on_its_way_when_the_kiosk_stops_never_arrives_whole(room, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SHARE_EVERY_S", 0.0)
    big = b"G1 X1\n" * 2_000_000
    digest = hashlib.sha256(big).hexdigest()
    (tmp_path / f"{digest}.gcode").write_bytes(big)
    room.printer("prusa", well)
    to = room.opened()
    first = threading.Event()

    def tell(fact: Fact) -> None:
        if isinstance(fact, Sending) and not first.is_set():
            first.set()
            stopping.start()
            to._stopped.wait(10)  # the sender stands here until the stop is under way
        room.heard(fact)

    stopping = threading.Thread(target=to.stop)
    to._tell = tell
    to.upload("prusa", "upload", digest, PATH)
    assert room.answer("upload") == module.STOPPED
    stopping.join(10)


def test_a_fault_of_ours_is_answered_and_the_next_command_is_carried_out(room, monkeypatch, caplog):
    room.printer("prusa", well)
    to = room.opened()
    to.upload("prusa", "path", FILE, "../no such path")
    answer = room.answer("path")
    assert answer == Refused(NotStarted.UPLOAD, module.FAULT)
    to.upload("prusa", "upload", FILE, PATH)
    assert room.answer("upload") == Agreed()
    assert "expected such as" in caplog.text

    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    room.heard.wait_for(lambda _: not [t for t in threading.enumerate() if "prusa" in t.name])
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        to.start("prusa", "start", PATH)
    assert room.answer("start") == Refused(NotStarted.REFUSED, "can't start new thread")
    to.start("prusa", "again", PATH)
    assert room.answer("again") == Agreed()


def test_a_printer_that_is_off_refuses_at_once(room, tmp_path):
    room._urls["off"] = f"http://127.0.0.1:{free_port()}", "key"
    to = room.opened()
    keys = all_commands(to, "off")
    room.heard.wait_for(has(*keys))
    for key in keys:
        answer = room.answer(key)
        assert isinstance(answer, Refused), key
        assert answer.reason is NotStarted.OFFLINE, key


Mood = Callable[[str], bytes]
MOODS: dict[str, Mood] = {
    "well": well,
    "refuses": lambda _: http(b'{"error": "no"}', "409 CONFLICT"),
    "breaks": lambda _: http(b"", "500 INTERNAL SERVER ERROR"),
    "closes": lambda _: b"",
    "boots": lambda _: b"Not found",
    "babbles": lambda _: http(b'{"files": [{"prints": 3}], "state": []}', "200 OK"),
    "cuts": lambda _: b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
}


COMMANDS = ("upload", "start", "order", "connect", "history", "remove", "stop")


@settings(deadline=None, max_examples=50)
@given(
    commands=st.lists(
        st.tuples(
            st.sampled_from(COMMANDS),
            st.sampled_from(["prusa", "ender", "nobody"]),
            st.sampled_from(sorted(MOODS)),
        ),
        max_size=12,
    )
)
def test_in_any_history_each_key_is_answered_exactly_once(moody, commands):
    room, mood = moody
    room.heard = Heard()
    to, asked = room.opened(), []
    for n, (what, machine, how) in enumerate(commands):
        key = f"{what}-{n}"
        mood[machine] = MOODS[how]
        match what:
            case "stop":
                to.stop()
            case "remove":
                to.remove(machine, PATH)
            case "upload":
                to.upload(machine, key, FILE, PATH)
            case "start":
                to.start(machine, key, PATH)
            case "order":
                to.order(machine, key, Ordered.CANCEL)
            case "connect":
                to.connect(machine, key)
            case "history":
                to.history(machine, key)
        if what not in ("stop", "remove"):
            asked.append((key, machine))
    room.heard.wait_for(has(*(key for key, _ in asked)))
    to.stop()
    told = Counter(
        (key_of(fact), fact.machine)
        for fact in room.heard.facts
        if isinstance(fact, Answered | HistoryTold)
    )
    assert told == Counter(asked)


@pytest.fixture(scope="module")
def moody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Room, dict[str, Mood]]]:
    """Two printers in whatever mood."""
    room, mood = Room(tmp_path_factory.mktemp("moody")), {"prusa": well, "ender": well}
    for slug in tuple(mood):
        room.printer(slug, lambda head, slug=slug: mood[slug](head))  # type: ignore[misc]
    with room.open:
        yield room, mood
