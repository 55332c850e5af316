"""Who a badge is: the roster by digest.

scrypt makes a digest cost milliseconds, so those of badges met since the start
are kept in memory, under a random key: a known badge costs nothing, and a core
dump gives no badge number.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import replace

from kiosk.floor.acts import Face
from machines.badges import DigestKey
from machines.members import Member, Roster

#: Badges remembered; a lab has some hundreds. The oldest is forgotten first.
REMEMBERED = 4096


class People:
    """The roster, asked by badge number or by roster id. For the floor's thread alone, but for
    `animators`, those who may act at a tablet, and `faces`, everybody: both by name."""

    def __init__(self, key: DigestKey) -> None:
        self._key = key
        self._keys: tuple[DigestKey, ...] = (key,)
        self._by_digest: dict[str, Member] = {}
        self._by_id: dict[str, Member] = {}
        self.animators: tuple[Member, ...] = ()
        self.faces: tuple[Face, ...] = ()
        self._memory_key = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()

    def take(self, roster: Roster) -> None:
        """From now on, these are the people."""
        self._by_id = {member.id: member for member in roster.members}
        self._by_digest = {digest: member for member in roster.members for digest in member.badges}
        self.faces = tuple(_face(m) for m in sorted(roster.members, key=_by_name))
        animators = (member for member in roster.members if member.animator)
        self.animators = tuple(sorted(animators, key=_by_name))
        used = {digest.partition(":")[0] for digest in self._by_digest}
        keys = tuple(key for name in sorted(used) if (key := self._costing(name)))
        if keys != self._keys:
            self._digests.clear()
        self._keys = keys or (self._key,)

    def who(self, number: str) -> Member | None:
        """The member who has this badge (its canonical number), or None."""
        for digest in self._digest(number):
            if member := self._by_digest.get(digest):
                return member
        return None

    def digest(self, number: str) -> str:
        """What the journal says of a badge, known or not."""
        return self._digest(number)[0]

    def member(self, roster_id: str) -> Member | None:
        return self._by_id.get(roster_id)

    @property
    def count(self) -> int:
        return len(self._by_id)

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


def _by_name(member: Member) -> tuple[str, str, str]:
    return member.first_name.casefold(), member.initial.casefold(), member.id


def _face(member: Member) -> Face:
    return Face(member.id, member.short, member.animator)
