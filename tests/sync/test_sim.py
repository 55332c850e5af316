"""The sync in any history, and each wrong design caught by it."""

from __future__ import annotations

import ast
import inspect
import os
import random

import pytest

from kiosk.central import intake, ledger
from kiosk.store import fork
from kiosk.sync.engine import Engine
from tests.sync import sim, world
from tests.sync.wrong import CAUGHT, Wrong, what_is_wrong

SEEDS = 500
#: Seeds of one test: small enough that they spread over the workers of a run.
SLICE = 50
#: How many more, drawn anew each time.
SOAK = int(os.environ.get("FABLAB_SOAK", "0"))

#: The slice that `make test-fast` runs.
FIRST, *OTHERS = range(0, SEEDS, SLICE)
FIXED = [FIRST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in OTHERS)]
BY_CHANCE = [
    pytest.param(None, marks=pytest.mark.slow, id=f"by chance {n}") for n in range(0, SOAK, SLICE)
]


@pytest.mark.parametrize("first", [*FIXED, *BY_CHANCE])
def test_in_any_history_nothing_is_counted_twice_and_nothing_is_lost_in_silence(
    first: int | None,
) -> None:
    if first is None:
        first = random.SystemRandom().randrange(10**6, 10**9)
    for seed in range(first, first + SLICE):
        try:
            sim.run(seed)
        except Exception as wrong:
            raise AssertionError(f"seed {seed}: {type(wrong).__name__}: {wrong}") from wrong


@pytest.mark.parametrize("wrong", CAUGHT, ids=lambda wrong: wrong.__name__)
def test_a_wrong_design_is_caught(wrong: Wrong) -> None:
    for seed in CAUGHT[wrong]:
        assert seed < SEEDS, "where the right design is seen to be right"
        assert what_is_wrong(wrong, seed), f"nothing was wrong at seed {seed}"


def test_the_simulator_has_no_ingest_no_engine_and_no_fork_of_its_own() -> None:
    """What it judges is what ships: it writes to no table, and calls the product's functions."""
    for module in (sim, world):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.upper().split()
                assert not {"INSERT", "UPDATE", "DELETE", "REPLACE"} & set(words[:1]), node.value
    assert (world.ledger, world.intake, world.fork) == (ledger, intake, fork.fork)
    assert sim.World(0).engine is Engine
