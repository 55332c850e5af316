"""A print under way as one plain row, so that a kiosk that restarts goes on counting it.

The row holds what was sure: the time from its last sign of life to the next
sight is unseen. A print whose beginning is not written yet is not kept: it
would have no identity, and is adopted anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from machines.carried import OpenPrint
from machines.facts import JobSeen
from machines.instants import Instant, WallQuality
from machines.meter import Meter, Work
from machines.print_record import Print, Printer, Rules

Row = dict[str, str | int | float | bool | list[int] | None]
T = TypeVar("T")


def checkpoint(printer: Printer) -> Row | None:
    """What is to be kept; None where no print is open."""
    kept = printer.open
    if kept is None or kept.birth is None:
        return None
    job = kept.job or JobSeen(kept.path, kept.name)
    return {
        "print": kept.birth,
        "session": kept.session,
        "adopted": kept.adopted,
        "path": kept.path,
        "name": kept.name,
        "began": _row(kept.began),
        "sure_at": _row(kept.sure_at),
        "used_us": kept.sure.used_us,
        "paused_us": kept.sure.paused_us,
        "unseen_us": kept.sure.unseen_us,
        "elapsed_s": kept.elapsed_s,
        "first_s": kept.first_s,
        "before": kept.before,
        "progress": job.progress,
        "filament_mm": job.filament_mm,
    }


def resume(machine: str, rules: Rules, row: Mapping[str, object], at: Instant) -> Printer:
    """The printer as the row left it; out of sight since `at`, until it is seen.

    Raises ValueError where the row is not one of ours.
    """
    used, paused, unseen = (_a(int, row, f"{k}_us") for k in ("used", "paused", "unseen"))
    total = used + paused + unseen
    meter = Meter(rules.gap_us, used, paused, unseen, total, Work.UNKNOWN)
    path, name = _a(str, row, "path"), _a(str, row, "name")
    sure_at = _instant(row, "sure_at")
    kept = Print(
        number=1,
        began=_instant(row, "began"),
        last=sure_at,
        meter=meter,
        sure=meter,
        sure_at=sure_at,
        session=_maybe(str, row, "session"),
        adopted=_a(bool, row, "adopted"),
        birth=_a(str, row, "print"),
        path=path,
        name=name,
        elapsed_s=_number(row, "elapsed_s"),
        first_s=_number(row, "first_s"),
        before=_number(row, "before") or 0.0,
        job=JobSeen(
            path,
            name,
            progress=_number(row, "progress"),
            filament_mm=_number(row, "filament_mm"),
        ),
        dark=at,
        silent=True,
    )
    return Printer(machine, rules, open=kept, begun=1)


def take_up(rules: Rules, left: OpenPrint, at: Instant) -> Printer:
    """A print of which no more than its beginning is on disk, as `resume` gives one."""
    row: Row = {
        "print": left.birth,
        "session": left.session,
        "adopted": left.adopted,
        "path": "",
        "name": "",
        "began": _row(left.began),
        "sure_at": _row(left.began),
        **dict.fromkeys(("used_us", "paused_us", "unseen_us"), 0),
    }
    return resume(left.machine, rules, row, at)


def _row(at: Instant) -> list[int]:
    return [at.boot_no, at.boot_us, at.wall_us, int(at.quality)]


def _instant(row: Mapping[str, object], key: str) -> Instant:
    match row.get(key):
        case [int(boot_no), int(boot_us), int(wall_us), int(quality)]:
            return Instant(boot_no, boot_us, wall_us, WallQuality(quality))
    raise _wrong(key, row)


def _a(kind: type[T], row: Mapping[str, object], key: str) -> T:
    if type(row.get(key)) is not kind:
        raise _wrong(key, row)
    return cast(T, row[key])


def _maybe(kind: type[T], row: Mapping[str, object], key: str) -> T | None:
    return None if row.get(key) is None else _a(kind, row, key)


def _number(row: Mapping[str, object], key: str) -> float | None:
    value = row.get(key)
    if value is None or type(value) in (int, float):
        return cast("float | None", value)
    raise _wrong(key, row)


def _wrong(key: str, row: Mapping[str, object]) -> ValueError:
    return ValueError(f"a print's checkpoint has {key} = {row.get(key)!r}")
