"""Random histories of labs and their central, each from a seed, healed and judged at the end.

    python -m tests.sync.sim SEEDS [STEPS] [FIRST]

Taps and rounds of the sync, lost requests and answers, batches delivered twice
or much later, the central put back from a backup or begun anew, power cuts,
cards put back from an image, cloned, replaced by new ones. Each seed has its
own weather and its own weights (a swarm: a seed without restores goes deeper
into forks). At the end the network is well, and: nothing is counted twice,
nothing that stands on a card is missing, no ledger and no card contradicts
itself. A seed that fails is printed, and fails again.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.sync.engine import Engine, SyncError
from tests.sync.world import Birth, Central, FakeWire, Lab, Meanwhile, Weather, nothing, round_of

STEPS = 150
#: Backups that a central keeps.
KEPT = 2
#: What can happen at a step, and how often.
WEIGHTS = {
    "tap": 30,
    "sync": 25,
    "deliver_late": 6,
    "backup": 6,
    "restore": 2,
    "power_cut": 5,
    "copy_card": 2,
    "put_back_card": 1,
    "new_card": 1,
    "lose_central": 1,
    "clone_card": 1,
}


@dataclass
class World:
    """One history."""

    seed: int
    engine: type[Engine] = Engine
    central: Central = field(default_factory=Central)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.weather = Weather(lost=self.rng.choice((0, 0.05, 0.3)))
        self.labs = [Lab(self.rng) for _ in range(self.rng.choice((1, 2, 3)))]
        self.cards: list[tuple[bytes, set[Birth]]] = []
        self.backups = [self.central.image()]
        self.weights = [
            weight if what in ("tap", "sync") else weight * self.rng.choice((0, 1, 3, 9))
            for what, weight in WEIGHTS.items()
        ]

    def live(self, steps: int) -> None:
        for step in range(steps):
            (what,) = self.rng.choices(list(WEIGHTS), self.weights)
            self.weather.seen[what] += 1
            getattr(self, what)(self.rng.choice(self.labs))
            if step % 25 == 24:
                self.nothing_twice()

    # ---- what happens

    def tap(self, lab: Lab) -> None:
        for _ in range(self.rng.randrange(1, 6)):
            lab.tap()

    def sync(self, lab: Lab) -> None:
        """In the middle of it, another lab may come: a clone, perhaps, of the same store."""
        self._round(lab, lambda: self._round(self.rng.choice(self.labs), busy=lab))

    def _round(self, lab: Lab, meanwhile: Meanwhile = nothing, busy: Lab | None = None) -> None:
        if lab is busy:
            return
        wire = FakeWire(self._central, self.rng, self.weather, self.rng.randrange(1, 5), meanwhile)
        try:
            round_of(lab, wire, self.engine)
        except SyncError:
            self.weather.seen["round broken off"] += 1

    def deliver_late(self, lab: Lab) -> None:
        overheard = self.weather.overheard
        if overheard:
            self.central.ingest(overheard.pop(self.rng.randrange(len(overheard))))

    def backup(self, lab: Lab) -> None:
        self.backups = [*self.backups, self.central.image()][-KEPT:]

    def restore(self, lab: Lab) -> None:
        back = self.rng.randrange(1, len(self.backups) + 1)
        self.central = type(self.central)(self.backups[-back])
        self.backups = self.backups[: len(self.backups) - back + 1]

    def lose_central(self, lab: Lab) -> None:
        """With every backup."""
        self.central = type(self.central)()
        self.backups = [self.central.image()]

    def power_cut(self, lab: Lab) -> None:
        lab.insert(lab.image())

    def copy_card(self, lab: Lab) -> None:
        self.cards.append(lab.image())

    def put_back_card(self, lab: Lab) -> None:
        """An old image, whichever Pi it came from."""
        if self.cards:
            lab.insert(self.rng.choice(self.cards))

    def new_card(self, lab: Lab) -> None:
        self.labs[self.labs.index(lab)] = Lab(self.rng)

    def clone_card(self, lab: Lab) -> None:
        """One card in two Pis, and both go on."""
        self.rng.choice(self.labs).insert(lab.image())

    def _central(self) -> Central:
        return self.central

    # ---- the judgement

    def heal(self) -> None:
        """The network is well, and every lab syncs until it has nothing left.

        In half of the histories a central comes first that knows less: what is lost
        in silence is often lost only then.
        """
        last = self.rng.choice((self.sync, self.sync, self.restore, self.lose_central))
        last(self.labs[0])
        for _ in range(3):
            self.rng.shuffle(self.labs)
            for lab in self.labs:
                round_of(lab, FakeWire(self._central, self.rng, Weather()), self.engine)

    def nothing_twice(self) -> None:
        twice = [birth for birth, times in self.central.births().items() if times > 1]
        assert not twice, f"{len(twice)} counted twice, such as {twice[0]}"

    def judge(self) -> None:
        self.nothing_twice()
        counted = self.central.births()
        missing = {birth for lab in self.labs for birth in lab.shown if birth not in counted}
        assert not missing, f"{len(missing)} lost in silence, such as {min(missing)}"
        again = [n for n in self.central.beginnings().values() if n > 1]
        assert not again, f"{len(again)} forks were healed into more than one store"
        self.central.check()
        for lab in self.labs:
            lab.check()


def run(seed: int, steps: int = STEPS, made: Callable[[int], World] = World) -> Counter[str]:
    """One seed; what happened in it. Raises AssertionError."""
    one = made(seed)
    one.live(steps)
    one.heal()
    one.judge()
    one.weather.seen["entries"] = sum(len(lab.shown) for lab in one.labs)
    return one.weather.seen


def main(seeds: int, steps: int = STEPS, first: int = 0) -> int:
    began, seen = time.monotonic(), Counter[str]()
    for seed in range(first, first + seeds):
        try:
            seen += run(seed, steps)
        except Exception as wrong:
            print(f"seed {seed} ({steps} steps): {type(wrong).__name__}: {wrong}")
            return 1
    took = time.monotonic() - began
    print(f"{seeds} seeds from {first}, {steps} steps each, in {took:.1f} s: all is well")
    print(", ".join(f"{n} {what}" for what, n in sorted(seen.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
