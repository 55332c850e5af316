"""The tablet: what an animator reads of each machine, and what is to be done now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template

from kiosk.floor.queue_view import JobView, PrinterView, QueueView
from kiosk.floor.view import MachineView, PrintView, TileState
from kiosk.web.app import create_app
from kiosk.web.cards import Card, card, cards
from kiosk.web.errands import errands
from kiosk.web.language import speaking
from machines.job_entries import NotStarted
from tests.web.fake_screens import HOSTILE, FakeScreens, lab, machine, printer
from tests.web.reading import read


@pytest.fixture
def french(app: Flask) -> object:
    with app.app_context(), speaking("fr"):
        yield


@pytest.mark.usefixtures("french")
class TestACard:
    def shown(self, **told: object) -> Card:
        return card(0, printer(1, **told))

    def test_says_when_the_print_will_end_by_the_clock(self) -> None:
        job = PrintView("mug.gcode", "printing", progress=0.629, left_s=2760, ends_at="15 h 40")
        shown = self.shown(state=TileState.BUSY, print=job, seen_s=2)
        assert shown.job is not None
        assert (shown.job.percent, shown.job.ends, shown.job.left) == (
            62,
            "fin ~15\xa0h\xa040",
            "reste 46\xa0min",
        )
        assert shown.word == "Impression"

    def test_never_says_100_before_the_end_nor_more_after(self) -> None:
        for progress, percent in ((0.999, 99), (1.0, 100), (1.7, 100), (-0.2, 0)):
            job = PrintView("mug.gcode", "printing", progress=progress)
            shown = self.shown(print=job)
            assert shown.job is not None
            assert shown.job.percent == percent

    def test_does_not_promise_an_end_to_a_print_that_failed(self) -> None:
        job = PrintView("mug.gcode", "failed", progress=0.5, left_s=600, ends_at="15 h 40")
        shown = self.shown(print=job)
        assert shown.job is not None
        assert (shown.job.state, shown.job.ends, shown.job.left) == ("Impression échouée", "", "")

    def test_tells_counted_paused_and_unobserved_time_apart(self) -> None:
        job = PrintView("mug.gcode", "paused", used_s=4805, paused_s=300, unseen_s=60)
        shown = self.shown(print=job)
        assert shown.job is not None
        assert shown.job.times == (
            ("Compté", "1\xa0h\xa020"),
            ("En pause", "5\xa0min"),
            ("Non observé", "1\xa0min"),
        )

    def test_without_progress_has_no_figure_rather_than_zero(self) -> None:
        shown = self.shown(print=PrintView("mug.gcode", "printing"))
        assert shown.job is not None
        assert shown.job.percent is None

    def test_says_how_a_print_is_once(self) -> None:
        job = PrintView("mug.gcode", "paused")
        busy = self.shown(state=TileState.BUSY, print=job)
        waiting = self.shown(state=TileState.ATTENTION, print=job)
        assert busy.job is not None
        assert waiting.job is not None
        assert (busy.icon, busy.word, busy.job.state) == ("pause", "En pause", "")
        assert (waiting.icon, waiting.word) == ("attention", "Action requise")
        assert waiting.job.state == "En pause"

    @pytest.mark.parametrize(
        ("why", "said"),
        [
            ("does not answer in time", "OctoPrint ne répond pas à temps"),
            (
                "refuses the API key (403): check the key file and the key's permissions",
                "OctoPrint refuse la clé\xa0: à vérifier",
            ),
            (
                "[Errno 2] could not open port /dev/serial/by-id/x: [Errno 2] No such file",
                "Éteinte, ou câble débranché",
            ),
            ("/keys/octoprint: not there: expected the key mk4", "Sa clé manque sur la borne"),
            ("it does not answer", "Ne répond pas"),
            ("HTTPError http://10.0.0.4/?apikey=0A1B2C", "Ne répond pas"),
        ],
    )
    def test_says_why_a_device_does_not_answer_and_never_where_or_how(
        self, why: str, said: str
    ) -> None:
        assert self.shown(state=TileState.OFFLINE, silence=why).detail == said

    def test_says_what_a_person_wrote_rather_than_that_a_device_is_silent(self) -> None:
        shown = self.shown(state=TileState.FAULT, note="Buse bouchée", silence="starting")
        assert shown.detail == "Buse bouchée"

    def test_a_printer_whose_print_is_over_is_to_be_cleared_rather_than_free(self) -> None:
        told, done = PrinterView("taken", result="done"), PrintView("mug.gcode", "done")
        off = PrinterView("taken", result="failed", why="clog")
        states = [
            (TileState.FREE, told, done),
            (TileState.BUSY, told, done),  # whoever has a session there
            (TileState.FREE, off, None),  # nobody saw it since the kiosk started
            (TileState.FREE, PrinterView("unknown"), None),
            (TileState.BUSY, PrinterView("taken"), PrintView("mug.gcode", "printing")),
            (TileState.MAINTENANCE, told, done),
        ]
        shown = [card(0, printer(1, state=s, printer=p, print=j)) for s, p, j in states]
        assert [(c.state.value, c.word) for c in shown] == [
            ("attention", "À vider"),
            ("attention", "À vider"),
            ("attention", "À vider"),
            ("free", "Libre"),
            ("busy", "Impression"),
            ("maintenance", "En maintenance"),
        ]

    def test_a_printer_that_waits_for_filament_says_so_while_it_stands_still(self) -> None:
        told = PrinterView("taken", filament_out=True)
        for state, said in (("paused", "Filament à changer"), ("printing", "")):
            shown = self.shown(
                state=TileState.BUSY, printer=told, print=PrintView("mug.gcode", state)
            )
            assert shown.detail == said

    def test_says_that_a_state_is_unknown(self) -> None:
        job = PrintView("mug.gcode", "unknown")
        assert self.shown(state=TileState.BUSY, print=job).word == "État inconnu"

    def test_a_free_printer_that_is_not_connected_is_switched_off(self) -> None:
        assert self.shown(printer_state="Offline after error").detail == "Éteinte"
        over = PrintView("vase.gcode", "done", progress=1.0)
        assert self.shown(printer_state="Offline", print=over).detail == "Éteinte"

    def test_a_printer_lost_after_its_print_says_so(self) -> None:
        job = PrintView("mug.gcode", "failed")
        lost = self.shown(state=TileState.OFFLINE, printer_state="Offline after error", print=job)
        assert lost.detail == "Déconnectée après une erreur"

    def test_greys_after_15_s_without_news_and_says_offline_after_60(self) -> None:
        ages = [(s, self.shown(state=TileState.BUSY, seen_s=s)) for s in (15, 16, 60, 61, None)]
        assert [(s, c.age, c.state.value) for s, c in ages] == [
            (15, "", "busy"),
            (16, "old", "busy"),
            (60, "old", "busy"),
            (61, "gone", "offline"),
            (None, "", "busy"),
        ]
        assert ages[1][1].seen == "vu il y a 16\xa0s"

    def test_silence_does_not_hide_a_fault(self) -> None:
        assert self.shown(state=TileState.FAULT, seen_s=600).state is TileState.FAULT

    def test_shows_heat_only_where_there_is_some(self) -> None:
        cold = self.shown(nozzle_c=21.0, bed_c=20.5, nozzle_target_c=0.0)
        heating = self.shown(nozzle_c=120.0, nozzle_target_c=215.0, bed_c=60.4, bed_target_c=60.0)
        assert cold.heat == ()
        assert heating.heat == (("Buse", "120 → 215\xa0°C"), ("Plateau", "60\xa0°C"))

    def test_says_octoprint_s_state_in_french(self) -> None:
        offline = TileState.OFFLINE
        said = {
            state: self.shown(state=offline, printer_state=state).detail
            for state in ("Operational", "Offline after error", "Error: <b>thermal</b>", "Warp")
        }
        assert said == {
            "Operational": "Prête",
            "Offline after error": "Déconnectée après une erreur",
            "Error: <b>thermal</b>": "Erreur\xa0: <b>thermal</b>",
            "Warp": "Warp",
        }


@pytest.mark.usefixtures("french")
def test_what_is_to_be_done_comes_gravest_first_then_longest_waiting() -> None:
    view = lab(
        machine("a", "A", state=TileState.OFFLINE),
        machine("b", "B", state=TileState.ATTENTION, note="beam-left-on"),
        machine("c", "C", state=TileState.FREE),
        machine("d", "D", state=TileState.FAULT, note="Courroie cassée"),
        machine("e", "E", state=TileState.BUSY, seen_s=300),
        machine("f", "F", state=TileState.MAINTENANCE),
        printer(7, state=TileState.ATTENTION, print=PrintView("mug.gcode", "paused")),
        machine("h", "H", state=TileState.ATTENTION, note="suspended"),
    )
    assert [(e.name, e.what) for e in errands(view, cards(view))] == [
        ("D", "Courroie cassée"),
        ("B", "Le faisceau est resté allumé"),
        ("Imprimante 3D 7", "En pause"),
        ("H", "Session suspendue\xa0: badgez pour reprendre"),
        ("E", "Hors ligne"),
        ("A", "Hors ligne"),
    ]


@pytest.mark.usefixtures("french")
def test_a_printer_that_needs_a_hand_says_what_for() -> None:
    job = JobView("j", "mug.gcode", "0", "Ana B.", "M-1", "waiting", machine="prusa-5",
                  refused=NotStarted.BUSY)  # fmt: skip
    approve = replace(job, state="to-approve", refused="", machine="")
    busy, over = {"state": TileState.BUSY}, PrintView("mug.gcode", "failed")
    paused = PrintView("mug.gcode", "paused", paused_s=900)
    view = lab(
        printer(1, printer=PrinterView("taken", result="done"), print=replace(over, state="done")),
        printer(2, printer=PrinterView("taken", result="failed"), print=over, **busy),
        printer(
            3,
            printer=PrinterView("taken", ordered="pause"),
            print=paused,
            state=TileState.ATTENTION,
        ),
        printer(4, printer=PrinterView("taken"), print=replace(paused, paused_s=30), **busy),
        printer(5, printer=PrinterView("clear", waiting=1)),
        printer(6, printer=PrinterView("unknown", waiting=1)),
        printer(7, printer=PrinterView("unknown")),
        printer(8, printer=PrinterView("taken", result="failed", why="clog"), print=over, **busy),
        printer(9, printer=PrinterView("taken"), print=PrintView("a", "printing"), **busy),
        printer(
            10,
            printer=PrinterView("taken", ordered="pause", filament_out=True),
            print=replace(paused, paused_s=40),
            **busy,
        ),
        queue=QueueView((job, approve, replace(approve, id="k"))),
    )
    assert [(e.name, e.what, e.machine) for e in errands(view, cards(view))] == [
        ("Imprimante 3D 2", "Impression échouée\xa0: pourquoi\xa0?", "prusa-2"),
        ("Imprimante 3D 3", "En pause depuis longtemps", "prusa-3"),
        ("Imprimante 3D 10", "Filament à changer", "prusa-10"),
        ("Imprimante 3D 4", "En pause par l’imprimante\xa0: filament à changer\xa0?", "prusa-4"),
        ("Imprimante 3D 5", "Une autre impression était en cours", "prusa-5"),
        ("Imprimante 3D 1", "Plateau à vider", "prusa-1"),
        ("Imprimante 3D 6", "Plateau à vérifier", "prusa-6"),
        ("Imprimante 3D 8", "Plateau à vider", "prusa-8"),
        ("File d’attente", "2 impressions à approuver", ""),
    ]  # fmt: skip


def test_when_all_is_well_the_tablet_says_so(screens: FakeScreens, client: FlaskClient) -> None:
    screens.show(lab(machine("a", "A")))
    assert "Rien. Tout va bien." in read(client.get("/tablet").text)


def test_the_poll_brings_every_piece_of_the_page(client: FlaskClient) -> None:
    pieces = client.get("/tablet/cards").text
    page = client.get("/tablet").text
    for piece in ("top", "errands", *(f"card-{n}" for n in range(25))):
        assert f'id="{piece}"' in page
        assert pieces.count(f'id="{piece}"') == 1
    assert pieces.count(" data-piece>") == 27


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(name: str) -> None:
    job = PrintView(name, "printing", 0.5, ends_at="15 h 40")
    own = MachineView(
        "m", name, name, "bare", TileState.ATTENTION, member=name, note=name, print=job
    )
    broken = replace(own, print=None, note="", printer_state=f"Error: {name}")
    client = create_app(FakeScreens(lab(own, broken, name=name, notices=(name,)))).test_client()
    for path in ("/tablet", "/tablet/cards"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not set("\u202e\u202c\u200f\x00\u2028") & set(page)
        assert "x" * 130 not in page


def test_the_head_says_how_the_lab_stands(screens: FakeScreens, client: FlaskClient) -> None:
    screens.show(lab(online=False, unsent=12, clock_set=False, journal_ok=False, readers_ok=False))
    lines = read(client.get("/tablet").text)
    for line in (
        "FabLab CCDV",
        "Hors ligne",
        "12\xa0faits à envoyer",
        "Heure non réglée",
        "Le journal ne peut pas être écrit\xa0: aucune session ne peut démarrer.",
        "Un lecteur de badges ne répond pas\xa0: vérifiez son câble.",
    ):
        assert line in lines


def test_a_notice_of_the_kiosk_is_said_in_words(screens: FakeScreens, client: FlaskClient) -> None:
    screens.show(lab(notices=("keeper-unreachable", "disk-full", "of-tomorrow")))
    lines = read(client.get("/tablet").text)
    assert "Les relais sont injoignables\xa0: aucune machine ne peut être mise en marche." in lines
    assert "Le disque est plein." in lines
    assert "of-tomorrow" in lines


def test_a_list_of_members_too_old_is_told(screens: FakeScreens, client: FlaskClient) -> None:
    screens.show(lab(roster_age_s=5 * 86_400))
    assert "La liste des adhérents date de 5\xa0jours." in read(client.get("/tablet").text)


def test_a_lab_without_a_central_is_neither_online_nor_offline(
    screens: FakeScreens, client: FlaskClient
) -> None:
    screens.show(lab(machine("a", "A"), central=False, online=False))
    lines = read(client.get("/tablet").text)
    assert not {"En ligne", "Hors ligne"} & set(lines)


def test_the_tablet_of_an_english_site_is_english(screens: FakeScreens) -> None:
    client = create_app(screens, language="en").test_client()
    page = client.get("/tablet").text
    assert '<html lang="en"' in page
    assert "To do now" in read(page)
    assert "ends ~15:40" in page


def test_what_all_tablets_show_alike_is_drawn_for_the_first_of_them(
    app: Flask, screens: FakeScreens, client: FlaskClient
) -> None:
    drawn: list[str] = []

    def note(_: object, template: Template, **__: object) -> None:
        drawn.append(template.name or "")

    with template_rendered.connected_to(note, app):
        first = client.get("/tablet/cards").text
        assert "_card.html" in drawn
        drawn.clear()
        assert client.get("/tablet/cards").text == first
        screens.show(replace(screens.view(), notices=("disk-full",)))
        client.get("/tablet/cards")
    assert drawn == ["_top.html"], "nothing else says something new"
    assert 'name="key"' not in first, "each tablet has keys of its own"
