"""A badge that nobody has becomes somebody's: from the reader's code to a machine that opens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from tests.journeys.town import Town, until

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"


class Office:
    """A browser at the central, logged in as Claire."""

    def __init__(self, town: Town) -> None:
        self.url = f"http://127.0.0.1:{town.central_port}"
        self.browser = requests.Session()
        twice = f"{PASSWORD}\n{PASSWORD}\n"
        town.ask("account", "add", "Claire", "--site", str(town.central_site), typed=twice)
        self.post("/login", name="claire", word=PASSWORD)

    def get(self, path: str) -> str:
        answer = self.browser.get(self.url + path, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **form: str) -> str:
        token = re.findall(r'name="csrf" value="([0-9a-f]+)"', self.get("/login"))[0]
        headers = {"Origin": self.url}
        data = {"csrf": token, **form}
        answer = self.browser.post(self.url + path, data=data, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text


def test_an_unknown_badge_is_attached_at_the_central_by_its_code_and_opens_a_machine(
    tmp_path: Path,
) -> None:
    with Town(tmp_path) as town:
        office = Office(town)
        for _ in range(2):  # once could be a misread
            town.tap("nobody")
        town.sync()

        def code() -> str:
            found = re.findall(r"<strong>([A-Z0-9]{4})</strong>", office.get("/people/checks"))
            return found[0] if found else ""

        told = until(code, "the code is at the central")
        assert told in town._get("")
        before = _badges(office)
        assert "Le badge est rattaché." in office.post("/people/m-2/do/badge", badge=told)

        def opens() -> bool:
            town.tap("nobody")
            return town.screen() == "choose"

        until(opens, "the lab has the roster with the badge")
        (new,) = _badges(office) - before
        left = b"".join(file.read_bytes() for file in town.hall.glob("central.db*"))
        assert b"000000FF" not in left
        office.post("/people/m-2/do/badge-over", badge=new, why="lost")
        until(lambda: _refused(town), "the lab has the roster without it")


def _badges(office: Office) -> set[str]:
    return set(re.findall(r'name="badge" value="(\w+)"', office.get("/people/m-2")))


def _refused(town: Town) -> bool:
    town.tap("nobody")
    return town.screen() == "refused"
