"""The floor, drawn for the screens: from its state to a `LabView`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from config.site import Site
from kiosk.floor.post import Post
from kiosk.floor.view import (
    CounterView,
    ItemView,
    MachineView,
    PartyView,
    PrintView,
    ScreenKind,
    ScreenView,
    TileState,
)
from machines import conversation as talk
from machines.instants import SECOND, Instant, paris
from machines.made import ITEMS
from machines.members import Member
from machines.meter import Work
from machines.print_look import PrintLook
from machines.print_record import NO_PRINTER
from machines.session import After, Free, Held, Party, Suspended
from machines.talk_people import Hours, Learning, Teaching, ToldEnrolled, ToldGranted

Find = Callable[[str], Member | None]

#: News older than this no longer says what a machine does.
STALE_S = 60.0

#: A print that was paused this long in all, and still is, waits for somebody.
LONG_PAUSE_S = 600.0


def machine_view(post: Post, now: Instant, who: Find, printed: PrintView | None) -> MachineView:
    """One machine, as a tile and a card show it."""
    session = post.machine.session
    seen_s = None if post.seen is None else max(0.0, now.since(post.seen) / SECOND)
    opened = session.opened if isinstance(session, Held | Suspended) else None
    ending = session.ending if isinstance(session, Held) else None
    printer = None if post.silence else post.printer  # what it said before is over
    return MachineView(
        slug=post.slug,
        name=post.plan.name,
        family=post.plan.family,
        sort=post.plan.sort.value,
        state=tile(post, seen_s, printed),
        member=_short(post, who),
        since_s=None if opened is None else max(0.0, now.since(opened) / SECOND),
        working=_working(post),
        ending=None if ending is None else ending.value,
        note=_note(post),
        printer_state="" if printer is None else printer.state,
        print=printed,
        nozzle_c=printer.nozzle_c if printer else None,
        nozzle_target_c=printer.nozzle_target_c if printer else None,
        bed_c=printer.bed_c if printer else None,
        bed_target_c=printer.bed_target_c if printer else None,
        beam_on=_beam(post),
        seen_s=seen_s if post.watched else None,
        silence=post.silence,
        makes=post.plan.makes,
    )


def tile(post: Post, seen_s: float | None, printed: PrintView | None) -> TileState:
    """The gravest thing to say of a machine."""
    session = post.machine.session
    gravest = post.condition.gravest
    if gravest in ("fault", "retired"):
        return TileState.FAULT
    if gravest == "maintenance":
        return TileState.MAINTENANCE
    if isinstance(session, Suspended) or post.message or _waits(printed):
        return TileState.ATTENTION
    if isinstance(session, Free) and _is_lost(post, seen_s):
        return TileState.OFFLINE
    unknown = printed is not None and printed.state == "unknown"
    if not isinstance(session, Free) or post.machine.working or unknown:
        return TileState.BUSY
    return TileState.FREE


def _waits(printed: PrintView | None) -> bool:
    return bool(printed and printed.state == "paused" and printed.paused_s >= LONG_PAUSE_S)


def _is_lost(post: Post, seen_s: float | None) -> bool:
    """A free machine whose device is silent, or whose OctoPrint has no printer.

    A printer that our own relay keeps off is not lost: it waits for a badge.
    """
    if post.watched and (post.silence or (seen_s is not None and seen_s > STALE_S)):
        return True
    gone = post.printer is not None and post.printer.state.startswith(NO_PRINTER)
    return gone and post.plan.relay is None


def _note(post: Post) -> str:
    """What a person wrote of the machine, else the key word of what is to be done."""
    suspended = "suspended" if isinstance(post.machine.session, Suspended) else ""
    return post.condition.note or post.message or suspended


def screen_view(
    state: talk.Talk,
    posts: dict[str, Post],
    who: Find,
    allowed: Callable[[Post, Member], bool],
    now_s: float,
    at: Instant,
    language: str,
    tablets: tuple[str, ...] = (),
    invite: Callable[[str], str] = lambda member: "",
    items: tuple[ItemView, ...] = (),
) -> ScreenView:
    """The touch screen. A first name is in it only while its member stands before it.

    `tablets`: those that ask for an animator's badge. `invite`: the token of a member's own page.
    `items`: what is counted in this lab.
    """
    if isinstance(state, talk.Idle):
        return ScreenView(ScreenKind.IDLE, language=language)
    member = who(state.member) if not isinstance(state, talk.Awaiting) and state.member else None
    slug = getattr(state, "machine", "")
    post = posts.get(slug)
    mine: tuple[str, ...] = ()
    startable: tuple[str, ...] = ()
    if isinstance(state, talk.Choosing) and member is not None:
        mine = tuple(p.slug for p in posts.values() if p.machine.member == member.id)
        startable = tuple(p.slug for p in posts.values() if allowed(p, member))
    return ScreenView(
        kind=_kind(state),
        first_name=member.first_name if member else "",
        machine=slug,
        machine_name=post.plan.name if post else "",
        refusal=state.refusal.value if isinstance(state, talk.ToldRefused) else "",
        note=post.condition.note if post and isinstance(state, talk.ToldRefused) else "",
        elapsed_s=_elapsed(state, post, at),
        resumed=isinstance(state, talk.ToldStarted) and state.resumed,
        until_s=max(0.0, state.until - now_s),
        language=language,
        mine=mine,
        allowed=startable,
        invitation=invite(member.id) if member and _stands_there(state) else "",
        tablets=tablets if _may_allow(state, member) else (),
        tablet=state.code if isinstance(state, talk.ToldTablet) else "",
        counters=_counters(state, items),
        only_end=isinstance(state, talk.AskedEnd),
    )


def _counters(state: talk.Talk, items: tuple[ItemView, ...]) -> tuple[CounterView, ...]:
    if not isinstance(state, talk.ToldStopped) or state.making is None:
        return ()
    known = {item.slug: item for item in items}
    return tuple(
        CounterView(slug, known[slug].name, known[slug].english, count)
        for slug, count in state.making.counts
        if slug in known
    )


def item_views(site: Site) -> tuple[ItemView, ...]:
    """What every lab counts, then what this one does besides."""
    always = (ItemView(item.slug, item.name, item.english) for item in ITEMS)
    own = (ItemView(item.slug, item.name, item.english or item.name) for item in site.items)
    return (*always, *own)


def party_views(
    posts: Iterable[Post], party: Callable[[Post], Party | None], who: Find, now: Instant
) -> tuple[PartyView, ...]:
    """Who is here in numbers: each party once, however many machines it has; the oldest first."""
    groups: dict[str, list[tuple[Post, Party]]] = {}
    for post in posts:
        if (there := party(post)) and there.people:
            groups.setdefault(there.group or post.session or "", []).append((post, there))
    views = (_party_view(group, there, who, now) for group, there in groups.items())
    return tuple(sorted(views, key=lambda view: -view.since_s))


def _party_view(group: str, there: list[tuple[Post, Party]], who: Find, now: Instant) -> PartyView:
    first, told = there[0]
    animator = who(first.machine.member or "")
    opened = [
        post.machine.session.opened
        for post, _ in there
        if isinstance(post.machine.session, Held | Suspended)
    ]
    return PartyView(
        group,
        max(party.people for _, party in there),
        told.category,
        told.public,
        told.title,
        animator.short if animator else "?",
        tuple(post.slug for post, _ in there),
        tuple(post.session or "" for post, _ in there),
        max(max(0.0, now.since(at) / SECOND) for at in opened),
    )


def _may_allow(state: talk.Talk, member: Member | None) -> bool:
    asked = isinstance(state, talk.Choosing | talk.AskedStop)
    return asked and member is not None and member.animator


def print_view(look: PrintLook, now: Instant) -> PrintView:
    """A print, with the hour at which it should end by the printer's own estimate."""
    ends_at = None
    if look.left_s is not None and look.state == "printing":
        ends_at = hour(now.wall_us + round(look.left_s * SECOND), now.wall_us)
    return PrintView(
        name=look.name,
        state=look.state,
        progress=look.progress,
        left_s=look.left_s,
        ends_at=ends_at,
        used_s=look.used_s,
        paused_s=look.paused_s,
        unseen_s=look.unseen_s,
    )


def hour(at_us: int, now_us: int) -> str:
    """Paris time, "15 h 40"; of another day than now's, "jeu. 9 h 10"."""
    at, now = paris(at_us), paris(now_us)
    day = "" if at.date() == now.date() else f"{_DAYS[at.weekday()]} "
    return f"{day}{at.hour} h {at.minute:02d}"


_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def _stands_there(state: talk.Talk) -> bool:
    """Whether the member who was just known by their badge is the one before the screen: a
    session that a tablet began would show whoever is there the way to somebody else's page."""
    began_here = isinstance(state, talk.ToldStarted) and state.here
    return began_here or isinstance(state, talk.Choosing | talk.AskedStop)


_KINDS: dict[type[talk.Talk], ScreenKind] = {
    talk.Choosing: ScreenKind.CHOOSE,
    talk.Pending: ScreenKind.PENDING,
    talk.Awaiting: ScreenKind.BADGE,
    talk.AskedStop: ScreenKind.STOP,
    talk.AskedEnd: ScreenKind.STOP,
    talk.AskedTakeOver: ScreenKind.TAKE_OVER,
    talk.ToldStarted: ScreenKind.STARTED,
    talk.ToldStopped: ScreenKind.STOPPED,
    talk.ToldRefused: ScreenKind.REFUSED,
    talk.ToldTablet: ScreenKind.TABLET,
    Teaching: ScreenKind.TEACH,
    Learning: ScreenKind.LEARN,
    ToldGranted: ScreenKind.GRANTED,
    ToldEnrolled: ScreenKind.ENROLLED,
    Hours: ScreenKind.HOURS,
}


def _kind(state: talk.Talk) -> ScreenKind:
    return _KINDS[type(state)]


def _elapsed(state: talk.Talk, post: Post | None, at: Instant) -> float:
    if isinstance(state, talk.ToldStopped):
        return state.elapsed_s
    session = post.machine.session if post else Free()
    if isinstance(session, Held | Suspended):
        return max(0.0, at.since(session.opened) / SECOND)
    return 0.0


def _short(post: Post, who: Find) -> str | None:
    """`Ana B.`: whose session it is, or whose work goes on."""
    session = post.machine.session
    roster_id = session.member if isinstance(session, After) else post.machine.member
    if roster_id is None:
        return None
    member = who(roster_id)
    return member.short if member else "?"


def _working(post: Post) -> bool | None:
    if not post.watched or post.machine.work is Work.UNKNOWN:
        return None
    return post.machine.working


def _beam(post: Post) -> bool | None:
    beam = post.works.get("beam", Work.UNKNOWN)
    return None if beam is Work.UNKNOWN else beam is Work.WORKING
