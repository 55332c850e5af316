"""Who looks and who acts: pairing, codes, badges at the reader, and pages that others made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from kiosk.floor.acts import ClearPlate, Told
from kiosk.floor.tablets import AskingTablets
from kiosk.web.app import create_app
from kiosk.web.authority import Authority
from kiosk.web.doing import do, key
from kiosk.web.pairing import Forgetful, Pairing
from machines.authority import ACTING_S, LOCK_S, PAIRING_S
from machines.job_entries import PinRefused
from machines.journal import Personal
from machines.members import Member
from tests.web.fake_desk import FakeDesk
from tests.web.fake_screens import HOSTILE, FakeScreens, lab

#: A tablet on the lab's network, and how it names the kiosk.
TABLET = "192.168.1.40"
KIOSK = "kiosk.local"
ORIGIN = {"Origin": f"http://{KIOSK}"}


def hashed(pin: str) -> str:
    """The product's kind of hash at a cost for tests."""
    return generate_password_hash(pin, "scrypt:1024:8:1")


INES = Member("m-ines", "Inès", "F", animator=True, pin=hashed("246810"))
JULIEN = Member("m-julien", "Julien", "L", animator=True, pin=hashed("135791"))


@dataclass
class Lab:
    """Pages with two animators, and a clock that moves when told."""

    now: float = 1000.0
    animators: list[Member] = field(default_factory=lambda: [INES, JULIEN])
    noted: list[tuple[PinRefused, Personal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        seconds = lambda: self.now  # noqa: E731
        self.pairing = Pairing(Forgetful(), seconds)
        self.asking = AskingTablets(seconds)
        self.authority = Authority(
            self.pairing,
            lambda: tuple(self.animators),
            lambda *noted: self.noted.append(noted),
            self.asking,
            seconds,
        )
        self.desk = FakeDesk()
        self.app = create_app(FakeScreens(lab()), authority=self.authority, desk=self.desk)
        self.app.register_blueprint(acts(self.authority, self.desk))

    def tablet(self, paired: bool = True) -> Tablet:
        tablet = Tablet(self.app)
        if paired:
            assert tablet.pair(self.pairing.show_code("Atelier")).status_code == 303
        return tablet


def acts(authority: Authority, desk: FakeDesk) -> Blueprint:
    """A page that acts, as those of the tablet do."""
    pages = Blueprint("acts", __name__, url_prefix="/acts")
    pages.before_request(authority.looking)

    @pages.post("/clear")
    def clear() -> str:
        return str(do(desk, ClearPlate("prusa-1"), authority.acting(), key()))

    return pages


class Tablet:
    """A browser on the lab's network."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **more: object) -> TestResponse:
        return self.client.get(path, **self._from(), **more)

    def post(self, path: str, headers: dict[str, str] = ORIGIN, **fields: str) -> TestResponse:
        """As a form of ours is posted, token included, unless `fields` has another."""
        data = {"csrf": self.token(), "key": "abcd1234"} | fields
        return self.client.post(path, data=data, headers=headers, **self._from())

    def token(self) -> str:
        page = self.get("/tablet", follow_redirects=True).text
        found = re.search(r'(?:X-CSRF": "|name="csrf" value=")([0-9a-f]+)', unescape(page))
        assert found
        return found[1]

    def pair(self, code: str) -> TestResponse:
        return self.post("/tablet/pair", code=code)

    def say_who(self, name: str, pin: str) -> TestResponse:
        page = self.get("/tablet/who").text
        found = re.search(rf'value="([0-9a-f]+)" required><span>{name}<', page)
        assert found
        return self.post("/tablet/who", who=found[1], pin=pin)

    def clear(self) -> TestResponse:
        return self.post("/acts/clear")

    def _from(self) -> dict[str, object]:
        return {"environ_base": {"REMOTE_ADDR": TABLET}, "base_url": f"http://{KIOSK}"}


@pytest.fixture
def there() -> Lab:
    return Lab()


class TestLooking:
    def test_a_tablet_that_is_not_paired_is_asked_for_the_code(self, there: Lab) -> None:
        answer = there.tablet(paired=False).get("/tablet")
        assert (answer.status_code, answer.location) == (303, "/tablet/pair")

    @pytest.mark.parametrize("path", ["/tablet/cards", "/tablet/events", "/tablet/who"])
    def test_nothing_of_the_lab_is_seen_before(self, there: Lab, path: str) -> None:
        answer = there.tablet(paired=False).get(path, headers={"HX-Request": "true"})
        assert answer.status_code == 403
        assert "Inès" not in answer.text

    def test_a_paired_tablet_looks_for_a_year(self, there: Lab) -> None:
        tablet = there.tablet(paired=False)
        cookie = tablet.pair(there.pairing.show_code("Atelier")).headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"} <= {
            part.strip() for part in cookie.split(";")
        }
        assert tablet.get("/tablet").status_code == 200

    def test_the_kiosk_s_own_browser_needs_no_pairing(self, there: Lab) -> None:
        assert there.app.test_client().get("/tablet").status_code == 200

    def test_what_a_proxy_on_the_kiosk_hands_on_is_not_taken_for_it(self, there: Lab) -> None:
        handed_on = there.app.test_client().get("/tablet", base_url=f"http://{KIOSK}")
        assert handed_on.location == "/tablet/pair"

    def test_who_only_says_to_be_the_kiosk_is_not(self, there: Lab) -> None:
        elsewhere = {"environ_base": {"REMOTE_ADDR": TABLET}}
        answer = there.app.test_client().get("/tablet", base_url="http://127.0.0.1", **elsewhere)
        assert answer.location == "/tablet/pair"

    def test_a_cookie_that_is_no_secret_of_ours_is_not_taken_for_one(self, there: Lab) -> None:
        client = there.app.test_client()
        client.set_cookie("fablab-seat", "guessed", domain="127.0.0.1")
        answer = client.get("/tablet", base_url="http://127.0.0.1")
        [given] = [c for c in answer.headers.getlist("Set-Cookie") if "fablab-seat" in c]
        assert "guessed" not in given

    def test_a_removed_tablet_looks_no_more(self, there: Lab) -> None:
        tablet = there.tablet()
        [known] = there.pairing.listing()
        there.pairing.remove(known.number)
        assert tablet.get("/tablet").location == "/tablet/pair"

    def test_what_a_removed_tablet_was_following_ends_within_a_second(self, there: Lab) -> None:
        tablet = there.tablet()
        following = tablet.get("/tablet/events")
        frames = iter(following.response)
        assert "retry" in str(next(frames))
        [known] = there.pairing.listing()
        there.pairing.remove(known.number)
        assert list(frames) == []
        following.close()

    def test_a_code_pairs_one_tablet_only(self, there: Lab) -> None:
        code = there.pairing.show_code("Atelier")
        assert there.tablet(paired=False).pair(code).status_code == 303
        assert there.tablet(paired=False).pair(code).status_code == 403

    def test_a_code_of_six_minutes_ago_is_none(self, there: Lab) -> None:
        code = there.pairing.show_code("Atelier")
        there.now += PAIRING_S
        assert there.pairing.pair(code) is None

    def test_a_code_that_was_guessed_at_five_times_is_dead(self, there: Lab) -> None:
        code = there.pairing.show_code("Atelier")
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        assert [there.pairing.pair(wrong) for _ in range(5)] == [None] * 5
        assert there.pairing.pair(code) is None

    def test_who_guesses_at_a_code_is_in_the_log_and_the_code_is_not(
        self, there: Lab, caplog: pytest.LogCaptureFixture
    ) -> None:
        code = there.pairing.show_code("Atelier")
        guess = f"{(int(code) + 1) % 1_000_000:06d}"
        there.tablet(paired=False).pair(guess)
        assert TABLET in caplog.text
        assert code not in caplog.text
        assert guess not in caplog.text

    def test_who_guesses_codes_is_told_to_wait(self, there: Lab) -> None:
        guesser = there.tablet(paired=False)
        answers = [guesser.pair("000000").status_code for _ in range(7)]
        assert answers[0] == 403
        assert answers[-1] == 429

    def test_the_secret_itself_is_kept_nowhere(self, there: Lab) -> None:
        secret = there.pairing.pair(there.pairing.show_code("Atelier"))
        assert secret is not None
        assert secret not in repr(there.pairing.listing())


class TestActing:
    def test_nobody_acts_who_has_not_said_who_it_is(self, there: Lab) -> None:
        answer = there.tablet().clear()
        assert (answer.status_code, answer.headers["X-Ask"]) == (403, "who")
        assert answer.text == "Dites d’abord qui vous êtes\xa0: nom et code.\n"
        assert there.desk.acts == []

    def test_an_animator_with_the_right_code_acts_under_their_own_name(self, there: Lab) -> None:
        tablet = there.tablet()
        said = tablet.say_who("Inès F.", "246810")
        assert (said.status_code, "Inès F." in said.text) == (200, True)
        assert tablet.clear().text == str(Told(True))
        assert there.desk.acts == [(ClearPlate("prusa-1"), "abcd1234", "m-ines")]

    def test_the_five_minutes_begin_anew_with_each_act(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        for _ in range(3):
            there.now += ACTING_S - 1
            assert tablet.clear().status_code == 200
        there.now += ACTING_S
        assert tablet.clear().status_code == 403

    def test_looking_does_not_make_them_last(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        for _ in range(3):
            there.now += ACTING_S / 3
            tablet.get("/tablet/cards")
        assert tablet.clear().status_code == 403

    def test_terminer_ends_them_at_once(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        assert "Qui êtes-vous" in tablet.post("/tablet/who/end").text
        assert tablet.clear().status_code == 403

    def test_a_browser_that_somebody_knew_before_is_not_enough(self, there: Lab) -> None:
        """A cookie set by another page of the same computer, or read before the code was said."""
        tablet = there.tablet()
        planted = "x" * 43
        tablet.client.set_cookie("fablab-seat", planted, domain=KIOSK)
        assert tablet.say_who("Inès F.", "246810").status_code == 200
        assert tablet.clear().status_code == 200
        copy = Tablet(there.app)
        for name in ("seat", "tablet"):
            cookie = tablet.client.get_cookie(f"fablab-{name}", domain=KIOSK)
            assert cookie
            copy.client.set_cookie(cookie.key, cookie.value, domain=KIOSK)
        assert copy.get("/tablet").status_code == 200
        assert copy.clear().status_code == 403
        assert tablet.clear().status_code == 200

    def test_a_second_tablet_is_not_opened_by_the_first(self, there: Lab) -> None:
        first, second = there.tablet(), there.tablet()
        first.say_who("Inès F.", "246810")
        assert second.clear().status_code == 403

    def test_who_is_no_animator_any_more_acts_no_more(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        there.animators.remove(INES)
        assert tablet.clear().status_code == 403
        assert "Inès" not in tablet.get("/tablet/who").text

    def test_a_kiosk_that_starts_again_lets_nobody_act(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        again = Authority(there.pairing, there.authority.animators, seconds=lambda: there.now)
        app = create_app(FakeScreens(lab()), authority=again)
        app.register_blueprint(acts(again, there.desk))
        tablet.client.application = app
        assert tablet.clear().status_code == 403


class TestAWrongCode:
    def test_says_how_many_tries_are_left_and_locks_after_the_fifth(self, there: Lab) -> None:
        tablet = there.tablet()
        said = [tablet.say_who("Inès F.", "000000").text for _ in range(5)]
        assert said[2] == "Code incorrect. Encore 2\xa0essais."
        assert said[3] == "Code incorrect. Encore 1\xa0essai."
        assert said[4] == "Code bloqué 15\xa0min. Voir un responsable."
        assert [one.locked for one, _ in there.noted] == [False] * 4 + [True]
        assert {personal.member for _, personal in there.noted} == {"m-ines"}
        there.now += 60
        assert tablet.say_who("Inès F.", "246810").text.startswith("Code bloqué 14\xa0min.")
        assert len(there.noted) == 5, "what was not looked at is no wrong code"

    def test_locks_the_person_also_at_another_tablet(self, there: Lab) -> None:
        for _ in range(5):
            there.authority_tries("m-ines", "1")
        verdict = there.authority_tries("m-ines", "2", "246810")
        assert (verdict.right, verdict.locked_s) == (False, LOCK_S)

    def test_locks_the_tablet_also_for_another_person(self, there: Lab) -> None:
        for person in ("m-ines", "m-julien", "m-ines", "m-julien", "m-ines"):
            there.authority_tries(person, "1")
        assert not there.authority_tries("m-julien", "1", "135791").right
        assert there.authority_tries("m-julien", "2", "135791").right

    def test_counts_no_more_once_the_right_one_came(self, there: Lab) -> None:
        for _ in range(4):
            there.authority_tries("m-ines", "1")
        assert there.authority_tries("m-ines", "1", "246810").right
        assert there.authority_tries("m-ines", "1").left == 4

    def test_of_somebody_who_is_not_there_is_a_question_again(self, there: Lab) -> None:
        tablet = there.tablet()
        for nobody in ("", "é", "\u202e", "0" * 16, "\x00"):
            assert tablet.post("/tablet/who", who=nobody, pin="246810").status_code == 400

    def test_who_has_no_code_cannot_act_with_any(self, there: Lab) -> None:
        there.animators[0] = Member("m-ines", "Inès", "F", animator=True)
        assert not there.authority_tries("m-ines", "1", "000000").right

    @pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "1" * 500])
    def test_what_is_no_six_digits_is_not_even_compared(self, there: Lab, pin: str) -> None:
        assert there.tablet().say_who("Inès F.", pin).status_code == 400
        assert there.noted == []


def _tries(there: Lab, person: str, device: str, pin: str = "000000") -> object:
    [member] = [m for m in there.animators if m.id == person]
    return there.authority._pins.check(person, device, member.pin, pin)


Lab.authority_tries = _tries  # type: ignore[attr-defined]


class TestABadgeAtTheReader:
    def test_opens_the_tablet_whose_digits_were_touched(self, there: Lab) -> None:
        first, second = there.tablet(), there.tablet()
        for tablet in (first, second):
            assert tablet.get("/tablet/who").status_code == 200
        _, code = there.asking.codes()
        assert second.post("/tablet/who/badge").status_code == 202
        assert there.asking.allow(code, "m-julien")
        assert first.post("/tablet/who/badge").status_code == 202
        assert "Julien L." in second.post("/tablet/who/badge").text
        second.clear()
        assert there.desk.acts[-1][2] == "m-julien"
        assert first.clear().status_code == 403

    def test_is_good_once(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.get("/tablet/who")
        [code] = there.asking.codes()
        there.asking.allow(code, "m-julien")
        tablet.post("/tablet/who/badge")
        tablet.post("/tablet/who/end")
        assert tablet.post("/tablet/who/badge").status_code == 202
        assert tablet.clear().status_code == 403

    def test_of_a_member_opens_none(self, there: Lab) -> None:
        tablet = there.tablet()
        tablet.get("/tablet/who")
        [code] = there.asking.codes()
        there.asking.allow(code, "m-ana")
        assert tablet.post("/tablet/who/badge").status_code == 202

    def test_is_no_longer_waited_for_after_a_minute(self, there: Lab) -> None:
        there.tablet().get("/tablet/who")
        [code] = there.asking.codes()
        there.now += 60
        assert there.asking.codes() == ()
        assert not there.asking.allow(code, "m-ines")

    def test_finds_other_digits_at_every_tablet(self, there: Lab) -> None:
        codes = [there.asking.ask(f"seat-{n}") for n in range(20)]
        assert len(set(codes)) == 20
        assert all(len(code) == 2 for code in codes)


class TestAPageThatOthersMade:
    @pytest.fixture
    def open_tablet(self, there: Lab) -> Tablet:
        tablet = there.tablet()
        tablet.say_who("Inès F.", "246810")
        return tablet

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "null"},
            {"Origin": "http://evil.example"},
            {"Origin": f"http://{KIOSK}:81"},
            {"Origin": f"http://{KIOSK}.evil.example"},
            {"Origin": "http://[bad"},
        ],
    )
    def test_does_nothing_even_with_the_token(
        self, there: Lab, open_tablet: Tablet, headers: dict[str, str]
    ) -> None:
        assert open_tablet.post("/acts/clear", headers=headers).status_code == 403
        assert there.desk.acts == []

    @pytest.mark.parametrize("token", ["", "0" * 64, "é"])
    def test_does_nothing_without_the_token(
        self, there: Lab, open_tablet: Tablet, token: str
    ) -> None:
        answer = open_tablet.post("/acts/clear", csrf=token)
        assert answer.text == "Cette page est trop ancienne. Rechargez-la.\n"
        assert there.desk.acts == []

    def test_has_no_use_for_the_token_of_another_browser(
        self, there: Lab, open_tablet: Tablet
    ) -> None:
        assert open_tablet.post("/acts/clear", csrf=there.tablet().token()).status_code == 403

    def test_cannot_end_nor_pair_either(self, there: Lab, open_tablet: Tablet) -> None:
        for path in ("/tablet/who/end", "/tablet/who", "/tablet/who/badge", "/tablet/pair"):
            assert open_tablet.post(path, headers={}).status_code == 403
        assert open_tablet.clear().status_code == 200


def test_an_act_without_a_key_is_refused(there: Lab) -> None:
    tablet = there.tablet()
    tablet.say_who("Inès F.", "246810")
    for wrong in ("", "short", "x" * 65, "abcd-1234", "abcd1234\n"):
        assert tablet.post("/acts/clear", key=wrong).status_code == 400
    assert there.desk.acts == []


def test_a_double_tap_is_one_act(there: Lab) -> None:
    tablet = there.tablet()
    tablet.say_who("Inès F.", "246810")
    assert tablet.clear().text == tablet.clear().text
    assert len(there.desk.acts) == 1


def test_a_disk_that_does_not_answer_is_said_after_a_moment(
    there: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.web.doing.ANSWER_S", 0.01)
    tablet = there.tablet()
    tablet.say_who("Inès F.", "246810")
    there.desk.silent = True
    assert tablet.clear().text == str(Told(False, "journal"))


def test_no_page_holds_a_roster_id_or_a_hash(there: Lab) -> None:
    tablet = there.tablet()
    tablet.say_who("Inès F.", "246810")
    for path in ("/tablet", "/tablet/who", "/tablet/cards"):
        text = tablet.get(path).text
        assert "m-ines" not in text
        assert "scrypt" not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_harmless(there: Lab, name: str) -> None:
    there.animators[0] = Member("m-ines", name, "F", animator=True, pin=hashed("246810"))
    page = there.tablet().get("/tablet/who").text
    assert "<script>" not in page
    assert "<img" not in page
    assert "\u202e" not in page
