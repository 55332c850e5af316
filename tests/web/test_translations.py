"""French is complete: every sentence of the pages has its translation, and none is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import StillClock
from kiosk.floor.people_view import OfView, PeopleView
from kiosk.floor.queue_view import JobView, QueueView
from kiosk.floor.view import LabView, ScreenKind, ScreenView
from kiosk.web import language
from kiosk.web.app import create_app
from tests.catalogue import French
from tests.web.conftest import AFTERNOON_US
from tests.web.fake_screens import SCREENS, FakeScreens, busy_lab, lab
from tests.web.reading import read

WEB = Path(language.__file__).parent

#: What is the same in both languages.
SAME = {
    "Association",
    "Badge %(number)s",
    "Badges",
    "Code %(code)s",
    "Filament",
    "Machine",
    "Machines",
    "Maintenance…",
    "Pages",
    "Public",
    "Session",
    "machine",
    "participants",
    "presses",
    "public",
}

FRENCH = French(WEB, SAME)


def test_every_sentence_is_translated_and_none_is_stale() -> None:
    FRENCH.is_complete()


def test_no_translation_is_missing_doubtful_or_malformed() -> None:
    FRENCH.is_sound()


def test_french_typography_is_kept() -> None:
    FRENCH.is_set_as_print()


def _wordless() -> Iterator[LabView]:
    """Labs whose own names hold no letter: whatever letter is read comes from the pages."""
    bare = tuple(
        replace(m, name=f"{n}", member=m.member and "5", note="", printer_state="", print=m.print)
        for n, m in enumerate(lab().machines)
    )
    files = tuple(replace(m, print=m.print and replace(m.print, name="7")) for m in bare)
    for screen in (*SCREENS.values(), *(ScreenView(ScreenKind.REFUSED, refusal="?"),)):
        things = tuple(replace(one, name="4", english="4") for one in screen.counters)
        named = screen.first_name and "1"
        shown = replace(screen, first_name=named, machine_name="2", counters=things)
        shown = replace(shown, people=_nameless(screen.people))
        yield lab(*files, name="9", screen=shown, online=False, unsent=2, journal_ok=False)
        yield lab(*files, name="9", screen=shown, readers_ok=False, clock_set=False)


def _nameless(people: PeopleView) -> PeopleView:
    """Without names, and without days: their words are of the language's own catalogue."""

    def of(what: OfView) -> OfView:
        return OfView(what.of, "6")

    return replace(
        people,
        code=people.code and "3",
        lack=None,
        helpers=tuple(replace(one, name="4") for one in people.helpers),
        grants=tuple(of(one) for one in people.grants),
        of=people.of and of(people.of),
        learner=people.learner and "5",
        hours=people.hours and replace(people.hours, sessions=()),
    )


def _wordless_queue() -> LabView:
    """The full lab, with every name, reason and machine of it a figure."""
    view = busy_lab(name="9")
    numbered = {m.slug: f"{n}" for n, m in enumerate(view.machines)}
    machines = tuple(
        replace(
            m,
            slug=numbered[m.slug],
            name=numbered[m.slug],
            member=m.member and "5",
            note="",
            print=m.print and replace(m.print, name="7"),
            printer=m.printer and replace(m.printer, loaded=None),
        )
        for m in view.machines
    )

    def job(job: JobView) -> JobView:
        return replace(
            job,
            name="7",
            owner="5",
            priority=job.priority and "3",
            material="",
            colour="",
            wish=numbered.get(job.wish, ""),
            machine=numbered.get(job.machine, ""),
            obstacles=tuple(
                replace(o, machine=numbered[o.machine], detail=numbered.get(o.detail, ""))
                for o in job.obstacles
            ),
        )

    queue = QueueView(tuple(map(job, view.queue.jobs)), tuple(map(job, view.queue.over)))
    owners = tuple(replace(owner, owner="5") for owner in view.owners)
    return replace(view, machines=machines, queue=queue, owners=owners)


def _left_over(line: str) -> str:
    """What of a line no translation brought, units and the name of the other language apart."""
    while "⟦" in line:
        line = re.sub(r"⟦[^⟦⟧]*⟧", "", line)
    return re.sub(r"\b(min|h|s|g|C|English)\b", "", line)


@pytest.mark.slow
def test_no_page_holds_a_word_that_was_not_given_to_translate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(language, "translated", lambda message, spoken: f"⟦{message}⟧")
    of_tablet = ("/tablet", "/tablet/queue", *(f"/tablet/machine/{n}" for n in range(9)))
    for view in (*_wordless(), _wordless_queue()):
        paths = ("/", "/tablet") if view.queue == QueueView() else of_tablet
        app = create_app(FakeScreens(view), clock=StillClock(AFTERNOON_US))
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            lambda m: f"⟦{m}⟧", lambda s, p, n: f"⟦{p}⟧", newstyle=True
        )
        for path in paths:
            lines = read(app.test_client().get(path).text)
            assert any("⟦" in line for line in lines)
            assert [line for line in lines if re.search(r"[^\W\d_]", _left_over(line))] == []
