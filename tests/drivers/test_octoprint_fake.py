"""A fake that lies is a bug: its answers have the shapes of a real OctoPrint 1.11.8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

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
    def real(name: str) -> tuple[int, Any]:
        told = recorded("1.11.8", f"rest/{name}")
        return told["status"], told["body"]

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
