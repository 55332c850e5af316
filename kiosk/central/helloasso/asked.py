"""What the command line asks: a file of HelloAsso taken in as far as nobody need be asked."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from config.site import CentralSite
from kiosk import admin
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.csv_file import CsvError
from kiosk.central.helloasso import waiting, words
from kiosk.central.helloasso.matching import SKIP
from kiosk.central.helloasso.reading import read
from kiosk.central.helloasso.waiting import DryRun
from kiosk.central.store import Central


def answers(central: Central, site: CentralSite) -> dict[str, admin.Answer]:
    """For `kiosk.admin.AdminSocket`."""

    def take(csv: str, name: str, dry_run: bool) -> dict[str, Any]:
        return _take(central, site, csv, name, dry_run)

    return {"helloasso-import": take}


def _take(
    central: Central, site: CentralSite, csv: str, name: str, dry_run: bool
) -> dict[str, Any]:
    """`csv` is the file in base64: its bytes say how it is encoded."""
    try:
        raw = base64.b64decode(csv, validate=True)
        read(raw)
    except (binascii.Error, CsvError) as wrong:
        raise admin.AdminError(f"the file cannot be read: {wrong}") from wrong
    dry = waiting.bring(central, site.credentials, raw, name, None, lambda done, total: None)
    if not isinstance(dry, DryRun) or dry.groups:
        raise admin.AdminError(
            "expected memberships of HelloAsso; events and lists of one's own are taken in on"
            " the pages of the central, which ask what they are"
        )
    imported = ""
    if not dry_run:
        act, rule = Act(PROGRAM, central.now_us()), site.memberships
        imported = waiting.take(central, act, dry, rule, lambda done, total: None)
    return {
        "counts": {words.outcome(one): count for one, count in dry.counts.items() if count},
        "taken": dry.doing[0],
        "cancelled": dry.doing[1],
        "asked": [
            f"line {one.line.number}: left out: {words.why(one.why)}"
            for one in dry.shown
            if one.choices[:1] == (SKIP,)
        ],
        "refused": [f"line {one.number}: {words.refused(one)}" for one in dry.brought.refused],
        "import": imported,
        "dry_run": dry_run,
    }
