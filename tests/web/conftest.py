"""The pages over a floor that is not there, with the catalogues as they are in git."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.clock import StillClock
from kiosk.web.app import create_app
from kiosk.web.catalogues import compile_catalogues
from kiosk.web.server import Server, serve
from tests.web.fake_screens import FakeScreens, lab

KIOSK = Path(__file__).parents[2] / "kiosk"
#: Tuesday 24 November 2026, 15 h 05 in Paris.
AFTERNOON_US = 1_795_529_100_000_000


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    """What an installation does: here, so that a changed catalogue is seen at once."""
    compile_catalogues(KIOSK)


@pytest.fixture
def screens() -> FakeScreens:
    return FakeScreens(lab())


@pytest.fixture
def app(screens: FakeScreens) -> Flask:
    return create_app(screens, clock=StillClock(AFTERNOON_US))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    server = serve(app, "127.0.0.1", 0)
    yield server
    server.stop()
