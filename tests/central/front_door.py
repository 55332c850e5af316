"""The central's pages as a browser asks for them: who is logged in, what a form carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from config.site import CentralSite
from kiosk.central import accounts, roster
from kiosk.central.app import create_app
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.store import Central
from kiosk.clock import StillClock
from tests.field import paris_us

ORIGIN = "http://localhost"
PASSWORD, PIN = "correct horse battery", "271828"
#: As cheap as it gets: what is tested is who may, not how long a guess takes.
CHEAP = "scrypt:1024:8:1"


class House:
    """A central with an administrator (Claire) and an animator (Ana B., M0001)."""

    def __init__(self, folder: Path, now: str = "2026-11-25 11:00", **site: Any) -> None:
        self.clock = StillClock(paris_us(now))
        self.seconds = 0.0
        self.central = Central(folder / "central.db", self.clock)
        self.site = CentralSite("Registre des FabLabs", runtime=folder, credentials=folder, **site)
        (folder / "badge-key").write_bytes(b"a key of the association")
        self.app: Flask = create_app(self.central, self.site, lambda: self.seconds)
        self.app.testing = True
        self.do(lambda c, act: accounts.add(c, "Claire", proof(PASSWORD), act))
        self.do(lambda c, act: book.join(c, act, Person("Ana", "Bodin", animator=True), "M0001"))
        self.do(lambda c, act: roster.set_pin(c, "M0001", proof(PIN), act))

    def do(self, what: Any) -> Any:
        """As the book of people is written: `what(connection, act)`, in one transaction."""
        act = Act(PROGRAM, self.central.now_us())
        return self.central.submit(lambda c: what(c, act)).result()

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.central.reader() as connection:
            return connection.execute(sql, values).fetchall()

    def visitor(self, name: str = "", word: str = "") -> Visitor:
        visitor = Visitor(self.app)
        if name:
            assert visitor.log_in(name, word).status_code == 303
        return visitor

    def admin(self) -> Visitor:
        return self.visitor("claire", PASSWORD)

    def animator(self) -> Visitor:
        return self.visitor("Ana B.", PIN)


class Visitor:
    """One browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self) -> str:
        """What the last page put into its forms: any page of this browser has the same."""
        page = self.client.get("/login").text
        return re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0]

    def post(self, path: str, origin: str | None = ORIGIN, **form: Any) -> TestResponse:
        """A form of a page of ours, unless told otherwise."""
        form.setdefault("csrf", self.token())
        headers = {"Origin": origin} if origin else {}
        return self.client.post(path, data=form, headers=headers)

    def log_in(self, name: str, word: str, **more: Any) -> TestResponse:
        return self.post("/login", name=name, word=word, **more)


@contextmanager
def house(folder: Path, **more: Any) -> Iterator[House]:
    made = House(folder, **more)
    try:
        yield made
    finally:
        made.central.close()


def proof(word: str) -> str:
    return generate_password_hash(word, CHEAP)
