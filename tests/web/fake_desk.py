"""A floor's desk that is not there: it notes each act, and answers what a test tells it to."""

from __future__ import annotations

from concurrent.futures import Future

from kiosk.floor.acts import Act, Face, Told

ANA = Face("M-0001", "Ana B.")
LEO = Face("M-0002", "Léo D.")
INES = Face("M-0007", "Inès F.", animator=True)


class FakeDesk:
    """`Desk`. `answers` are given in order, then `Told(True)`; `silent`: no answer ever comes."""

    def __init__(self, *people: Face) -> None:
        self.people = people or (ANA, INES, LEO)
        self.acts: list[tuple[Act, str, str]] = []
        self.answers: list[Told] = []
        self.silent = False
        self._told: dict[str, Future[Told]] = {}

    def act(self, act: Act, key: str, by: str) -> Future[Told]:
        if key in self._told:
            return self._told[key]
        self.acts.append((act, key, by))
        future = self._told[key] = Future()
        if not self.silent:
            future.set_result(self.answers.pop(0) if self.answers else Told(True))
        return future

    def faces(self) -> tuple[Face, ...]:
        return self.people

    @property
    def last(self) -> Act:
        return self.acts[-1][0]
