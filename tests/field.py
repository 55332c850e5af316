"""A lab's journal written by hand: a Pi with a wall clock, a boot clock, and what happens to both.

The true time is known here, as it never is to a Pi: a test can say what the
hours really were, and look whether the fold finds them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from machines.instants import PARIS, SECOND, Instant, WallQuality, to_us
from machines.job_entries import JobSubmitted, PrintJudged, PrintOwned, PrintReconciled, Why
from machines.journal import (
    Birth,
    Body,
    BootBegan,
    ClockAnchored,
    Entry,
    Personal,
    PrintBegan,
    PrintEnded,
    Provenance,
    Reason,
    Result,
    RunMeasured,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.made_entries import Produced, Purpose, WorkshopHeld

HOUR = 3600 * SECOND
MINUTE = 60 * SECOND
STORE = "a1" * 16


def paris_us(text: str) -> int:
    """UTC microseconds of a Paris date and time, such as `2026-11-24 09:00`."""
    return to_us(datetime.fromisoformat(text).replace(tzinfo=PARIS))


class Field:
    """One lab's Pi. What each verb writes is kept in `entries`, in order."""

    def __init__(self, start: str = "2026-11-24 09:00", store: str = STORE) -> None:
        self.true_us = paris_us(start)
        self.store = store
        self.entries: list[Entry] = []
        self.quality = WallQuality.NTP
        self.wall_behind_us = 0
        self.boot_no = 0
        self.boot_began_us = 0
        self.begin_boot()

    @property
    def now(self) -> Instant:
        wall = self.true_us - self.wall_behind_us
        return Instant(self.boot_no, self.true_us - self.boot_began_us, wall, self.quality)

    def advance(self, hours: float = 0, minutes: float = 0) -> None:
        self.true_us += round(hours * HOUR + minutes * MINUTE)

    def write(self, body: Body, personal: Personal | None = None) -> str:
        """The birth of the entry, as later entries name it."""
        seq = len(self.entries) + 1
        birth = Birth(self.store, seq, 1_000_003 * seq)
        self.entries.append(Entry(birth, self.now, body, personal))
        return str(birth)

    # ---- the Pi

    def begin_boot(self) -> None:
        self.boot_no += 1
        self.boot_began_us = self.true_us - 20 * SECOND
        self.write(BootBegan(f"boot-{self.boot_no}-{self.true_us}", "0", clean=True))

    def power_cut(self, hours_off: float, clock_lost: bool = True) -> Instant:
        """Gives the last sign of life; the wall clock then starts again where it was saved."""
        last = self.now
        self.advance(hours=hours_off)
        if clock_lost:
            self.quality = WallQuality.RESTORED
            self.wall_behind_us = round(hours_off * HOUR) + 17 * MINUTE
        self.begin_boot()
        return last

    def network_back(self) -> None:
        self.write(ClockAnchored("ntp", self.true_us, 20_000))
        self.quality, self.wall_behind_us = WallQuality.NTP, 0

    # ---- members and machines

    def open(self, machine: str = "laser", member: str | None = "ines", **more: object) -> str:
        body = replace(SessionOpened(machine, "badge"), **more)  # type: ignore[arg-type]
        return self.write(body, Personal(member=member) if member else None)

    def close(
        self,
        session: str,
        machine: str = "laser",
        reason: Reason = Reason.BADGE,
        ended: Instant | None = None,
    ) -> str:
        return self.write(SessionClosed(session, machine, reason, ended=ended))

    def suspend(self, session: str, since: Instant | None = None) -> str:
        return self.write(SessionSuspended(session, "laser", Reason.DROPPED, since))

    def resume(self, session: str) -> str:
        return self.write(SessionResumed(session, "laser"))

    def void(self, session: str) -> str:
        return self.write(SessionVoided(session, "laser", Reason.LATE))

    def correct(self, session: str, what: str, value: str, member: str | None = None) -> str:
        personal = Personal(member=member, by="anim")
        return self.write(SessionCorrected(session, what, value, "said so"), personal)

    def ran(
        self,
        machine: str,
        hours: float,
        meter: str = "job",
        session: str | None = None,
        unseen: float = 0,
        provenance: Provenance = Provenance.MEASURED,
    ) -> str:
        """The machine works for `hours`, of which `unseen` hours nobody watched."""
        began = self.now
        self.advance(hours=hours)
        blind = round(unseen * HOUR)
        used = round(hours * HOUR) - blind
        body = RunMeasured(machine, meter, session, began, self.now, used, 0, blind, provenance)
        return self.write(body)

    def printed(
        self,
        hours: float,
        paused: float = 0,
        session: str | None = None,
        machine: str = "prusa",
        result: Result = Result.DONE,
        job: str | None = None,
        **more: object,
    ) -> str:
        name = self.write(PrintBegan(machine, session, job=job))
        began = self.now
        self.advance(hours=hours + paused)
        used, rest = round(hours * HOUR), round(paused * HOUR)
        body = PrintEnded(
            name, machine, session, result, began, self.now, used, rest, 0, filament_mm=1250.0
        )
        self.write(replace(body, **more), Personal(file_name="vase.gcode"))  # type: ignore[arg-type]
        return name

    def brought(
        self,
        member: str = "ines",
        category: str = "individual",
        filament_g: float | None = None,
        file_name: str = "vase.gcode",
    ) -> str:
        """A file for the queue, and the job that it is from now on."""
        body = JobSubmitted("5e" * 32, 4096, "tablet", filament_g=filament_g)
        return self.write(body, Personal(member, category, file_name=file_name))

    def judge(self, name: str, why: Why) -> str:
        return self.write(PrintJudged(name, why, "seen by Anna"), Personal(by="anim"))

    def own(self, name: str, member: str, category: str = "individual") -> str:
        return self.write(PrintOwned(name), Personal(member, category, by="anim"))

    def make(
        self,
        item: str,
        count: int,
        member: str | None = None,
        category: str = "individual",
        **more: object,
    ) -> str:
        """Things made, by a member or, without one, for the association."""
        purpose = Purpose.MEMBER if member else Purpose.ASSOCIATION
        body = replace(Produced(item, count, purpose), **more)  # type: ignore[arg-type]
        return self.write(body, Personal(member, category if member else None, by="anim"))

    def held(self, day: str, participants: int, minutes: int = 120, **more: object) -> str:
        """A workshop, noted now."""
        body = replace(WorkshopHeld("Initiation", day, minutes, participants), **more)  # type: ignore[arg-type]
        return self.write(body, Personal(by="anim"))

    def reconcile(
        self, name: str, hours: float, done: bool = True, job: str | None = None, ago: float = 0
    ) -> str:
        """OctoPrint's history says that a print of so many hours ended `ago` hours before now."""
        ended = self.now.minus(round(ago * HOUR))
        return self.write(PrintReconciled("prusa", name, done, ended, hours * 3600, job))
