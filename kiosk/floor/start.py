"""How a floor begins: the site is described, what was open is taken up."""

from __future__ import annotations

import hashlib

import msgspec

from config.site import Site
from kiosk.floor import rows
from kiosk.floor.floor import Floor
from kiosk.floor.own_hours import HoursDesk
from kiosk.store.journal import Journal, Start
from kiosk.store.store import Store
from machines.carried import Carried
from machines.journal import ItemDescribed, MachineDescribed, SiteDescribed

#: The key of the file's small facts that says which site was described last.
DESCRIBED = "site"


def begin(floor: Floor, store: Store) -> Start:
    """To be called once, before the floor's thread starts and before any device talks."""
    start = store.start
    store.submit(lambda journal: describe(journal, floor.site)).result()
    carried, kept = store.submit(take_up).result()
    floor.restore(carried, kept, start.rebooted, start.last_seen)
    floor.identity.ask_hours = HoursDesk(store, store.clock).ask
    return start


def take_up(journal: Journal) -> tuple[Carried, dict[tuple[str, str], bytes]]:
    """What the kiosk before left: carried, brought up to the last entry, and the meters' rows."""
    kept = journal.checkpoints()
    carried = rows.decode_carried(kept.get(rows.CARRIED), journal.store.hex())
    if carried is None:
        return rows.fold_all(journal.lineage()), kept
    return carried.fold(journal.entries(carried.seq)), kept


def describe(journal: Journal, site: Site) -> None:
    """Write the lab's machines and hours down when they are not what was written last."""
    described = SiteDescribed(
        site.lab,
        site.name,
        tuple(
            MachineDescribed(machine.slug, machine.name, machine.family, machine.sort.value)
            for machine in site.machines
        ),
        tuple(
            tuple((f"{o.opens:%H:%M}", f"{o.closes:%H:%M}") for o in day) for day in site.hours.days
        ),
        tuple(ItemDescribed(item.slug, item.name, item.english) for item in site.items),
    )
    digest = hashlib.sha256(msgspec.json.encode(described)).digest()
    if journal.meta(DESCRIBED) != digest:
        journal.append(described)
        journal.put_meta(DESCRIBED, digest)
