"""The bench: a page on which a newcomer's hands do what hands do in a lab."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from kiosk.demo.bench import Bench, Device, Lever, Stage
from kiosk.demo.people import Person
from tests.browser import chromium, page

INES = Person("M0001", "Inès <b>B.</b>", "0000001A", ("laser",), ())


class Hands:
    """What was done, in order."""

    def __init__(self) -> None:
        self.did: list[tuple[str, ...]] = []
        self.code = ""

    def present(self, reader: str, badge: str) -> None:
        self.did.append((reader, badge))


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def bench(hands: Hands) -> Iterator[Bench]:
    levers = (
        Lever("Imprimer", lambda: hands.did.append(("print",))),
        Lever("Annuler", lambda: hands.did.append(("cancel",))),
        Lever("Pause", lambda: "sans effet, elle est éteinte"),
    )
    stage = Stage(
        "ccdv",
        "FabLab CCDV",
        "http://127.0.0.1:8080/",
        (("desk", "à l'accueil"),),
        (INES,),
        hands.present,
        (Device("MK4", levers),),
        lambda: hands.code,
    )
    bench = Bench([stage], 0, "http://127.0.0.1:8081/")
    bench.start()
    yield bench
    bench.stop()


def _ask(
    bench: Bench, method: str, path: str = "/", form: dict[str, str] | None = None, **headers: str
) -> tuple[int, str]:
    wire = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=5)
    body = None if form is None else urlencode(form)
    wire.request(method, path, body, {name.replace("_", "-"): v for name, v in headers.items()})
    answer = wire.getresponse()
    text = answer.read().decode()
    wire.close()
    return answer.status, text


def test_the_page_shows_who_has_a_badge_and_what_hands_can_do(bench: Bench) -> None:
    status, page = _ask(bench, "GET")
    assert status == 200
    assert "Présenter à l&#39;accueil" in page
    assert "Inès &lt;b&gt;B.&lt;/b&gt;&nbsp;: découpe laser" in page
    assert "Imprimer" in page


def test_the_members_phone_goes_where_the_code_of_the_touch_screen_leads(
    bench: Bench, hands: Hands
) -> None:
    status, page = _ask(bench, "GET", "/phone/ccdv")
    assert status == 200
    assert "présentez d’abord un badge" in page
    hands.code = "http://127.0.0.1:8080/moi/abc"
    wire = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=5)
    wire.request("GET", "/phone/ccdv")
    answer = wire.getresponse()
    assert (answer.status, answer.getheader("Location")) == (303, hands.code)
    wire.close()
    assert _ask(bench, "GET", "/phone/nowhere")[0] == 404


def test_a_badge_is_presented_at_a_reader(bench: Bench, hands: Hands) -> None:
    status, page = _ask(bench, "POST", form={"lab": "ccdv", "badge": "M0001", "reader": "desk"})
    assert status == 200
    assert "badge de Inès" in page
    assert hands.did == [("desk", "0000001A")]


def test_a_badge_that_nobody_knows_may_be_presented(bench: Bench, hands: Hands) -> None:
    assert _ask(bench, "POST", form={"lab": "ccdv", "badge": "nobody", "reader": "desk"})[0] == 200
    assert hands.did == [("desk", "00C0FFEE")]


def test_a_lever_is_pulled(bench: Bench, hands: Hands) -> None:
    status, page = _ask(bench, "POST", form={"lab": "ccdv", "device": "0", "lever": "1"})
    assert status == 200
    assert "FabLab CCDV, MK4\N{NO-BREAK SPACE}: annuler." in page
    assert hands.did == [("cancel",)]


def test_a_lever_that_does_nothing_says_why(bench: Bench) -> None:
    _, page = _ask(bench, "POST", form={"lab": "ccdv", "device": "0", "lever": "2"})
    assert "pause (sans effet, elle est éteinte)." in page


def test_the_badge_in_the_hand_stays_in_the_hand(bench: Bench) -> None:
    _, page = _ask(bench, "POST", form={"lab": "ccdv", "badge": "nobody", "reader": "desk"})
    assert '<option value="nobody" selected>' in page


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"lab": "nowhere", "badge": "M0001", "reader": "desk"},
        {"lab": "ccdv", "badge": "M9999", "reader": "desk"},
        {"lab": "ccdv", "device": "7", "lever": "0"},
        {"lab": "ccdv", "device": "0", "lever": "x"},
        {"lab": "ccdv", "badge": "M0001"},
    ],
)
def test_a_form_of_something_else_does_nothing(
    form: dict[str, str], bench: Bench, hands: Hands
) -> None:
    assert _ask(bench, "POST", form=form)[0] == 400
    assert hands.did == []


def test_a_page_of_another_address_cannot_pull_a_lever(bench: Bench, hands: Hands) -> None:
    form = {"lab": "ccdv", "device": "0", "lever": "0"}
    assert _ask(bench, "POST", form=form, Origin="http://elsewhere.example")[0] == 403
    assert _ask(bench, "POST", form=form, Host="elsewhere.example")[0] == 403
    assert _ask(bench, "GET", Host="elsewhere.example")[0] == 403
    assert hands.did == []


def test_a_form_without_end_is_not_read(bench: Bench) -> None:
    assert _ask(bench, "POST", form={"lab": "x" * 10_000})[0] == 413


def test_another_page_is_not_here(bench: Bench) -> None:
    assert _ask(bench, "GET", "/etc/passwd")[0] == 404
    assert _ask(bench, "GET", "/bench.css")[0] == 200


@pytest.mark.browser
@pytest.mark.slow
def test_a_finger_in_a_real_browser_presents_a_badge(bench: Bench, hands: Hands) -> None:
    with chromium() as browser, page(browser, 1280, 800) as (opened, complaints):
        opened.goto(f"http://127.0.0.1:{bench.port}/")
        opened.get_by_role("button", name="Présenter à l'accueil").click()
        opened.get_by_text("présenté.").wait_for()
        assert complaints == []
    assert hands.did == [("desk", "0000001A")]
