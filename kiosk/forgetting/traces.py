"""What entries tell of people who are to be erased: their badges, and the prints that were theirs.

The name of a file stands in entries that name nobody. Whose it is, other entries say: the
job that was printed, the session it was begun in, an animator who gave it an owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from kiosk.store.codec import CodecError, NotAnEntry, decode, names
from machines.job_entries import JobSubmitted, PrintOwned
from machines.journal import Entry, Personal, PrintBegan, PrintEnded, SessionOpened
from machines.retention import is_of


@dataclass(slots=True)
class Traces:
    """Fed with entries, oldest first; `files` are SHA-256 of what they had brought."""

    ids: Set[str]
    badges: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    _theirs: set[str] = field(default_factory=set)  #: births of sessions, jobs and prints

    def feed(self, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Bodies, and the personal parts of those that still have one."""
        for body, personal in rows:
            if personal is not None:
                self._take(body, read_names(personal))

    def has(self, personal: Personal, print_: str) -> bool:
        """Whether a personal part is theirs; `print_` is the print that its entry is about."""
        return is_of(personal, self.ids, self.badges) or print_ in self._theirs

    def _take(self, body: bytes, personal: Personal) -> None:
        mine = personal.member in self.ids
        if mine and personal.badge:
            self.badges.add(personal.badge)
        if not mine and personal.file_name is None:
            return
        try:
            entry = decode(body)
        except CodecError:
            return
        match entry.body:
            case SessionOpened():
                self._theirs.add(str(entry.birth))
            case JobSubmitted(file=file) if mine:
                self._theirs.add(str(entry.birth))
                self.files.add(file)
            case PrintOwned(print=print_) if mine:
                self._theirs.add(print_)
            case PrintBegan(job=job, session=session) if {job, session} & self._theirs:
                self._theirs.add(str(entry.birth))


def read_names(personal: bytes) -> Personal:
    """What cannot be read names nobody that is known, and goes by its age."""
    try:
        return names(personal)
    except NotAnEntry:
        return Personal()


def print_of(entry: Entry) -> str:
    """The birth of the print that an entry is about, "" for any other."""
    match entry.body:
        case PrintBegan():
            return str(entry.birth)
        case PrintEnded(print=print_):
            return print_
    return ""
