"""An animator's five minutes at the tablet, in a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kiosk.files.submission import Wish
from kiosk.floor import acts
from kiosk.floor.acts import Act, Told, WhyNot
from kiosk.floor.queue_view import CommandView, PrinterView
from kiosk.floor.view import LabView, PrintView, TileState
from kiosk.web.app import create_app
from kiosk.web.authority import Authority
from kiosk.web.bringing import Brought
from kiosk.web.pairing import Forgetful, Pairing
from kiosk.web.server import serve
from kiosk.web.uploads import Uploads
from machines.job_entries import Ordered, Why
from tests import browser
from tests.web.fake_desk import ANA, INES, FakeDesk
from tests.web.fake_screens import FakeScreens, busy_lab
from tests.web.test_browser import MEASURE, _faults
from tests.web.test_golden import TABLET, nowhere
from tests.web.test_member import ENTRY, FakeBringing
from tests.web.test_tablet_acts import ANIMATOR

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = ((1280, 800), (800, 480))
FINGER = 48  #: CSS pixels, the least that is touched on the tablet
GRAVE = 64  #: what cannot be undone
#: A refusal is an answer like any other; Chromium notes it all the same.
NOTED = "Failed to load resource: the server responded with a status of 40"

#: What is touched, as far as it is shown, and what an overlay or an overflow hides.
TARGETS = """() => {
  const open = document.querySelector("dialog[open]");
  return [...(open ?? document.querySelector("main")).querySelectorAll("button, a, summary, .pick")]
    .filter((e) => e.checkVisibility() && !e.matches("h3 a"))
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect(), e.matches(".danger")])
    .map(([name, { width, height }, grave]) => ({ name, width, height, grave }));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@dataclass
class Tablet:
    """The kiosk's own browser at the tablet's pages, over a floor that is not there."""

    page: Page
    screens: FakeScreens
    desk: FakeDesk
    url: str
    complaints: list[str]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def follow(self, name: str) -> None:
        """A link of that name, until its page listens to fingers."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def say_who(self, pin: str = "246810") -> None:
        dialog = self.page.get_by_role("dialog", name="Qui êtes-vous ?")
        dialog.get_by_role("radio", name="Inès F.").check()
        for digit in ["Effacer", *pin]:
            dialog.get_by_role("button", name=digit, exact=True).click()
        dialog.get_by_role("button", name="Continuer").click()

    def done(self, number: int = 1, timeout_s: float = 8.0) -> list[Act]:
        """The acts that the floor was told, once there are so many."""
        until = time.monotonic() + timeout_s
        while len(self.desk.acts) < number and time.monotonic() < until:
            self.page.wait_for_timeout(20)
        return [act for act, _, _ in self.desk.acts]

    def faults(self) -> list[str]:
        return [said for said in self.complaints if not said.startswith(NOTED)]


@contextmanager
def _tablet(
    chromium: Browser,
    view: LabView,
    size: tuple[int, int] = SIZES[0],
    bringing: FakeBringing | None = None,
) -> Iterator[Tablet]:
    screens, desk = FakeScreens(view), FakeDesk()
    authority = Authority(Pairing(Forgetful(), time.monotonic), lambda: (ANIMATOR,))
    app = create_app(screens, desk=desk, authority=authority, bringing=bringing)
    server = serve(app, "127.0.0.1", 0)
    try:
        with browser.page(chromium, *size) as (page, complaints):
            yield Tablet(page, screens, desk, f"http://127.0.0.1:{server.port}", complaints)
    finally:
        server.stop()


@pytest.fixture
def tablet(chromium: Browser) -> Iterator[Tablet]:
    """With an animator who said who they are."""
    with _tablet(chromium, busy_lab()) as there:
        there.open("/tablet")
        there.button("Qui êtes-vous ?").click()
        there.say_who()
        expect(there.button("Terminer")).to_be_visible()
        yield there
        assert there.faults() == []


def _with(view: LabView, slug: str, **told: object) -> LabView:
    """The lab, with something else to be said of one machine."""
    machines = tuple(
        replace(m, **told) if m.slug == slug else m  # type: ignore[arg-type]
        for m in view.machines
    )
    return replace(view, machines=machines)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_eight_printers_and_what_needs_a_hand_are_seen_without_scrolling(
    chromium: Browser, scheme: str
) -> None:
    with _tablet(chromium, busy_lab()) as there:
        there.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        there.open("/tablet")
        for seen in ("#errands a", ".printers .card"):
            for one in there.page.locator(seen).all():
                box = one.bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= 800
        assert there.page.locator(".printers .card").count() == 8
        assert there.page.locator(".card").count() == 25
        assert not there.page.evaluate(MEASURE)["out"]


def test_more_errands_than_two_rows_hold_stand_beside_them_and_stay_where_they_were_pushed(
    chromium: Browser,
) -> None:
    taken = PrinterView("taken", print="p", result="done")
    view = busy_lab()
    machines = tuple(
        replace(m, printer=taken, print=None, state=TileState.FREE) if m.printer else m
        for m in view.machines
    )
    view = replace(view, machines=machines)
    with _tablet(chromium, view) as there:
        there.open("/tablet")
        strip = there.page.locator("#errands ul")
        assert strip.locator("li").count() >= 8
        box = there.page.locator("#errands").bounding_box()
        assert box is not None
        assert box["height"] < 3 * FINGER
        assert there.page.evaluate("document.documentElement.scrollWidth") <= SIZES[0][0]
        strip.evaluate("(list) => list.scrollTo(300, 0)")
        pushed = strip.evaluate("(list) => list.scrollLeft")
        assert pushed > 0
        there.screens.show(_with(view, "prusa-8", printer=replace(taken, result="failed")))
        expect(strip).to_contain_text("pourquoi")
        assert strip.evaluate("(list) => list.scrollLeft") == pushed
        assert _faults(there.page) == []


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_every_page_and_sheet_suits_a_finger_and_can_be_read_by_everyone(
    chromium: Browser, size: tuple[int, int]
) -> None:
    with _tablet(chromium, busy_lab(), size, nowhere()) as there:
        for path in TABLET:
            if "/sheet/" in path:
                there.open("/tablet/queue")
                there.page.evaluate(
                    """(url) => { const b = document.querySelector("[data-sheet]");
                      b.dataset.sheet = url; b.click(); }""",
                    path,
                )
                there.page.locator("#sheet[open] #sheet-title").wait_for()
            else:
                there.open(path)
            case = f"{path} at {size}"
            for target in there.page.evaluate(TARGETS):
                least = GRAVE if target["grave"] else FINGER
                assert min(target["width"], target["height"]) >= least - 0.5, (case, target)
            assert there.page.evaluate("document.documentElement.scrollWidth") <= size[0], case
            assert _faults(there.page) == [], case
        assert there.complaints == []


def test_colours_forced_by_the_reader_leave_everything_readable(chromium: Browser) -> None:
    with _tablet(chromium, busy_lab()) as there:
        there.page.emulate_media(forced_colors="active")
        for path in ("/tablet", "/tablet/queue", "/tablet/machine/prusa-6"):
            there.open(path)
            assert _faults(there.page) == [], path


def test_a_small_tablet_will_do_too(chromium: Browser) -> None:
    with _tablet(chromium, busy_lab(), (800, 480)) as there:
        there.open("/tablet")
        there.follow("Imprimante 3D 6")
        there.page.locator("button[data-hold]").click(delay=1300)
        there.say_who()
        there.follow("Toutes les machines")
        there.follow("Imprimante 3D 1")
        there.button("Annuler l’impression").click()
        there.page.get_by_role("dialog").get_by_role("button", name="Annuler l’impression").click()
        with there.page.expect_navigation():
            there.page.get_by_role("link", name="File d’attente").first.click()
        there.button("Approuver").click()
        assert there.done(3) == [
            acts.ClearPlate("prusa-6"),
            acts.Order("prusa-1", "p-1", Ordered.CANCEL),
            acts.Approve("j-6"),
        ]
        assert there.faults() == []


class TestThePlate:
    def test_is_cleared_by_holding_for_a_second(self, tablet: Tablet) -> None:
        tablet.open("/tablet/machine/prusa-6")
        hold = tablet.page.locator("button[data-hold]")
        hold.click(delay=1300)
        assert tablet.done() == [acts.ClearPlate("prusa-6")]

    def test_is_not_cleared_by_a_tap(self, tablet: Tablet) -> None:
        tablet.open("/tablet/machine/prusa-6")
        tablet.page.locator("button[data-hold]").click()
        tablet.page.locator("button[data-hold]").click(delay=400)
        tablet.page.wait_for_timeout(1200)  # longer than it has to be held
        assert tablet.desk.acts == []

    def test_is_cleared_from_a_keyboard_too(self, tablet: Tablet) -> None:
        tablet.open("/tablet/machine/prusa-6")
        tablet.page.locator("button[data-hold]").focus()
        tablet.page.keyboard.press("Enter", delay=200)
        tablet.page.keyboard.press(" ", delay=1300)
        assert tablet.done() == [acts.ClearPlate("prusa-6")]

    def test_is_cleared_by_two_presses_of_who_cannot_hold(self, tablet: Tablet) -> None:
        tablet.open("/tablet/machine/prusa-6")
        hold = tablet.page.locator("button[data-hold]")
        hold.evaluate("(button) => button.click()")  # as a screen reader presses it
        expect(tablet.page.locator("#told")).to_have_text("Encore une fois pour confirmer.")
        assert tablet.desk.acts == []
        hold.evaluate("(button) => button.click()")
        assert tablet.done() == [acts.ClearPlate("prusa-6")]

    def test_a_change_at_the_printer_does_not_take_the_button_away(self, tablet: Tablet) -> None:
        tablet.open("/tablet/machine/prusa-6")
        hold = tablet.page.locator("button[data-hold]")
        hold.hover()
        tablet.page.mouse.down()
        told = PrinterView("unknown", print="p-6", result="done", next=("j-4",), waiting=1)
        tablet.screens.show(_with(busy_lab(), "prusa-6", printer=told, nozzle_c=61.0))
        expect(tablet.page.locator("#machine")).to_contain_text("61")
        assert tablet.done() == [acts.ClearPlate("prusa-6")]
        tablet.page.mouse.up()


def test_while_somebody_acts_every_page_can_be_read_by_everyone(tablet: Tablet) -> None:
    for path in ("/tablet", "/tablet/queue", "/tablet/machine/prusa-6"):
        tablet.open(path)
        expect(tablet.button("Terminer")).to_be_visible()
        assert _faults(tablet.page) == [], path
    tablet.button("Terminer").click()
    expect(tablet.button("Qui êtes-vous ?")).to_be_visible()
    assert _faults(tablet.page) == []


def test_the_next_job_is_started_once_however_often_it_is_tapped(tablet: Tablet) -> None:
    view = busy_lab()
    jobs = tuple(job for job in view.queue.jobs if job.state != "starting")
    tablet.screens.show(replace(view, queue=replace(view.queue, jobs=jobs)))
    tablet.open("/tablet/machine/prusa-7")
    tablet.button("Lancer « mug.gcode »").dblclick()
    assert tablet.done() == [acts.StartJob("j-3", "prusa-7")]
    told = PrinterView("clear", command=CommandView("connect", "unanswered"))
    tablet.screens.show(_with(view, "prusa-7", printer=told))
    expect(tablet.page.locator("#acts")).to_contain_text("Connecter : pas de réponse")
    assert len(tablet.desk.acts) == 1


def test_a_start_that_was_refused_says_why(tablet: Tablet) -> None:
    tablet.desk.answers = [Told(False, WhyNot.OTHER_PRINT)]
    tablet.open("/tablet/machine/prusa-1")
    tablet.button("Mettre en pause").click()
    expect(tablet.page.locator("#told")).to_contain_text("Une autre impression y est en cours")


def test_a_print_is_paused_and_what_became_of_it_is_seen(tablet: Tablet) -> None:
    tablet.open("/tablet/machine/prusa-1")
    tablet.button("Mettre en pause").click()
    assert tablet.done() == [acts.Order("prusa-1", "p-1", Ordered.PAUSE)]
    told = next(m.printer for m in busy_lab().machines if m.slug == "prusa-1")
    assert told
    for how, said in (("sent", "envoyé…"), ("confirmed", "confirmé par l’imprimante")):
        now = replace(told, command=CommandView("pause", how))
        tablet.screens.show(_with(busy_lab(), "prusa-1", printer=now))
        expect(tablet.page.locator("#acts")).to_contain_text(f"Mettre en pause : {said}")


def test_a_cancel_names_file_and_printer_and_the_safe_button_has_the_focus(
    tablet: Tablet,
) -> None:
    tablet.open("/tablet/machine/prusa-1")
    tablet.button("Annuler l’impression").click()
    dialog = tablet.page.get_by_role("dialog", name="Annuler l’impression ?")
    expect(dialog).to_contain_text("version_finale_12_gauche.gcode » sur Imprimante 3D 1")
    expect(dialog.get_by_role("button", name="Laisser imprimer")).to_be_focused()
    tablet.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert tablet.desk.acts == []
    tablet.button("Annuler l’impression").click()
    dialog.get_by_role("button", name="Annuler l’impression").click()
    assert tablet.done() == [acts.Order("prusa-1", "p-1", Ordered.CANCEL)]
    expect(dialog).to_be_hidden()


def test_a_failure_is_judged_in_one_tap_and_printed_again_first(tablet: Tablet) -> None:
    view = busy_lab()
    failed = PrinterView("taken", print="p-3", result="failed")
    print_ = PrintView("vase.gcode", "failed", 0.2)
    tablet.screens.show(_with(view, "prusa-3", printer=failed, print=print_, state=TileState.FREE))
    tablet.open("/tablet")
    tablet.page.locator("#errands").get_by_text("Imprimante 3D 3").click()
    tablet.button("Bouchage").click()
    tablet.button("Relancer en tête").click()
    assert tablet.done(2) == [acts.Judge("p-3", Why.CLOG), acts.Requeue("j-8", True)]


def test_filament_is_two_taps_and_its_weight_a_third(tablet: Tablet) -> None:
    tablet.open("/tablet/machine/prusa-1")
    tablet.button("Changer").click()
    tablet.page.get_by_role("button", name="PETG bleu").click()
    assert tablet.done() == [acts.Load("prusa-1", "PETG", "blue")]
    tablet.button("Changer").click()
    sheet = tablet.page.get_by_role("dialog")
    sheet.get_by_role("radio", name="ASA").check()
    sheet.get_by_role("radio", name="rouge").check()
    sheet.get_by_label("Grammes restants").fill("480")
    sheet.get_by_role("button", name="C’est chargé").click()
    assert tablet.done(2)[1] == acts.Load("prusa-1", "ASA", "red", 480.0)


def test_a_member_is_found_by_a_few_letters_without_their_accents(tablet: Tablet) -> None:
    tablet.open("/tablet/machine/prusa-2")
    tablet.button("Dire à qui elle est").click()
    sheet = tablet.page.get_by_role("dialog")
    sheet.get_by_label("Rechercher").fill("ines")
    expect(sheet.get_by_text("Léo D.")).to_be_hidden()
    sheet.get_by_label("Rechercher").fill("an")
    ana = sheet.get_by_role("radio", name="Ana B.")
    ana.check()
    sheet.get_by_label("Rechercher").fill("zz")
    expect(sheet.get_by_text("Personne de ce nom.")).to_be_visible()
    sheet.get_by_label("Rechercher").fill("")
    expect(sheet.get_by_text("Personne de ce nom.")).to_be_hidden()
    expect(ana, "nobody is chosen unseen").not_to_be_checked()
    ana.check()
    sheet.get_by_role("button", name="C’est la sienne").click()
    assert tablet.done() == [acts.Own("p-2", ANA.id)]


def test_a_sheet_that_is_being_filled_is_not_taken_away(tablet: Tablet) -> None:
    tablet.open("/tablet/machine/prusa-6")
    tablet.button("Maintenance…").click()
    sheet = tablet.page.get_by_role("dialog")
    sheet.get_by_label("Note pour les autres").fill("Buse usée")
    tablet.screens.show(_with(busy_lab(), "prusa-6", nozzle_c=61.0))
    expect(tablet.page.locator("#machine")).to_contain_text("61")
    sheet.get_by_role("button", name="Enregistrer").click()
    assert tablet.done() == [acts.SetCondition("prusa-6", "maintenance", note="Buse usée")]


class TestTheQueue:
    def test_is_put_in_another_order_with_two_buttons(self, tablet: Tablet) -> None:
        tablet.open("/tablet/queue")
        tablet.page.locator("#jobs li", has_text="vase_haut").get_by_role(
            "button", name="Monter"
        ).click()
        assert tablet.done() == [acts.Move("j-4", "j-3")]

    def test_keeps_what_was_opened_and_where_the_focus_is(self, tablet: Tablet) -> None:
        tablet.open("/tablet/queue")
        row = tablet.page.locator("#jobs li", has_text="vase_haut")
        row.get_by_text("Pourquoi n’est-elle pas lancée").click()
        row.get_by_role("button", name="Descendre").focus()
        view = busy_lab()
        tablet.screens.show(replace(view, queue=replace(view.queue, jobs=view.queue.jobs[1:])))
        expect(tablet.page.locator("#jobs")).not_to_contain_text("etagere")
        expect(row.get_by_text("Elle est prévue pour Imprimante 3D 6.").first).to_be_visible()
        expect(row.get_by_role("button", name="Descendre")).to_be_focused()

    def test_approves_prioritises_withdraws_and_hands_over(self, tablet: Tablet) -> None:
        tablet.open("/tablet/queue")
        tablet.button("Approuver").click()
        tablet.done(1)
        more = tablet.page.locator("#jobs li", has_text="clavier").get_by_role(
            "button", name="Plus"
        )
        sheet = tablet.page.get_by_role("dialog")
        more.click()
        sheet.get_by_label("Mettre en tête : pourquoi").fill("Salon")
        sheet.get_by_role("button", name="Mettre en tête").click()
        tablet.done(2)
        more.click()
        sheet.get_by_role("button", name="Retirer…").click()
        sheet.get_by_label("Raison").fill("Trop grande")
        sheet.get_by_role("button", name="La retirer").click()
        tablet.done(3)
        tablet.button("Remise").click()
        assert tablet.done(4) == [
            acts.Approve("j-6"),
            acts.Prioritise("j-5", True, "Salon"),
            acts.Withdraw("j-5", "Trop grande"),
            acts.Collect("j-7"),
        ]


def test_a_file_is_brought_for_a_member_and_one_that_is_refused_can_be_sent_again(
    chromium: Browser, tmp_path: Path
) -> None:
    bringing = FakeBringing(Uploads(tmp_path / "coming", 1_000_000))
    (tmp_path / "mug.gcode").write_bytes(b"G28\n" * 100_000)
    with _tablet(chromium, busy_lab(), bringing=bringing) as there:
        there.open("/tablet/queue")
        there.button("Apporter un fichier").click()
        sheet = there.page.get_by_role("dialog", name="Apporter un fichier")
        assert _faults(there.page) == []
        sheet.get_by_label("Fichier G-code").set_input_files(tmp_path / "mug.gcode")
        sheet.get_by_role("radio", name="Ana B.").check()
        sheet.get_by_label("Couleur").select_option("red")
        bringing.answer = Brought(None, "", ("C’est une archive.",))
        sheet.get_by_role("button", name="Mettre dans la file").click()
        there.say_who()
        expect(sheet.get_by_role("alert")).to_have_text("C’est une archive.")
        bringing.answer = Brought(ENTRY, "mug.gcode", ("Le plateau reste chaud.",))
        sheet.get_by_role("button", name="Mettre dans la file").click()
        expect(there.page.locator("#told")).to_have_text(
            "Le fichier est dans la file. Le plateau reste chaud."
        )
        expect(sheet).to_be_hidden()
        assert there.done() == [acts.Submit(ENTRY, "mug.gcode", ANA.id)]
        assert bringing.came[1] == (b"G28\n" * 100_000, "mug.gcode", Wish(colour="red"), "tablet")
        assert there.faults() == []


def test_an_act_waits_for_the_code_and_then_goes_on(chromium: Browser) -> None:
    with _tablet(chromium, busy_lab()) as there:
        there.open("/tablet/machine/prusa-1")
        there.button("Mettre en pause").click()
        there.say_who("000000")
        expect(there.page.get_by_role("dialog")).to_contain_text("Code incorrect")
        assert there.desk.acts == []
        there.say_who()
        assert there.done() == [acts.Order("prusa-1", "p-1", Ordered.PAUSE)]
        assert there.desk.acts[0][2] == INES.id
        assert there.faults() == []


def test_an_act_that_was_given_up_at_the_code_is_not_done_later(chromium: Browser) -> None:
    with _tablet(chromium, busy_lab()) as there:
        there.open("/tablet/machine/prusa-1")
        there.button("Mettre en pause").click()
        there.page.get_by_role("dialog").get_by_role("button", name="Plus tard").click()
        there.button("Qui êtes-vous ?").click()
        there.say_who()
        expect(there.button("Terminer")).to_be_visible()
        assert there.desk.acts == []


def test_a_printer_that_changes_is_on_its_own_page_within_half_a_second(
    chromium: Browser,
) -> None:
    with _tablet(chromium, busy_lab()) as there:
        there.open("/tablet/machine/prusa-7")
        machine = there.page.locator("#machine")
        expect(machine).to_contain_text("Libre")
        for state, word in ((TileState.BUSY, "En cours"), (TileState.FREE, "Libre")):
            there.screens.show(_with(busy_lab(), "prusa-7", state=state))
            expect(machine).to_contain_text(word, timeout=500)
