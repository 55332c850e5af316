"""Whatever answers a lab, or does not: when it asks again, and what it tells the operator."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from kiosk.sync.pace import LONGEST_S, SHORTEST_S, rest_s
from tests.drivers.odd_server import OddServer, http
from tests.sync.pi import Pi
from tests.sync.served import Served

# ---- when it is asked again


def test_while_nobody_answers_the_rest_doubles_up_to_a_quarter_of_an_hour(
    central: Served, pi: Pi
) -> None:
    assert pi.round() == 60
    central.stop()
    pi.draw = 1.0
    assert [pi.round() for _ in range(6)] == [120, 240, 480, 900, 900, 900]
    pi.draw = 0.0
    assert pi.round() == SHORTEST_S
    central.start()
    pi.draw = 0.5
    assert pi.round() == 60


def test_labs_whose_central_comes_back_spread_over_the_whole_span() -> None:
    rng = random.Random(5)
    rests = [rest_s(60, 8, 0, rng.random()) for _ in range(1000)]
    assert min(rests) >= SHORTEST_S
    assert max(rests) <= LONGEST_S
    by_minute = [sum(60 * n <= rest < 60 * (n + 1) for rest in rests) for n in range(15)]
    assert min(by_minute) > 33
    assert max(by_minute) < 100


def test_a_central_that_says_come_back_later_is_left_alone_until_then(tmp_path: Path) -> None:
    busy = http(b"", "503 Service Unavailable", "Retry-After: 300")
    with OddServer(lambda _: busy) as central:
        pi = Pi(tmp_path / "lab.db", central.url, "fab1_ccdv-1_00")
        pi.draw = 0.0
        assert pi.round() == 300
        pi.draw = 1.0
        assert pi.round() == 360
        assert pi.sync.status.trouble.endswith("/v1/state: the central answered 503")
        pi.close()


# ---- what a central may be


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http(b"<html>It works!</html>"), "not an answer of a central"),
        (http(b"{}"), "not an answer of a central"),
        (http(b'{"hw":-1,"at":0,"chain":"AAAAAAAAAAAAAAAAAAAAAA=="}'), "not an answer"),
        (http(b'{"hw":9,"at":9,"chain":"AAAAAAAAAAAAAAAAAAAAAA=="}'), "spoke of 9"),
        (http(b"", "302 Found", "Location: http://127.0.0.1:9/"), "answered 302"),
        (http(b"", "404 Not Found"), "answered 404"),
        (http(b"[" * 70_000), "longer than 65536"),
        (http(gzip.compress(bytes(1 << 24)), "200 OK", "Content-Encoding: gzip"), "longer than"),
        (http(b"no gzip", "200 OK", "Content-Encoding: gzip"), "not reached (ContentDecodingErr"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 90\r\n\r\n{", "not reached"),
        (b"HTTP/1.0 200 OK\r\n\r\n", "not an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not reached"),
    ],
)
def test_whatever_answers_in_the_place_of_a_central_the_lab_goes_on_and_says_it(
    tmp_path: Path, answer: bytes, told: str
) -> None:
    with OddServer(lambda head: answer if "/state" in head else None) as odd:
        pi = Pi(tmp_path / "lab.db", odd.url, "fab1_ccdv-1_00")
        pi.taps(3)
        rest = pi.round()
        assert told in pi.sync.status.trouble
        assert not pi.sync.status.online
        assert rest >= SHORTEST_S
        assert pi.entries() > 3
        pi.close()


def test_a_central_that_falls_silent_in_mid_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.http.TIMEOUTS", (0.2, 0.2))
    with OddServer(lambda _: None) as odd:
        pi = Pi(tmp_path / "lab.db", odd.url, "fab1_ccdv-1_00")
        pi.round()
        assert "not reached (ReadTimeout)" in pi.sync.status.trouble
        pi.close()


def test_a_token_that_the_central_does_not_know_is_told_to_the_operator(
    central: Served, tmp_path: Path
) -> None:
    pi = Pi(tmp_path / "lab.db", central.url, "fab1_ccdv-1_00")
    pi.round()
    assert "does not know this kiosk's token" in pi.sync.status.trouble
    pi.close()
