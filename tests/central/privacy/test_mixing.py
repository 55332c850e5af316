"""Which session was whose is dealt out anew once it is older than kept; every figure stays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.central.privacy import mixing
from tests.central.privacy.town import Town, town

SESSIONS = "SELECT subject, person FROM usage WHERE kind = 'session' ORDER BY subject"


@pytest.fixture
def fablabs(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as made:
        for lab in made.labs.values():
            for who in ("ines", "karim", "noe") * 4:
                lab.tap(who, "saw")
                lab.advance(minutes=10)
                lab.tap(who, "saw")
                lab.advance(minutes=5)
        made.clock.wall_us = max(lab.clock.wall_us for lab in made.labs.values())
        made.work()
        made.sync()
        yield made


def mix(connection: Any, now_us: int, chance: random.Random) -> int:
    """All that is due; how many months."""
    months = mixing.due(connection, 90, now_us)
    for month in months:
        for step in mixing.steps(connection, month, now_us, chance):
            step(connection)
    return len(months)


def test_nobody_knows_which_session_was_whose_and_all_figures_stay(fablabs: Town) -> None:
    figures, sessions = fablabs.figures(), dict(fablabs.rows(SESSIONS))
    chance = random.Random(4)
    now_us = fablabs.clock.wall_us + 100 * 86_400_000_000
    assert fablabs.do(lambda c, act: mix(c, now_us, chance)) == 1
    mixed = dict(fablabs.rows(SESSIONS))
    assert mixed.keys() == sessions.keys()
    assert Counter(mixed.values()) == Counter(sessions.values()), "as many of each"
    changed = [one for one in sessions if sessions[one] != mixed[one]]
    assert len(changed) > len(sessions) // 3
    assert fablabs.figures() == figures
    assert fablabs.do(lambda c, act: mix(c, now_us, chance)) == 0, "once"


def test_a_month_that_is_younger_than_kept_is_left_as_it_is(fablabs: Town) -> None:
    sessions = fablabs.rows(SESSIONS)
    fablabs.days(60)
    fablabs.process.forgetting.round()
    assert fablabs.rows(SESSIONS) == sessions
    assert fablabs.rows("SELECT * FROM mixed") == []


def test_each_lab_of_a_month_is_a_step_of_its_own_so_that_others_write_between(
    fablabs: Town,
) -> None:
    now_us = fablabs.clock.wall_us + 100 * 86_400_000_000
    with fablabs.process.central.reader() as connection:
        (month,) = mixing.due(connection, 90, now_us)
        steps = mixing.steps(connection, month, now_us)
    assert len(steps) == len(fablabs.labs) + 1
    before = dict(fablabs.rows(SESSIONS))
    fablabs.do(lambda c, act: steps[0](c))
    halfway = dict(fablabs.rows(SESSIONS))
    of_one_lab = {one for one in before if before[one] != halfway[one]}
    assert {lab for one in of_one_lab for lab in labs_of(fablabs, one)} == {"ccdv"}
    for step in steps[1:]:
        fablabs.do(lambda c, act, step=step: step(c))
    with fablabs.process.central.reader() as connection:
        assert mixing.due(connection, 90, now_us) == []


def labs_of(fablabs: Town, session: str) -> list[str]:
    rows = fablabs.rows(f"SELECT DISTINCT lab FROM usage WHERE subject = '{session}'")
    return [lab for (lab,) in rows]
