"""Long work is done one after another, tells how far it is, and is seen by who began it alone."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from kiosk.central.tasks import KEPT_S, WAITING, Full, Progress, Task, Tasks


class Hour:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture
def tasks(hour: Hour) -> Iterator[Tasks]:
    with closing(Tasks(hour)) as tasks:
        yield tasks


class Everybody:
    """The names of a file."""


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def until_over(task: Task) -> Task:
    until(lambda: task.over)
    return task


def test_work_tells_how_far_it_is_and_leaves_a_result(tasks: Tasks) -> None:
    half, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        progress(1, 2)
        half.set()
        assert go_on.wait(10)
        progress(2, 2)
        return "made"

    task = tasks.begin("export", "zoe", work)
    assert half.wait(10)
    assert (task.percent, task.over) == (50, False)
    go_on.set()
    assert until_over(task).result == "made"
    assert task.percent == 100


def test_what_went_wrong_is_told_and_the_next_work_is_done(tasks: Tasks) -> None:
    def refuse(progress: Progress) -> None:
        raise ValueError("no lab has sent anything yet")

    assert until_over(tasks.begin("export", "zoe", refuse)).failed == "no lab has sent anything yet"
    assert until_over(tasks.begin("export", "zoe", lambda progress: 7)).result == 7


def test_nobody_sees_the_work_of_another_nor_one_kind_for_another(tasks: Tasks) -> None:
    task = tasks.begin("export", "zoe", lambda progress: None)
    assert tasks.find(task.id, "export", "zoe") is task
    assert tasks.find(task.id, "export", "max") is None
    assert tasks.find(task.id, "import", "zoe") is None


def test_a_result_is_forgotten_after_an_hour(tasks: Tasks, hour: Hour) -> None:
    task = until_over(tasks.begin("export", "zoe", lambda progress: None))
    hour.now_s += KEPT_S
    assert tasks.find(task.id, "export", "zoe")
    hour.now_s += 1
    assert tasks.find(task.id, "export", "zoe") is None


def test_what_was_brought_and_made_is_gone_after_an_hour_though_nobody_asks(hour: Hour) -> None:
    with closing(Tasks(hour, look_s=0.005)) as tasks:
        brought = Everybody()
        task = until_over(tasks.begin("import", "zoe", lambda progress, one=brought: Everybody()))
        seen, made = weakref.ref(brought), weakref.ref(task.result)
        del brought
        until(lambda: seen() is None)
        assert made() is not None
        hour.now_s += KEPT_S + 1
        until(lambda: made() is None)
        assert tasks.find(task.id, "import", "zoe") is None


def test_what_was_dropped_is_gone_at_once_whoever_still_has_the_task(tasks: Tasks) -> None:
    task = until_over(tasks.begin("import", "zoe", lambda progress: Everybody()))
    made = weakref.ref(task.result)
    tasks.drop(task)
    assert made() is None


def test_work_that_nobody_wants_any_more_ends_at_its_next_word(tasks: Tasks) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        begun.set()
        assert go_on.wait(10)
        progress(1, 2)
        return "never"

    task = tasks.begin("export", "zoe", work)
    assert begun.wait(10)
    tasks.drop(task)
    go_on.set()
    assert until_over(task).result is None
    assert tasks.find(task.id, "export", "zoe") is None


def test_too_much_that_waits_is_refused_and_the_end_waits_for_what_is_under_way(
    tasks: Tasks,
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        begun.set()
        assert go_on.wait(10)
        return "done"

    first = tasks.begin("export", "zoe", work)
    assert begun.wait(10)
    waiting = [tasks.begin("export", "zoe", work) for _ in range(WAITING)]
    with pytest.raises(Full):
        tasks.begin("export", "zoe", work)
    go_on.set()
    tasks.close()
    assert first.result == "done"
    assert not all(one.result for one in waiting)
