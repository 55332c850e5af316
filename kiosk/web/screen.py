"""The touch screen as words and buttons: what the floor decided, ready to be drawn.

One question per screen, and always a way back. Nothing here outlives its view:
whoever stood before the screen is gone from it with the next one.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.floor.view import (
    CounterView,
    LabView,
    MachineView,
    ScreenKind,
    ScreenView,
    TileState,
    Touch,
)
from kiosk.web import people_screen, sentences
from kiosk.web.language import _, in_french
from kiosk.web.pictures import Act, Counter, Picture, Strip, Tile, back
from kiosk.web.words import clean, duration


def picture(view: LabView) -> Picture:
    """The screen of this view, in the language being spoken."""
    screen = view.screen
    return replace(_picture(view), invitation=screen.invitation, tablets=_tablets(screen))


def _picture(view: LabView) -> Picture:
    screen = view.screen
    match screen.kind:
        case ScreenKind.IDLE:
            return _idle(view)
        case ScreenKind.CHOOSE:
            return _choose(view)
        case ScreenKind.BADGE:
            return _ask(screen, "badge", _("Present your badge"), acts=(back(),))
        case ScreenKind.PENDING:
            return _ask(screen, "wait", _("One moment…"))
        case ScreenKind.STARTED:
            began = _("Session resumed") if screen.resumed else _("Session started")
            return _result(screen, "free", _hello(screen), began, note=_kept_here(view))
        case ScreenKind.STOP:
            return _stop(screen)
        case ScreenKind.TAKE_OVER:
            return _take_over(screen)
        case ScreenKind.STOPPED:
            return _stopped(view)
        case ScreenKind.REFUSED:
            return people_screen.refused(screen)
        case ScreenKind.TABLET:
            allowed = _("Tablet %(code)s may act for five minutes", code=clean(screen.tablet, 4))
            return _result(screen, "free", _thanks(screen), allowed, note="")
        case ScreenKind.TEACH:
            return people_screen.teach(screen)
        case ScreenKind.LEARN:
            return people_screen.learn(screen)
        case ScreenKind.GRANTED:
            return people_screen.granted(screen)
        case ScreenKind.ENROLLED:
            return people_screen.enrolled(screen)
        case ScreenKind.HOURS:
            return people_screen.hours(screen)


def _idle(view: LabView) -> Picture:
    return Picture(
        ScreenKind.IDLE,
        "calm",
        "badge",
        _("Present your badge"),
        detail=_("or touch a machine"),
        tiles=tuple(_tile(machine) for machine in view.machines),
        strip=_strip(view),
    )


def _choose(view: LabView) -> Picture:
    """The member's machines first, then the others, each group in floor-plan order."""
    mine = set(view.screen.mine) | set(view.screen.allowed)
    first = [_own_tile(m, view.screen) for m in view.machines if m.slug in mine]
    others = [_dimmed(m) for m in view.machines if m.slug not in mine]
    return Picture(
        ScreenKind.CHOOSE,
        "calm",
        "badge",
        _hello(view.screen),
        detail=_("Which machine?"),
        acts=(back(),),
        tiles=(*first, *others),
    )


def _stop(screen: ScreenView) -> Picture:
    return _ask(
        screen,
        "busy",
        _("Session running for %(time)s", time=duration(screen.elapsed_s)),
        detail=_("End it?"),
        acts=(
            Act(Touch.END, "", _("End session"), "stop", main=True),
            *((Act(Touch.OTHER, "", _("Another machine"), "swap"),) if not screen.only_end else ()),
            Act(Touch.BACK, "", _("Carry on"), "back"),
        ),
    )


def _stopped(view: LabView) -> Picture:
    """The session is over; at a machine that makes things, they are counted."""
    screen = view.screen
    kept = _("Time recorded: %(time)s", time=duration(screen.elapsed_s))
    told = _result(screen, "free", _thanks(screen), kept, note=_kept_here(view))
    if not screen.counters:
        return told
    done = Act(Touch.BACK, "", _("That is all"), "free", main=True)
    counters = tuple(_counter(counter) for counter in screen.counters)
    asked = _("How many did you make?")
    return replace(told, title=asked, note="", acts=(done,), counters=counters)


def _counter(counter: CounterView) -> Counter:
    name = clean(counter.name if in_french() else counter.english, 30)
    less, more = _("One less: %(item)s", item=name), _("One more: %(item)s", item=name)
    return Counter(counter.item, name, counter.count, less, more)


def _tablets(screen: ScreenView) -> tuple[Act, ...]:
    """The first two of what is offered beside the question: to an animator, the tablets that
    ask; before the machines, what is offered about people."""
    asking = tuple(
        Act(Touch.TABLET, code, _("Allow tablet %(code)s", code=code), "badge")
        for code in screen.tablets
    )
    people = people_screen.offers(screen.people) if screen.kind is ScreenKind.CHOOSE else ()
    return (*asking[: 1 if people else 2], *people)[:2]


def _take_over(screen: ScreenView) -> Picture:
    return _ask(
        screen,
        "swap",
        _("Machine in use"),
        detail=_("Take it over? The session under way will end."),
        acts=(
            Act(Touch.TAKE_OVER, "", _("Take the machine over"), "swap", main=True),
            back(),
        ),
    )


def _ask(
    screen: ScreenView, icon: str, title: str, detail: str = "", acts: tuple[Act, ...] = ()
) -> Picture:
    machine = clean(screen.machine_name)
    return Picture(screen.kind, "ask", icon, title, machine=machine, detail=detail, acts=acts)


def _result(screen: ScreenView, icon: str, title: str, detail: str, note: str) -> Picture:
    machine = clean(screen.machine_name)
    return Picture(screen.kind, "good", icon, title, machine=machine, detail=detail, note=note)


def _hello(screen: ScreenView) -> str:
    name = clean(screen.first_name, 30)
    return _("Hello %(name)s", name=name) if name else _("Hello")


def _thanks(screen: ScreenView) -> str:
    name = clean(screen.first_name, 30)
    return _("Thank you %(name)s", name=name) if name else _("Thank you")


def _kept_here(view: LabView) -> str:
    if not view.central or view.online:
        return ""
    return _("Recorded here. It will be sent later.")


def _tile(machine: MachineView) -> Tile:
    word = sentences.state_word(machine.state)
    return Tile(machine.slug, clean(machine.name), machine.state, machine.state, word)


def _own_tile(machine: MachineView, screen: ScreenView) -> Tile:
    if machine.slug in screen.mine:
        word = _("Your session")
        return Tile(machine.slug, clean(machine.name), TileState.BUSY, TileState.BUSY, word)
    return _tile(machine)


def _dimmed(machine: MachineView) -> Tile:
    icon, word = machine.state.value, sentences.state_word(machine.state)
    if machine.state is TileState.FREE:
        icon, word = "lock", _("Training first")
    return Tile(machine.slug, clean(machine.name), machine.state, icon, word, dimmed=True)


def _strip(view: LabView) -> Strip | None:
    """The gravest thing about the kiosk that a member should know, if any."""
    if not view.journal_ok:
        return Strip("grave", "fault", _("Nothing can be recorded right now. Ask a host."))
    if not view.readers_ok:
        return Strip("grave", "fault", _("The badge reader does not answer. Ask a host."))
    if view.central and not view.online:
        return Strip("calm", "cloud-off", _("Offline. All is recorded here and sent later."))
    return None
