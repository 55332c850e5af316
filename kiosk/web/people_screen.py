"""The touch screen about people, in words and buttons: clearing somebody, hours, badges."""

from __future__ import annotations

from kiosk.floor.people_view import PeopleView
from kiosk.floor.view import ScreenView, TileState, Touch
from kiosk.web import people_words, sentences
from kiosk.web.language import _
from kiosk.web.pictures import Act, Picture, Row, Tile, back
from kiosk.web.words import clean, duration


def refused(screen: ScreenView) -> Picture:
    """What happened, what is missing, and who can help."""
    people = screen.people
    happened, to_do = sentences.refusal(screen.refusal)
    note = people_words.lack(people.lack) if people.lack else sentences.note(screen.note)
    machine = clean(screen.machine_name)
    if people.code:
        machine, note = _("Code %(code)s", code=people.code), _enrolling(people)
    return Picture(
        screen.kind,
        "bad",
        "fault",
        happened,
        machine=machine,
        detail=people_words.helpers(people.helpers) or to_do,
        note=note,
        acts=(back(),),
    )


def _enrolling(people: PeopleView) -> str:
    if people.random:
        return _("This badge changes its number: it cannot be used here.")
    if not people.ready:
        return _("Present it once more, so that it can be enrolled.")
    return _("A host enrols it at the tablet, by this code.")


def teach(screen: ScreenView) -> Picture:
    tiles = tuple(
        Tile(
            one.of,
            people_words.capital(people_words.family(one.name))
            if one.family
            else clean(one.name, 40),
            TileState.FREE,
            "badge",
            _("All of them") if one.family else "",
            touch=Touch.GRANT,
        )
        for one in screen.people.grants
    )
    return Picture(
        screen.kind,
        "calm",
        "badge",
        _("Clear somebody"),
        detail=_("For what?"),
        acts=(back(),),
        tiles=tiles,
    )


def learn(screen: ScreenView) -> Picture:
    people = screen.people
    return Picture(
        screen.kind,
        "ask",
        "badge",
        _("Present the badge of who is to be cleared"),
        machine=people_words.of(people.of) if people.of else "",
        note=people_words.trouble(people.trouble),
        acts=(back(),),
    )


def granted(screen: ScreenView) -> Picture:
    people = screen.people
    of = people.of.of if people.of else ""
    return Picture(
        screen.kind,
        "good",
        "free",
        _("%(name)s is cleared", name=clean(people.learner, 30)),
        machine=people_words.of(people.of) if people.of else "",
        detail=_("True at once, here and soon everywhere."),
        acts=(
            Act(Touch.BACK, "", _("That is all"), "free", main=True),
            Act(Touch.GRANT, of, _("Somebody else"), "again"),
        ),
    )


def enrolled(screen: ScreenView) -> Picture:
    name = clean(screen.first_name, 30)
    return Picture(
        screen.kind,
        "good",
        "badge",
        _("Hello %(name)s", name=name) if name else _("Hello"),
        detail=_("Your badge is enrolled."),
    )


def hours(screen: ScreenView) -> Picture:
    """The last sessions of who badged, and what the month comes to here."""
    found, rows = screen.people.hours, tuple[Row, ...]()
    if found is None:
        title = _("One moment…")
    else:
        title = _("This month: %(time)s", time=duration(found.month_s))
        title = title if found.month_s else _("Nothing yet this month")
        rows = tuple(
            Row(
                clean(one.machine, 40),
                people_words.weekday(one.day),
                _("under way") if one.open else duration(one.seconds),
            )
            for one in found.sessions
        )
    none = found is not None and not rows
    return Picture(
        screen.kind,
        "calm",
        "wait",
        title,
        machine=clean(screen.first_name, 30),
        detail=_("No session lately.") if none else _("Your last sessions in this lab"),
        acts=(back(),),
        rows=rows,
    )


def offers(people: PeopleView) -> tuple[Act, ...]:
    """Beside the machines: to clear somebody, for who may; one's own hours."""
    told = []
    if people.grants:
        told.append(Act(Touch.TEACH, "", _("Clear somebody"), "badge"))
    if people.mine:
        told.append(Act(Touch.HOURS, "", _("My hours"), "wait"))
    return tuple(told)
