"""Why a print stands still: a person said so, or the printer asks for filament."""

from __future__ import annotations

import pytest

from kiosk.floor.acts import Order
from machines.facts import Happened, PrintHappened
from machines.job_entries import Ordered
from tests.lab import Lab

RESTARTS = pytest.mark.parametrize("restart", ["restart_kiosk", "kill_kiosk", "cut_power"])


@RESTARTS
def test_a_pause_that_was_ordered_is_known_to_be_long_after_and_after_a_restart(
    lab: Lab, restart: str
) -> None:
    path = lab.print_job(lab.submit())
    assert lab.bay().ordered == ""
    lab.act(Order("ender", lab.bay().print, Ordered.PAUSE))
    lab.printer("Paused", path=path)
    lab.advance(minutes=5)
    lab.printer("Paused", path=path)
    assert lab.bay().command is None, "it is no news any more"
    assert lab.bay().ordered == Ordered.PAUSE
    getattr(lab, restart)()
    lab.printer("Paused", path=path)
    assert lab.bay().ordered == Ordered.PAUSE
    lab.act(Order("ender", lab.bay().print, Ordered.RESUME))
    assert lab.bay().ordered == Ordered.RESUME


def test_what_one_print_was_told_is_not_said_of_the_next(lab: Lab) -> None:
    path = lab.print_job(lab.submit())
    lab.act(Order("ender", lab.bay().print, Ordered.PAUSE))
    lab.end_print(path, what=Happened.CANCELLED)
    lab.print_job(lab.submit(name="clip.gcode"))
    assert lab.bay().ordered == ""


def test_a_printer_that_asks_for_filament_says_so_until_it_prints_on(lab: Lab) -> None:
    path = lab.print_job(lab.submit())
    assert not lab.bay().filament_out
    lab.tell(PrintHappened("ender", Happened.FILAMENT))
    lab.printer("Printing", path=path, elapsed_s=3.0)  # the pause comes a moment after
    lab.printer("Paused", path=path)
    lab.advance(minutes=20)
    lab.printer("Paused", path=path)
    assert lab.bay().filament_out
    lab.printer("Printing", path=path, elapsed_s=4.0)
    assert not lab.bay().filament_out


def test_a_print_that_is_given_up_for_want_of_filament_asks_for_none(lab: Lab) -> None:
    path = lab.print_job(lab.submit())
    lab.tell(PrintHappened("ender", Happened.FILAMENT))
    lab.printer("Paused", path=path)
    lab.advance(minutes=1)
    lab.end_print(path, what=Happened.CANCELLED)
    assert not lab.bay().filament_out
