"""What the pages say of the printers' queue: for each key word of the floor, its sentence.

What is not known among them is said in general words, never shown as a key.
"""

from __future__ import annotations

from kiosk.floor.acts import Told, WhyNot
from kiosk.floor.queue_view import CommandView, Obstacle
from kiosk.web import sentences
from kiosk.web.language import _, in_french
from kiosk.web.words import NBSP, clean
from machines.job_entries import NotStarted, Ordered, Why
from machines.order import Hindrance, Standing


def hindrance(obstacle: Obstacle, where: str = "") -> str:
    """Why a job does not start. `where`: the name of the printer or group it is for."""
    what = clean(obstacle.detail, 60)
    match obstacle.why:
        case Hindrance.JOURNAL:
            return _("The kiosk's disk does not answer.")
        case Hindrance.FAULT:
            return _("The printer is out of order.")
        case Hindrance.MAINTENANCE:
            return _("The printer is under maintenance.")
        case Hindrance.OFFLINE:
            return _("The printer is not connected.")
        case Hindrance.SWITCHED_OFF:
            return _("The printer is switched off: open a session there.")
        case Hindrance.OLD:
            return _("The printer has sent no news for too long.")
        case Hindrance.BUSY:
            return _("The printer is busy.")
        case Hindrance.PLATE:
            return _("The plate has to be checked.")
        case Hindrance.ELSEWHERE:
            return _("The job is for %(where)s.", where=clean(where or what, 60))
        case Hindrance.MODEL:
            return _with(_("Sliced for another printer"), what)
        case Hindrance.BED:
            return _with(_("Larger than the bed"), what and f"{what}{NBSP}mm")
        case Hindrance.NOZZLE:
            figure = what.replace(".", ",") if in_french() else what
            return _with(_("Another nozzle is needed"), figure and f"{figure}{NBSP}mm")
        case Hindrance.HEAT:
            return _with(_("Hotter than this printer may be"), what and f"{what}{NBSP}°C")
        case Hindrance.FIRMWARE:
            return _with(_("Sliced for another firmware"), what)
        case Hindrance.MATERIAL:
            return _with(_("Another filament is needed"), what)
        case Hindrance.COLOUR:
            return _with(_("Another colour is needed"), what)
        case Hindrance.GRAMS:
            return _with(_("Not enough filament is left"), what and f"{what}{NBSP}g")
        case Hindrance.APPROVAL:
            return _("A host has to approve it.")
        case Hindrance.OWNER:
            return _("Its owner has enough printers at work already.")
        case Hindrance.TURN:
            return _("Other jobs come first.")
        case Hindrance.FILE:
            return _("Its file is no longer on the kiosk.")


def not_started(reason: str, detail: str = "") -> str:
    """Why a start came to nothing; `detail` is in the printer's own words."""
    said: dict[str, str] = {
        NotStarted.OFFLINE: _("The printer was not connected"),
        NotStarted.BUSY: _("Another print was under way"),
        NotStarted.REFUSED: _("The printer refused it"),
        NotStarted.KEY: _("The kiosk's key may not print there"),
        NotStarted.DISK: _("The printer's disk is full"),
        NotStarted.UPLOAD: _("The file did not get there"),
        NotStarted.FILE: _("The file is no longer on the kiosk"),
        NotStarted.NO_ANSWER: _("The printer did not answer, and did not start"),
        NotStarted.NOT_BEGUN: _("The printer agreed, but did not start"),
        NotStarted.OTHER_PRINT: _("Another print began there instead"),
        NotStarted.PLATE: _("The plate was no longer clear"),
    }
    return _with(said.get(reason, _("It did not start")), clean(detail, 80))


def standing(why: Standing | None) -> str:
    """Why a job stands just there."""
    match why:
        case Standing.MOVED:
            return _("moved by a host")
        case Standing.PRIORITY:
            return _("put first by a host")
        case Standing.FRONT:
            return _("printed again after a failure")
        case Standing.FURTHER:
            return _("behind everybody's first job")
        case Standing.HOURS:
            return _("first job, and few hours lately")
        case Standing.EARLIER:
            return _("first job, brought earlier")
        case Standing.FIRST:
            return _("first job")
        case None:
            return ""


def failure(why: str) -> str:
    """Why a print went wrong; "" where nobody said, or it is not known."""
    return dict(failures()).get(why, "")


def failures() -> tuple[tuple[str, str], ...]:
    """Every reason that can be tapped, in the order of the buttons."""
    return (
        (Why.ADHESION.value, _("Came off the plate")),
        (Why.CLOG.value, _("Clogged")),
        (Why.FILAMENT.value, _("Out of filament")),
        (Why.POWER.value, _("Power cut")),
        (Why.FILE.value, _("File")),
        (Why.OTHER.value, _("Other")),
    )


def command(told: CommandView) -> str:
    """« Pause : envoyé… », then what the printer made of it."""
    known: dict[str, str] = {
        Ordered.PAUSE: _("Pause"),
        Ordered.RESUME: _("Resume"),
        Ordered.CANCEL: _("Cancel the print"),
        "connect": _("Connect"),
    }
    how = {
        "sent": _("sent…"),
        "confirmed": _("confirmed by the printer"),
        "refused": _with(_("refused"), clean(told.detail, 80)),
        "unanswered": _("no answer: look at the printer before you try again"),
    }.get(told.how, "")
    return _with(known.get(told.what, _("Order")), how)


def estimate_from(source: str) -> str:
    known = {
        "slicer": _("by the slicer"),
        "octoprint": _("by OctoPrint"),
        "past": _("by its own past"),
    }
    return known.get(source, "")


def plate(state: str) -> str:
    known = {"clear": _("Plate clear"), "unknown": _("Plate to check")}
    return known.get(state, "")


def refusal(told: Told) -> str:
    """Why an act was not done, and what to do."""
    said: dict[str, str] = {
        WhyNot.JOURNAL: _("The kiosk's disk does not answer: look whether it was done."),
        WhyNot.JOB: _("This job is gone."),
        WhyNot.MACHINE: _("There is no such machine."),
        WhyNot.MEMBER: _("This person is not on the list of members."),
        WhyNot.YOURS: _("This job is somebody else's."),
        WhyNot.STATE: _("Too late: the job has moved on."),
        WhyNot.JOBS: _("This person has as many jobs waiting as may be."),
        WhyNot.HOURS: _("This person's jobs would take longer than may wait."),
        WhyNot.STARTING: _("A start is under way at this printer."),
        WhyNot.PRINTING: _("A print is under way there."),
        WhyNot.OTHER_PRINT: _("Another print is under way there: nothing was sent."),
        WhyNot.PRINT: _("This print is gone."),
        WhyNot.NO_SESSION: _("No session is open there."),
        WhyNot.TIME: _("Give a time after the session was opened, at most a day ago."),
        WhyNot.CONDITION: _("Neither maintenance nor out of order."),
        WhyNot.ITEM: _("No such thing is counted here."),
        WhyNot.COUNT: _("This is not a number that may be."),
        WhyNot.VALUE: _("What was told makes no sense."),
        WhyNot.CODE: _("This code is gone, or its badge is somebody's."),
        WhyNot.ONCE: _("Read once only: hold the badge to the reader once more."),
        WhyNot.RANDOM: _("Its number changes: it can be nobody's."),
        WhyNot.BADGE: _("This badge is no longer this person's."),
        WhyNot.CLEARANCE: _("There is no such clearance."),
        WhyNot.GRANT: _("You may not grant this clearance."),
        WhyNot.SAME: _("Nobody clears themselves."),
        WhyNot.OVER: _("Their membership is over: it is to be renewed first."),
        WhyNot.STILL_OPEN: _("This session goes on: end it first."),
    }
    if told.why == WhyNot.OBSTACLE and told.detail in _VALUES:
        return hindrance(Obstacle("", Hindrance(told.detail)))
    if told.why == WhyNot.SESSION:
        return " ".join(f"{part.rstrip('.')}." for part in sentences.refusal(told.detail))
    return said.get(told.why, _("Not possible right now"))


#: The key words of `Hindrance`, as they come from the floor.
_VALUES = frozenset(why.value for why in Hindrance)


def _with(said: str, what: str) -> str:
    """« Said : what », in the spacing of the language."""
    return _("%(said)s: %(what)s", said=said, what=what) if what else said
