"""The purge of a kiosk as it ships: by itself, in its own thread, seen from outside."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.clock import FastClock, StillClock
from kiosk.process import Kiosk
from kiosk.sites import read_site
from kiosk.store.store import Store
from machines.instants import SECOND
from machines.journal import Personal, TapRefused
from tests.lab import MORNING

DAY_US = 86_400 * SECOND
SITE = """\
[lab]
slug = "essai"
name = "FabLab d'essai"

[kiosk]
port = 0
database = "lab.db"
runtime = "run"
credentials = "keys"

[machines.mugs]
name = "Presse à mugs"
family = "press"
sort = "bare"
"""


def until(claim: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def health(kiosk: Kiosk) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{kiosk.port}/healthz") as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def test_a_kiosk_that_was_off_for_months_forgets_when_it_is_started(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/badge-key").write_text("the key of an association")
    (tmp_path / "site.toml").write_text(SITE)
    site = read_site(tmp_path / "site.toml")
    before = Store(site.database, StillClock(MORNING - 100 * DAY_US))
    before.append(TapRefused("mugs", "in-use"), Personal(member="m-zanzibar")).result(10)
    before.close()
    assert b"m-zanzibar" in site.database.read_bytes()
    kiosk = Kiosk(site, FastClock(MORNING))
    try:
        until(lambda: health(kiosk)["purged_age_s"] is not None, "it is never done")
        assert not health(kiosk)["purge_late"]
        wal = site.database.with_name("lab.db-wal")
        assert b"m-zanzibar" not in site.database.read_bytes() + wal.read_bytes()
    finally:
        kiosk.close()
