"""Facts become rows of use: the same ones in any order, in any steps, with late clocks."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central import ledger, projection
from kiosk.central.intake import understand
from kiosk.central.month import month_rows
from kiosk.central.nodes import Node
from kiosk.store.codec import encode
from kiosk.sync.protocol import Batch, Line, Taken
from machines.chain import ZERO, link
from machines.folding import fold
from machines.instants import Month, WallQuality
from machines.journal import Birth, BootBegan, ClockAnchored, Entry, RunMeasured
from machines.monthly import parts
from machines.usage import Print, Session, Use
from tests.central.shelf import Shelf, described
from tests.field import HOUR, MINUTE, Field, paris_us
from tests.machines.test_usage import Story, five_hours, stories


def of_a_print(use: Use) -> tuple[object, ...]:
    if isinstance(use, Print):
        return use.result, use.job, use.filament_g, use.why or "", use.reconciled
    return (use.reason or "" if isinstance(use, Session) else ""), None, None, "", False


def folded(entries: list[Entry]) -> list[tuple[object, ...]]:
    """What the pure fold says, in the shape of the rows."""
    return sorted(
        (
            part.month.year * 100 + part.month.number if part.month else 0,
            use.subject,
            part.used_us,
            part.paused_us,
            part.unseen_us,
            use.began_us,
            use.ended_us,
            str(use.provenance),
            *of_a_print(use),
        )
        for use in fold(entries)
        for part in parts(use)
    )


COLUMNS = (
    "month, subject, used_us, paused_us, unseen_us, began_us, ended_us, provenance,"
    " outcome, job, filament_g, why, reconciled"
)


@settings(max_examples=60, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.integers(1, 50))
def test_in_any_order_and_any_steps_the_rows_are_those_of_the_fold(
    story: Story, chance: random.Random, step: int
) -> None:
    told = list(story.lab.entries)
    chance.shuffle(told)
    shelf = Shelf()
    cut = chance.randrange(len(told) + 1)
    for some in (told[:cut], told[cut:], told):
        shelf.lay(some)
        shelf.fold(step)
    assert sorted(shelf.rows(COLUMNS)) == folded(story.lab.entries)
    shelf.connection.close()


@settings(max_examples=60, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.integers(1, 50))
def test_in_any_order_every_print_is_the_same_persons_and_the_same_try(
    story: Story, chance: random.Random, step: int
) -> None:
    told = list(story.lab.entries)
    chance.shuffle(told)
    made = []
    for order in (story.lab.entries, told + told[:step]):
        shelf = Shelf()
        shelf.know_keys()
        for first in range(0, len(order), step):
            shelf.lay(order[first : first + step])
            shelf.fold(step)
        months = [Month(2026, number) for number in (10, 11, 12)]
        made.append([row for month in months for row in month_rows(shelf.connection, month)])
        shelf.connection.close()
    assert made[0] == made[1]


def test_five_hours_stay_five_hours_through_the_ledger() -> None:
    shelf = Shelf()
    lab = five_hours()
    for _ in range(2):
        shelf.lay(reversed(lab.entries))
        shelf.fold(1)
    assert shelf.rows("kind, used_us") == [("session", 5 * HOUR)]


def test_five_hours_stay_five_hours_sent_twice_in_batches_that_overlap() -> None:
    shelf, lab = Shelf(), five_hours()
    lines = tuple(Line(*encode(entry)) for entry in lab.entries)
    chain = [ZERO]
    for line in lines:
        chain.append(link(chain[-1], line.body))
    store, node = bytes.fromhex(lab.store), Node("ccdv-1", "ccdv")
    for first, last in ((0, 3), (1, 5), (0, 3), (2, len(lines)), (0, len(lines))):
        batch = Batch(store, first + 1, chain[first], lines[first:last])
        answer = ledger.take_in(shelf.connection, node, understand(batch), lab.true_us)
        assert isinstance(answer, Taken)
        shelf.fold(2)
    assert shelf.rows("kind, used_us") == [("session", 5 * HOUR)]


def test_a_late_anchor_places_what_came_before_it() -> None:
    lab = Field("2026-11-24 09:00")
    lab.power_cut(hours_off=2)
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("month, began_us") == [(0, None)]
    lab.network_back()
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("month, began_us") == [(202611, paris_us("2026-11-24 11:00"))]


def test_a_clock_found_set_places_what_came_before_it() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    lab.close(lab.open())
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    lab.quality, lab.wall_behind_us = WallQuality.NTP, 0
    lab.advance(hours=1)
    lab.ran("laser", 0)
    shelf.lay(lab.entries)
    shelf.fold()
    assert ("session", paris_us("2026-11-24 11:00")) in shelf.rows("kind, began_us")


def test_an_end_told_long_after_is_placed_by_the_clock_as_it_was_then() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    for behind_us in (0, MINUTE):
        lab.write(ClockAnchored("central", lab.true_us - behind_us, 20_000))
        lab.advance(hours=8)
    lab.reconcile("", hours=1, ago=16)
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    assert sorted(shelf.rows(COLUMNS)) == folded(lab.entries)
    assert shelf.rows("ended_us") == [(paris_us("2026-11-24 11:00"),)]


def test_a_boot_number_that_a_second_boot_claims_unplaces_what_it_had_placed() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    lab.close(lab.open())
    lab.network_back()
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("month") == [(202611,)]
    birth = Birth(lab.store, 2, 77)
    again = replace(lab.entries[1], birth=birth, body=BootBegan("another", "0", clean=False))
    shelf.lay([again])
    shelf.fold()
    assert shelf.rows("month") == [(0,)]


def test_an_anchor_touches_only_what_lies_nearer_to_it_than_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    lab.close(lab.open())
    for _ in range(3):
        lab.advance(hours=6)
        lab.network_back()
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold(1)
    seen: list[str] = []
    monkeypatch.setattr(projection, "_fold", lambda book, names, *_: seen.extend(names))
    lab.advance(hours=6)
    lab.network_back()
    shelf.lay(lab.entries)
    shelf.fold()
    assert seen == []


def test_a_person_stays_countable_when_the_personal_part_is_gone() -> None:
    lab = Field()
    session = lab.open(member="ines")
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    (before,) = shelf.rows("person")
    shelf.connection.execute("UPDATE fact SET personal = NULL")
    lab.advance(hours=1)
    lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("person, used_us") == [(*before, HOUR)]
    assert before[0]
    assert "ines" not in str(shelf.rows())


def test_a_fact_without_measure_is_refused_and_leaves_nothing_behind() -> None:
    lab = Field()
    lab.close(lab.open())
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    before = shelf.rows()
    lab.write(RunMeasured("laser", "job", None, lab.now, lab.now, 2**63, 0, 0))
    shelf.lay(lab.entries)
    with pytest.raises(OverflowError):
        shelf.fold()
    assert shelf.rows() == before
    assert projection.pending(shelf.connection) == 1


def test_a_machine_has_its_latest_name_whichever_description_comes_first() -> None:
    lab = described(Field(), "Old name")
    lab.advance(hours=1)
    described(lab, "CCDV")
    for order in (lab.entries, lab.entries[::-1]):
        shelf = Shelf()
        shelf.lay(order)
        shelf.fold(1)
        assert shelf.connection.execute("SELECT name FROM usage_lab").fetchone() == ("CCDV",)
