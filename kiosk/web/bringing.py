"""What becomes of a file that came, from a phone or at the tablet: kept, read, and made a job."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config.site import Site
from kiosk.files.refused import FileRefused
from kiosk.files.store import Files, Received
from kiosk.files.submission import Wish, profiles, submission
from kiosk.floor.acts import Told, WhyNot
from kiosk.floor.view import LabView
from kiosk.web import file_words
from kiosk.web.filament import MATERIALS, SWATCHES
from kiosk.web.language import _
from kiosk.web.uploads import Arrived, Uploads
from machines.job_entries import JobSubmitted

MEGABYTE = 1_000_000
DAY_S = 86400.0
#: Where files are while they come, within the folder of those that are kept.
COMING = "coming"
#: The type of a picture, by the end of its name.
PICTURES = {".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Brought:
    """`entry` None: the file was not taken. `said`: why, or what to know of it, as sentences."""

    entry: JobSubmitted | None
    name: str
    said: tuple[str, ...] = ()


class Bringing(Protocol):
    """For any thread."""

    @property
    def uploads(self) -> Uploads: ...

    def bring(self, file: Arrived, wish: Wish, source: str) -> Brought:
        """Keep and read the file. `source`: phone or tablet. Says what it says in the language
        being spoken."""
        ...

    def settle(self, entry: JobSubmitted, told: Told) -> None:
        """What the floor said of the job: once for each that was brought."""
        ...

    def picture(self, file: str) -> Path | None:
        """What the slicer drew of a file of ours (its SHA-256): a PNG or a JPEG."""
        ...


class Bringer:
    """`Bringing` into a lab's folder of files, for the lab's printers.

    A file of which no job came is not kept: whoever is refused could fill the disk otherwise.
    """

    def __init__(self, site: Site, folder: Path) -> None:
        at_most = site.queue.file_at_most_mb * MEGABYTE or sys.maxsize  # 0: no limit
        self.uploads = Uploads(folder / COMING, at_most)
        self._files = Files(folder, at_most)
        self._profiles = profiles(site)
        self._rules = site.queue
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()  #: files of which nobody knows yet whether…
        self._fresh: set[str] = set()  #: …and of them, those that were not here before

    def bring(self, file: Arrived, wish: Wish, source: str) -> Brought:
        try:
            received = self._files.receive(file.stream, file.size, file.name)
            self._ask(received)
            try:
                made = submission(received, wish, self._profiles, self._rules, source)
            except FileRefused:
                self._let_go(received.sha256, wanted=False)
                raise
        except FileRefused as refused:
            return Brought(None, "", (file_words.refused(refused),))
        said = [_("This very file was brought before.")] if received.again else []
        said += [file_words.warning(finding) for finding in made.warnings]
        if made.entry.approval:
            said.append(_("A host has to approve it."))
        return Brought(made.entry, received.name, tuple(said))

    def settle(self, entry: JobSubmitted, told: Told) -> None:
        """Where the disk did not answer in time, the job may be there all the same."""
        self._let_go(entry.file, wanted=told.done or told.why == WhyNot.JOURNAL)

    def _ask(self, received: Received) -> None:
        """Raises FileRefused where the file went just now, refused to somebody else."""
        with self._lock:
            if self._files.path(received.sha256) is None:
                raise FileRefused("incomplete")
            self._asked[received.sha256] += 1
            if not received.again:
                self._fresh.add(received.sha256)

    def _let_go(self, file: str, wanted: bool) -> None:
        with self._lock:
            self._asked[file] -= 1
            if self._asked[file] <= 0:
                del self._asked[file]
            if wanted:
                self._fresh.discard(file)
            elif file in self._fresh and file not in self._asked:
                self._fresh.discard(file)
                with suppress(OSError):
                    self._files.remove(file)

    def tidy(self, wanted: Set[str]) -> None:
        """Forget what nobody went on sending, and what no job wanted for as long as it is kept."""
        self.uploads.tidy()
        if days := self._rules.files_kept_days:
            self._files.forget(wanted, days * DAY_S)

    def remove(self, files: Set[str]) -> None:
        """Of whoever was erased. Raises OSError."""
        for file in files:
            self._files.remove(file)

    def picture(self, file: str) -> Path | None:
        return self._files.thumbnail(file)


def read_wish(form: Mapping[str, str], view: LabView) -> Wish:
    """Of a form; what is none of the choices that it gave is no wish."""
    printers = [machine.slug for machine in view.machines if machine.printer is not None]

    def one_of(name: str, choices: Collection[str]) -> str:
        told = form.get(name, "")
        return told if told in choices else ""

    return Wish(
        one_of("machine", printers), one_of("material", MATERIALS), one_of("colour", SWATCHES)
    )
