"""A month's export made from the page: chosen, waited for, fetched by who asked for it alone."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.central import ledger
from kiosk.central.intake import understand
from kiosk.central.nodes import Node
from kiosk.store.codec import encode
from kiosk.sync.protocol import Batch, Line
from machines.chain import ZERO
from machines.journal import SiteDescribed
from tests.central.front_door import House, Visitor, house
from tests.central.shelf import MACHINES
from tests.central.workbook.month import HOURS
from tests.field import Field


@pytest.fixture
def there(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        brought(made)
        yield made
        made.app.extensions["central.tasks"].close()


def brought(made: House, start: str = "2026-10-05 09:00") -> None:
    """A session of October, synced and folded."""
    lab = Field(start)
    lab.write(SiteDescribed("ccdv", "CCDV", MACHINES, HOURS))
    session = lab.open(member="ines")
    lab.advance(hours=2)
    lab.close(session)
    lines = tuple(Line(*encode(entry)) for entry in lab.entries)
    batch = understand(Batch(bytes.fromhex(lab.store), 1, ZERO, lines))
    made.do(lambda c, act: ledger.take_in(c, Node("ccdv-1", "ccdv"), batch, act.now_us))
    deadline = time.monotonic() + 20
    while made.ask("SELECT arrived FROM usage_cursor") != [(len(lines),)]:
        assert time.monotonic() < deadline


def english(who: Visitor) -> Visitor:
    """A browser that was told the language once."""
    who.get("/exports?lang=en")
    return who


def exported(who: Visitor, **form: Any) -> tuple[str, str]:
    """The address of the export, and its page once it is made."""
    answer = who.post("/exports", **form)
    assert answer.status_code == 303, answer.text
    deadline = time.monotonic() + 30
    while 'id="wait"' in (page := who.get(answer.location)).text:
        assert time.monotonic() < deadline
    return answer.location, page.text


def test_a_month_is_made_and_its_three_files_are_fetched(there: House) -> None:
    who = english(there.animator())
    address, page = exported(who, month="2026-10")
    names = re.findall(r'href="(/exports/[^"]+\.(?:xlsx|ods|zip))"', page)
    assert len(names) == 3
    assert all(name.startswith(address) for name in names)
    for name in names:
        answer = who.get(name)
        assert answer.status_code == 200
        assert "2026-10" in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            assert file.testzip() is None
            if name.endswith(".zip"):
                assert {
                    "2026-10/LISEZMOI.txt",
                    "2026-10/2026-10.xlsx",
                    "2026-10/excel/sessions.csv",
                } < set(file.namelist())


def test_the_export_of_one_lab_says_so_in_its_name(there: House) -> None:
    _, page = exported(english(there.admin()), month="2026-10", lab="ccdv")
    assert "2026-10-ccdv.ods" in page


def test_an_export_is_for_who_made_it_and_stands_in_the_audit(there: House) -> None:
    address, _ = exported(english(there.animator()), month="2026-10")
    assert english(there.admin()).get(address).status_code == 404
    assert there.ask("SELECT by, detail FROM audit WHERE verb = 'export made'") == [
        ("M0001", "2026-10")
    ]


def test_single_sessions_are_not_exported_once_their_retention_is_over(tmp_path: Path) -> None:
    with house(tmp_path, now="2027-03-01 10:00") as made:
        brought(made)
        who = english(made.animator())
        address, page = exported(who, month="2026-10")
        assert "their retention is over" in page
        with zipfile.ZipFile(io.BytesIO(who.get(f"{address}/2026-10.zip").data)) as file:
            assert "2026-10/excel/sessions.csv" not in file.namelist()
            assert "2026-10/excel/totaux-par-lieu.csv" in file.namelist()
        made.app.extensions["central.tasks"].close()


@pytest.mark.parametrize("month", ["", "2026-13", "2027-01", "x" * 300, "=1+1"])
def test_what_is_no_month_or_is_to_come_is_refused_with_a_sentence(
    there: House, month: str
) -> None:
    answer = english(there.animator()).post("/exports", month=month)
    assert answer.status_code == 400
    assert "month" in answer.text


def test_a_lab_that_is_not_known_gives_a_sentence_and_no_error(there: House) -> None:
    who = english(there.animator())
    refused = who.post("/exports", month="2026-10", lab="nowhere")
    assert (refused.status_code, "This lab is not known here." in refused.text) == (404, True)


def test_the_page_of_a_lab_leads_to_the_export_of_its_month(there: House) -> None:
    page = english(there.animator()).get("/lab/ccdv?month=2026-10").text
    (address,) = re.findall(r'href="(/exports\?[^"]+)"', page)
    chosen = english(there.animator()).get(address.replace("&amp;", "&")).text
    assert re.search(r'value="2026-10" selected', chosen)
    assert re.search(r'value="ccdv" selected', chosen)
