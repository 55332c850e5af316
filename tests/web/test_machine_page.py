"""What an animator is offered on a machine's page, and what is said of a job that waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from kiosk.floor.queue_view import JobView, Obstacle, PrinterView, QueueView
from kiosk.floor.view import MachineView, PrintView, TileState
from kiosk.web.filament import weight
from kiosk.web.language import speaking
from kiosk.web.machine_page import Acts, machine_page
from kiosk.web.queue_rows import row
from machines.journal import Result
from machines.order import Hindrance
from tests.web.fake_screens import lab, printer

pytestmark = pytest.mark.usefixtures("french")
FAILED = PrintView("vase.gcode", "failed", 0.2)


@pytest.fixture
def french(app: Flask) -> Iterator[None]:
    with app.app_context(), speaking("fr"):
        yield


def acts(machine: MachineView, *jobs: JobView, over: tuple[JobView, ...] = ()) -> Acts:
    page = machine_page(lab(machine, queue=QueueView(jobs, over)), machine.slug)
    assert page is not None
    assert page.acts is not None
    return page.acts


def test_a_failed_print_that_waits_again_is_not_offered_again() -> None:
    told = PrinterView("taken", job="j", print="p", result="failed")
    machine = printer(1, printer=told, print=FAILED)
    over = JobView("j", "vase.gcode", "0", "Ana B.", "M-1", "over", machine=machine.slug,
                   print="p", result=Result.FAILED)  # fmt: skip
    assert acts(machine, over=(over,)).again == "j"
    assert acts(machine, JobView("j", "vase.gcode", "0", "Ana B.", "M-1", "waiting")).again == ""


def test_a_printer_that_is_switched_off_is_not_asked_for_what_it_cannot_hold() -> None:
    off = {"state": TileState.FREE, "printer_state": "Offline"}
    unknown, taken = PrinterView("unknown"), PrinterView("taken", print="p", result="done")
    assert acts(printer(1, printer=unknown, **off)).plate == "", "it would be unknown at once"
    assert acts(printer(1, printer=taken, **off)).plate == "ask", "a part is to be taken off"
    assert acts(printer(1, printer=unknown)).plate == "ask"
    assert not acts(printer(1, printer=unknown, **off)).connect, "a session switches it on"
    lost = {**off, "state": TileState.OFFLINE}
    assert acts(printer(1, printer=unknown, **lost)).connect
    silent = printer(1, printer=unknown, state=TileState.OFFLINE, silence="no answer")
    assert acts(silent).plate == ""


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ([Hindrance.BUSY, Hindrance.PLATE], [Hindrance.BUSY]),
        ([Hindrance.SWITCHED_OFF, Hindrance.PLATE], [Hindrance.SWITCHED_OFF]),
        ([Hindrance.PLATE, Hindrance.MATERIAL], [Hindrance.PLATE, Hindrance.MATERIAL]),
        (
            [Hindrance.MAINTENANCE, Hindrance.BUSY, Hindrance.PLATE, Hindrance.MODEL],
            [Hindrance.MODEL],
        ),
    ],
)
def test_why_a_job_does_not_start_is_said_without_what_goes_without_saying(
    why: list[Hindrance], said: list[Hindrance]
) -> None:
    machine = printer(1, printer=PrinterView("unknown"))

    def told(of: list[Hindrance]) -> tuple[str, ...]:
        obstacles = tuple(Obstacle(machine.slug, one) for one in of)
        job = JobView("j", "a", "0", None, None, "waiting", obstacles=obstacles)
        [where] = row(lab(machine, queue=QueueView((job,))), job).printers
        assert where.may == "not"
        return where.why

    assert told(why) == told(said)
    assert len(told(why)) == len(said)
    assert all(sentence.endswith(".") for sentence in told(why))


def test_a_trifle_of_filament_weighs_less_than_a_gram_and_not_none() -> None:
    weights = [weight(grams) for grams in (0.2, 0.0, 0.5001, 12.6)]
    assert weights == ["<\xa01\xa0g", "0\xa0g", "1\xa0g", "13\xa0g"]
