"""One printer's record of prints: every transition is in `see` and `wait`, and nowhere else.

Our own clock over what OctoPrint says counts the hours (`machines.meter`);
OctoPrint's own figure is kept as evidence, since it is wrong after a cancelled
pause and after a dead printer. Push events make the ends sharp; without them
they are one poll wide. Time in which nobody saw the printer, or in which it
gave no sign of life, is *unseen*.

How a print ends:

    what is seen                                        result      ends
    DONE, CANCELLED, FAILED, DISCONNECTED pushed        as it says  then
    at rest, same file, all of it printed               done        then
    at rest, same file, not all of it                   cancelled   then
    at rest with another file or none                   lost        at the last sign of life
    no connection to the printer                        failed      then, unseen since the last sign
    the same, or at rest unfinished, after a silence    lost        at the last sign of life
    another file, or the printer's clock jumped back    lost        at the last sign of life
    out of sight for `Rules.lost_us`                    lost        at the last sign of life

A print begins with an effect; the floor writes the entry and hands its birth
back by `began`, after as long as the disk takes: an end that comes earlier
waits for it. An `Instant` is told with each fact; no clock is read here.
"""

from __future__ import annotations

from dataclasses import replace

from machines.facts import Fact, Happened, JobSeen, PrinterSeen, PrintHappened, Silence
from machines.instants import SECOND, Instant
from machines.journal import PrintBegan, Result
from machines.meter import Meter, Work
from machines.print_end import close, darken, fail, lose, observe
from machines.print_record import (
    WINDING_UP,
    BeginPrint,
    Over,
    Print,
    Printer,
    Step,
    no_printer,
    pulse,
)

#: A state read this soon after a pushed beginning or end may be older than it: by 20 ms
#: in the recordings of 1.11.8.
TAIL_US = 2 * SECOND
#: OctoPrint's print time is in whole seconds; further back than this is another print.
JITTER_S = 2.0


def see(printer: Printer, fact: Fact, at: Instant, session: str | None = None) -> Step:
    """A fact about this printer, told at `at`. `session`: who has the printer now."""
    match fact, printer.open:
        case PrintHappened(), None:
            return _announced(printer, fact, at, session)
        case PrintHappened(), Print() as under_way:
            return _announced_during(printer, under_way, fact, at, session)
        case PrinterSeen(), None:
            return _sighted(printer, fact, at, session)
        case PrinterSeen(), Print() as under_way:
            return _sighted_during(printer, under_way, fact, at, session)
        case Silence(), None:
            return replace(printer, watched=False), ()
        case Silence(), Print() as under_way:
            return darken(printer, under_way, at, silent=True), ()
        case _:
            return printer, ()


def wait(printer: Printer, at: Instant) -> Step:
    """Nothing new at `at`: a print that is out of sight for too long is lost."""
    under_way = printer.open
    if under_way is None:
        return printer, ()
    if under_way.dark is None:
        if at.since(under_way.last) <= printer.rules.gap_us:
            return printer, ()
        return darken(printer, under_way, at, silent=True), ()
    if at.since(under_way.dark) < printer.rules.lost_us:
        return printer, ()
    return lose(printer, under_way)


def abandon(printer: Printer) -> Step:
    """Nobody follows this printer any more: its print is lost."""
    return lose(printer, printer.open) if printer.open else (printer, ())


def began(printer: Printer, number: int, birth: str) -> Step:
    """The beginning of print `number` is written: its identity is `birth`."""
    if printer.open is not None and printer.open.number == number:
        return replace(printer, open=replace(printer.open, birth=birth)), ()
    born = tuple(end for n, end in printer.unborn if n == number)
    still = tuple((n, end) for n, end in printer.unborn if n != number)
    ends = tuple(replace(end, entry=replace(end.entry, print=birth)) for end in born)
    return replace(printer, unborn=still), ends


# -- no print is open -----------------------------------------------------------------------


def _announced(printer: Printer, event: PrintHappened, at: Instant, session: str | None) -> Step:
    if event.what is not Happened.STARTED:
        return printer, ()  # the second event of a cancel, or the end of a print nobody saw
    job = JobSeen(event.path, _name(event.path))
    return _begin(printer, job, at, session, Work.WORKING)


def _sighted(printer: Printer, seen: PrinterSeen, at: Instant, session: str | None) -> Step:
    if seen.work in (Work.WORKING, Work.PAUSED):
        if _is_tail(printer, seen, at):
            return printer, ()
        return _adopt(printer, seen, at, session)
    known = seen.work is Work.RESTING or no_printer(seen)
    return replace(printer, idle=at if known else printer.idle, watched=known), ()


def _is_tail(printer: Printer, seen: PrinterSeen, at: Instant) -> bool:
    """Whether this is still the print that just ended."""
    if seen.state in WINDING_UP:
        return True
    over = printer.over
    if over is None or at.since(over.at) >= TAIL_US:
        return False
    if seen.job is None:
        return True
    return seen.job.path == over.path and (seen.job.elapsed_s or 0) >= (over.elapsed_s or 0)


def _adopt(printer: Printer, seen: PrinterSeen, at: Instant, session: str | None) -> Step:
    """A print that is first known by sight: begun between two polls, or long ago.

    Begun long ago, it reaches back as far as the printer's own clock says, but
    never into a time in which it is known to have had no print. That is unseen.
    """
    job = seen.job or JobSeen("", "")
    idle = printer.idle
    fresh = printer.watched and idle is not None and at.since(idle) <= printer.rules.gap_us
    if fresh:
        return _begin(printer, job, at, session, seen.work, seen)
    back_us = round((job.elapsed_s or 0) * SECOND)
    if idle is not None:
        back_us = min(back_us, max(0, at.since(idle)))
    return _begin(printer, job, at, session, seen.work, seen, min(back_us, at.boot_us))


def _begin(
    printer: Printer,
    job: JobSeen,
    at: Instant,
    session: str | None,
    work: Work,
    seen: PrinterSeen | None = None,
    back_us: int | None = None,
) -> Step:
    """`back_us`: how long before `at` an adopted print began; None: it begins now."""
    adopted, back_us = back_us is not None, back_us or 0
    start = replace(at, boot_us=at.boot_us - back_us, wall_us=at.wall_us - back_us)
    meter = Meter(printer.rules.gap_us).observe(0, Work.UNKNOWN).observe(back_us, work)
    number = printer.begun + 1
    under_way = Print(
        number, start, at, meter, meter, at, session, adopted, path=job.path, name=job.name
    )
    if seen is not None:
        under_way = replace(_noted(under_way, seen), first_s=job.elapsed_s if adopted else None)
        under_way = replace(under_way, before=_before(printer.over, job) if adopted else 0.0)
    entry = PrintBegan(printer.machine, session, adopted)
    effect = BeginPrint(number, entry, job.name, job.path)
    return replace(printer, open=under_way, begun=number, over=None), (effect,)


def _before(over: Over | None, job: JobSeen) -> float:
    """How much of it the record before has counted, where this is the print that was lost."""
    if over is None or over.result is not Result.LOST or over.path != job.path:
        return 0.0
    went_back = (job.elapsed_s or 0) < (over.elapsed_s or 0) - JITTER_S
    return 0.0 if went_back else over.progress or 0.0


# -- a print is open ------------------------------------------------------------------------


def _announced_during(
    printer: Printer, under_way: Print, event: PrintHappened, at: Instant, session: str | None
) -> Step:
    elsewhere = bool(event.path and under_way.path and event.path != under_way.path)
    match event.what:
        case Happened.STARTED if elsewhere:
            closed, ends = lose(printer, under_way)
            opened, begins = _announced(closed, event, at, session)
            return opened, ends + begins
        case _ if elsewhere and event.what is not Happened.DISCONNECTED:
            return printer, ()
        case Happened.PAUSED:
            return replace(printer, open=observe(under_way, at, Work.PAUSED)), ()
        case Happened.RESUMED:
            return replace(printer, open=observe(under_way, at, Work.WORKING)), ()
        case Happened.DONE:
            return close(printer, under_way, at, Result.DONE, event.printer_s)
        case Happened.CANCELLED:
            return close(printer, under_way, at, Result.CANCELLED, event.printer_s)
        case Happened.FAILED | Happened.DISCONNECTED:
            return fail(printer, under_way, at, event.printer_s)
    return printer, ()  # STARTED, already known by sight; FILAMENT, before the pause itself


def _sighted_during(
    printer: Printer, under_way: Print, seen: PrinterSeen, at: Instant, session: str | None
) -> Step:
    if _is_before(under_way, seen, at):
        return printer, ()
    if no_printer(seen):
        end = lose if under_way.silent else fail
        return end(printer, under_way, at)
    if seen.work is Work.RESTING:
        return _rested(printer, under_way, seen, at)
    if seen.work is Work.UNKNOWN:
        darkened = darken(printer, under_way, at)
        assert darkened.open is not None
        return replace(darkened, open=replace(darkened.open, state=seen.state)), ()
    if _is_another(under_way, seen):
        closed, ends = lose(printer, under_way)
        opened, begins = _adopt(closed, seen, at, session)
        return opened, ends + begins
    alive = _is_alive(under_way, seen)
    observed = _noted(observe(under_way, at, seen.work, alive), seen)
    return replace(printer, open=observed), ()


def _is_before(under_way: Print, seen: PrinterSeen, at: Instant) -> bool:
    """Whether this was answered before the print began, which a push had just announced."""
    announced = under_way.state == "" and under_way.dark is None
    resting = seen.work is Work.RESTING or no_printer(seen)
    return announced and resting and at.since(under_way.began) < TAIL_US


def _rested(printer: Printer, under_way: Print, seen: PrinterSeen, at: Instant) -> Step:
    same = seen.job is not None and seen.job.path == under_way.path
    if same and seen.job is not None and (seen.job.progress or 0) >= 1:
        return close(printer, _noted(under_way, seen), at, Result.DONE)
    if not same or under_way.silent:
        return lose(printer, under_way, at)
    if seen.error:
        return fail(printer, under_way, at)
    return close(printer, under_way, at, Result.CANCELLED)


def _is_another(under_way: Print, seen: PrinterSeen) -> bool:
    """Another file, or the printer's clock went back: only seen working does it always grow."""
    job = seen.job
    if job is None:
        return False
    if under_way.path and job.path != under_way.path:
        return True
    if seen.work is not Work.WORKING or job.elapsed_s is None or under_way.elapsed_s is None:
        return False
    return job.elapsed_s < under_way.elapsed_s - JITTER_S


def _is_alive(under_way: Print, seen: PrinterSeen) -> bool:
    """Whether anything moved since the last sight; a printer that tells no clock is believed."""
    if seen.work is not under_way.meter.work:
        return True
    untold = seen.job is None or seen.job.elapsed_s is None
    return untold or seen.work is not Work.WORKING or pulse(seen) != under_way.pulse


def _noted(under_way: Print, seen: PrinterSeen) -> Print:
    job = seen.job or under_way.job
    elapsed_s = under_way.elapsed_s
    if seen.work is Work.WORKING and job is not None and job.elapsed_s is not None:
        elapsed_s = job.elapsed_s
    path, name = under_way.path, under_way.name
    if job is not None and (not path or path == job.path):
        path, name = job.path, job.name
    return replace(
        under_way,
        state=seen.state,
        job=job,
        path=path,
        name=name,
        elapsed_s=elapsed_s,
        pulse=pulse(seen),
        dark=None,
        silent=False,
    )


def _name(path: str) -> str:
    return path.rpartition("/")[2]
