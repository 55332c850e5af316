"""What members bring to a demo, and what its animator does: real files, real acts."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kiosk.demo import bustle
from kiosk.demo.bustle import CAN_CHANGE, LOADED, PRINTING, QUEUED, moves, toward_a_start
from kiosk.demo.gcode import Part, picture, sliced
from kiosk.files.store import Files
from kiosk.files.submission import Wish, profiles, submission
from kiosk.floor import acts
from kiosk.floor.queue_view import JobView, Obstacle, PrinterView, QueueView
from kiosk.sites import read_site
from machines.job_entries import Why
from machines.journal import Result
from machines.order import Hindrance
from tests.web.fake_screens import lab, printer

CCDV = Path(__file__).parents[2] / "config/sites/demo/ccdv.toml"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files", 200_000_000)


@pytest.mark.parametrize("brought", [*PRINTING.values(), *QUEUED], ids=lambda b: b.part.name)
def test_a_file_of_the_demo_is_read_and_fits_like_anybody_s(brought, files) -> None:  # type: ignore[no-untyped-def]
    site, raw = read_site(CCDV), sliced(brought.part)
    received = files.receive(io.BytesIO(raw), len(raw), f"{brought.part.name}.gcode")
    made = submission(received, Wish(brought.wish), profiles(site), site.queue, "tablet")
    assert made.entry.estimated_s == brought.part.minutes * 60
    assert made.entry.needs.material == brought.part.material
    assert made.entry.filament_g
    assert made.entry.approval == (("long",) if brought.part.minutes > 480 else ())
    assert files.thumbnail(received.sha256) is not None


def test_what_takes_long_weighs_more(files: Files) -> None:
    def weighed(minutes: int) -> float:
        raw = sliced(Part("x", minutes))
        return files.receive(io.BytesIO(raw), len(raw), "x.gcode").examined.sliced.filament_g or 0

    assert 1 < weighed(5) < weighed(60) < weighed(240)


def test_every_printer_of_the_scene_is_at_ccdv() -> None:
    printers = {machine.slug for machine in read_site(CCDV).machines if machine.printer}
    assert set(LOADED) == printers
    assert set(PRINTING) < printers
    assert {brought.wish for brought in QUEUED} <= {"", *printers}


def _waiting(*why: Hindrance, **told: object) -> JobView:
    obstacles = tuple(Obstacle("prusa-1", one) for one in why)
    return JobView(
        "j1", "a.gcode", "0" * 64, "Ana B.", "m-1", "waiting", obstacles=obstacles, **told
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("why", "act"),
    [
        ((), acts.StartJob("j1", "prusa-1")),
        ((Hindrance.SWITCHED_OFF, Hindrance.PLATE), acts.OpenSession("prusa-1", "m-1")),
        ((Hindrance.OFFLINE, Hindrance.PLATE), acts.Connect("prusa-1")),
        ((Hindrance.PLATE,), acts.ClearPlate("prusa-1")),
        ((CAN_CHANGE[0],), acts.Load("prusa-1", "PETG", "red", 750.0)),
        ((Hindrance.BUSY,), None),
    ],
)
def test_the_animator_takes_away_what_stands_in_the_way(why, act) -> None:  # type: ignore[no-untyped-def]
    assert toward_a_start(_waiting(*why, material="PETG", colour="red"), "prusa-1") == act


def test_two_printers_are_not_made_ready_for_one_job() -> None:
    machines = [printer(n, printer=PrinterView(next=("j1",))) for n in (1, 2)]
    view = lab(*machines, queue=QueueView((_waiting(),)))
    assert list(moves(view)) == [acts.StartJob("j1", "prusa-1")]


def test_a_failure_is_judged_and_a_part_that_is_off_the_plate_handed_out() -> None:
    failed = JobView(
        "j1", "a.gcode", "0" * 64, None, None, "over", print="p1", result=Result.FAILED
    )
    done = JobView(
        "j2", "b.gcode", "0" * 64, None, None, "over", result=Result.DONE, plate_cleared=True
    )
    view = lab(queue=QueueView(over=(failed, done)))
    assert list(moves(view)) == [acts.Judge("p1", Why.ADHESION), acts.Collect("j2")]


def test_a_picture_is_a_png() -> None:
    assert picture(bustle.ORANGE).startswith(b"\x89PNG\r\n\x1a\n")
