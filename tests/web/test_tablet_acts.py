"""Acting at the tablet: each form is one act, once, by whoever said who they are."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from kiosk.files.submission import Wish
from kiosk.floor import acts
from kiosk.floor.acts import Act, Told, WhyNot
from kiosk.floor.queue_view import JobView, LoadedView, Obstacle, PrinterView, QueueView
from kiosk.floor.view import LabView, PrintView, TileState
from kiosk.web.app import create_app
from kiosk.web.authority import ASK_HEADER, Authority
from kiosk.web.bringing import Brought
from kiosk.web.handles import handle
from kiosk.web.pairing import Forgetful, Pairing
from kiosk.web.tablet_acts import SHEETS
from kiosk.web.tablet_forms import READ
from kiosk.web.uploads import Uploads
from machines.job_entries import Ordered, Why
from machines.journal import Result
from machines.members import Member
from machines.order import Hindrance
from tests.web.fake_desk import ANA, INES, FakeDesk
from tests.web.fake_screens import HOSTILE, FakeScreens, busy_lab, job, lab, printer
from tests.web.reading import read
from tests.web.test_member import ENTRY, FakeBringing

ANIMATOR = Member(
    INES.id, "Inès", "F", animator=True, pin=generate_password_hash("246810", "scrypt:1024:8:1")
)
MACHINE, JOB, ANA_S = {"machine": "prusa-1"}, {"job": "j-3"}, handle(ANA.id)


@dataclass
class Tablet:
    """The kiosk's own browser, which needs no pairing."""

    client: FlaskClient
    desk: FakeDesk

    def read(self, path: str) -> list[str]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    def act(self, what: str, key: str = "abcdefgh", **fields: str) -> TestResponse:
        return self.post(f"/tablet/act/{what}", key=key, **fields)

    def say_who(self) -> None:
        answer = self.post("/tablet/who", who=handle(INES.id), pin="246810")
        assert answer.status_code == 200

    def post(self, path: str, data: bytes | None = None, **fields: str) -> TestResponse:
        page = unescape(self.client.get("/tablet").text)
        found = re.search(r'X-CSRF": "([0-9a-f]+)', page)
        assert found
        headers = {"Origin": "http://localhost", "X-CSRF": found[1]}
        return self.client.post(path, data=data or fields, headers=headers)


def _tablet(view: LabView, bringing: FakeBringing | None = None) -> Tablet:
    desk = FakeDesk()
    authority = Authority(Pairing(Forgetful(), time.monotonic), lambda: (ANIMATOR,))
    app = create_app(FakeScreens(view), desk=desk, authority=authority, bringing=bringing)
    return Tablet(app.test_client(), desk)


@pytest.fixture
def stranger() -> Tablet:
    return _tablet(busy_lab())


@pytest.fixture
def tablet(stranger: Tablet) -> Tablet:
    stranger.say_who()
    return stranger


MEANT: dict[str, tuple[dict[str, str], Act]] = {
    "approve": (JOB, acts.Approve("j-3")),
    "withdraw": (JOB | {"why": "Trop  grand\n"}, acts.Withdraw("j-3", "Trop grand")),
    "assign": (JOB | MACHINE, acts.Assign("j-3", "prusa-1")),
    "move": (JOB | {"before": ""}, acts.Move("j-3", "")),
    "prioritise": (JOB | {"on": "yes", "why": "Salon"}, acts.Prioritise("j-3", True, "Salon")),
    "start": (JOB | MACHINE, acts.StartJob("j-3", "prusa-1")),
    "clear-plate": (MACHINE, acts.ClearPlate("prusa-1")),
    "pause": (MACHINE | {"print": "p-1"}, acts.Order("prusa-1", "p-1", Ordered.PAUSE)),
    "resume": (MACHINE | {"print": "p-1"}, acts.Order("prusa-1", "p-1", Ordered.RESUME)),
    "cancel": (MACHINE | {"print": "p-1"}, acts.Order("prusa-1", "p-1", Ordered.CANCEL)),
    "connect": (MACHINE, acts.Connect("prusa-1")),
    "judge": ({"print": "p-1", "why": "clog"}, acts.Judge("p-1", Why.CLOG)),
    "requeue": (JOB | {"front": "yes"}, acts.Requeue("j-3", True)),
    "collect": (JOB, acts.Collect("j-3")),
    "load": (
        MACHINE | {"material": "PETG", "colour": "blue", "grams": "712,5"},
        acts.Load("prusa-1", "PETG", "blue", 712.5),
    ),
    "own": ({"print": "p-2", "who": ANA_S}, acts.Own("p-2", ANA.id)),
    "condition": (
        MACHINE | {"condition": "maintenance", "note": "Buse"},
        acts.SetCondition("prusa-1", "maintenance", note="Buse"),
    ),
    "open-session": (MACHINE | {"who": ANA_S}, acts.OpenSession("prusa-1", ANA.id)),
    "close-session": (
        MACHINE | {"why": "Badge oublié", "ended": "15:40"},
        acts.CloseSession("prusa-1", "Badge oublié", "15:40"),
    ),
}


def test_every_act_has_its_form() -> None:
    assert set(MEANT) == set(READ)


@pytest.mark.parametrize("what", READ)
def test_a_form_is_the_act_that_it_says(tablet: Tablet, what: str) -> None:
    fields, meant = MEANT[what]
    assert tablet.act(what, **fields).status_code == 200
    assert tablet.desk.acts == [(meant, "abcdefgh", INES.id)]


@pytest.mark.parametrize("what", READ)
def test_a_form_with_nothing_in_it_is_no_act(tablet: Tablet, what: str) -> None:
    assert tablet.act(what).status_code == 400
    assert tablet.desk.acts == []


@pytest.mark.parametrize("grams", ["-1", "1e9", "nan", "a lot"])
def test_what_is_no_weight_is_no_act(tablet: Tablet, grams: str) -> None:
    assert tablet.act("load", **MACHINE, material="PLA", grams=grams).status_code == 400


def test_whoever_did_not_say_who_they_are_does_nothing_and_is_asked(stranger: Tablet) -> None:
    answer = stranger.act("clear-plate", **MACHINE)
    assert (answer.status_code, answer.headers[ASK_HEADER]) == (403, "who")
    assert stranger.desk.acts == []


def test_two_taps_on_one_button_are_one_act(tablet: Tablet) -> None:
    for _ in range(2):
        assert tablet.act("start", **JOB, **MACHINE).status_code == 200
    assert len(tablet.desk.acts) == 1


def test_an_act_that_the_floor_refuses_says_why(tablet: Tablet) -> None:
    tablet.desk.answers = [
        Told(False, WhyNot.OTHER_PRINT),
        Told(False, WhyNot.OBSTACLE, Hindrance.PLATE),
        Told(False, WhyNot.SESSION, "in-use"),
    ]
    answers = [
        tablet.act("start", key=f"key-{n}-00".replace("-", "0"), **JOB, **MACHINE) for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert [answer.text for answer in answers] == [
        "Une autre impression y est en cours\xa0: rien n’a été envoyé.",
        "Le plateau est à vérifier.",
        "Machine occupée. Choisissez-en une autre, ou revenez plus tard.",
    ]


def test_nobody_is_chosen_by_a_roster_id(tablet: Tablet) -> None:
    assert tablet.act("open-session", **MACHINE, who=ANA.id).status_code == 400


def _paths(view: LabView) -> list[str]:
    machines = [m.slug for m in view.machines]
    jobs = [j.id for j in (*view.queue.jobs, *view.queue.over)]
    return [
        "/tablet",
        "/tablet/cards",
        "/tablet/queue",
        "/tablet/queue/pieces",
        *(f"/tablet/machine/{slug}{more}" for slug in machines for more in ("", "/pieces")),
        *(
            f"/tablet/sheet/{what}?{of}={one}"
            for what, of in SHEETS.items()
            for one in (machines if of == "machine" else jobs)
        ),
    ]


def test_no_page_holds_a_roster_id(tablet: Tablet) -> None:
    for path in _paths(busy_lab()):
        assert "M-0" not in tablet.client.get(path).text, path


def test_a_machine_or_job_that_is_gone_is_said_to_be(tablet: Tablet) -> None:
    for path in (
        "/tablet/machine/x",
        "/tablet/machine/x/events",
        "/tablet/sheet/own?machine=x",
        "/tablet/sheet/job?job=x",
        "/tablet/sheet/x",
        "/tablet/camera/x",
    ):
        assert tablet.client.get(path).status_code == 404, path


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names_everywhere(name: str) -> None:
    told = PrinterView(
        "taken",
        loaded=LoadedView(name, name, 12, name),
        job="j-1",
        print="p",
        result="failed",
        next=("j-2",),
        waiting=1,
        free_at="15 h 40",
    )
    broken = JobView(
        "j-1",
        name,
        "0",
        name,
        "M-1",
        "over",
        machine="prusa-1",
        print="p",
        result=Result.FAILED,
        why=name,
    )
    waits = job(
        "j-2",
        name,
        name,
        priority=name,
        refused=name,
        refused_detail=name,
        approval=(name,),
        material=name,
        colour=name,
        begins_at="15 h 40",
        wish=name,
        obstacles=(Obstacle("prusa-1", Hindrance.MATERIAL, name),),
    )
    one = printer(1, note=name, member=name, printer=told, print=PrintView(name, "failed"))
    one = replace(one, name=name)
    view = lab(
        one,
        name=name,
        queue=QueueView((waits, replace(waits, id="j-3", state="to-approve")), (broken,)),
    )
    tablet = _tablet(view)
    tablet.desk.people = (replace(ANA, name=name),)
    for path in _paths(view):
        page = tablet.client.get(path).text
        assert "<script>alert" not in page, path
        assert "onerror=alert(1)>" not in page.replace("&gt;", ""), path
        assert not set("\u202e\u202c\u200f\x00\u2028") & set(page), path
        assert "x" * 130 not in page, path


class TestAPrintersPage:
    def page(self, told: PrinterView, *jobs: JobView, **machine: object) -> list[str]:
        one = printer(1, printer=told, seen_s=1, **machine)
        return _tablet(lab(one, queue=QueueView(jobs))).read("/tablet/machine/prusa-1")

    def test_offers_pause_while_it_prints_and_resume_while_it_is_paused(self) -> None:
        told = PrinterView("taken", print="p")
        busy = {"state": TileState.BUSY}
        printing = self.page(told, print=PrintView("a", "printing"), **busy)
        paused = self.page(told, print=PrintView("a", "paused"), **busy)
        assert "Mettre en pause" in printing
        assert "Reprendre" not in printing
        assert "Reprendre" in paused
        assert "Mettre en pause" not in paused

    def test_offers_no_order_to_a_printer_that_does_not_answer(self) -> None:
        page = self.page(
            PrinterView("taken", print="p"),
            state=TileState.OFFLINE,
            silence="starting",
            print=PrintView("a", "unknown"),
        )
        assert not {"Mettre en pause", "Reprendre", "Annuler l’impression"} & set(page)

    def test_asks_for_the_plate_before_anything_is_started(self) -> None:
        waits = job("j", "mug.gcode", obstacles=(Obstacle("prusa-1", Hindrance.PLATE),))
        page = self.page(PrinterView("unknown", next=("j",), waiting=1), waits)
        assert "Plateau vide et propreMaintenir 1 s" in page
        assert "Le plateau est à vérifier." in page

    def test_asks_nothing_of_a_plate_that_no_gate_watches(self) -> None:
        assert not [line for line in self.page(PrinterView("")) if "Plateau" in line]

    def test_makes_another_filament_a_step_of_the_start(self) -> None:
        waits = job("j", "mug.gcode", obstacles=(Obstacle("prusa-1", Hindrance.COLOUR, "red"),))
        page = self.page(PrinterView("clear", next=("j",), waiting=1), waits)
        assert "Filament changé, lancer «\xa0mug.gcode\xa0»" in page

    def test_warns_of_an_end_after_closing_before_the_start(self) -> None:
        waits = job("j", "mug.gcode", late=True, ends_at="19 h 40")
        page = self.page(PrinterView("clear", next=("j",), waiting=1), waits)
        assert "Elle finirait après la fermeture." in page
        assert "Lancer «\xa0mug.gcode\xa0»" in page

    @pytest.mark.parametrize("result", ["failed", "cancelled", "lost"])
    def test_asks_once_why_a_print_went_wrong(self, result: str) -> None:
        told = PrinterView("taken", print="p", result=result)
        print_ = PrintView("a", result)
        assert "Décollement" in self.page(told, print=print_)
        assert "Décollement" not in self.page(replace(told, why="clog"), print=print_)

    def test_starts_no_second_job_while_one_is_being_started(self) -> None:
        waits = job("j", "mug.gcode")
        starting = job("k", "clip.gcode", state="starting", machine="prusa-1", sent=0.4)
        page = self.page(PrinterView("clear", next=("j",), waiting=1), starting, waits)
        assert "Lancement de «\xa0clip.gcode\xa0»" in page
        assert "Lancer «\xa0mug.gcode\xa0»" not in page

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (0.12, "estimations\xa0: 12\xa0% trop courtes, sur 9\xa0impressions"),
            (-0.3, "estimations\xa0: 30\xa0% trop longues, sur 9\xa0impressions"),
            (0.01, "estimations\xa0: justes, sur 9\xa0impressions"),
        ],
    )
    def test_says_how_right_estimates_were_here(self, error: float, said: str) -> None:
        page = self.page(PrinterView("clear", error=error, known=9))
        assert said in [line.replace(" impr", "\xa0impr") for line in page]

    def test_of_a_machine_that_is_no_printer_has_its_session_and_state_alone(self) -> None:
        laser = _tablet(busy_lab()).read("/tablet/machine/laser")
        assert "Terminer…" in laser
        assert "Maintenance…" in laser
        assert not {"À venir ici", "Filament"} & set(laser)


class TestTheQueue:
    def test_moves_a_job_before_its_neighbours(self, tablet: Tablet) -> None:
        page = tablet.client.get("/tablet/queue").text
        moves = re.findall(
            r'name="job" value="(j-\d)">\s*<input type="hidden" name="before" value="([^"]*)"', page
        )
        assert moves == [
            ("j-3", "j-5"),
            ("j-4", "j-3"),
            ("j-4", "j-6"),
            ("j-5", "j-4"),
            ("j-5", ""),
            ("j-6", "j-5"),
        ]

    def test_that_is_empty_says_what_to_do(self) -> None:
        page = _tablet(lab()).read("/tablet/queue")
        assert any(line.startswith("La file est vide.") for line in page)
        assert "Rien à remettre." in page

    def test_says_for_each_printer_why_a_job_is_not_started(self, tablet: Tablet) -> None:
        page = tablet.read("/tablet/queue")
        at = page.index("Pourquoi n’est-elle pas lancée\xa0?")
        assert page[at + 1 : at + 9] == [
            "Imprimante 3D 1 L’imprimante est occupée.",
            "Imprimante 3D 2 L’imprimante est occupée.",
            "Imprimante 3D 3 Le plateau est à vérifier.",
            "Imprimante 3D 4 L’imprimante n’est pas connectée.",
            "Imprimante 3D 5 L’imprimante est occupée.",
            "Imprimante 3D 6 Il lui faut un autre filament\xa0: PLA.",
            "Imprimante 3D 7 Peut y démarrer maintenant.",
            "Imprimante 3D 8 L’imprimante est en maintenance.",
        ]


class TestAFileForAMember:
    @pytest.fixture
    def there(self, tmp_path: Path) -> Tablet:
        self.bringing = FakeBringing(Uploads(tmp_path, 1_000_000))
        tablet = _tablet(busy_lab(), self.bringing)
        tablet.say_who()
        return tablet

    def brought(self, there: Tablet, **fields: str) -> TestResponse:
        begun = there.post("/tablet/upload", name="mug.gcode", size="4").get_json()
        there.post(f"/tablet/upload/{begun['upload']}?at=0", data=b"G28\n")
        more = {"who": ANA_S, "machine": "prusa-7"} | fields
        return there.post("/tablet/file", key="abcdefgh", upload=begun["upload"], **more)

    def test_is_a_job_of_theirs_brought_by_the_animator(self, there: Tablet) -> None:
        answer = self.brought(there)
        assert (answer.status_code, answer.text) == (200, "Le fichier est dans la file.")
        assert there.desk.acts == [
            (acts.Submit(ENTRY, "mug.gcode", ANA.id), "abcdefgh", INES.id),
        ]
        assert self.bringing.came == [(b"G28\n", "mug.gcode", Wish("prusa-7"), "tablet")]
        assert self.bringing.settled == [(ENTRY, Told(True))]

    def test_that_is_not_taken_says_why(self, there: Tablet) -> None:
        self.bringing.answer = Brought(None, "", ("C’est une archive.",))
        answer = self.brought(there)
        assert (answer.status_code, answer.text) == (409, "C’est une archive.")
        assert there.desk.acts == []

    def test_that_is_nobody_s_is_not_brought(self, there: Tablet) -> None:
        assert self.brought(there, who="").status_code == 400
        assert self.bringing.came == []

    def test_is_shown_with_its_picture_and_no_other_file_s_is(
        self, there: Tablet, tmp_path: Path
    ) -> None:
        picture = tmp_path / "mug.png"
        picture.write_bytes(b"\x89PNG")
        self.bringing.picture_of = {"0" * 64: picture, "1" * 64: picture}
        assert f"/tablet/picture/{'0' * 64}" in there.client.get("/tablet/queue").text
        answer = there.client.get(f"/tablet/picture/{'0' * 64}")
        assert (answer.data, answer.mimetype) == (b"\x89PNG", "image/png")
        assert there.client.get(f"/tablet/picture/{'1' * 64}").status_code == 404


def test_without_a_place_for_files_none_can_be_brought(tablet: Tablet) -> None:
    assert "Apporter un fichier" not in tablet.read("/tablet/queue")
    assert tablet.client.get("/tablet/sheet/bring").status_code == 404


def test_a_printer_with_a_camera_is_seen_on_its_card_and_page() -> None:
    class Cameras:
        def snapshot(self, machine: str) -> tuple[bytes, str, float] | None:
            return (b"\xff\xd8\xff", "image/jpeg", 2.0) if machine == "prusa-1" else None

    seen, blind = printer(1, printer=PrinterView(camera=True)), printer(2, printer=PrinterView())
    client = create_app(FakeScreens(lab(seen, blind)), cameras=Cameras()).test_client()
    page = client.get("/tablet").text
    assert 'src="/tablet/camera/prusa-1"' in page
    assert "/tablet/camera/prusa-2" not in page
    answer = client.get("/tablet/camera/prusa-1")
    assert (answer.data, answer.mimetype) == (b"\xff\xd8\xff", "image/jpeg")
    assert client.get("/tablet/camera/prusa-2").status_code == 404
