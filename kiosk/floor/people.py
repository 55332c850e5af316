"""Who a badge is: the roster by digest, with what this lab decided laid over it.

scrypt makes a digest cost milliseconds, so those of badges met since the start
are kept in memory, under a random key: a known badge costs nothing, and a core
dump gives no badge number.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import date

from kiosk.floor.acts import Face
from machines.badges import DigestKey
from machines.members import Member, Roster, Rules
from machines.own import Own, current, lay_over, used

#: Badges remembered; a lab has some hundreds. The oldest is forgotten first.
REMEMBERED = 4096


class People:
    """The roster, asked by badge number or by roster id. For the floor's thread alone, but for
    `animators`, those who may act at a tablet, `trainers`, who may grant a clearance, `faces`,
    everybody, all three by name, and `known`.

    `families`: of each machine of the lab. `holders`: whose sessions are open; `changed`: told
    when there are other people, or the same with another id. The floor sets both.
    """

    def __init__(self, key: DigestKey, families: Mapping[str, str] | None = None) -> None:
        self._key = key
        self._keys: tuple[DigestKey, ...] = (key,)
        self._families = dict(families or {})
        self._roster = Roster()
        self.own = Own()
        self.holders: Callable[[], Set[str]] = frozenset
        self.changed: Callable[[], None] = lambda: None
        self._by_digest: dict[str, Member] = {}
        self._by_id: dict[str, Member] = {}
        self._former: dict[str, Member] = {}  #: by digest: badges that began what is still open
        self.animators: tuple[Member, ...] = ()
        self.trainers: tuple[Member, ...] = ()
        self.faces: tuple[Face, ...] = ()
        self._memory_key = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()

    def take(self, roster: Roster) -> None:
        """From now on, these are the people, and what the lab decided since."""
        self._roster = roster
        self.lay(self.own)

    def lay(self, own: Own) -> None:
        """What the lab decided, laid over the roster; what that has already is dropped."""
        self.own = own.beyond(self._roster)
        members = lay_over(self._roster, self.own, self._families).members
        before = {**self._former, **self._by_digest}
        self._by_id = {member.id: member for member in members}
        self._by_digest = {digest: member for member in members for digest in member.badges}
        self._former = {
            digest: _of_nothing(member, self.current(member.id))
            for digest, member in before.items()
            if digest not in self._by_digest and self.current(member.id) in self.holders()
        }
        named = sorted(members, key=_by_name)
        self.faces = tuple(_face(member) for member in named)
        self.animators = tuple(member for member in named if member.animator)
        self.trainers = tuple(m for m in named if any(c.trains for c in m.clearances))
        self._take_costs()
        self.changed()

    def use(self, roster_id: str, machine: str, day: date) -> None:
        """That member began at this machine: their clearance of it is in use."""
        if member := self.member(roster_id):
            after = used(member, {machine: day}, self._families)
            self._by_id[after.id] = after
            self._by_digest.update((digest, after) for digest in after.badges)

    def who(self, number: str) -> Member | None:
        """The member who has this badge (its canonical number), or None.

        A badge that is nobody's any more still ends the session that is open for who had it,
        and does nothing else.
        """
        for digest in self._digest(number):
            if member := self._by_digest.get(digest):
                return member
            former = self._former.get(digest)
            if former is not None and former.id in self.holders():
                return former
        return None

    def is_former(self, number: str) -> bool:
        """Whether this badge is nobody's any more."""
        return not any(digest in self._by_digest for digest in self._digest(number))

    def digest(self, number: str) -> str:
        """What the journal says of a badge, known or not."""
        return self._digest(number)[0]

    def member(self, roster_id: str) -> Member | None:
        """Also by an id that was given up for another."""
        return self._by_id.get(self.current(roster_id))

    def current(self, roster_id: str) -> str:
        return current(roster_id, self._roster.aliases)

    def former_ids(self, roster_id: str) -> frozenset[str]:
        """Those that were given up for this one."""
        aliases = self._roster.aliases
        return frozenset(one for one in aliases if current(one, aliases) == roster_id)

    @property
    def rules(self) -> Rules:
        """When clearances end by themselves."""
        return self._roster.rules

    @property
    def known(self) -> Mapping[str, Member]:
        """Everybody, by roster id. From any thread: to be looked at, and not kept."""
        return self._by_id

    @property
    def count(self) -> int:
        return len(self._by_id)

    def _take_costs(self) -> None:
        told = {digest.partition(":")[0] for digest in self._by_digest}
        keys = tuple(key for name in sorted(told) if (key := self._costing(name)))
        if keys != self._keys:
            self._digests.clear()
        self._keys = keys or (self._key,)

    def _digest(self, number: str) -> tuple[str, ...]:
        name = hmac.digest(self._memory_key, number.encode(), hashlib.sha256)
        known = self._digests.get(name)
        if known is None:
            known = tuple(key.digest(number) for key in self._keys)
            self._digests[name] = known
            if len(self._digests) > REMEMBERED:
                self._digests.popitem(last=False)
        return known

    def _costing(self, parameters: str) -> DigestKey | None:
        """The key at the cost that a digest of the roster names (`s11.8`)."""
        power, _, r = parameters.removeprefix("s").partition(".")
        if not (power.isdecimal() and r.isdecimal() and 10 <= int(power) <= 16):
            return None
        return replace(self._key, n=2 ** int(power), r=int(r))


def _of_nothing(member: Member, id_: str) -> Member:
    """Who is on the list no more, or whose badge is: with no right to anything."""
    return Member(id_, member.first_name, member.initial, language=member.language)


def _by_name(member: Member) -> tuple[str, str, str]:
    return member.first_name.casefold(), member.initial.casefold(), member.id


def _face(member: Member) -> Face:
    return Face(member.id, member.short, member.animator)
