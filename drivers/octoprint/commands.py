"""Commands to one OctoPrint: each sent once, each with exactly one answer.

`Refused` is certain: nothing happened. `Agreed` is OctoPrint's word that it will
(it says 204 as well where there is nothing to do): what became of it, the
printer's state says. Where a command may have arrived and no answer came,
`Unanswered`. Nothing is ever sent again from here.

An upload starts nothing, so that one that broke off is refused: whatever
OctoPrint kept of it is at a path that is used for nothing else.
Source: docs.octoprint.org, REST API, "File operations", "Job operations"; what
1.11.8 and 2.0.0rc7 answer in practice, tests/drivers/test_octoprint_commands_real.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote

from drivers.octoprint import wire
from drivers.octoprint.parcel import Parcel, Spoilt
from drivers.octoprint.rest import POLL, Client, NotHeard, NotSent, Patience
from machines.facts import Agreed, Answer, Printed, Refused, Unanswered
from machines.job_entries import NotStarted, Ordered
from machines.print_record import NO_PRINTER

#: A small computer that opens a large file may take some seconds to agree.
COMMAND = Patience(piece_s=10.0, answer_s=10.0)
#: A file goes on as long as 16 kB leave in 20 s. Once it is there, OctoPrint moves it: on an
#: SD card, at some MB a second.
UPLOAD = Patience(connect_s=20.0, piece_s=60.0)
#: A thousand files with their analyses are about 2 MB.
HISTORY = Patience(piece_s=20.0, answer_s=30.0, longest=8 * 1024 * 1024)

_ORDERS: dict[Ordered, dict[str, str]] = {
    Ordered.PAUSE: {"command": "pause", "action": "pause"},
    # Also after a filament change (M600): OctoPrint waits for no answer to the printer's prompt.
    Ordered.RESUME: {"command": "pause", "action": "resume"},
    Ordered.CANCEL: {"command": "cancel"},
}
AGREED = (200, 204)


class Commands:
    """To one printer, from any thread. `key` goes into one header, and nowhere else."""

    def __init__(
        self, url: str, key: str, command: Patience = COMMAND, upload: Patience = UPLOAD
    ) -> None:
        self._client = Client(url.rstrip("/"), key)
        self._command = command
        self._upload = upload

    def upload(self, parcel: Parcel) -> Answer:
        """Never `Unanswered`. The parcel is read and closed. Raises what its `told` raises."""
        try:
            with parcel:
                status, body = self._client.send(
                    "POST", "/api/files/local", self._upload, body=parcel
                )
        except Spoilt as spoilt:
            return Refused(NotStarted.FILE, str(spoilt))
        except NotSent as why:
            return Refused(NotStarted.OFFLINE, str(why))
        except NotHeard as why:
            return self._broken_off(parcel.size, str(why))
        if status == 201:
            return _kept(parcel.path, body)
        said = wire.complaint(body, status)
        if status in (500, 507):  # 500 "[Errno 28] No space left on device"
            self.remove(parcel.path)  # it keeps what it could write, cut off, under that name
            return Refused(NotStarted.DISK, said)
        if status == 503:  # a proxy whose OctoPrint is not there
            return Refused(NotStarted.OFFLINE, said)
        return _refused(status, said, NotStarted.UPLOAD)

    def start(self, path: str) -> Answer:
        """Select and print: `start` alone says 204 with nothing selected, and does nothing."""
        where, command = f"/api/files/local/{quote(path)}", {"command": "select", "print": True}
        return self._tell(where, command, NotStarted.UPLOAD, NotStarted.BUSY)

    def order(self, what: Ordered) -> Answer:
        return self._tell("/api/job", _ORDERS[what])

    def connect(self) -> Answer:
        """To the port that OctoPrint prefers. A printer that is connected is left alone: a
        second connection would cut its print."""
        state = self._state()
        if state is None:
            return Refused(NotStarted.OFFLINE, "does not answer")
        if not state.startswith(NO_PRINTER):
            return Agreed()
        return self._tell("/api/connection", {"command": "connect"})

    def remove(self, path: str) -> None:
        with suppress(NotHeard):  # it stays there, and does no harm
            self._client.send("DELETE", f"/api/files/local/{quote(path)}", self._command)

    def history(self) -> tuple[tuple[Printed, ...], tuple[Printed, ...]] | Refused:
        """Files whose last print succeeded, and those whose failed: `wire.history`."""
        try:
            status, body = self._client.send("GET", "/api/files/local?recursive=true", HISTORY)
        except NotHeard as why:
            return Refused(NotStarted.OFFLINE, str(why))
        files = wire.decode(body)
        if status == 200 and files is not None:
            return wire.history(files)
        return _refused(status, wire.complaint(body, status), NotStarted.REFUSED)

    def _tell(
        self,
        path: str,
        command: Mapping[str, object],
        missing: NotStarted = NotStarted.REFUSED,
        busy: NotStarted = NotStarted.REFUSED,
    ) -> Answer:
        """`missing` is what 404 says, `busy` what 409 says of a printer that does something."""
        try:
            status, body = self._client.send("POST", path, self._command, json=command)
        except NotSent as why:
            return Refused(NotStarted.OFFLINE, str(why))
        except NotHeard as why:
            return Unanswered(str(why))
        if status in AGREED:
            return Agreed()
        said = wire.complaint(body, status)
        if status >= 500:  # it broke in the midst of it, or a proxy did not wait for its answer
            return Unanswered(said)
        if status == 409:
            return Refused(self._conflict(busy), said)
        return _refused(status, said, missing if status == 404 else NotStarted.REFUSED)

    def _conflict(self, busy: NotStarted) -> NotStarted:
        """Its words do not tell: offline, it says that it is "already printing"."""
        state = self._state()
        if state is None or state.startswith(NO_PRINTER):
            return NotStarted.OFFLINE
        return NotStarted.REFUSED if state == "Operational" else busy

    def _state(self) -> str | None:
        try:
            status, body = self._client.send("GET", "/api/job", POLL)
        except NotHeard:
            return None
        return wire.text((wire.decode(body) or {}).get("state")) or None if status == 200 else None

    def _broken_off(self, size: int, why: str) -> Refused:
        """With no room for what it receives OctoPrint says nothing, and closes the connection."""
        try:
            patience = replace(self._command, longest=HISTORY.longest)
            _, body = self._client.send("GET", "/api/files/local", patience)
        except NotHeard:
            return Refused(NotStarted.UPLOAD, why)
        free = wire.free_bytes(wire.decode(body))
        full = free is not None and free < size
        return Refused(NotStarted.DISK if full else NotStarted.UPLOAD, why)


def _kept(path: str, body: bytes) -> Answer:
    """Whether the file is where the start will look for it."""
    told = wire.kept_as(wire.decode(body))
    if told == path:
        return Agreed()
    return Refused(NotStarted.UPLOAD, f"was kept as {told!r}, not as {path!r}")


def _refused(status: int, said: str, otherwise: NotStarted) -> Refused:
    """To read without a valid key is 403, never 401; to command without one is 400, since
    OctoPrint then takes us for a browser, and misses its token."""
    no_key = status == 403 or (status == 400 and "CSRF" in said)
    return Refused(NotStarted.KEY if no_key else otherwise, said)
