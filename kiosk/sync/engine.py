"""One round of the sync: every store of a lab brought up to where the lab has it.

Decides, and does nothing itself: the journal, the wire and the forking come in
by the constructor. Nothing is remembered from one round to the next. The
central's word is the cursor: a central put back from a backup says less than
before, and is sent the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.store.journal import Row
from kiosk.sync.protocol import BATCH_BYTES, BATCH_ENTRIES, Answer, Batch, Line, State, Taken

log = logging.getLogger("sync")

#: Times that a round begins anew because a fork was healed or the central moved meanwhile.
#: A journal that forks more often in one round is not healing.
ATTEMPTS = 20


class SyncError(RuntimeError):
    """The central was not reached, refused, or made no sense: a sentence, and what it asks.

    `retry_after_s`: the central said to come back no earlier.
    """

    def __init__(self, sentence: str, retry_after_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Wire(Protocol):
    """The central, as far as a round needs it. Everything raises SyncError."""

    def state(self, store: bytes, at: int) -> State: ...

    def push(self, batch: Batch) -> Answer: ...


class Outbox(Protocol):
    """The journal, as far as a round needs it. Store None is the live one."""

    @property
    def store(self) -> bytes: ...

    def closed(self) -> list[bytes]: ...

    def tip(self, store: bytes | None = None) -> tuple[int, bytes]: ...

    def chain_at(self, seq: int, store: bytes | None = None) -> bytes | None: ...

    def rows(self, after_seq: int, limit: int, store: bytes | None = None) -> list[Row]: ...


#: Closes a store (None: the live one) after its entry of that number; see `kiosk.store.fork`.
Fork = Callable[[bytes | None, int], None]


@dataclass(slots=True)
class Progress:
    """What the screens show of the sync; no decision of its own looks at it.

    A store of which the central has not spoken yet counts from where it stood at first sight.
    """

    tips: dict[bytes, int] = field(default_factory=dict)
    said: dict[bytes, int] = field(default_factory=dict)  #: what the central last said it has
    #: The same, of those stores alone of which it has spoken: by this, names are forgotten.
    taken: dict[bytes, int] = field(default_factory=dict)

    @property
    def unsent(self) -> int:
        return sum(max(0, tip - self.said.setdefault(s, tip)) for s, tip in self.tips.items())


class Engine:
    """Brings the stores of an outbox to the central, one batch under way at a time."""

    def __init__(
        self,
        outbox: Outbox,
        fork: Fork,
        wire: Wire,
        progress: Progress,
        batch_entries: int = BATCH_ENTRIES,
    ) -> None:
        self._outbox = outbox
        self._fork = fork
        self._wire = wire
        self._progress = progress
        self._batch_entries = batch_entries

    def round(self) -> None:
        """Sends whatever the central lacks. Raises SyncError; what was sent stays sent."""
        for _ in range(ATTEMPTS):
            stores = self._stores()
            self._progress.tips = {
                store or self._outbox.store: self._tip(store) for store in stores
            }
            if all(self._bring(store) for store in stores):
                return
        raise SyncError(f"the journal and the central still differ after {ATTEMPTS} attempts")

    def _stores(self) -> Sequence[bytes | None]:
        """Closed stores first and always: a central put back from a backup may lack them again."""
        return (*self._outbox.closed(), None)

    def _bring(self, store: bytes | None) -> bool:
        """Brings one store; False where the round must begin anew."""
        name = store or self._outbox.store
        tip = self._tip(store)
        state = self._ask(name, tip)
        self._progress.said[name] = self._progress.taken[name] = state.hw
        if state.chain != self._outbox.chain_at(state.at, store):
            self._heal(name, store, state.at)
            return False
        return self._push(name, store, state.hw) if state.hw < tip else True

    def _push(self, name: bytes, store: bytes | None, hw: int) -> bool:
        while batch := self._batch(name, store, hw):
            answer = self._wire.push(batch)
            if not isinstance(answer, Taken):
                return False
            if answer.hw < batch.first:
                raise SyncError(f"the central took entry {batch.first} and is at {answer.hw}")
            hw = answer.hw
            self._progress.said[name] = self._progress.taken[name] = hw
        return True

    def _batch(self, name: bytes, store: bytes | None, hw: int) -> Batch | None:
        """The entries after `hw`; None where there is nothing, or a hole where the next should be.

        A hole is for the check at the start of the kiosk to salvage: what stands behind it
        cannot be chained to what the central has.
        """
        prev = self._outbox.chain_at(hw, store)
        lines: list[Line] = []
        size = 0
        for seq, row in enumerate(self._outbox.rows(hw, self._batch_entries, store), hw + 1):
            size += len(row.body) + len(row.personal or b"")
            if row.seq != seq or (lines and size > BATCH_BYTES):
                break
            lines.append(Line(row.body, row.personal))
        if prev is None or not lines:
            return None
        return Batch(name, hw + 1, prev, tuple(lines))

    def _heal(self, name: bytes, store: bytes | None, differs: int) -> None:
        """Finds the last entry that both have, by halving, and forks after it."""
        common = 0
        while differs - common > 1:
            middle = (common + differs) // 2
            state = self._ask(name, middle)
            if state.at != middle:
                return  # the central was put back meanwhile: begin anew
            if state.chain == self._outbox.chain_at(middle, store):
                common = middle
            else:
                differs = middle
        log.warning("store %s went on elsewhere after its entry %d: forked", name.hex(), common)
        self._fork(store, common)

    def _tip(self, store: bytes | None) -> int:
        return self._outbox.tip(store)[0]

    def _ask(self, name: bytes, at: int) -> State:
        state = self._wire.state(name, at)
        if state.at != min(at, state.hw):
            raise SyncError(f"the central was asked about entry {at} and spoke of {state.at}")
        return state
