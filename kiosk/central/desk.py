"""What the command line asks of the central: answered by the process that runs, else by this one.

Only one process writes the central's file. Where none runs, `ask` takes its
place for one question, alone, with the file locked.
"""

from __future__ import annotations

import base64
import binascii
import re
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from werkzeug.security import generate_password_hash

from config.site import CentralSite
from kiosk import admin
from kiosk.central import accounts, nodes, roster, roster_file
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.book import NotReady
from kiosk.central.csv_file import CsvError
from kiosk.central.helloasso import asked as helloasso
from kiosk.central.privacy import acting as privacy
from kiosk.central.privacy.service import Forgetting
from kiosk.central.report import acting as closing
from kiosk.central.store import Busy, Central
from kiosk.clock import SystemClock
from kiosk.credentials import CredentialError, credential
from kiosk.store.disk import as_owner
from machines.authority import too_easy
from machines.badges import DigestKey

T = TypeVar("T")

#: What a code costs to compare: some 50 ms and 16 MB here (2026-11-25), several times that on
#: a Pi. Six digits are soon tried through whatever it costs: whoever reads the file has them.
PIN_METHOD = "scrypt:16384:8:1"
SOCKET = "central.sock"
#: A thousand badges take some ten seconds to digest, and longer on a Pi.
TIMEOUT_S = 600.0


def answers(
    central: Central, site: CentralSite, forgetting: Forgetting | None = None
) -> dict[str, admin.Answer]:
    """The verbs of the admin socket, for `kiosk.admin.AdminSocket`. `forgetting`: the thread
    that does it, where there is one."""

    def import_roster(csv: str, dry_run: bool) -> dict[str, Any]:
        return _import_roster(central, site, csv, dry_run)

    def pin(member: str, pin: str) -> None:
        _set_pin(central, member, pin)

    answers: dict[str, admin.Answer] = {"roster-import": import_roster, "roster-pin": pin}
    answers |= _about_closings(central, site) | privacy.answers(central, forgetting, site)
    answers |= helloasso.answers(central, site)
    return answers | _about_nodes(central) | _about_accounts(central)


def _about_accounts(central: Central) -> dict[str, admin.Answer]:
    """Passwords come by the socket, are hashed here, and kept nowhere else."""

    def proof(password: str) -> str:
        if said := accounts.weak(password):
            raise admin.AdminError(said)
        return generate_password_hash(password, accounts.METHOD)

    def add(name: str, password: str) -> None:
        kept = proof(password)
        _write(central, lambda book: accounts.add(book, name, kept, _act(central)))

    def change(name: str, password: str) -> None:
        kept = proof(password)
        _write(central, lambda book: accounts.change(book, name, kept, _act(central)))

    def remove(name: str) -> None:
        _write(central, lambda book: accounts.remove(book, name, _act(central)))

    def listing() -> list[str]:
        with central.reader() as book:
            return accounts.names(book)

    verbs: dict[str, admin.Answer] = {
        "add": add,
        "password": change,
        "remove": remove,
        "list": listing,
    }
    return {f"account-{verb}": answer for verb, answer in verbs.items()}


def _about_closings(central: Central, site: CentralSite) -> dict[str, admin.Answer]:
    def close(period: str, incomplete: bool) -> dict[str, Any]:
        try:
            return closing.close(central, site, period, PROGRAM, incomplete)
        except (NotReady, Busy) as wrong:
            raise admin.AdminError(str(wrong)) from wrong

    return {"close": close}


def _about_nodes(central: Central) -> dict[str, admin.Answer]:
    def add(name: str, lab: str) -> str:
        return central.change_nodes(lambda book: nodes.add(book, name, lab, central.now_us()))

    def rotate(name: str) -> str:
        return central.change_nodes(lambda book: nodes.rotate(book, name, central.now_us()))

    def revoke(name: str) -> None:
        central.change_nodes(lambda book: nodes.revoke(book, name))

    def listing() -> list[dict[str, Any]]:
        with central.reader() as book:
            return nodes.listing(book)

    return {"node-add": add, "node-rotate": rotate, "node-revoke": revoke, "node-list": listing}


def ask(site: CentralSite, verb: str, **question: Any) -> Any:
    """The answer to one question. Raises AdminError, StoreError, CredentialError, ValueError."""
    try:
        return admin.ask(site.runtime / SOCKET, verb, timeout_s=TIMEOUT_S, **question)
    except admin.NotRunning:
        with as_owner(site.database):
            return _in_its_place(site, verb, question)


def _in_its_place(site: CentralSite, verb: str, question: dict[str, Any]) -> Any:
    central = Central(site.database, SystemClock(site.rtc))
    try:
        return answers(central, site)[verb](**question)
    except sqlite3.Error as wrong:
        raise admin.AdminError(f"{site.database}: nothing was written ({wrong})") from wrong
    finally:
        central.close()


def _import_roster(central: Central, site: CentralSite, csv: str, dry_run: bool) -> dict[str, Any]:
    """`csv` is the file in base64: its bytes say how it is encoded. Badges are digested here,
    before the one thread that writes is asked, since that takes seconds."""
    try:
        raw = base64.b64decode(csv, validate=True)
        key = DigestKey(credential(site.credentials, "badge-key"))
    except (binascii.Error, CredentialError) as wrong:
        raise admin.AdminError(str(wrong)) from wrong
    try:
        file = roster.digested(roster_file.read(raw), key)
    except CsvError as wrong:
        raise admin.AdminError(f"the file cannot be read: {wrong}") from wrong
    taken = _write(central, lambda book: roster.take_in(book, file, _act(central), dry_run))
    return taken.as_answer()


def _set_pin(central: Central, member: str, pin: str) -> None:
    """`pin` is six digits, of which the hash alone is kept; "": the animator has none any more."""
    if pin and not re.fullmatch(r"[0-9]{6}", pin):
        raise admin.AdminError("expected six digits")
    if pin and too_easy(pin):
        raise admin.AdminError("too easy to guess: expected other digits than 111111 or 123456")
    pin_hash = generate_password_hash(pin, PIN_METHOD) if pin else ""
    _write(central, lambda book: roster.set_pin(book, member, pin_hash, _act(central)))


def _act(central: Central) -> Act:
    return Act(PROGRAM, central.now_us())


def _write(central: Central, do: Callable[[sqlite3.Connection], T]) -> T:
    try:
        return central.submit(do).result()
    except Busy as wrong:
        raise admin.AdminError(f"the central is busy ({wrong}): try again in a minute") from wrong
