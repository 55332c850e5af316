"""A fake that lies is a bug: its answers have the shapes of a real OctoPrint 1.11.8."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata

from drivers.octoprint import fake_files
from drivers.octoprint.fake import FakeOctoPrint
from drivers.octoprint.fake_printer import FakePrinter
from tests.drivers.octoprint_recordings import recorded


class StillPace:
    """Field seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wait(self, seconds: float) -> bool:
        self.seconds += seconds
        return True

    def now(self) -> float:
        return self.seconds

    def stop(self) -> None:
        pass


class House:
    """One fake printer behind HTTP, asked as a person's script would."""

    def __init__(self, fake: FakeOctoPrint, pace: StillPace) -> None:
        self.fake = fake
        self.pace = pace
        self.printer: FakePrinter = fake.add("prusa")
        self.printer.upload("tiny.gcode", seconds=60)

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
        answer = requests.request(
            method,
            f"{self.fake.url('prusa')}/api/{path}",
            json=body,
            headers={"X-Api-Key": key or self.fake.key},
            timeout=5,
        )
        return answer.status_code, answer.json() if answer.content else None

    def job(self) -> Any:
        return self.ask("GET", "job")[1]

    def command(self, **body: object) -> int:
        return self.ask("POST", "job", body)[0]


@pytest.fixture
def house() -> Iterator[House]:
    pace = StillPace()
    with FakeOctoPrint(pace) as fake:
        yield House(fake, pace)


def same_shape(ours: Any, theirs: Any, where: str = "") -> None:
    """The same keys all the way down, and the same types where both have a value."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        assert sorted(ours) == sorted(theirs), where
        for key in theirs:
            same_shape(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        for one in ours:
            same_shape(one, theirs[0], f"{where}[]")
    elif ours is not None and theirs is not None:
        number = isinstance(ours, int | float) and isinstance(theirs, int | float)
        assert number or type(ours) is type(theirs), where


def state(name: str) -> tuple[Any, Any]:
    both = recorded("1.11.8", f"states/{name}")
    return both["job"], both["printer"]


def test_a_print_has_the_shapes_of_a_real_one(house):
    job, printer = state("Printing")
    house.ask("POST", "files/local/tiny.gcode", {"command": "select", "print": True})
    house.pace.wait(30)
    same_shape(house.job(), job)
    same_shape(house.ask("GET", "printer")[1], printer)
    assert house.job()["state"] == job["state"]
    assert house.job()["progress"]["completion"] == 50.0


def test_a_pause_and_an_end_have_the_shapes_of_real_ones(house):
    job, printer = state("Paused")
    house.printer.print("tiny.gcode", seconds=60)
    house.pace.wait(10)
    house.command(command="pause", action="pause")
    house.pace.wait(100)
    same_shape(house.job(), job)
    same_shape(house.ask("GET", "printer")[1], printer)
    assert house.job()["progress"]["printTime"] == 10
    house.command(command="pause", action="resume")
    house.pace.wait(50)
    done = recorded("1.11.8", "rest/job_operational_after_done")["body"]
    same_shape(house.job(), done)
    assert house.job()["state"] == "Operational"
    assert house.job()["progress"]["completion"] == 100.0


def test_an_idle_printer_has_the_shapes_of_a_real_one(house):
    same_shape(house.job(), recorded("1.11.8", "rest/job_operational_no_file")["body"])
    for path in ("version", "connection"):
        name = "connection_operational" if path == "connection" else path
        same_shape(house.ask("GET", path)[1], recorded("1.11.8", f"rest/{name}")["body"])


def test_a_cable_pulled_in_mid_print_has_the_shapes_of_a_real_one(house):
    house.printer.print("tiny.gcode", seconds=60)
    house.printer.drop()
    real = state("Offline_after_error")[0]
    real["job"].pop("averagePrintTime")  # stays where a print of that file was done before
    real["job"]["file"].pop("display")
    real["job"]["filament"] = None
    same_shape(house.job(), real)
    assert house.ask("GET", "printer") == (409, {"error": "Printer is not operational"})
    same_shape(
        house.ask("GET", "connection")[1], recorded("1.11.8", "rest/connection_offline")["body"]
    )
    house.ask("POST", "connection", {"command": "connect"})
    assert house.job()["state"] == "Operational"


def test_it_refuses_what_a_real_one_refuses(house):
    assert house.ask("GET", "job", key="wrong") == real("wrong_key_job_403")
    assert house.ask("POST", "job", {"command": "cancel"}) == real("job_cancel_not_printing_409")
    assert house.ask("POST", "job", {"command": "dance"}) == real("job_unknown_command_400")
    missing = house.ask("POST", "files/local/no.gcode", {"command": "select"})
    assert missing == real("select_missing_404")
    house.printer.print("tiny.gcode", seconds=60)
    assert house.ask("POST", "job", {"command": "start"}) == real("job_start_while_printing_409")
    again = house.ask("POST", "files/local/tiny.gcode", {"command": "select", "print": True})
    assert again == real("select_print_while_printing_409")
    house.printer.drop()
    assert house.ask("POST", "job", {"command": "start"}) == real("job_start_offline_409")


def test_a_start_with_nothing_selected_says_204_and_does_nothing(house):
    assert house.command(command="start") == 204
    assert house.job()["state"] == "Operational"


def test_a_cancelled_print_is_no_longer_told(house):
    house.printer.print("tiny.gcode", seconds=60)
    house.pace.wait(10)
    assert house.command(command="cancel") == 204
    assert house.job()["state"] == "Operational"
    assert house.job()["progress"]["completion"] is None


def test_a_nozzle_warms_while_it_prints_and_cools_afterwards(house):
    house.printer.print("tiny.gcode", seconds=600)
    house.pace.wait(300)
    assert house.ask("GET", "printer")[1]["temperature"]["tool0"]["actual"] > 200
    house.pace.wait(300)
    house.ask("GET", "printer")
    house.pace.wait(300)
    assert house.ask("GET", "printer")[1]["temperature"]["tool0"]["actual"] < 50


def test_a_malformed_request_is_refused_and_the_next_one_answered(house):
    url = f"{house.fake.url('prusa')}/api/job"
    headers = {"X-Api-Key": house.fake.key}
    for body in (b"{", b"[]", b"\xff", b"[" * 60_000):
        assert requests.post(url, body, headers=headers, timeout=5).status_code == 400
    assert requests.post(url, b"x" * 100_000, headers=headers, timeout=5).status_code == 413
    assert house.ask("GET", "nothing")[0] == 404
    assert house.job()["state"] == "Operational"


# -- files ------------------------------------------------------------------------------------


def upload(house: House, name: str, content: str, key: str = "") -> tuple[int, Any]:
    answer = requests.post(
        f"{house.fake.url('prusa')}/api/files/local",
        files={"file": (name, content)},
        headers={"X-Api-Key": key or house.fake.key},
        timeout=5,
    )
    return answer.status_code, answer.json() if answer.content else None


def real(name: str) -> tuple[int, Any]:
    told = recorded("1.11.8", f"rest/{name}")
    return told["status"], told["body"]


def test_an_upload_and_what_became_of_it_have_the_shapes_of_real_ones(house):
    status, body = upload(house, "tiny.gcode", "G28\nG4 P4000\nG4 P2000\n")
    assert status == real("upload_201")[0]
    same_shape(body, real("upload_201")[1])
    house.ask("POST", "files/local/tiny.gcode", {"command": "select", "print": True})
    house.pace.wait(6)
    told, theirs = house.ask("GET", "files/local/tiny.gcode")[1], real("file_after_print")[1]
    theirs["gcodeAnalysis"] = {key: theirs["gcodeAnalysis"][key] for key in told["gcodeAnalysis"]}
    same_shape(told, theirs)
    assert told["prints"]["last"]["printTime"] == 6.0
    status, body = house.ask("GET", "files/local?recursive=true")
    assert body["files"] == [told]
    assert sorted(body) == sorted(real("files_local")[1])


def test_a_print_that_failed_or_was_cancelled_is_counted_and_leaves_no_time(house):
    for end in (house.printer.cancel, house.printer.drop):
        house.printer.print("cube.gcode", seconds=60)
        house.pace.wait(10)
        end()
        house.printer.connect()
        (prints,) = [
            file["prints"]
            for file in house.ask("GET", "files/local")[1]["files"]
            if file["path"] == "cube.gcode"
        ]
        assert (prints["failure"], prints["success"]) == (1, 0)
        assert prints["last"]["success"] is False
        assert "printTime" not in prints["last"]


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (";TIME:90\nG28\nG4 P1000\n", 90),
        ("G28\n; estimated printing time (normal mode) = 1h 2m 3s\n", 3723),
        ("G28\n; estimated printing time (normal mode) = 1d 1s", 86401),
        ("G28\nG4 P250\n" * 8, 2),
        ("G1 X1\n" * 100, 6),
        ("G28", 0.03),
    ],
)
def test_a_file_prints_as_long_as_it_says(house, content, seconds):
    assert upload(house, "cube.gcode", content)[0] == 201
    told = house.ask("GET", "files/local/cube.gcode")[1]
    assert told["gcodeAnalysis"]["estimatedPrintTime"] == seconds
    assert told["size"] == len(content)


@given(content=st.binary(max_size=2000), size=st.integers(1, 300))
def test_whatever_the_blocks_a_file_is_read_alike(content, size):
    whole = b"G4 P1000\nM600\n" + content + b"\nG4 P500\n"
    form, kind = encode_multipart_formdata({"file": ("x.gcode", whole)})
    kept = []
    for block in (size, 10_000):
        with patch.object(fake_files, "BLOCK", max(block, 200)):
            kept.append(fake_files.receive(BytesIO(form), len(form), kind, lambda _: None))
    assert kept[0] == kept[1]
    assert kept[0] is not None
    assert kept[0].size == len(whole)
    assert kept[0].changes[0] == 9 / len(whole)


def test_a_filament_change_pauses_until_somebody_resumes(house):
    upload(house, "m600.gcode", "G4 P5000\n" * 10 + "M600\n" + "G4 P5000\n" * 10)
    house.ask("POST", "files/local/m600.gcode", {"command": "select", "print": True})
    house.pace.wait(1000)
    assert house.job()["state"] == "Paused"
    same_shape(house.job()["progress"], real("job_during_m600")[1]["progress"])
    assert house.job()["progress"]["printTime"] == 48
    house.command(command="pause", action="resume")
    house.pace.wait(40)
    assert house.job()["state"] == "Printing"
    house.pace.wait(15)
    assert house.job()["progress"]["completion"] == 100.0


def test_it_refuses_files_as_a_real_one_does(house):
    assert upload(house, "notes.txt", "x") == real("upload_txt_415")
    url, headers = f"{house.fake.url('prusa')}/api/files/local", {"X-Api-Key": house.fake.key}
    none = requests.post(url, files={"other": ("x.gcode", "x")}, headers=headers, timeout=5)
    assert (none.status_code, none.json()) == real("upload_no_file_400")
    chunked = requests.post(url, data=iter([b"x"]), headers=headers, timeout=5)
    assert chunked.status_code == 411
    house.printer.print("tiny.gcode", seconds=60)
    assert upload(house, "tiny.gcode", "x") == real("upload_over_printing_409")
    assert house.ask("DELETE", "files/local/tiny.gcode") == real("delete_printing_409")
    house.printer.cancel()
    assert house.ask("DELETE", "files/local/tiny.gcode") == (204, None)
    assert house.ask("DELETE", "files/local/tiny.gcode")[0] == 404
    assert house.job()["job"]["file"]["path"] is None


def test_a_key_that_may_only_look_may_not_print_and_a_revoked_one_not_even_look(house):
    house.printer.troubles.rights = "read"
    assert house.ask("GET", "job")[0] == 200
    assert house.ask("POST", "job", {"command": "start"}) == real("viewer_start_403")
    assert upload(house, "x.gcode", "x")[0] == 403
    house.printer.troubles.rights = "none"
    assert house.ask("GET", "job") == real("wrong_key_job_403")
    assert house.ask("POST", "job", {"command": "start"})[0] == 400
    house.printer.troubles.rights = "all"
    assert upload(house, "x.gcode", "x")[0] == 201


def test_a_full_disk_keeps_no_file_and_says_how_much_is_free(house):
    house.printer.troubles.disk_full = True
    status, body = upload(house, "x.gcode", "x")
    assert (status, body["error"]) == (500, "[Errno 28] No space left on device")
    assert house.ask("GET", "files/local")[1]["free"] == 0
    assert house.ask("GET", "files/local/x.gcode")[0] == 404


def test_an_answer_that_is_lost_was_carried_out_and_an_idle_start_was_not(house):
    house.printer.troubles.lost_answers = 1
    with pytest.raises(requests.ConnectionError):
        house.ask("POST", "files/local/tiny.gcode", {"command": "select", "print": True})
    assert house.job()["state"] == "Printing"
    house.printer.cancel()
    house.printer.troubles.idle_starts = 1
    start = {"command": "select", "print": True}
    assert house.ask("POST", "files/local/tiny.gcode", start) == (204, None)
    assert house.job()["state"] == "Operational"
    assert house.ask("POST", "files/local/tiny.gcode", start) == (204, None)
    assert house.job()["state"] == "Printing"


def test_an_octoprint_that_was_killed_forgets_its_print_and_keeps_its_files(house):
    house.printer.print("tiny.gcode", seconds=60)
    house.printer.troubles.stopped = True
    with pytest.raises(requests.ConnectionError):
        house.job()
    house.printer.restart()
    house.printer.troubles.stopped = False
    assert house.job()["state"] == "Offline"
    assert "prints" not in house.ask("GET", "files/local/tiny.gcode")[1]
    house.ask("POST", "connection", {"command": "connect"})
    assert house.job()["state"] == "Operational"


def test_a_silent_octoprint_answers_again_when_it_may(house):
    house.printer.troubles.silent = True
    url = f"{house.fake.url('prusa')}/api/job"
    with pytest.raises(requests.Timeout):
        requests.get(url, headers={"X-Api-Key": house.fake.key}, timeout=0.2)
    house.printer.troubles.silent = False
    assert house.job()["state"] == "Operational"
