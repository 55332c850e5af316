"""The forms of the tablet, read into acts: what was sent is judged here only as a form.

Whether an act makes sense now is the floor's to say. A person is named by a
handle, never by a roster id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from flask import abort
from werkzeug.datastructures import MultiDict

from kiosk.floor.acts import (
    Act,
    Approve,
    Assign,
    ClearPlate,
    CloseSession,
    Collect,
    Connect,
    Desk,
    Face,
    Judge,
    Load,
    Move,
    OpenSession,
    Order,
    Own,
    Prioritise,
    Requeue,
    SetCondition,
    StartJob,
    Withdraw,
)
from kiosk.web.handles import handle, who
from kiosk.web.language import _
from kiosk.web.words import clean
from machines.job_entries import Ordered, Why

#: What a person writes: a reason, a note.
WRITTEN = 200
#: More grams than any spool holds.
MOST_G = 20_000
_NAME = re.compile(r"[^\x00-\x1f]{1,120}")


class Form:
    """A form that was sent. What is missing or malformed ends the request with 400."""

    def __init__(self, fields: MultiDict[str, str], desk: Desk) -> None:
        self._fields = fields
        self._desk = desk

    def name(self, field: str) -> str:
        """A slug, a birth, a key word."""
        told = self._fields.get(field, "")
        return told if _NAME.fullmatch(told) else _incomplete()

    def name_or_none(self, field: str) -> str:
        return self.name(field) if self._fields.get(field) else ""

    def on(self, field: str) -> bool:
        return bool(self._fields.get(field))

    def written(self, field: str) -> str:
        """A line that a person wrote, or ""."""
        return clean(self._fields.get(field, ""), WRITTEN)

    def why(self) -> Why:
        try:
            return Why(self._fields.get("why", ""))
        except ValueError:
            return _incomplete()

    def member(self) -> str:
        found = who(self._fields.get("who", ""), (face.id for face in self._desk.faces()))
        return found or abort(400, _("Choose a person."))

    def grams(self) -> float | None:
        told = self._fields.get("grams", "").strip().replace(",", ".")
        if not told:
            return None
        try:
            grams = float(told)
        except ValueError:
            return _incomplete()
        return grams if 0 <= grams <= MOST_G else _incomplete()


def people(faces: Iterable[Face]) -> list[tuple[str, str]]:
    """(handle, name) of everybody who can be chosen."""
    return [(handle(face.id), clean(face.name, 40)) for face in faces]


def _incomplete() -> NoReturn:
    abort(400, _("This form is not complete. Load the page again."))


def _order(what: Ordered) -> Callable[[Form], Act]:
    return lambda form: Order(form.name("machine"), form.name("print"), what)


#: Of each act of the pages, how its form is read.
READ: Mapping[str, Callable[[Form], Act]] = {
    "approve": lambda f: Approve(f.name("job")),
    "withdraw": lambda f: Withdraw(f.name("job"), f.written("why")),
    "assign": lambda f: Assign(f.name("job"), f.name_or_none("machine")),
    "move": lambda f: Move(f.name("job"), f.name_or_none("before")),
    "prioritise": lambda f: Prioritise(f.name("job"), f.on("on"), f.written("why")),
    "start": lambda f: StartJob(f.name("job"), f.name("machine"), f.on("filament_changed")),
    "clear-plate": lambda f: ClearPlate(f.name("machine")),
    "pause": _order(Ordered.PAUSE),
    "resume": _order(Ordered.RESUME),
    "cancel": _order(Ordered.CANCEL),
    "connect": lambda f: Connect(f.name("machine")),
    "judge": lambda f: Judge(f.name("print"), f.why(), f.written("note")),
    "requeue": lambda f: Requeue(f.name("job"), f.on("front"), f.name_or_none("machine")),
    "collect": lambda f: Collect(f.name("job")),
    "load": lambda f: Load(
        f.name("machine"),
        f.name_or_none("material"),
        f.name_or_none("colour"),
        f.grams(),
        f.written("spool"),
    ),
    "own": lambda f: Own(f.name("print"), f.member()),
    "condition": lambda f: SetCondition(
        f.name("machine"), f.name("condition"), f.on("over"), f.written("note")
    ),
    "open-session": lambda f: OpenSession(f.name("machine"), f.member()),
    "close-session": lambda f: CloseSession(
        f.name("machine"), f.written("why"), f.written("ended")
    ),
}
