"""What the screens say: for each state, refusal and notice of the floor, its words.

At most two short sentences, what happened and then what to do, without blame.
"""

from __future__ import annotations

from kiosk.floor.view import LabView, TileState
from kiosk.web.language import _
from kiosk.web.words import clean
from machines.members import Refusal

DAY_S = 86_400
#: A list of members this old misses renewals: an animator should know.
OLD_ROSTER_S = 3 * DAY_S


def state_word(state: TileState) -> str:
    match state:
        case TileState.FAULT:
            return _("Out of order")
        case TileState.MAINTENANCE:
            return _("Maintenance")
        case TileState.OFFLINE:
            return _("Offline")
        case TileState.ATTENTION:
            return _("Action needed")
        case TileState.BUSY:
            return _("In use")
        case TileState.FREE:
            return _("Free")


def refusal(reason: str) -> tuple[str, str]:
    """What happened, and what to do. A reason that is not known still says whom to ask."""
    ask = _("Ask a host.")
    said: dict[str, tuple[str, str]] = {
        Refusal.UNKNOWN_BADGE: (_("Badge not recognised"), ask),
        Refusal.NO_CLEARANCE: (_("Training required before use"), ask),
        Refusal.CLEARANCE_OVER: (_("Training to renew before use"), ask),
        Refusal.MEMBERSHIP_OVER: (_("Membership to renew"), _("The front desk can help you.")),
        Refusal.IN_USE: (_("Machine in use"), _("Choose another one, or come back later.")),
        Refusal.FAULT: (_("Machine out of order"), _("Choose another one, or ask a host.")),
        Refusal.MAINTENANCE: (
            _("Machine under maintenance"),
            _("Choose another one, or ask a host."),
        ),
        Refusal.RETIRED: (_("Machine withdrawn"), _("Choose another one, or ask a host.")),
        Refusal.JOURNAL_UNAVAILABLE: (_("Nothing can be recorded right now"), ask),
        Refusal.RELAY_UNAVAILABLE: (_("The machine cannot be switched on"), ask),
        Refusal.WORKING: (_("The machine is still working"), _("Wait until it has finished.")),
    }
    return said.get(reason, (_("Not possible right now"), ask))


def printer_state(text: str) -> str:
    """OctoPrint's own words in the language of the page; what is not known stays as it is."""
    known = {
        "Operational": _("Ready"),
        "Starting": _("Starting"),
        "Starting print from SD": _("Starting"),
        "Printing": _("Printing"),
        "Printing from SD": _("Printing"),
        "Pausing": _("Pausing"),
        "Paused": _("Paused"),
        "Resuming": _("Resuming"),
        "Cancelling": _("Cancelling"),
        "Finishing": _("Finishing"),
        "Offline": _("Disconnected"),
        "Offline after error": _("Disconnected after an error"),
        "Error": _("Error"),
        "Connecting": _("Connecting"),
        "Detecting serial connection": _("Connecting"),
        "Opening serial connection": _("Connecting"),
        "Transferring file to SD": _("Copying a file"),
    }
    if text.startswith("Error:"):
        return _("Error: %(what)s", what=clean(text.removeprefix("Error:"), 60))
    return known.get(text, clean(text, 40))


def print_state(state: str) -> str:
    known = {
        "printing": _("Printing"),
        "paused": _("Paused"),
        "finishing": _("Finishing"),
        "unknown": _("State unknown"),
        "done": _("Print finished"),
        "failed": _("Print failed"),
        "cancelled": _("Print cancelled"),
        "lost": _("End not seen"),
    }
    return known.get(state, clean(state, 40))


def ending(why: str) -> str:
    """Why a session ends as soon as its machine rests."""
    known = {
        "idle": _("ends at rest: idle"),
        "maximum": _("ends at rest: maximum reached"),
        "closing": _("ends at rest: the lab closes"),
    }
    return known.get(why, _("ends at rest"))


def note(text: str) -> str:
    """A machine's note: a driver's key word in the language of the page, or what a person wrote."""
    known = {
        "beam-left-on": _("The beam is still on"),
        "alarm": _("The laser reports an alarm"),
        "suspended": _("Session suspended: badge to resume"),
    }
    return known.get(text, clean(text, 80))


def silence(why: str) -> str:
    """Why a device does not answer. A driver's own words stay in the log, since they may hold
    a path or an address: only what is known among them is said."""
    known = {
        "refuses the API key": _("OctoPrint refuses the key: check it"),
        "refuses the connection": _("OctoPrint is stopped, or starting"),
        "closed the connection": _("OctoPrint is stopped, or starting"),
        "starting": _("OctoPrint is stopped, or starting"),
        "not answer in time": _("OctoPrint does not answer in time"),
        "its name is not known": _("Its name is not known on the network"),
        "cannot be reached": _("Cannot be reached on the network"),
        "could not open port": _("Switched off, or its cable is out"),
        "input line": _("Its contact cannot be read"),
        "expected the key": _("Its key is missing on the kiosk"),
    }
    return next((said for words, said in known.items() if words in why), _("It does not answer"))


def notices(view: LabView) -> tuple[str, ...]:
    """What an animator should know about the kiosk itself, gravest first."""
    said = []
    if not view.journal_ok:
        said.append(_("The journal cannot be written: no session can start."))
    if not view.readers_ok:
        said.append(_("A badge reader does not answer: check its cable."))
    if not view.clock_set:
        said.append(_("The clock is not set: times are placed once the network is back."))
    if view.roster_age_s is not None and view.roster_age_s > OLD_ROSTER_S:
        days = int(view.roster_age_s // DAY_S)
        said.append(_("The list of members is %(days)s days old.", days=days))
    return (*said, *(_notice(key) for key in view.notices))


def _notice(key: str) -> str:
    known = {
        "keeper-unreachable": _("The relays cannot be reached: no machine can be switched on."),
        "disk-full": _("The disk is full."),
        "purge-late": _("What should have been forgotten about people is still here."),
    }
    return known.get(key, clean(key, 80))
