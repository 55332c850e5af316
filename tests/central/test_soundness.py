"""What a lab cannot have seen takes no hour from anybody, and stops no export."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.central.export import files
from kiosk.central.intake import look_into
from kiosk.central.month import month_rows
from kiosk.store.codec import encode
from machines.instants import Instant, Month
from machines.job_entries import PrintReconciled
from machines.journal import (
    Body,
    ClockAnchored,
    PrintBegan,
    PrintEnded,
    Result,
    RunMeasured,
    SessionOpened,
)
from tests.central.shelf import Shelf
from tests.field import HOUR, Field

CENTURY_US = 100 * 365 * 24 * HOUR


def at_once(lab: Field) -> RunMeasured:
    return RunMeasured("laser", "job", None, lab.now, lab.now, HOUR, 0, 0)


def moved(at: Instant, us: int) -> Instant:
    return replace(at, boot_us=at.boot_us + us)


def unheard_of(lab: Field) -> list[Body]:
    run = at_once(lab)
    return [
        replace(run, used_us=-HOUR),
        replace(run, unseen_us=2**62),
        replace(run, ended=moved(lab.now, CENTURY_US)),
        replace(run, ended=moved(lab.now, -(2**60))),
        replace(run, began=replace(lab.now, wall_us=2**61)),
        replace(run, began=replace(lab.now, boot_no=2**63)),
        SessionOpened("laser", "party", party=-7),
        ClockAnchored("central", 2**60, 0),
        ClockAnchored("central", lab.true_us, -1),
        PrintReconciled("prusa", "", True, lab.now, -1.0),
        PrintReconciled("prusa", "", True, lab.now, 1e300),
        PrintReconciled("prusa", "", True, moved(lab.now, CENTURY_US), 60.0),
    ]


@pytest.mark.parametrize("number", range(len(unheard_of(Field()))))
def test_what_cannot_be_waits_in_quarantine_with_its_reason(number: int) -> None:
    lab = Field()
    lab.write(unheard_of(lab)[number])
    meaning = look_into(*encode(lab.entries[-1]))
    assert isinstance(meaning, str)
    assert meaning.startswith("not to be believed: ")


def test_a_print_that_was_going_before_its_pi_was_started_is_believed() -> None:
    lab = Field()
    began = lab.now.minus(9 * HOUR)
    assert began.boot_us < 0
    lab.write(PrintEnded("", "prusa", None, Result.DONE, began, lab.now, 9 * HOUR, 0, 0))
    assert not isinstance(look_into(*encode(lab.entries[-1])), str)


@pytest.mark.parametrize("figure", [-5.0, 1e300])
def test_a_figure_of_a_printer_that_cannot_be_is_left_open_and_its_hours_count(
    figure: float,
) -> None:
    shelf, lab = Shelf(), Field()
    told: dict[str, Any] = {"filament_mm": figure, "printer_s": figure, "filament_g": figure}
    job = lab.brought(filament_g=figure)
    name = lab.write(PrintBegan("prusa", None, job=job))
    lab.write(PrintEnded(name, "prusa", None, Result.DONE, lab.now, lab.now, HOUR, 0, 0, **told))
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("used_us, filament_mm, printer_s, filament_g") == [(HOUR, None, None, None)]
    (row,) = month_rows(shelf.connection, Month(2026, 11))
    assert (row.job, row.filament_g) == (job, None)
    assert files(shelf.book("2026-11"))
