"""Live streams: whole at first, then what changed; capped, beating, and ended when told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from flask.testing import FlaskClient

from kiosk.floor.view import LabView, ScreenKind, ScreenView, TileState
from kiosk.web import live
from kiosk.web.app import TABLET_STREAMS, TOUCH_STREAMS, create_app
from kiosk.web.server import Server, serve
from tests.web.fake_screens import SCREENS, FakeScreens, lab


def _events(answer: requests.Response) -> Iterator[tuple[str, str]]:
    """(event, data) of each message that arrives."""
    event, data = "", []
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        field, _, value = line.partition(": ")
        if field == "event":
            event = value
        elif field == "data":
            data.append(value)
        elif not line and data:
            yield event, "\n".join(data)
            event, data = "", []


def _url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _listen(server: Server, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{server.port}{path}", stream=True, timeout=10)


def test_the_touch_screen_is_told_at_once(server: Server, screens: FakeScreens) -> None:
    with _listen(server, "/screen/events") as answer:
        events = _events(answer)
        event, data = next(events)
        assert (event, '"kind":"idle"' in data) == ("screen", True)
        screens.show_screen(SCREENS["started"])
        event, data = next(events)
        assert (event, '"kind":"started"' in data, "Bonjour Ana" in data) == ("screen", True, True)


def test_the_tablet_gets_everything_then_only_the_card_that_changed(
    server: Server, screens: FakeScreens
) -> None:
    with _listen(server, "/tablet/events") as answer:
        events = _events(answer)
        first = next(events)[1]
        assert first.count(" data-piece>") == 27
        view = screens.view()
        freed = replace(view.machines[8], state=TileState.FREE, member=None, since_s=None)
        screens.show(replace(view, machines=(*view.machines[:8], freed, *view.machines[9:])))
        second = next(events)[1]
        assert second.count(" data-piece>") == 1
        assert 'id="card-8"' in second


def test_streams_are_capped_and_the_pages_still_answer(server: Server) -> None:
    opened = [_listen(server, "/tablet/events") for _ in range(TABLET_STREAMS)]
    assert [answer.status_code for answer in opened] == [200] * TABLET_STREAMS
    assert _listen(server, "/tablet/events").status_code == 503
    assert requests.get(f"http://127.0.0.1:{server.port}/tablet/cards", timeout=5).ok
    with _listen(server, "/screen/events") as touch:
        assert touch.status_code == 200  # tablets never take the touch screen's places
    for answer in opened:
        answer.close()


def test_a_stream_that_ends_gives_its_place_back(client: FlaskClient) -> None:
    for _ in range(3 * TOUCH_STREAMS):
        answer = client.get("/screen/events")
        assert answer.status_code == 200
        answer.close()


def test_a_stream_nobody_read_gives_its_place_back(client: FlaskClient) -> None:
    for _ in range(3 * TOUCH_STREAMS):
        client.head("/screen/events").close()
    with client.get("/screen/events") as answer:
        assert answer.status_code == 200


def test_a_tablet_that_goes_from_page_to_page_takes_no_place_from_the_others(
    server: Server,
) -> None:
    browser = requests.Session()
    browser.get(f"{_url(server)}/tablet", timeout=5)
    left = [_taken(server, browser) for _ in range(2 * TABLET_STREAMS)]  # unread, and not closed
    others = [_taken(server, requests.Session()) for _ in range(TABLET_STREAMS - live.EACH)]
    assert {answer.status_code for answer in (*left, *others)} == {200}
    for answer in (*left, *others):
        answer.close()


def _taken(server: Server, browser: requests.Session, timeout_s: float = 5.0) -> requests.Response:
    """A stream, as soon as there is a place for it."""
    until = time.monotonic() + timeout_s
    while True:
        answer = browser.get(f"{_url(server)}/tablet/events", stream=True, timeout=5)
        if answer.ok or time.monotonic() > until:
            return answer


def _follow(screens: FakeScreens, closing: threading.Event, **times: float) -> list[str]:
    def paint(view: LabView) -> str:
        return ""

    return list(live.follow(screens, paint, closing.is_set, **times))


def test_a_quiet_stream_beats_and_ends_by_itself(screens: FakeScreens) -> None:
    frames = _follow(screens, threading.Event(), beat_s=0.02, longest_s=0.2)
    assert frames[0] == live.RETRY
    assert len(frames) > 2
    assert set(frames[1:]) == {live.BEAT}


def test_a_stream_ends_when_the_kiosk_does(screens: FakeScreens) -> None:
    closing = threading.Event()
    closing.set()
    assert _follow(screens, closing, beat_s=0.02) == [live.RETRY]


def test_a_server_with_open_streams_stops_at_once(screens: FakeScreens) -> None:
    server = serve(create_app(screens), "127.0.0.1", 0)
    with _listen(server, "/screen/events") as one, _listen(server, "/tablet/events") as two:
        assert one.ok
        assert two.ok
        stopped = threading.Thread(target=server.stop)
        stopped.start()
        stopped.join(5)
        assert not stopped.is_alive()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/healthz", timeout=2)


def test_a_server_that_never_started_gives_its_port_back(screens: FakeScreens) -> None:
    server = Server(create_app(screens), "127.0.0.1", 0)
    server.stop()
    server.stop()
    with socket.create_server(("127.0.0.1", server.port)):
        pass


def test_a_busy_port_is_told_where_the_server_is_made(screens: FakeScreens) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(create_app(screens), "127.0.0.1", taken.getsockname()[1])


def test_a_frame_holds_every_line_of_its_message() -> None:
    assert live.frame("a\r\nb\nc", "screen") == "event: screen\ndata: a\ndata: b\ndata: c\n\n"


def test_a_change_that_the_touch_screen_does_not_show_is_told_in_a_word(
    screens: FakeScreens, server: Server
) -> None:
    with _listen(server, "/screen/events") as answer:
        events = _events(answer)
        next(events)
        screens.show(lab(unsent=7))
        assert next(events) == ("same", "2")


def test_a_countdown_that_is_begun_anew_is_told(screens: FakeScreens, server: Server) -> None:
    waiting = ScreenView(ScreenKind.BADGE, machine="laser", until_s=10)
    screens.show_screen(waiting)
    with _listen(server, "/screen/events") as answer:
        events = _events(answer)
        assert '"until_s":10' in next(events)[1]
        screens.show_screen(replace(waiting, until_s=9.5))
        assert next(events) == ("same", "3")
        screens.show_screen(replace(waiting, until_s=20))
        event, data = next(events)
        assert (event, '"until_s":20' in data) == ("screen", True)
