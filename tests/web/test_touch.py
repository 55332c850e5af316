"""The touch screen over HTTP: what it says, who may touch it, and what it forgets."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import segno
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import StillClock
from kiosk.floor.view import ScreenKind, ScreenView, TileState, Touch
from kiosk.web.app import create_app
from machines.members import Refusal
from tests.web.conftest import AFTERNOON_US
from tests.web.fake_screens import HOSTILE, SCREENS, FakeScreens, lab, machine
from tests.web.reading import read

HERE = "http://127.0.0.1"


def _touch(client: FlaskClient, body: object, **headers: str) -> int:
    answer = client.post("/touch", json=body, headers=headers)
    assert answer.status_code < 500, answer.text
    return answer.status_code


def test_a_touched_machine_reaches_the_floor(client: FlaskClient, screens: FakeScreens) -> None:
    assert _touch(client, {"what": "machine", "value": "laser"}) == 204
    assert screens.touched == [(Touch.MACHINE, "laser")]


@pytest.mark.parametrize(
    "body",
    [
        {"what": "machine", "value": "no-such-machine"},
        {"what": "machine"},
        {"what": "explode"},
        {"what": "language", "value": "de"},
        {"what": "end", "value": "laser"},
        {"what": "end", "who": "me"},
        {"value": "laser"},
        ["machine"],
        "machine",
    ],
)
def test_a_touch_that_is_on_no_screen_is_refused(
    client: FlaskClient, screens: FakeScreens, body: object
) -> None:
    assert _touch(client, body) == 400
    assert screens.touched == []


@given(body=st.binary(max_size=600))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_bytes_make_the_kiosk_stumble(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/touch", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_a_touch_too_long_or_too_deep_is_refused_with_a_sentence(client: FlaskClient) -> None:
    deep = client.post("/touch", data="[" * 500, content_type="application/json")
    long = client.post("/touch", data=b"x" * 100_000, content_type="application/json")
    form = client.post("/touch", data={"what": "end"})
    assert (deep.status_code, long.status_code, form.status_code) == (400, 413, 415)
    assert all(answer.text.strip().endswith((".", "}.")) for answer in (deep, long, form))


def test_the_touch_screen_is_the_kiosk_s_own_and_others_are_shown_the_tablet(
    client: FlaskClient, screens: FakeScreens
) -> None:
    elsewhere = {"REMOTE_ADDR": "192.168.1.20"}
    page = client.get("/", environ_overrides=elsewhere)
    assert (page.status_code, page.location) == (303, "/tablet")
    for path in ("/screen.json", "/screen/events"):
        assert client.get(path, environ_overrides=elsewhere).status_code == 403
    touched = client.post("/touch", json={"what": "end"}, environ_overrides=elsewhere)
    assert (touched.status_code, screens.touched) == (403, [])


def test_a_web_server_on_the_kiosk_lets_nobody_touch_from_elsewhere(client: FlaskClient) -> None:
    """It hands on the Host it was asked by, and comes from this machine itself."""
    through = {"base_url": "https://kiosk.local"}
    assert client.get("/", **through).location == "/tablet"
    assert client.get("/screen.json", **through).status_code == 403


def test_a_site_may_let_another_machine_be_the_touch_screen(screens: FakeScreens) -> None:
    client = create_app(screens, touch_from_anywhere=True).test_client()
    answer = client.get("/", environ_overrides={"REMOTE_ADDR": "192.168.1.20"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("localhost", 200),
        ("fablab", 200),
        ("fablab.local:8080", 200),
        ("kiosk.example.org", 400),
        ("evil.example", 400),
        ("fablab.local.evil.example", 400),
        ("[::1", 400),
    ],
)
def test_only_names_that_nobody_else_can_point_here_are_answered(
    screens: FakeScreens, host: str, status: int
) -> None:
    client = create_app(screens).test_client()
    assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_a_name_of_the_site_file_is_answered(screens: FakeScreens) -> None:
    client = create_app(screens, hosts=("kiosk.example.org",)).test_client()
    assert client.get("/healthz", headers={"Host": "kiosk.example.org"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://[::1", "http://127.0.0.2"]
)
def test_another_site_cannot_touch_the_screen(
    client: FlaskClient, screens: FakeScreens, origin: str
) -> None:
    body = {"what": "end"}
    assert _touch(client, body, Origin=origin, Host="127.0.0.1") == 403
    assert screens.touched == []
    assert _touch(client, body, Origin="http://127.0.0.1", Host="127.0.0.1") == 204


@pytest.mark.parametrize(
    "path", ["/", "/tablet", "/healthz", "/screen.json", "/static/kiosk.js", "/no"]
)
def test_every_answer_forbids_what_no_page_needs(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_never_kept_by_the_browser(client: FlaskClient) -> None:
    for path in ("/", "/screen.json", "/tablet", "/tablet/cards"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", SCREENS)
def test_nothing_personal_is_left_once_the_screen_is_idle(
    client: FlaskClient, screens: FakeScreens, kind: str
) -> None:
    screens.show_screen(SCREENS[kind])
    client.get("/")
    screens.show_screen(ScreenView(ScreenKind.IDLE))
    for page in (client.get("/").text, client.get("/screen.json").text):
        for member in ("Ana", "Léo", "Inès", "Karim"):
            assert member not in page


def test_the_screen_speaks_the_language_of_the_person_before_it(
    client: FlaskClient, screens: FakeScreens
) -> None:
    assert '<html lang="fr"' in client.get("/").text
    screens.show_screen(ScreenView(ScreenKind.IDLE, language="en"))
    page = client.get("/").text
    assert '<html lang="en"' in page
    assert "Present your badge" in read(page)
    assert 'lang="fr">Français</button>' in page


def test_a_language_the_screen_does_not_speak_is_french(
    client: FlaskClient, screens: FakeScreens
) -> None:
    screens.show_screen(ScreenView(ScreenKind.IDLE, language="<de>"))
    assert client.get("/screen.json").get_json()["language"] == "fr"


def test_the_member_s_machines_come_first_and_none_is_chosen_for_them(client: FlaskClient) -> None:
    screens = FakeScreens(lab(screen=SCREENS["choose"]))
    client = create_app(screens, clock=StillClock(AFTERNOON_US)).test_client()
    page = client.get("/").text
    named = [line for line in read(page) if line.startswith(("Imprimante", "Presse", "Découpe"))]
    assert named[0].startswith("Imprimante 3D 1")
    assert "Votre session" in named[0]
    assert "autofocus" not in page
    assert "selected" not in page
    assert page.index("Machine à coudre") < page.index("Imprimante 3D 2")


@pytest.mark.parametrize("refusal", list(Refusal))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_refusal_says_what_happened_and_what_to_do(
    client: FlaskClient, screens: FakeScreens, refusal: Refusal, language: str
) -> None:
    screens.show_screen(
        ScreenView(ScreenKind.REFUSED, refusal=refusal.value, language=language, until_s=6)
    )
    said = client.get("/screen.json").get_json()["said"]
    assert said.count(".") == 2
    assert "Impossible pour le moment" not in said
    assert "Not possible" not in said


def test_a_refusal_nobody_foresaw_still_says_whom_to_ask(
    client: FlaskClient, screens: FakeScreens
) -> None:
    screens.show_screen(ScreenView(ScreenKind.REFUSED, refusal="of-tomorrow", until_s=6))
    said = client.get("/screen.json").get_json()["said"]
    assert said == "Impossible pour le moment. Demandez à un animateur."


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    own = machine("m", name, state=TileState.FAULT, note=name)
    for kind in ScreenKind:
        view = lab(own, screen=ScreenView(kind, name, "m", name, name, name, 5, 4), name=name)
        page = create_app(FakeScreens(view)).test_client().get("/").text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not set("\u202e\u202c\u200f\x00\u2028") & set(page)
        assert "x" * 130 not in page


def test_the_screen_comes_as_words_and_as_a_page(client: FlaskClient, screens: FakeScreens) -> None:
    screens.show_screen(SCREENS["stop"])
    screen = json.loads(client.get("/screen.json").data)
    assert (screen["kind"], screen["until_s"], screen["revision"]) == ("stop", 10, 2)
    assert screen["said"] == (
        "Session en cours depuis 1\xa0h\xa020. Imprimante 3D 1. Terminer\u202f?"
    )
    assert screen["html"].strip() in client.get("/").text


def test_offline_is_said_where_it_matters(client: FlaskClient, screens: FakeScreens) -> None:
    screens.show(lab(online=False))
    assert "Hors connexion. Tout est enregistré ici et sera envoyé plus tard." in read(
        client.get("/").text
    )
    screens.show(lab(online=False, screen=SCREENS["started"]))
    assert "Enregistré ici. Envoi au serveur plus tard." in read(client.get("/").text)
    screens.show(lab(online=False, central=False, screen=SCREENS["started"]))
    assert "Enregistré ici" not in client.get("/").text


def test_a_journal_that_cannot_be_written_is_said_before_anything_else(
    client: FlaskClient, screens: FakeScreens
) -> None:
    screens.show(lab(online=False, journal_ok=False))
    lines = read(client.get("/").text)
    assert "Enregistrement impossible. Demandez à un animateur." in lines
    assert not any("Hors connexion" in line for line in lines)


def test_health_is_told_without_naming_anybody(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.get_json().items() >= {"revision": 1, "journal_ok": True, "unsent": 0}.items()
    assert not [name for name in ("Ana", "Léo", "Inès", "Karim") if name in answer.text]


TOKEN = "Xy3kPq8rT1vW5zB7nM2aLg"


def shown(screen: ScreenView, address: str = "http://192.168.1.20:8080") -> str:
    app = create_app(FakeScreens(lab(screen=screen)), address=lambda: address)
    return app.test_client().get("/screen.json").json["html"]


def test_a_member_who_badged_finds_the_code_of_their_own_page() -> None:
    html = shown(replace(SCREENS["choose"], invitation=TOKEN))
    assert f'data-link="http://192.168.1.20:8080/moi/{TOKEN}"' in html
    assert '<svg viewBox="0 0 ' in html
    assert "Envoyer un fichier" in html


def test_the_code_is_the_address_and_nothing_else() -> None:
    """Its drawing is the very one of that address: what a phone reads is what a test reads."""
    link = f"http://192.168.1.20:8080/moi/{TOKEN}"
    html = shown(replace(SCREENS["started"], invitation=TOKEN))
    [drawn] = re.findall(r'class="qrline" stroke="#000" d="([^"]+)"', html)
    expected = segno.make(link, micro=False, error="m").svg_inline(border=4)
    assert drawn in expected


@pytest.mark.parametrize(("token", "address"), [("", "http://192.168.1.20"), (TOKEN, "")])
def test_where_no_phone_can_come_no_code_is_shown(token: str, address: str) -> None:
    html = shown(replace(SCREENS["choose"], invitation=token), address)
    assert "moi/" not in html
    assert "<svg viewBox" not in html


def test_an_animator_touches_the_tablet_that_asks_and_no_other() -> None:
    screens = FakeScreens(lab(screen=replace(SCREENS["choose"], tablets=("42",))))
    client = create_app(screens).test_client()
    assert "Autoriser la tablette 42" in client.get("/screen.json").json["html"]
    assert client.post("/touch", json={"what": "tablet", "value": "43"}).status_code == 400
    assert client.post("/touch", json={"what": "tablet", "value": "42"}).status_code == 204
    assert screens.wait_touched() == (Touch.TABLET, "42")


def test_an_animator_is_told_that_the_tablet_may_act() -> None:
    screen = ScreenView(ScreenKind.TABLET, first_name="Inès", tablet="42", until_s=4)
    lines = read(shown(screen))
    assert "La tablette 42 peut agir cinq minutes" in lines


def test_only_what_is_counted_on_the_screen_can_be_counted() -> None:
    screens = FakeScreens(lab(screen=SCREENS["counting"]))
    client = create_app(screens).test_client()
    for value in ("apron", ""):
        assert client.post("/touch", json={"what": "more", "value": value}).status_code == 400
    assert client.post("/touch", json={"what": "more", "value": "mug"}).status_code == 204
    assert screens.wait_touched() == (Touch.MORE, "mug")
