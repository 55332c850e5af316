"""What kiosk and keeper say, at any cut of the bytes; and what a site file makes of each line."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.relay.wire import Rule, Why
from kiosk.keeper import protocol as say
from kiosk.keeper.rules import outputs, rules
from kiosk.notify import notify
from kiosk.sites import read_site
from tests.keeper.keeping import DEADLINE_S, SITE

numbers = st.integers(0, 2**62)
asked = st.one_of(
    st.builds(say.Hello, v=st.integers(0, 9)),
    st.builds(say.Beat, at_us=numbers),
    st.builds(say.Order, id=numbers, machine=st.text(), on=st.booleans(), until_us=numbers),
    st.builds(say.Show, v=st.integers(0, 9)),
    st.builds(say.PutOff, v=st.integers(0, 9)),
)


@given(st.lists(asked, max_size=8), st.lists(st.integers(0, 800), max_size=12))
def test_at_any_cut_of_the_bytes_the_same_messages(said: list[say.Asked], at: list[int]) -> None:
    data = b"".join(say.encode(message) for message in said)
    cuts = [0, *sorted(min(cut, len(data)) for cut in at), len(data)]
    cutter = say.Cutter()
    lines = [line for a, b in itertools.pairwise(cuts) for line in cutter.feed(data[a:b])]
    assert [say.decode_asked(line) for line in lines] == said


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_a_protocol_error(line: bytes) -> None:
    for decode in (say.decode_asked, say.decode_told):
        try:
            decode(line)
        except say.ProtocolError:
            continue


def test_a_site_file_says_when_each_line_falls(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    site = read_site(path)
    assert rules(site) == {
        "laser": Rule(2_000_000, Why.SILENCE),
        "mill": Rule(4_000_000, Why.SILENCE),
        "prusa": Rule(12 * 3600_000_000, Why.HELD_LONG),
    }
    assert [(line.machine, line.line, line.active) for line in outputs(site)] == [
        ("laser", 17, "low"),
        ("mill", 22, "high"),
        ("prusa", 27, "high"),
    ]


def test_without_systemd_nobody_is_notified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_systemd_that_is_gone_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")


def test_systemd_is_notified_in_the_abstract_namespace_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = f"fablab-test-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name)
        systemd.settimeout(DEADLINE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        assert notify("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
