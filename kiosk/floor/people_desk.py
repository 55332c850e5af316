"""People as the tablet asks for them: found by name, one of them, and who may use what.

From any thread: it looks at a mapping that the floor's thread replaces as a whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date

from kiosk.clock import Clock
from kiosk.floor.people import People
from kiosk.floor.people_picture import granted_views, of_view, person_view
from kiosk.floor.people_view import GrantedView, OfView, PersonView

#: People that a search shows; more are found by more letters.
SHOWN = 40


class PeopleDesk:
    """`grantable`: what may be granted in this lab, by what it is of, with its name."""

    def __init__(self, people: People, grantable: Mapping[str, str], clock: Clock) -> None:
        self._people = people
        self._grantable = grantable
        self._clock = clock

    @property
    def today(self) -> date:
        return self._clock.now().paris().date()

    def ids(self) -> tuple[str, ...]:
        return tuple(face.id for face in self._people.faces)

    def find(self, sought: str) -> tuple[tuple[str, str], ...]:
        """(roster id, name) of those whose name has these letters, whatever their accents."""
        plain = _plain(sought)
        found = ((f.id, f.name) for f in self._people.faces if plain in _plain(f.name))
        return tuple(one for one, _ in zip(found, range(SHOWN), strict=False))

    def person(self, roster_id: str) -> PersonView | None:
        member = self._people.member(roster_id)
        if member is None:
            return None
        return person_view(member, self._grantable, self._people.rules, self.today)

    def grantable(self) -> tuple[OfView, ...]:
        return tuple(of_view(of, self._grantable) for of in self._grantable)

    def granted(self) -> tuple[GrantedView, ...]:
        """Every clearance that somebody has and that is good, or ended this month; by name."""
        known = self._people.known
        members = [known[face.id] for face in self._people.faces if face.id in known]
        return granted_views(members, self._grantable, self._people.rules, self.today)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in folded if not unicodedata.combining(one))
