"""What is loaded at the printers, counted down by what they print, seen or not."""

from __future__ import annotations

import pytest

from kiosk.floor.acts import Load
from machines.facts import Happened, HistoryTold, Printed, Silence
from machines.instants import SECOND
from machines.job_entries import PrintReconciled
from machines.journal import PrintEnded, Result
from machines.order import Hindrance
from tests.lab import Lab


def left(lab: Lab) -> float | None:
    loaded = lab.bay().loaded
    assert loaded is not None
    return loaded.grams


def lose(lab: Lab) -> None:
    lab.tell(Silence("ender", "no answer"))
    for _ in range(30):
        lab.advance(minutes=1)


def tell_history(lab: Lab, path: str, done: bool = True) -> None:
    lab.printer()
    _, machine, key = lab.octoprints.last("history")
    told = (Printed(path, lab.clock.wall_us - 60 * SECOND, 900.0),)
    lab.tell(HistoryTold(machine, key, told if done else (), () if done else told))


@pytest.mark.parametrize("what", [Happened.CANCELLED, Happened.FAILED])
def test_a_print_that_went_wrong_half_way_takes_half_its_grams(lab: Lab, what: Happened) -> None:
    lab.act(Load("ender", "PLA", grams=500.0))
    path = lab.print_job(lab.submit(filament_g=40.0, filament_mm=13_000.0))
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.5, filament_mm=13_000.0)
    lab.end_print(path, what=what)
    assert lab.bodies(PrintEnded)[-1].filament_g == 20.0
    assert left(lab) == 480.0


def test_a_lost_print_that_was_finished_takes_the_rest_of_its_grams(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=500.0))
    mug = lab.submit(filament_g=40.0, filament_mm=13_000.0)
    path = lab.print_job(mug)
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.25, filament_mm=13_000.0)
    lose(lab)
    assert (lab.job(mug).result, left(lab)) == (Result.LOST, 490.0)
    for _ in range(2):
        tell_history(lab, path)
    assert len(lab.bodies(PrintReconciled)) == 1
    assert (lab.job(mug).result, left(lab)) == (Result.DONE, 460.0)
    lab.restart_kiosk()
    assert left(lab) == 460.0


def test_a_lost_print_that_went_wrong_takes_no_more_than_was_seen(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=500.0))
    mug = lab.submit(filament_g=40.0, filament_mm=13_000.0)
    path = lab.print_job(mug)
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.25, filament_mm=13_000.0)
    lose(lab)
    tell_history(lab, path, done=False)
    assert (lab.job(mug).result, left(lab)) == (Result.FAILED, 490.0)


def test_a_spool_that_gave_more_than_it_had_is_looked_at_before_the_next_print(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=30.0))
    lab.end_print(lab.print_job(lab.submit(filament_g=20.0)))
    lab.end_print(lab.print_job(lab.submit("karim", "b.gcode", filament_g=9.0)))
    assert left(lab) == 1.0
    third = lab.submit("zoe", "c.gcode", filament_g=9.0)
    why = [(one.why, one.detail) for one in lab.job(third).obstacles if one.machine == "ender"]
    assert (Hindrance.GRAMS, "1") in why


def test_a_spool_that_gave_more_than_it_had_says_so_on_the_printers_card(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=30.0))
    mug = lab.submit()  # its slicer told neither length nor weight
    path = lab.print_job(mug)
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.5, filament_mm=13_000.0)
    lab.end_print(path)
    loaded = lab.bay().loaded
    assert loaded is not None
    assert (loaded.grams, loaded.empty) == (0.0, True)


def test_a_file_of_cura_that_tells_metres_alone_is_weighed_in_what_is_loaded(lab: Lab) -> None:
    lab.act(Load("ender", "PETG", grams=100.0))
    mug = lab.submit(filament_mm=10_000.0)
    path = lab.print_job(mug)
    assert lab.job(mug).filament_g == 30.55
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.5)
    lab.end_print(path)
    assert lab.bodies(PrintEnded)[-1].filament_g == 30.55
    assert left(lab) == pytest.approx(69.45)


def test_a_file_of_cura_that_takes_more_than_is_left_asks_for_another_spool(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=20.0))
    lab.printer()
    lab.clear_plate()
    mug = lab.submit(material="PLA", filament_mm=10_000.0)
    assert lab.job(mug).filament_g == 29.83
    assert lab.start(mug).detail == Hindrance.GRAMS


def test_a_print_that_was_lost_from_sight_and_goes_on_takes_its_grams_once(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", grams=500.0))
    mug = lab.submit(filament_g=40.0, filament_mm=13_000.0)
    path = lab.print_job(mug)
    lab.printer("Printing", path=path, elapsed_s=900.0, progress=0.25, filament_mm=13_000.0)
    lose(lab)
    assert left(lab) == 490.0
    lab.printer("Printing", path=path, elapsed_s=2700.0, progress=0.75, filament_mm=13_000.0)
    lab.end_print(path)
    lost, done = lab.bodies(PrintEnded)
    assert (lost.result, done.result) == (Result.LOST, Result.DONE)
    assert (lost.filament_g, done.filament_g) == (10.0, 30.0)
    assert lost.filament_mm + done.filament_mm == 13_000.0
    assert left(lab) == 460.0
