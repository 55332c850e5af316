"""Long work, one after another in a thread of its own, watched by a page that asks how far it is.

Nothing of it is on disk: what was under way when the central stops is begun again by
whoever wants it. A result is kept for an hour, for who began it.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger("central")

#: Work that may wait; whoever comes later is told to come back.
WAITING = 16
#: Seconds for which a result is kept, and work that nobody fetched is known.
KEPT_S = 3600.0
#: Real seconds between two looks for what was kept long enough, while nobody asks for anything.
LOOK_S = 60.0

#: Told by work as it goes on: how many of how many are done.
Progress = Callable[[int, int], None]


class Full(RuntimeError):
    """Too much waits already."""


class Stopped(Exception):
    """The central stops, or nobody wants the work any more: raised within it."""


@dataclass(slots=True)
class Task:
    """One piece of work. `failed` is a sentence for whoever began it, "" while all is well."""

    id: str
    kind: str
    owner: str
    work: Callable[[Progress], Any]
    until_s: float
    done: int = 0
    total: int = 0
    over: bool = False
    failed: str = ""
    result: Any = None
    wanted: bool = field(default=True)

    @property
    def percent(self) -> int:
        """0 to 100; 100 only once it is over."""
        if self.over:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class Tasks:
    """Begun by pages, from any thread; `seconds` is a clock that only goes forward.

    A failure of `expected` is told by its own words; any other is logged, and told by its name.
    """

    def __init__(
        self,
        seconds: Callable[[], float],
        expected: tuple[type[Exception], ...] = (ValueError, RuntimeError, OSError),
        look_s: float = LOOK_S,
    ) -> None:
        self._seconds = seconds
        self._expected = expected
        self._look_s = look_s
        self._tasks: dict[str, Task] = {}
        self._lock = threading.Lock()
        self._todo: queue.Queue[Task | None] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="central-tasks", daemon=True)
        self._thread.start()

    def begin(self, kind: str, owner: str, work: Callable[[Progress], Any]) -> Task:
        """Has `work` done in its turn; it calls the progress that it is given. Raises Full."""
        task = Task(secrets.token_urlsafe(16), kind, owner, work, self._seconds() + KEPT_S)
        with self._lock:
            self._forget()
            try:
                self._todo.put_nowait(task)
            except queue.Full:
                raise Full(f"{WAITING} pieces of work wait already") from None
            self._tasks[task.id] = task
        return task

    def find(self, id_: str, kind: str, owner: str) -> Task | None:
        """Work of that kind, for who began it alone; None where it is no more."""
        with self._lock:
            self._forget()
            task = self._tasks.get(id_)
        return task if task and (task.kind, task.owner) == (kind, owner) else None

    def drop(self, task: Task) -> None:
        """Nobody wants it any more: it ends at its next word, and is forgotten."""
        task.wanted = False
        with self._lock:
            self._let_go(task)

    def close(self) -> None:
        """What is under way ends at its next word; the rest is not begun."""
        self._closing.set()
        with self._lock:
            while not self._todo.empty():
                self._todo.get_nowait()
            self._todo.put_nowait(None)
        self._thread.join()

    def _forget(self) -> None:
        now_s = self._seconds()
        for task in [one for one in self._tasks.values() if one.over and one.until_s < now_s]:
            self._let_go(task)

    def _let_go(self, task: Task) -> None:
        """What it made, which may be full of names, goes at once, whoever still has the task."""
        self._tasks.pop(task.id, None)
        task.result = None

    # ---- the thread

    def _run(self) -> None:
        while True:
            try:
                task = self._todo.get(timeout=self._look_s)
            except queue.Empty:
                with self._lock:
                    self._forget()
                continue
            if task is None:
                return
            self._carry_out(task)
            del task  # the next one may come tomorrow

    def _carry_out(self, task: Task) -> None:
        def progress(done: int, total: int) -> None:
            task.done, task.total = done, total
            if self._closing.is_set() or not task.wanted:
                raise Stopped

        work, task.work = task.work, _nothing  # it holds what was brought
        try:
            progress(0, 0)
            task.result = work(progress)
        except Stopped:
            task.failed = "stopped"
        except self._expected as wrong:
            task.failed = str(wrong) or type(wrong).__name__
        except Exception as wrong:
            log.exception("%s could not be done", task.kind)
            task.failed = type(wrong).__name__
        task.until_s = self._seconds() + KEPT_S
        task.over = True


def _nothing(progress: Progress) -> None:
    """What is left of work that was done."""
