"""Commands to an OctoPrint: what each answer, and each silence, is taken for."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.octoprint import wire
from drivers.octoprint.commands import Commands
from drivers.octoprint.parcel import Parcel, Spoilt
from drivers.octoprint.rest import Patience
from machines.facts import Agreed, Answer, Printed, Refused, Unanswered
from machines.job_entries import NotStarted, Ordered
from tests.drivers.odd_server import OddServer, http
from tests.octoprint_peer import free_port

KEY = "a-key-that-nobody-may-see"
PATH = "fablab-1.gcode"
#: A silent server is given up after so long.
SHORT = Patience(connect_s=0.3, piece_s=0.3, answer_s=0.5)
KEPT = json.dumps({"done": True, "files": {"local": {"path": PATH}}}).encode()


def commands(url: str) -> Commands:
    return Commands(url, KEY, SHORT, SHORT)


def parcel(folder: Path, content: bytes = b"G28\n", digest: str = "") -> Parcel:
    file = folder / "file.gcode"
    file.write_bytes(content)
    return Parcel(file, digest or hashlib.sha256(content).hexdigest(), PATH)


def said(status: str, error: str = "no", state: str = "Operational") -> Callable[[str], bytes]:
    """Commands are answered by `status`; whoever asks hears `state`."""

    def answer(head: str) -> bytes:
        if head.startswith("GET /api/job"):
            return http(json.dumps({"state": state}).encode())
        return http(json.dumps({"error": error}).encode(), status)

    return answer


def one_by_one(folder: Path) -> dict[str, Callable[[Commands], Answer]]:
    return {
        "upload": lambda to: to.upload(parcel(folder)),
        "start": lambda to: to.start(PATH),
        "pause": lambda to: to.order(Ordered.PAUSE),
        "resume": lambda to: to.order(Ordered.RESUME),
        "cancel": lambda to: to.order(Ordered.CANCEL),
    }


# -- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "reasons"),
    [
        ("403 FORBIDDEN", "Operational", {"upload": "key", "start": "key", "cancel": "key"}),
        ("404 NOT FOUND", "Operational", {"upload": "upload", "start": "upload"}),
        ("409 CONFLICT", "Printing", {"start": "busy", "pause": "refused", "upload": "upload"}),
        ("409 CONFLICT", "Paused", {"start": "busy", "resume": "refused"}),
        ("409 CONFLICT", "Sending file to SD", {"start": "busy"}),
        ("409 CONFLICT", "Operational", {"start": "refused", "cancel": "refused"}),
        ("409 CONFLICT", "Offline", {"start": "offline", "pause": "offline"}),
        ("409 CONFLICT", "Offline after error", {"start": "offline", "cancel": "offline"}),
        ("400 BAD REQUEST", "Operational", {"upload": "upload", "start": "refused"}),
        ("411 LENGTH REQUIRED", "Operational", {"upload": "upload"}),
        ("413 TOO LARGE", "Operational", {"upload": "upload"}),
        ("415 UNSUPPORTED", "Operational", {"upload": "upload", "start": "refused"}),
        ("500 INTERNAL", "Operational", {"upload": "disk"}),
        ("507 INSUFFICIENT STORAGE", "Operational", {"upload": "disk"}),
        ("503 UNAVAILABLE", "Operational", {"upload": "offline"}),
        ("302 FOUND", "Operational", {"upload": "upload", "start": "refused"}),
    ],
)
def test_a_refusal_says_why_and_keeps_octoprints_words(tmp_path, status, state, reasons):
    tell = one_by_one(tmp_path)
    with OddServer(said(status, "in its words", state)) as server:
        for command, reason in reasons.items():
            answer = tell[command](commands(server.url))
            assert answer == Refused(NotStarted(reason), "in its words"), command


def test_a_key_that_was_revoked_is_told_as_one_though_octoprint_speaks_of_csrf(tmp_path):
    with OddServer(said("400 BAD REQUEST", "CSRF validation failed")) as server:
        for command, tell in one_by_one(tmp_path).items():
            answer = tell(commands(server.url))
            assert isinstance(answer, Refused), command
            assert answer.reason is NotStarted.KEY, command


def test_a_printer_that_breaks_in_the_midst_of_a_start_may_have_begun_it(tmp_path):
    for status in ("500 INTERNAL", "502 BAD GATEWAY", "504 GATEWAY TIMEOUT"):
        with OddServer(said(status)) as server:
            assert commands(server.url).start(PATH) == Unanswered("no")
            assert commands(server.url).order(Ordered.CANCEL) == Unanswered("no")


def test_a_file_that_octoprint_kept_under_another_name_is_not_uploaded(tmp_path):
    def answer(body: bytes) -> Answer:
        with OddServer(lambda _: http(body, "201 CREATED")) as server:
            return commands(server.url).upload(parcel(tmp_path))

    assert answer(KEPT) == Agreed()
    for other in (KEPT.replace(b"-1", b"_1"), b"", b"<html>", b"[]", b'{"files": 3}'):
        told = answer(other)
        assert isinstance(told, Refused)
        assert told.reason is NotStarted.UPLOAD


def test_a_start_selects_the_file_and_prints_it_in_one_command():
    with OddServer(lambda _: http(b"", "204 NO CONTENT")) as server:
        assert commands(server.url).start(PATH) == Agreed()
        (head,) = server.requests
    assert head.startswith(f"POST /api/files/local/{PATH} ")
    assert f"X-Api-Key: {KEY}" in head


def test_a_printer_that_is_connected_is_not_connected_again():
    with OddServer(said("204 NO CONTENT", state="Printing")) as server:
        assert commands(server.url).connect() == Agreed()
        assert [head.split()[0] for head in server.requests] == ["GET"]
    with OddServer(said("204 NO CONTENT", state="Offline")) as server:
        assert commands(server.url).connect() == Agreed()
        assert server.requests[-1].startswith("POST /api/connection ")


def test_the_key_follows_no_redirect(tmp_path):
    with OddServer(lambda _: http(b"", "204 NO CONTENT")) as other:
        to = f"Location: {other.url}/api/job"
        with OddServer(lambda _: http(b"", "307 TEMPORARY REDIRECT", to)) as server:
            for tell in one_by_one(tmp_path).values():
                assert isinstance(tell(commands(server.url)), Refused)
            assert isinstance(commands(server.url).history(), Refused)
        assert other.requests == []


# -- silences -----------------------------------------------------------------------------------


def test_a_printer_that_is_off_was_told_nothing(tmp_path):
    to = commands(f"http://127.0.0.1:{free_port()}")
    for command, tell in one_by_one(tmp_path).items():
        answer = tell(to)
        assert isinstance(answer, Refused), command
        assert answer.reason is NotStarted.OFFLINE, command
        assert "127.0.0.1" not in answer.detail
    assert to.connect() == Refused(NotStarted.OFFLINE, "does not answer")
    assert isinstance(to.history(), Refused)
    to.remove(PATH)


@pytest.mark.parametrize("answer", [None, b"", b"Not found", b"HTTP/1.1 204"])
def test_a_command_that_left_and_was_not_answered_may_have_arrived(tmp_path, answer):
    """Silent, closed at once, no HTTP since it boots, cut off in mid-answer."""
    with OddServer(lambda _: answer) as server:
        for command, tell in one_by_one(tmp_path).items():
            kind = Refused if command == "upload" else Unanswered
            assert isinstance(tell(commands(server.url)), kind), command
        asked = [head for head in server.requests if head.startswith("POST")]
    assert len(asked) == len(one_by_one(tmp_path)), "a command was sent twice"


def test_an_answer_that_drips_or_never_ends_is_given_up(tmp_path):
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000
    with OddServer(lambda _: endless) as server:
        answer = commands(server.url).start(PATH)
        assert isinstance(answer, Unanswered)
        assert "more than 256 kB" in answer.detail


def test_an_octoprint_without_room_that_just_closes_is_told_as_a_full_disk(tmp_path):
    """So does a real one whose folder for what it receives is full."""

    def answer(free: int) -> Answer:
        def says(head: str) -> bytes:
            return b"" if head.startswith("POST") else http(b'{"files": [], "free": %d}' % free)

        with OddServer(says) as server:
            return commands(server.url).upload(parcel(tmp_path, b"x" * 1000))

    for free, reason in ((0, NotStarted.DISK), (999, NotStarted.DISK), (2000, NotStarted.UPLOAD)):
        told = answer(free)
        assert isinstance(told, Refused)
        assert told.reason is reason


def test_what_a_full_disk_kept_of_a_file_is_taken_away(tmp_path):
    """A real one keeps what it could write, under the file's own name."""
    with OddServer(said("500 INTERNAL", "[Errno 28] No space left on device")) as server:
        answer = commands(server.url).upload(parcel(tmp_path))
        assert answer == Refused(NotStarted.DISK, "[Errno 28] No space left on device")
        assert server.requests[-1].startswith(f"DELETE /api/files/local/{PATH} ")


# -- the file on its way --------------------------------------------------------------------------


class Receiver:
    """Takes one upload and keeps none: waits `every_s` before each 64 kB, stops at `most` bytes."""

    def __init__(self, every_s: float = 0, most: int = 2**40) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.head = ""
        self.size = 0
        self.tail = b""
        self._every_s, self._most = every_s, most
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)

    def _take(self) -> None:
        line, _ = self._listener.accept()
        with line, line.makefile("rb") as flow:
            while (row := flow.readline()).strip():
                self.head += row.decode()
            while self.size < min(self._most, self.expected):
                self._left.wait(self._every_s)
                block = flow.read1(65536)
                if not block:
                    return  # broken off
                self.size += len(block)
                self.tail = (self.tail + block)[-100:]
            if self.size < self.expected:
                self._left.wait(10)
            else:
                line.sendall(http(KEPT, "201 CREATED"))

    @property
    def expected(self) -> int:
        rows = dict(row.split(": ", 1) for row in self.head.splitlines() if ": " in row)
        return int(rows["Content-Length"])

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join(10)
        self._listener.close()


def test_fifty_megabytes_leave_with_their_length_and_are_never_in_memory(tmp_path):
    file, digest = tmp_path / "big.gcode", hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(50):
            block = b"G1 X1 Y2 E0.123\n" * 62_500
            digest.update(block)
            out.write(block)
    del block
    shares: list[float] = []
    tracemalloc.start()
    with Receiver() as server, Parcel(file, digest.hexdigest(), PATH, shares.append) as sent:
        assert commands(server.url).upload(sent) == Agreed()
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert server.size == server.expected == len(sent)
    assert "Transfer-Encoding" not in server.head
    assert most < 3_000_000
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_slow_upload_goes_on_as_long_as_bytes_flow(tmp_path):
    content = b"G1 X1\n" * 1_000_000
    with Receiver(every_s=0.02) as server, parcel(tmp_path, content) as sent:
        began = time.monotonic()
        assert commands(server.url).upload(sent) == Agreed()
        assert time.monotonic() - began > SHORT.connect_s


def test_an_upload_of_which_nothing_more_is_taken_is_given_up(tmp_path):
    content = b"G1 X1\n" * 2_000_000
    with Receiver(most=100_000) as server, parcel(tmp_path, content) as sent:
        answer = commands(server.url).upload(sent)
    assert isinstance(answer, Refused)
    assert answer.reason is NotStarted.UPLOAD


def test_a_file_that_is_not_the_same_any_more_never_arrives_whole(tmp_path):
    with Receiver() as server, parcel(tmp_path, b"G28\n" * 100_000, digest="0" * 64) as sent:
        answer = commands(server.url).upload(sent)
        assert isinstance(answer, Refused)
        assert answer.reason is NotStarted.FILE
    assert server.size < server.expected
    assert b"--\r\n" not in server.tail


def test_a_file_that_is_gone_or_is_cut_short_is_spoilt(tmp_path):
    with pytest.raises(Spoilt):
        Parcel(tmp_path / "none", "0" * 64, PATH)
    content = b"G28\n" * 100_000
    with Receiver() as server, parcel(tmp_path, content) as sent:
        (tmp_path / "file.gcode").write_bytes(content[:100])
        answer = commands(server.url).upload(sent)
    assert isinstance(answer, Refused)
    assert answer.reason is NotStarted.FILE


@pytest.mark.parametrize(
    "path",
    ["", "x", ".gcode", "../x.gcode", "a/b.gcode", "A.gcode", "é.gcode", 'a".gcode', "a\r\n.gcode"],
)
def test_a_path_that_octoprint_may_change_or_a_header_may_not_hold_is_refused(tmp_path, path):
    with pytest.raises(ValueError, match="expected such as"):
        Parcel(tmp_path / "file", "0" * 64, path)


@given(content=st.binary(max_size=100), size=st.integers(1, 50))
def test_whatever_the_blocks_the_body_is_as_long_as_announced_and_holds_the_file(
    tmp_path_factory, content, size
):
    with parcel(tmp_path_factory.getbasetemp(), content) as sent:
        whole = b"".join(iter(lambda: sent.read(size), b""))
        assert len(whole) == len(sent)
        head, _, rest = whole.partition(b"\r\n\r\n")
    boundary = sent.content_type.partition("boundary=")[2].encode()
    assert head.startswith(b"--" + boundary)
    assert rest == content + b"\r\n--" + boundary + b"--\r\n"


# -- OctoPrint's own history ------------------------------------------------------------------


def _file(path: str, **last: object) -> dict[str, object]:
    return {"path": path, "type": "machinecode", "prints": {"success": 1, "last": last}}


def test_the_history_is_of_files_in_any_folder_that_were_printed_and_says_how_that_ended():
    done = _file("a.gcode", date=1_790_000_000.5, printTime=60.5, success=True)
    failed = _file("b.gcode", date=1_790_000_000, success=False)
    failed_2_0 = _file("e.gcode", date=1_790_000_200.0, success=False, printTime=None)
    later = _file("deep/er/c.gcode", date=1_790_000_100, printTime=5, success=True)
    folder = {"type": "folder", "children": [{"type": "folder", "children": [later]}]}
    never: dict[str, object] = {"path": "d.gcode", "prints": None}
    told = {"files": [done, failed, failed_2_0, folder, never]}
    assert wire.history(told) == (
        (
            Printed("deep/er/c.gcode", 1_790_000_100_000_000, 5.0),
            Printed("a.gcode", 1_790_000_000_500_000, 60.5),
        ),
        (
            Printed("e.gcode", 1_790_000_200_000_000, 0.0),
            Printed("b.gcode", 1_790_000_000_000_000, 0.0),
        ),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["files", "path", "children", "prints", "last", "date", "printTime", "x"]
            ),
            inner,
        )
    ),
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["files", "free", "local"]), JSON))
def test_no_history_raises_whatever_it_holds(told):
    wire.history(told)
    wire.free_bytes(told)
    wire.kept_as(told)


def test_a_history_of_three_megabytes_is_read_and_an_endless_one_is_not():
    one = _file("f.gcode", date=1_790_000_000, printTime=9, success=True, x="x" * 2000)
    long = json.dumps({"files": [one] * 1500}).encode()
    with OddServer(lambda _: http(long)) as server:
        told = commands(server.url).history()
        assert isinstance(told, tuple)
        assert len(told[0]) == 1500
    with OddServer(lambda _: http(long * 4)) as server:
        told = commands(server.url).history()
        assert isinstance(told, Refused)
        assert "more than 8192 kB" in told.detail
