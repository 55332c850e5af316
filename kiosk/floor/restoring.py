"""What the kiosk before left at its machines: open sessions, and work that outlives one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.floor.closing import closes
from kiosk.floor.post import Post
from kiosk.floor.writing import Writing
from machines.carried import Carried, LeftSession, OpenSession
from machines.instants import Instant, Week
from machines.journal import Personal, Provenance, Reason, SessionClosed
from machines.session import After, Effect, Ended, Held, Suspended
from machines.session_table import decide, restore

Do = Callable[[Post, tuple[Effect, ...]], None]


@dataclass(frozen=True, slots=True)
class Left:
    """What the journal carries over, and how the kiosk before ended."""

    carried: Carried
    rebooted: bool
    last_seen: Instant
    now: Instant


def restore_sessions(
    posts: Mapping[str, Post], left: Left, hours: Week, writing: Writing, do: Do
) -> None:
    """Every machine as it was left, and what is then to be done. Energises nothing.

    A session that no machine here can go on with ended when the kiosk was last seen.
    """
    carried, last_seen, now = left.carried, left.last_seen, left.now

    def take_up(post: Post, state: Held | Suspended | After) -> None:
        post.machine, effects = restore(post.machine.rules, state, left.rebooted, last_seen, now)
        do(post, effects)

    for session in carried.sessions.values():
        post = posts.get(session.machine)
        if post is None or session.member is None or post.held:
            writing.write(*_orphan(session, last_seen))
        else:
            take_up(post, _open(session, session.member, now, closes(hours, session.opened)))
    at_work = {one.session for one in carried.prints.values()}
    for slug, one in carried.left.items():
        post = posts.get(slug)
        if post is not None and not post.held and _may_go_on(post, one, at_work):
            take_up(post, After(one.session, one.member or "", one.ended))
    for post in posts.values():
        if post.condition.dangerous:
            post.machine, effects = decide(post.machine, Ended(now, Reason.FAULT))
            do(post, effects)


def _open(left: OpenSession, member: str, now: Instant, closes_us: int | None) -> Held | Suspended:
    if left.suspended:
        return Suspended(left.session, member, left.opened, closes_us)
    return Held(left.session, member, left.opened, now, closes_us)


def _may_go_on(post: Post, left: LeftSession, at_work: set[str | None]) -> bool:
    """Whether power may still be on for its work, or for what cools: the keeper's report tells.

    Of a machine that nothing switches, only a print that is under way speaks.
    """
    rules = post.machine.rules
    if rules.interlocked:
        return rules.outlives or rules.cool_us > 0
    return rules.outlives and left.session in at_work


def _orphan(session: OpenSession, last_seen: Instant) -> tuple[SessionClosed, Personal | None]:
    orphan = SessionClosed(
        session.session, session.machine, Reason.ORPHAN, Provenance.ESTIMATED, last_seen
    )
    return orphan, Personal(member=session.member) if session.member else None
