"""Runs on the floor: `machines.running` for each meter of each machine, written and kept.

A laser has two (beam, job), a sense input one (run). A run under way is a
checkpoint row, overwritten once a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec

from kiosk.floor.post import Post
from kiosk.floor.rows import ALIVE, CARRIED, PRINT
from kiosk.floor.writing import Meter, Writing
from machines import running
from machines.instants import SECOND, Instant
from machines.journal import Body
from machines.meter import Work

log = logging.getLogger("floor.runs")

#: Field microseconds between two checkpoints of a run under way.
KEPT_EVERY_US = 60 * SECOND


class Runs:
    """Every run under way, by machine and meter. For the floor's thread alone."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._running: dict[Meter, running.Run] = {}
        self._kept: dict[Meter, Instant] = {}

    @property
    def any(self) -> bool:
        return bool(self._running)

    def restore(self, rows: Mapping[Meter, bytes], posts: Mapping[str, Post]) -> None:
        """Take up the runs that were under way: what passed meanwhile is unseen.

        That of a machine that is no longer here ended when it was last seen.
        """
        for key, row in rows.items():
            if key in (ALIVE, CARRIED) or key[1] == PRINT:
                continue
            try:
                run = running.from_row(msgspec.json.decode(row, type=dict))
            except ValueError as wrong:
                log.error("%s, %s: %s", *key, wrong)
                continue
            post = posts.get(key[0])
            if post is not None and post.watched and not post.prints:
                self._running[key] = run
            else:
                self._take(key, None, (running.close(run, run.last),))

    def see(self, post: Post, meter: str, work: Work, at: Instant) -> None:
        key = (post.slug, meter)
        run, done = running.observe(
            self._running.get(key), post.slug, meter, at, work, post.session
        )
        self._take(key, run, done)

    def part(self, post: Post, at: Instant) -> None:
        """The session ends: what its machine does from here on is another run."""
        for key in [key for key in self._running if key[0] == post.slug]:
            self._take(key, None, (running.close(self._running[key], at),))

    def tick(self, at: Instant) -> None:
        for key, run in list(self._running.items()):
            last = self._kept.get(key)
            if last is None or at.since(last) >= KEPT_EVERY_US:
                self._keep(key, run, at)

    def keep(self, at: Instant) -> None:
        """Write down every run under way: the kiosk is about to stop."""
        for key, run in self._running.items():
            self._keep(key, run, at)

    def _take(self, key: Meter, run: running.Run | None, done: tuple[Body, ...]) -> None:
        for body in done:
            self._kept.pop(key, None)
            self._writing.write(body, ends=key)
        if run is not None:
            self._running[key] = run
        else:
            self._running.pop(key, None)

    def _keep(self, key: Meter, run: running.Run, at: Instant) -> None:
        self._kept[key] = at
        self._writing.keep(key, msgspec.json.encode(running.to_row(run)))
