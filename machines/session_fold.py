"""One session folded from its entries: the best known end, suspensions, corrections."""

from __future__ import annotations

from collections.abc import Sequence

from machines.corrections import Corrections
from machines.journal import (
    Entry,
    Provenance,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.placing import Boots
from machines.timeline import Edge, alternating, begun_at, edges, rank, stretches
from machines.usage import Session

#: Nobody badged out: the kiosk chose where the session ends.
ESTIMATED = (Reason.CLOSING, Reason.ORPHAN, Reason.POWER_LOSS)


def fold_session(opening: Entry, told: Sequence[Entry], boots: Boots) -> Session | None:
    """The session of `opening`; None where it was refused and an entry says that it never was."""
    body = opening.body
    assert isinstance(body, SessionOpened)
    if any(isinstance(entry.body, SessionVoided) for entry in told):
        return None
    closing = _closing(told)
    changes = [e for e in told if isinstance(e.body, SessionSuspended | SessionResumed)]
    marks = [(opening.birth.store, opening.at), *alternating(opening.at, changes)]
    if closing:
        marks.append((closing[0].birth.store, closing[1].ended or closing[0].at))
    placed = edges(marks, boots)
    end = placed.pop() if closing else None
    fixed = Corrections.of(told, placed[0].utc_us, end.utc_us if end else None, boots)
    if fixed.ended_us is not None:
        end = Edge(None, fixed.ended_us)
    if fixed.began_us is not None:
        placed = begun_at(Edge(None, fixed.began_us), placed)
    return Session(
        subject=str(opening.birth),
        machine=fixed.machine or body.machine,
        source=body.source,
        category=fixed.category or body.category,
        member=_member(opening, fixed),
        party=body.party if fixed.party is None else fixed.party,
        public=body.public if fixed.public is None else fixed.public,
        began_us=placed[0].utc_us,
        ended_us=end.utc_us if end else None,
        stretches=stretches(placed, end) if end else (),
        provenance=_provenance(body, closing[1] if closing else None, fixed),
        reason=closing[1].reason if closing else Reason.ANIMATOR if end else None,
        corrected=fixed.any,
        group=body.group if fixed.group is None else fixed.group,
        title=body.title,
        void=fixed.void,
    )


def _member(opening: Entry, fixed: Corrections) -> str | None:
    if fixed.member or fixed.forgotten:
        return fixed.member
    return opening.personal.member if opening.personal else None


def _closing(told: Sequence[Entry]) -> tuple[Entry, SessionClosed] | None:
    """The best known end: a badge-out is worth more than an estimate, then the first told."""
    ends = [(entry, entry.body) for entry in told if isinstance(entry.body, SessionClosed)]
    return min(ends, key=lambda end: (_estimated(end[1]), rank(end[0])), default=None)


def _estimated(closing: SessionClosed) -> bool:
    return closing.reason in ESTIMATED or closing.provenance is Provenance.ESTIMATED


def _provenance(
    opened: SessionOpened, closing: SessionClosed | None, fixed: Corrections
) -> Provenance:
    """An animator's word is declared; where nobody badged out, the end is estimated."""
    declared = fixed.ended_us is not None or fixed.began_us is not None
    if declared or (closing and closing.reason is Reason.ANIMATOR):
        return Provenance.DECLARED
    if closing and _estimated(closing):
        return Provenance.ESTIMATED
    if opened.source == "animator":
        return Provenance.DECLARED
    return closing.provenance if closing else Provenance.BADGE
