"""The frame of the central's pages: who comes in, what each may see, and what strangers get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central import accounts, audit
from kiosk.central.entrance import IDLE_S, LONGEST_S
from machines.authority import LOCK_S
from tests.central.front_door import PASSWORD, PIN, House, house, proof


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def test_a_stranger_is_asked_to_log_in_and_comes_to_the_page_they_wanted(fablab: House) -> None:
    stranger = fablab.visitor()
    asked = stranger.get("/lab/ccdv?month=2026-11")
    assert (asked.status_code, "month%3D2026-11" in asked.location) == (303, True)
    answer = stranger.log_in("claire", PASSWORD, next="/lab/ccdv?month=2026-11")
    assert answer.location == "/lab/ccdv?month=2026-11"


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/", "/\\evil", "ftp:1"])
def test_a_log_in_leads_to_no_other_site(fablab: House, next: str) -> None:
    assert fablab.visitor().log_in("claire", PASSWORD, next=next).location == "/"


def test_the_cookie_of_a_log_in_is_for_our_pages_alone(fablab: House) -> None:
    answer = fablab.visitor().log_in("claire", PASSWORD)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if "login" in c]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize("name", ["Ana B.", "ana b", "Ana Bodin", "bodin ANA", "M0001", "ana"])
def test_an_animator_comes_in_by_name_and_code(fablab: House, name: str) -> None:
    assert "Ana B." in fablab.visitor(name, PIN).get("/").text


def test_a_name_that_two_animators_have_is_nobodys(fablab: House) -> None:
    from kiosk.central import roster
    from kiosk.central.people import book

    other = book.Person("Ana", "Berger", animator=True)
    fablab.do(lambda c, act: book.join(c, act, other, "M0002"))
    fablab.do(lambda c, act: roster.set_pin(c, "M0002", proof("161803"), act))
    assert fablab.visitor().log_in("Ana B.", PIN).status_code == 403
    assert fablab.visitor().log_in("Ana Berger", "161803").status_code == 303


def test_five_wrong_words_lock_the_person_for_a_quarter_of_an_hour(fablab: House) -> None:
    for _ in range(5):
        fablab.seconds += 2
        assert fablab.visitor().log_in("claire", "wrong").status_code == 403
    fablab.seconds += 60
    locked = fablab.visitor().log_in("claire", PASSWORD)
    assert (locked.status_code, "Revenez dans 14 min" in locked.text) == (403, True)
    fablab.seconds += LOCK_S
    assert fablab.visitor().log_in("claire", PASSWORD).status_code == 303


def test_locks_do_not_tell_which_names_are_known(fablab: House) -> None:
    def says(name: str, tries: int) -> str:
        for number in range(tries):
            visitor = fablab.visitor()
            visitor.client.environ_base["REMOTE_ADDR"] = f"10.0.{len(name)}.{number}"
            fablab.seconds += 2
            text = visitor.log_in(name, "wrong").text
        return "locked" if "Revenez dans" in text else "wrong"

    assert {says(name, 4) for name in ("claire", "Ana B.", "nobody")} == {"wrong"}
    assert {says(name, 2) for name in ("claire", "Ana B.", "nobody")} == {"locked"}


def test_who_tries_too_fast_is_told_to_wait(fablab: House) -> None:
    codes = {fablab.visitor().log_in(f"nobody {n}", "x").status_code for n in range(8)}
    assert codes == {403, 429}


@pytest.mark.parametrize(("after_s", "inside"), [(IDLE_S - 1, True), (IDLE_S, False)])
def test_half_an_hour_without_a_request_ends_a_log_in(
    fablab: House, after_s: float, inside: bool
) -> None:
    claire = fablab.admin()
    fablab.seconds += after_s
    assert (claire.get("/").status_code == 200) is inside


def test_a_log_in_ends_in_the_evening_however_busy(fablab: House) -> None:
    claire = fablab.admin()
    for _ in range(int(LONGEST_S / 1000) - 1):
        fablab.seconds += 1000
        assert claire.get("/").status_code == 200
    fablab.seconds += 1000
    assert claire.get("/").status_code == 303


def test_another_password_and_a_lost_account_end_a_log_in_at_once(fablab: House) -> None:
    claire, ana = fablab.admin(), fablab.animator()
    fablab.do(lambda c, act: accounts.change(c, "Claire", proof("another long one"), act))
    assert claire.get("/").status_code == 303
    fablab.do(lambda c, act: c.execute("UPDATE member SET animator = 0"))
    assert ana.get("/").status_code == 303


def test_whoever_logs_out_is_out(fablab: House) -> None:
    claire = fablab.admin()
    assert claire.post("/logout").status_code == 303
    assert claire.get("/").status_code == 303


def test_who_logs_in_anew_leaves_no_other_log_in_behind(fablab: House) -> None:
    claire = fablab.admin()
    before = claire.client.get_cookie("fablab-login")
    assert before is not None
    assert claire.log_in("Ana B.", PIN).status_code == 303
    thief = fablab.visitor()
    thief.client.set_cookie("fablab-login", before.value)
    assert thief.get("/").status_code == 303


def test_a_secret_that_somebody_else_chose_is_no_log_in(fablab: House) -> None:
    ana = fablab.visitor()
    ana.client.set_cookie("fablab-login", "chosen by an attacker, and long enough for one")
    assert ana.log_in("Ana B.", PIN).status_code == 303
    thief = fablab.visitor()
    thief.client.set_cookie("fablab-login", "chosen by an attacker, and long enough for one")
    assert thief.get("/").status_code == 303


def test_a_piece_of_a_page_is_refused_in_a_sentence(fablab: House) -> None:
    answer = fablab.visitor().client.post("/logout", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (
        403,
        "Vous n’êtes plus connecté·e. Rechargez la page.\n",
    )


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://localhost:9", "null"])
def test_a_post_comes_from_a_page_of_ours(fablab: House, origin: str | None) -> None:
    assert fablab.visitor().post("/login", origin, name="claire", word=PASSWORD).status_code == 403


def test_a_post_without_the_token_of_its_browser_is_refused(fablab: House) -> None:
    answer = fablab.visitor().log_in("claire", PASSWORD, csrf=fablab.visitor().token())
    assert answer.status_code == 403


def test_a_host_that_is_none_of_ours_is_refused_and_the_labs_are_not_asked(tmp_path: Path) -> None:
    with house(tmp_path, hosts=("central.fablab.example",)) as made:
        ask = made.app.test_client().get
        elsewhere = {"Host": "evil.example"}
        assert ask("/login", headers={"Host": "central.fablab.example"}).status_code == 200
        assert ask("/login", headers=elsewhere).status_code == 400
        assert ask("/v1/time", headers=elsewhere).status_code == 200
        assert ask("/v1/roster", headers=elsewhere).status_code == 401


def test_a_page_of_no_known_blueprint_is_for_administrators_alone(fablab: House) -> None:
    fablab.app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert fablab.visitor().get("/forgotten").status_code == 303
    assert fablab.animator().get("/forgotten").status_code == 403
    assert fablab.admin().get("/forgotten").text == "open"


def test_a_machine_that_watches_sees_no_person(fablab: House) -> None:
    told = fablab.visitor().get("/healthz").json
    assert told == {
        "ok": True,
        "labs": 0,
        "purged_age_s": None,
        "purge_late": False,
        "erasing": 0,
    }


def test_who_logged_in_and_who_failed_to_is_noted(fablab: House) -> None:
    fablab.admin()
    fablab.visitor().log_in("Ana B.", "000001")
    with fablab.central.reader() as connection:
        last = [(one.by, one.verb) for one in audit.lines(connection, at_most=2)]
    assert last == [("M0001", "log-in refused"), ("account:Claire", "log-in")]


def test_every_page_is_closed_to_what_is_not_ours(fablab: House) -> None:
    answer = fablab.admin().get("/")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_language_that_somebody_chose_stays(fablab: House) -> None:
    stranger = fablab.visitor()
    assert "Log in" in stranger.get("/login?lang=en").text
    assert "Log in" in stranger.get("/login").text
    assert "Se connecter" in fablab.visitor().get("/login").text


def test_another_language_is_that_of_the_same_page_with_all_that_was_asked(fablab: House) -> None:
    claire = fablab.admin()
    page = claire.get("/people?q=a%26b&which=over").text
    assert 'href="?q=a%26b&amp;which=over&amp;lang=en"' in page
    claire.get("/people?lang=en")
    assert 'lang="en"' in claire.get("/").text[:60]
