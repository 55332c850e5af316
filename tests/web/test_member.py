"""A member's own page: from the code on the screen to a job in the queue, and nobody else's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kiosk.files.submission import Wish
from kiosk.floor.acts import Order, Submit, Told, WhyNot, Withdraw
from kiosk.floor.invitations import GOOD_S, Invitations
from kiosk.floor.queue_view import JobView, LoadedView, Obstacle, PrinterView, QueueView
from kiosk.floor.view import PrintView
from kiosk.web.app import create_app
from kiosk.web.bringing import Brought
from kiosk.web.uploads import Arrived, Uploads
from kiosk.web.words import clean
from machines.job_entries import JobSubmitted, Ordered
from machines.journal import Result
from machines.order import Hindrance
from tests.web.fake_desk import FakeDesk
from tests.web.fake_screens import HOSTILE, FakeScreens, lab, printer
from tests.web.reading import read

#: A phone on the lab's network, and how it names the kiosk.
PHONE = "192.168.1.77"
KIOSK = "192.168.1.20:8080"
ANA, LEO = "M-0001", "M-0002"
SHA = "ab" * 32
ENTRY = JobSubmitted(SHA, 1000, "phone")
WAITS = JobView(
    "job-1",
    "mug.gcode",
    SHA,
    "Ana B.",
    ANA,
    "waiting",
    place=2,
    begins_at="15 h 40",
    ends_at="17 h 00",
    estimated_s=4800,
    estimate_from="slicer",
    filament_g=42,
    obstacles=(Obstacle("prusa-1", Hindrance.BUSY),),
)
PRINTS = replace(WAITS, id="job-2", name="vase.gcode", state="printing", machine="prusa-2",
                 print="print-2", place=None, obstacles=())  # fmt: skip
OVER = replace(WAITS, id="job-3", name="clip.gcode", state="over", machine="prusa-2",
               result=Result.DONE, place=None, obstacles=())  # fmt: skip
LEOS = replace(WAITS, id="job-9", name="secret_de_leo.gcode", owner="Léo D.", owner_id=LEO)


@dataclass
class FakeBringing:
    """Takes every file, or answers what a test says."""

    uploads: Uploads
    answer: Brought = field(default_factory=lambda: Brought(ENTRY, "mug.gcode"))
    came: list[tuple[bytes, str, Wish, str]] = field(default_factory=list)
    settled: list[tuple[JobSubmitted, Told]] = field(default_factory=list)
    picture_of: dict[str, Path] = field(default_factory=dict)

    def bring(self, file: Arrived, wish: Wish, source: str) -> Brought:
        self.came.append((file.stream.read(), file.name, wish, source))
        return self.answer

    def settle(self, entry: JobSubmitted, told: Told) -> None:
        self.settled.append((entry, told))

    def picture(self, file: str) -> Path | None:
        return self.picture_of.get(file)


class Lab:
    """Pages over a queue, and a clock that moves when told."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        loaded = PrinterView(loaded=LoadedView("PLA", "black", 600))
        busy = PrintView("vase.gcode", "printing", progress=0.42)
        machines = (printer(1, printer=loaded), printer(2, printer=PrinterView(), print=busy))
        queue = QueueView((PRINTS, WAITS, LEOS), (OVER,))
        self.screens = FakeScreens(lab(*machines, queue=queue))
        self.desk = FakeDesk()
        self.invitations = Invitations(lambda: self.now)
        self.bringing = FakeBringing(Uploads(folder / "coming", 1_000_000, lambda: self.now))
        self.app = create_app(
            self.screens,
            desk=self.desk,
            invitations=self.invitations,
            bringing=self.bringing,
        )

    def phone(self, member: str = ANA) -> Phone:
        phone = Phone(self.app)
        assert phone.get(f"/moi/{self.invitations.show(member)}").status_code == 303
        return phone


class Phone:
    def __init__(self, app: Flask, language: str = "fr-FR,fr;q=0.9") -> None:
        self.client = app.test_client()
        self.language = language

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept-Language": self.language}, **self._from())

    def post(self, path: str, /, origin: str = f"http://{KIOSK}", **fields: object) -> TestResponse:
        data = {"csrf": self.field("csrf"), "key": self.field("key")} | fields
        headers = {"Origin": origin, "Accept-Language": self.language}
        return self.client.post(path, data=data, headers=headers, **self._from())

    def put(self, path: str, data: bytes) -> TestResponse:
        headers = {"Origin": f"http://{KIOSK}", "X-CSRF": self.field("csrf")}
        return self.client.post(path, data=data, headers=headers, **self._from())

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.get("/moi").text)
        return found[1] if found else ""

    def send(self, data: bytes = b"G28\n", name: str = "mug.gcode", **wish: str) -> TestResponse:
        begun = self.post("/moi/upload", name=name, size=len(data)).json
        assert self.put(f"/moi/upload/{begun['upload']}?at=0", data).json == {"came": len(data)}
        return self.post("/moi/file", upload=begun["upload"], **wish)

    def reads(self) -> str:
        return "\n".join(read(self.get("/moi").text))

    def _from(self) -> dict[str, object]:
        return {"environ_base": {"REMOTE_ADDR": PHONE}, "base_url": f"http://{KIOSK}"}


@pytest.fixture
def there(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


class TestTheCode:
    def test_opens_the_member_s_own_page_and_leaves_the_address(self, there: Lab) -> None:
        phone = Phone(there.app)
        opened = phone.get(f"/moi/{there.invitations.show(ANA)}")
        assert (opened.status_code, opened.location) == (303, "/moi")
        assert {"HttpOnly", "SameSite=Lax", "Max-Age=600"} <= {
            part.strip() for part in opened.headers["Set-Cookie"].split(";")
        }
        assert "mug.gcode" in phone.reads()

    def test_is_for_the_first_phone_only(self, there: Lab) -> None:
        token = there.invitations.show(ANA)
        first, second = Phone(there.app), Phone(there.app)
        first.get(f"/moi/{token}")
        refused = second.get(f"/moi/{token}")
        assert refused.status_code == 403
        assert "Elle vaut dix minutes, sur un seul téléphone." in refused.text
        assert first.get(f"/moi/{token}").status_code == 303, "the same phone reads it again"

    def test_is_not_spent_by_what_only_looks_whether_it_is_there(self, there: Lab) -> None:
        token = there.invitations.show(ANA)
        assert there.app.test_client().head(f"/moi/{token}").status_code == 200
        assert Phone(there.app).get(f"/moi/{token}").status_code == 303

    def test_is_over_after_ten_minutes(self, there: Lab) -> None:
        phone = there.phone()
        there.now = GOOD_S - 61
        assert "Page valable encore 2\xa0min" in phone.reads()
        there.now = GOOD_S
        assert phone.get("/moi").status_code == 403
        assert phone.get("/moi/jobs").status_code == 403
        assert "mug" not in phone.get("/moi").text

    def test_that_was_never_shown_opens_nothing(self, there: Lab) -> None:
        phone = Phone(there.app)
        assert phone.get("/moi").status_code == 403
        assert phone.get("/moi/" + "A" * 22).status_code == 403

    def test_cannot_be_guessed_at_length(self, there: Lab) -> None:
        phone = Phone(there.app)
        answers = [phone.get(f"/moi/{n:022}").status_code for n in range(12)]
        assert answers[0] == 403
        assert answers[-1] == 429


class TestThePage:
    def test_says_where_each_job_is_until_when_and_why_it_waits(self, there: Lab) -> None:
        lines = there.phone().reads()
        assert "N°\xa02 dans la file · vers 15\xa0h\xa040" in lines
        assert "1\xa0h\xa020 selon le slicer" in lines or "1\xa0h\xa020" in lines
        assert "L’imprimante est occupée." in lines
        assert "En impression sur Imprimante 3D 2 · fin ~17\xa0h\xa000" in lines
        assert "encore sur le plateau" in lines

    def test_shows_how_far_a_print_is(self, there: Lab) -> None:
        assert '<progress max="100" value="42"' in there.phone().get("/moi").text

    def test_shows_nothing_of_anybody_else(self, there: Lab) -> None:
        for path in ("/moi", "/moi/jobs"):
            text = there.phone().get(path).text
            for hidden in ("Léo", "leo", "job-9", ANA, LEO, "M-000"):
                assert hidden not in text

    def test_of_a_member_without_jobs_says_what_to_do(self, there: Lab) -> None:
        lines = there.phone("M-0005").reads()
        assert "Rien encore. Envoyez un fichier G-code\xa0: son tour s’affiche ici." in lines

    def test_speaks_the_language_of_the_phone(self, there: Lab) -> None:
        english = Phone(there.app, "en-GB,en;q=0.9")
        english.get(f"/moi/{there.invitations.show(ANA)}")
        assert "Number 2 in the queue" in english.reads()
        assert '<html lang="en">' in english.get("/moi").text

    def test_names_the_printers_and_what_is_loaded(self, there: Lab) -> None:
        text = there.phone().get("/moi").text
        assert '<option value="prusa-1">Imprimante 3D 1, PLA noir</option>' in text

    def test_shows_the_slicer_s_picture_of_a_job_of_one_s_own_only(
        self, there: Lab, tmp_path: Path
    ) -> None:
        there.bringing.picture_of[SHA] = tmp_path / "mug.png"
        there.bringing.picture_of[SHA].write_bytes(b"\x89PNG")
        phone = there.phone()
        assert '<img src="/moi/picture/job-1"' in phone.get("/moi").text
        picture = phone.get("/moi/picture/job-1")
        assert (picture.data, picture.mimetype) == (b"\x89PNG", "image/png")
        assert phone.get("/moi/picture/job-9").status_code == 404

    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_hostile_name_stays_harmless(self, there: Lab, name: str) -> None:
        queue = QueueView((replace(WAITS, name=name), replace(PRINTS, name=name)))
        there.screens.show(replace(there.screens.view(), queue=queue, name=name))
        there.bringing.answer = Brought(None, name, (clean(name),))
        phone = there.phone()
        phone.send(name=name)
        text = phone.get("/moi").text
        assert "<script>" not in text
        assert "<img src=x" not in text
        assert "49 %(name)s" not in text
        assert "\u202e" not in text


class TestAFile:
    def test_that_was_sent_is_submitted_in_the_member_s_name(self, there: Lab) -> None:
        phone = there.phone()
        sent = phone.send(b"G28\nG1 X1\n", machine="prusa-1", material="PETG", colour="red")
        assert (sent.status_code, sent.location) == (303, "/moi")
        wish = Wish("prusa-1", "PETG", "red")
        assert there.bringing.came == [(b"G28\nG1 X1\n", "mug.gcode", wish, "phone")]
        [(act, _, by)] = there.desk.acts
        assert (act, by) == (Submit(ENTRY, "mug.gcode", ANA), ANA)
        assert "Votre fichier est dans la file." in phone.reads()
        assert "Votre fichier est dans la file." not in phone.reads(), "said once"

    def test_that_is_not_taken_says_why_and_reaches_no_queue(self, there: Lab) -> None:
        there.bringing.answer = Brought(None, "mug.3mf", ("C’est un projet 3MF.",))
        phone = there.phone()
        phone.send()
        assert "C’est un projet 3MF." in phone.reads()
        assert there.desk.acts == []

    def test_that_the_floor_refuses_says_why(self, there: Lab) -> None:
        there.desk.answers = [Told(False, WhyNot.JOBS)]
        phone = there.phone()
        phone.send()
        assert "Votre fichier est dans la file." not in (said := phone.reads())
        assert "assez d’impressions en attente" in said
        assert there.bringing.settled == [(ENTRY, Told(False, WhyNot.JOBS))], "it is not kept"

    def test_with_a_wish_that_was_not_offered_is_for_any_printer(self, there: Lab) -> None:
        there.phone().send(machine="laser", material="<b>", colour="../..")
        assert there.bringing.came[0][2] == Wish()

    def test_of_one_member_is_not_taken_up_by_another(self, there: Lab) -> None:
        ana, leo = there.phone(ANA), there.phone(LEO)
        begun = ana.post("/moi/upload", name="mug.gcode", size=4).json
        assert leo.put(f"/moi/upload/{begun['upload']}?at=0", b"G28\n").status_code == 400
        ana.put(f"/moi/upload/{begun['upload']}?at=0", b"G28\n")
        assert leo.post("/moi/file", upload=begun["upload"]).status_code == 400
        assert there.desk.acts == []

    def test_larger_than_the_lab_takes_is_refused_before_it_is_sent(self, there: Lab) -> None:
        refused = there.phone().post("/moi/upload", name="mug.gcode", size=1_000_001)
        assert (refused.status_code, refused.text) == (
            413,
            "Ce fichier est trop grand\xa0: 1\xa0Mo au plus.\n",
        )


class TestOnesOwnJobs:
    def test_can_be_taken_out_of_the_queue(self, there: Lab) -> None:
        phone = there.phone()
        phone.post("/moi/withdraw", job="job-1")
        [(act, _, by)] = there.desk.acts
        assert (act, by) == (Withdraw("job-1"), ANA)
        assert "Retiré de la file." in phone.reads()

    def test_can_be_cancelled_while_they_print(self, there: Lab) -> None:
        phone = there.phone()
        phone.post("/moi/cancel", job="job-2")
        [(act, _, by)] = there.desk.acts
        assert (act, by) == (Order("prusa-2", "print-2", Ordered.CANCEL), ANA)

    def test_are_the_only_ones(self, there: Lab) -> None:
        phone = there.phone()
        for path in ("/moi/withdraw", "/moi/cancel"):
            assert phone.post(path, job="job-9").status_code == 404
            assert phone.post(path, job="").status_code == 404
        assert there.desk.acts == []

    def test_that_moved_on_meanwhile_are_said_to(self, there: Lab) -> None:
        there.desk.answers = [Told(False, WhyNot.STATE)]
        phone = there.phone()
        phone.post("/moi/withdraw", job="job-1")
        assert "Retiré de la file." not in phone.reads()

    def test_are_touched_by_no_page_of_another_site(self, there: Lab) -> None:
        phone = there.phone()
        assert (
            phone.post("/moi/withdraw", origin="http://evil.example", job="job-1").status_code
            == 403
        )
        assert phone.post("/moi/withdraw", job="job-1", csrf="0" * 64).status_code == 403
        assert there.desk.acts == []


def test_a_member_s_phone_is_no_tablet(there: Lab) -> None:
    phone = there.phone()
    assert phone.get("/tablet").location == "/tablet/pair"
    assert phone.get("/").status_code == 303
    assert phone.get("/screen.json").status_code == 403
