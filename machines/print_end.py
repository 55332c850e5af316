"""The hours of a print under way, and how it ends: with which result, when, and with what evidence.

Which of them it is, `machines.printing` says.
"""

from __future__ import annotations

from dataclasses import replace

from machines.facts import JobSeen
from machines.instants import SECOND, Instant
from machines.journal import PrintEnded, Result
from machines.meter import Meter, Work
from machines.print_record import EndPrint, Over, Print, Printer, Rules, Step

#: What |seen - printer's figure| may be beside two polls: 2 %.
TOLERANCE = 0.02


# -- the meter ------------------------------------------------------------------------------


def observe(under_way: Print, at: Instant, work: Work, alive: bool = True) -> Print:
    meter = under_way.meter.observe(_time_of(under_way, at), work)
    observed = replace(under_way, meter=meter, last=_later(under_way, at))
    if work is Work.UNKNOWN or not alive:
        return observed
    return replace(observed, sure=meter, sure_at=observed.last, dark=None, silent=False)


def darken(printer: Printer, under_way: Print, at: Instant, silent: bool = False) -> Printer:
    """Out of sight: everything since the last sign of life is unseen."""
    sure = replace(under_way.sure, work=Work.UNKNOWN)
    meter = sure.observe(_time_of(under_way, at), Work.UNKNOWN)
    dark = under_way.dark or at
    last = _later(under_way, at)
    darkened = replace(under_way, meter=meter, last=last, dark=dark, silent=silent)
    return replace(printer, open=darkened)


def _time_of(under_way: Print, at: Instant) -> int:
    """`at` on the clock of the print, which never goes back."""
    return (under_way.meter.at_us or 0) + max(0, at.since(under_way.last))


def _later(under_way: Print, at: Instant) -> Instant:
    """A restored wall clock may be behind after a boot: the new boot counts all the same."""
    other_boot = at.boot_no != under_way.last.boot_no
    return at if other_boot or at.since(under_way.last) > 0 else under_way.last


# -- the ends -------------------------------------------------------------------------------


def close(
    printer: Printer, under_way: Print, at: Instant, result: Result, printer_s: float | None = None
) -> Step:
    observed = observe(under_way, at, Work.RESTING)
    return _end(printer, observed, observed.last, result, printer_s, at)


def fail(printer: Printer, under_way: Print, at: Instant, printer_s: float | None = None) -> Step:
    """When it died is not known better than its last sign of life, unless it was paused."""
    paused = under_way.meter.work is Work.PAUSED
    if not paused:
        dark = darken(printer, under_way, at).open
        assert dark is not None
        under_way = dark
    observed = observe(under_way, at, Work.RESTING)
    return _end(printer, observed, observed.last, Result.FAILED, printer_s, at)


def lose(printer: Printer, under_way: Print, idle: Instant | None = None) -> Step:
    """`idle`: when the printer was then seen without it."""
    back = replace(under_way, meter=under_way.sure)
    return _end(printer, back, under_way.sure_at, Result.LOST, None, idle)


def _end(
    printer: Printer,
    under_way: Print,
    ended: Instant,
    result: Result,
    printer_s: float | None,
    idle: Instant | None,
) -> Step:
    meter, job = under_way.meter, under_way.job
    progress = 1.0 if result is Result.DONE else job.progress if job else None
    share = None if progress is None else max(0.0, progress - under_way.before)
    entry = PrintEnded(
        print=under_way.birth or "",
        machine=printer.machine,
        session=under_way.session,
        result=result,
        began=under_way.began,
        ended=ended,
        used_us=meter.used_us,
        paused_us=meter.paused_us,
        unseen_us=meter.unseen_us,
        filament_mm=_filament_mm(job, share),
        printer_s=printer_s,
        evidence=_evidence(printer.rules, under_way, result, printer_s),
    )
    end = EndPrint(entry, under_way.name, share)
    over = Over(ended, under_way.path, under_way.name, result, meter, under_way.elapsed_s, progress)
    closed = replace(printer, open=None, over=over, idle=idle or ended, watched=idle is not None)
    if under_way.birth is not None:
        return closed, (end,)
    return replace(closed, unborn=(*closed.unborn, (under_way.number, end))), ()


def _filament_mm(job: JobSeen | None, share: float | None) -> float | None:
    """The file's filament, as far as it was printed in this record."""
    if job is None or job.filament_mm is None or share is None:
        return None
    return round(job.filament_mm * share, 1)


def _evidence(rules: Rules, under_way: Print, result: Result, printer_s: float | None) -> str:
    """What an animator should know of these hours: "adopted at 7200 s; discrepancy -65.0 s"."""
    told = []
    if under_way.adopted:
        first = "unknown" if under_way.first_s is None else f"{under_way.first_s:.0f} s"
        told.append(f"adopted at {first}")
    if result is Result.DONE and printer_s is not None:
        off_s = _discrepancy_s(rules, under_way.meter, printer_s)
        if off_s is not None:
            told.append(f"discrepancy {off_s:+.1f} s")
    return "; ".join(told)


def _discrepancy_s(rules: Rules, meter: Meter, printer_s: float) -> float | None:
    """Seen less the printer's figure, where two polls, 2 % and the unseen time do not explain it.

    >>> _discrepancy_s(Rules(poll_us=3_000_000), Meter(0, used_us=100_000_000), 165.0)
    -65.0
    """
    used_s = meter.used_us / SECOND
    slack_s = max(2 * rules.poll_us / SECOND, TOLERANCE * printer_s)
    most_s = used_s + meter.unseen_us / SECOND
    if used_s - slack_s <= printer_s <= most_s + slack_s:
        return None
    return round(used_s - printer_s, 1)
