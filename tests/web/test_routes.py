"""Every address of the kiosk, whatever there will be: who may ask there, and what nobody may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kiosk.floor.invitations import Invitations
from kiosk.web.app import create_app
from kiosk.web.uploads import Uploads
from tests.web.fake_desk import FakeDesk
from tests.web.fake_screens import HOSTILE, FakeScreens, lab
from tests.web.test_authority import KIOSK, TABLET, Lab, Tablet
from tests.web.test_member import ANA, FakeBringing

#: What anybody on the network may have: nothing of the lab is in it, or a secret is asked for.
OPEN = {"static", "healthz", "who.pair", "member.open", "data.page"}
#: What a paired tablet posts before anybody acts: who is there, and a file that no job has yet.
BEFORE = {"who.pair", "who.pin", "who.badge", "who.end"}
SENT_FIRST = {"tablet_bringing.begin", "tablet_bringing.put"}
#: A post that only looks: who is searched for stands in no address and no log.
SEARCHED = {"people.page"}
#: A stranger's finger is refused by where it comes from (test_touch.py).
NO_TOKEN = {"touch.touch"}
WORDS = [*HOSTILE, "é", "\x00", "../../etc/passwd", "%s", "-1", "9" * 400, "\udcff"]


class Whole(Lab):
    """All pages that a kiosk may have."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.invitations = Invitations(lambda: self.now)
        self.desk = FakeDesk()
        self.app = create_app(
            FakeScreens(lab()),
            authority=self.authority,
            desk=self.desk,
            invitations=self.invitations,
            bringing=FakeBringing(Uploads(folder / "coming", 1_000_000, lambda: self.now)),
        )


@pytest.fixture
def there(tmp_path: Path) -> Whole:
    return Whole(tmp_path)


def _rules(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))


def _path(rule: Rule, word: str = "x") -> str:
    built = rule.build(dict.fromkeys(rule.arguments, word))
    assert built
    return built[1]


def _ask(app: Flask, method: str, path: str, **more: object) -> TestResponse:
    elsewhere = {"environ_base": {"REMOTE_ADDR": TABLET}, "base_url": f"http://{KIOSK}"}
    return app.test_client().open(path, method=method, **elsewhere, **more)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_stranger_on_the_network_sees_nothing(there: Whole, method: str) -> None:
    for rule in _rules(there.app, method):
        answer = _ask(there.app, method, _path(rule))
        asked = rule.endpoint in OPEN
        assert asked or answer.status_code in (303, 403), (method, rule)
        assert asked or "Imprimante" not in answer.text, rule


def test_a_stranger_on_the_network_does_nothing(there: Whole) -> None:
    rules = list(_rules(there.app, "POST"))
    assert len(rules) > 12
    for rule in rules:
        for origin in ({}, {"Origin": f"http://{KIOSK}"}, {"Origin": "http://evil.example"}):
            answer = _ask(there.app, "POST", _path(rule), headers=origin)
            assert answer.status_code == 403, (rule, origin)
    assert there.desk.acts == []


def _may(there: Whole) -> Tablet:
    """A browser that may ask everywhere, and acts."""
    browser = there.tablet()
    browser.say_who("Inès F.", "246810")
    browser.get(f"/moi/{there.invitations.show(ANA)}")
    return browser


def _token(browser: Tablet, rule: Rule) -> str:
    """Of the page that posts there."""
    if not rule.endpoint.startswith("member."):
        return browser.token()
    found = re.search('name="csrf" value="([0-9a-f]+)"', browser.get("/moi").text)
    assert found
    return found[1]


@pytest.mark.slow
def test_no_page_of_somebody_else_posts_through_a_browser_that_may(there: Whole) -> None:
    browser = _may(there)
    for rule in _rules(there.app, "POST"):
        if rule.endpoint in NO_TOKEN:
            continue
        token = _token(browser, rule)
        own = browser.post(_path(rule), csrf=token, key="", who="", upload="")
        assert own.status_code != 403 or rule.endpoint == "who.pair", (rule, own.text)
        if rule.endpoint == "who.end":
            browser.say_who("Inès F.", "246810")
        for headers, fields in (
            ({}, {"csrf": token}),
            ({"Origin": "null"}, {"csrf": token}),
            ({"Origin": f"http://{KIOSK}.evil.example"}, {"csrf": token}),
            ({"Origin": f"http://{KIOSK}:81"}, {"csrf": token}),
            ({"Origin": f"http://{KIOSK}"}, {"csrf": "0" * 64}),
            ({"Origin": f"http://{KIOSK}"}, {"csrf": ""}),
        ):
            answer = browser.post(_path(rule), headers=headers, **fields)
            assert answer.status_code == 403, (rule, headers, fields)
    assert there.desk.acts == []


def test_what_all_tablets_are_shown_alike_is_nobody_s_own(there: Whole) -> None:
    """It is drawn once, by whoever asks first: here by one that acts."""
    one, other = _may(there), there.tablet()
    shared = one.get("/tablet/cards").text
    assert other.get("/tablet/cards").text == shared
    assert one.token() not in shared
    assert 'name="key"' not in shared
    assert "Inès F." not in shared


def test_a_tablet_where_nobody_acts_does_nothing(there: Whole) -> None:
    tablet = there.tablet()
    for rule in _rules(there.app, "POST"):
        if rule.rule.startswith("/tablet") and rule.endpoint not in BEFORE | SENT_FIRST | SEARCHED:
            word = "attach" if rule.endpoint == "people.act" else "clear-plate"
            assert tablet.post(_path(rule, word)).status_code == 403, rule
    assert there.desk.acts == []


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_no_word_in_an_address_or_a_form_makes_a_page_stumble(there: Whole, word: str) -> None:
    word = word.encode("utf-8", "replace").decode()
    browser = _may(there)
    names = ("who", "code", "pin", "key", "job", "machine", "print", "upload", "size", "name",
             "at", "why", "note", "grams", "before", "wish", "material", "colour")  # fmt: skip
    said = dict.fromkeys(names, word)
    for rule in _rules(there.app, "GET"):
        if not rule.rule.endswith("events"):
            answer = browser.get(_path(rule, word), query_string=said)
            assert answer.status_code < 500, (rule, answer.text)
    for rule in _rules(there.app, "POST"):
        whole = said | {"key": "abcd1234", "csrf": _token(browser, rule)}
        for path in {_path(rule, word), _path(rule, "clear-plate"), _path(rule, "load")}:
            assert browser.post(path, **whole).status_code < 500, path
