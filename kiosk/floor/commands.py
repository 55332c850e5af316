"""Commands to printers as the tablet follows them: sent, then confirmed by the printer's own state.

Nothing is ever sent again by itself: a command that nobody answered may have arrived.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.floor.hands import Printers
from kiosk.floor.post import Post
from kiosk.floor.queue_view import CommandView
from machines.facts import Answered, Fact, PrinterSeen, Refused
from machines.job_entries import Ordered
from machines.meter import Work
from machines.print_record import no_printer

CONNECT = "connect"
#: Real seconds after which a command that the printer's state does not show is unanswered.
PATIENCE_S = 10.0
#: Real seconds that the page goes on saying what came of a command.
SHOWN_S = 60.0


@dataclass(frozen=True, slots=True)
class Command:
    """`print`: the birth of the print it was meant for; "" for a connection."""

    key: str
    what: str
    print: str
    since_s: float
    how: str = "sent"
    detail: str = ""


class Commands:
    """The last command to each printer. For the floor's thread alone. `seconds` are real ones."""

    def __init__(self, printers: Printers, seconds: Callable[[], float]) -> None:
        self._printers = printers
        self._seconds = seconds
        self._last: dict[str, Command] = {}
        self._numbers = itertools.count(1)

    def order(self, slug: str, what: Ordered, print_: str) -> None:
        command = self._note(slug, what.value, print_)
        self._printers.order(slug, command.key, what)

    def connect(self, slug: str) -> None:
        command = self._note(slug, CONNECT, "")
        self._printers.connect(slug, command.key)

    def view(self, slug: str) -> CommandView | None:
        command = self._last.get(slug)
        return CommandView(command.what, command.how, command.detail) if command else None

    @property
    def any(self) -> bool:
        return any(command.how == "sent" for command in self._last.values())

    def see(self, post: Post, fact: Fact, under_way: str) -> None:
        """A fact about a printer; `under_way`: the print that is now, "" for none."""
        command = self._last.get(post.slug)
        if command is None:
            return
        match fact:
            case Answered(key=key, answer=Refused(_, detail)) if key == command.key:
                self._last[post.slug] = replace(command, how="refused", detail=detail)
            case _ if command.how != "refused" and _is_shown(command, post.printer, under_way):
                self._last[post.slug] = replace(command, how="confirmed")

    def tick(self) -> None:
        now = self._seconds()
        for slug, command in list(self._last.items()):
            if command.how == "sent" and now - command.since_s >= PATIENCE_S:
                self._last[slug] = replace(command, how="unanswered")
            elif now - command.since_s >= SHOWN_S:
                del self._last[slug]

    def _note(self, slug: str, what: str, print_: str) -> Command:
        key = f"command:{next(self._numbers)}"
        command = Command(key, what, print_, self._seconds())
        self._last[slug] = command
        return command


def _is_shown(command: Command, seen: PrinterSeen | None, under_way: str) -> bool:
    """Whether the printer does what it was told, by its own word."""
    if command.what == CONNECT:
        return seen is not None and not no_printer(seen)
    if under_way != command.print:
        return command.what == Ordered.CANCEL
    if seen is None:
        return False
    match command.what:
        case Ordered.PAUSE:
            return seen.state in ("Pausing", "Paused")
        case Ordered.RESUME:
            return seen.work is Work.WORKING
        case _:
            return seen.state == "Cancelling"
