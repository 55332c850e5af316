"""Lines beside who is known: what would become of each, and why."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.helloasso.lines import Line, Status, name_key
from kiosk.central.helloasso.matching import (
    CREATE,
    SKIP,
    Candidate,
    Digests,
    Known,
    Outcome,
    Person,
    Proposal,
    Taken,
    Why,
    proposals,
)
from machines.members import Category
from tests.central.helloasso.test_reading import file

DAY = date(2026, 1, 4)


def digest(text: str) -> str:
    return f"<{text}>"


DIGESTS = Digests(email=digest, line=digest)


def line(first: str, last: str = "Martin", email: str = "", order: str = "1", **more) -> Line:
    emails = (email,) if email else ()
    return replace(Line(2, first, last, order=order, day=DAY, emails=emails), **more)


def person(id_: str, first: str, last: str = "Martin", email: str = "", **more) -> Person:
    known = {"category": Category.INDIVIDUAL} | more
    return Person(id_, name_key(first, last), email=digest(email) if email else "", **known)


def taken(one: Line, member: str, stands: bool = True) -> dict[str, Taken]:
    return {digest(one.identity): Taken(member, stands)}


def become(one: Line, *people: Person, taken: dict[str, Taken] | None = None) -> Proposal:
    (proposal,) = proposals([one], Known(people, taken or {}), DIGESTS)
    return proposal


def said(proposal: Proposal) -> tuple[Outcome, Why, tuple[str, ...]]:
    return proposal.outcome, proposal.why, tuple(one.member for one in proposal.candidates)


def test_somebody_of_whom_nothing_is_known_is_new() -> None:
    found = become(line("Tom"), person("M1", "Léa"))
    assert said(found) == (Outcome.NEW, Why.NOBODY, ())
    assert found.choices == (CREATE, SKIP)


def test_the_same_name_and_e_mail_is_a_renewal_however_it_is_written() -> None:
    known = person("M1", "jean pierre", "D'HEROUVILLE", "a@b.fr")
    found = become(line("Jean-Pierre", "d’Hérouville", "a@b.fr"), known)
    assert said(found) == (Outcome.RENEWED, Why.EMAIL_AND_NAME, ("M1",))


def test_a_name_that_one_person_has_is_theirs_where_nothing_speaks_against_it() -> None:
    assert said(become(line("Tom"), person("M1", "Tom", email="a@b.fr"))) == (
        Outcome.RENEWED,
        Why.ONLY_NAME,
        ("M1",),
    )


@pytest.mark.parametrize(
    ("one", "people", "why", "candidates"),
    [
        (
            line("Tom"),
            [person("M1", "Tom"), person("M2", "Tom")],
            Why.HOMONYMS,
            ("M1", "M2"),
        ),
        (
            line("Tom", email="x@b.fr"),
            [person("M1", "Tom", email="a@b.fr")],
            Why.OTHER_EMAIL,
            ("M1",),
        ),
        (
            line("Tom", category=Category.COMPANY),
            [person("M1", "Tom")],
            Why.OTHER_CATEGORY,
            ("M1",),
        ),
        (line("Martin", "Tom"), [person("M1", "Tom")], Why.SWAPPED, ("M1",)),
        (
            line("Tom", email="a@b.fr"),
            [person("M1", "Claire", email="a@b.fr")],
            Why.SAME_EMAIL,
            ("M1",),
        ),
    ],
)
def test_what_is_not_certain_is_asked_and_left_out_until_then(
    one: Line, people: list[Person], why: Why, candidates: tuple[str, ...]
) -> None:
    found = become(one, *people)
    assert said(found) == (Outcome.AMBIGUOUS, why, candidates)
    assert found.choices[0] == SKIP


def test_one_of_two_homonyms_is_known_by_their_e_mail() -> None:
    two = person("M1", "Tom", email="a@b.fr"), person("M2", "Tom", email="c@d.fr")
    assert said(become(line("Tom", email="c@d.fr"), *two))[::2] == (Outcome.RENEWED, ("M2",))


def test_a_parent_who_renews_too_is_not_taken_for_the_child() -> None:
    parent = person("M1", "Claire", email="a@b.fr")
    lines = [line("Tom", email="a@b.fr"), replace(line("Claire", email="a@b.fr"), number=3)]
    found = proposals(lines, Known((parent,)), DIGESTS)
    assert [one.outcome for one in found] == [Outcome.NEW, Outcome.RENEWED]


def test_a_line_that_was_taken_in_is_not_taken_again() -> None:
    one = line("Tom")
    assert said(become(one, taken=taken(one, "M1"))) == (Outcome.MATCHED, Why.TAKEN, ())
    assert become(one, taken=taken(one, "M1", stands=False)).why is Why.CANCELLED_HERE


def test_a_membership_that_was_entered_by_hand_is_not_taken_again() -> None:
    known = person("M1", "Tom", memberships=frozenset({("1", None)}))
    assert become(line("Tom"), known).why is Why.BY_HAND


def test_somebody_who_asked_to_be_erased_does_not_come_back_unasked() -> None:
    one = line("Tom")
    assert said(become(one, taken=taken(one, ""))) == (Outcome.AMBIGUOUS, Why.ERASED, ())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(Status.CANCELLED, Outcome.CANCELLED), (Status.PENDING, Outcome.PENDING)],
)
def test_an_order_that_does_not_stand_makes_nobody(status: Status, outcome: Outcome) -> None:
    found = become(line("Tom", status=status), person("M1", "Tom"))
    assert (found.outcome, found.choices) == (outcome, ())


def test_a_cancelled_order_cancels_the_membership_that_was_taken() -> None:
    one = line("Tom", status=Status.REFUNDED)
    found = become(one, taken=taken(one, "M1"))
    assert (found.outcome, found.why, found.member) == (Outcome.CANCELS, Why.ORDER_REFUNDED, "M1")
    assert become(one, taken=taken(one, "M1", stands=False)).outcome is Outcome.CANCELLED


def test_two_lines_of_one_new_person_are_one_person_with_two_memberships() -> None:
    first, second = line("Tom", email="a@b.fr"), line("Tom", email="a@b.fr", order="2")
    found = proposals([second, replace(first, number=3)], Known(), DIGESTS)
    assert [(one.outcome, one.candidates) for one in found] == [
        (Outcome.RENEWED, (Candidate(line=3),)),
        (Outcome.NEW, ()),
    ]


def test_two_new_people_of_one_name_are_asked_about() -> None:
    found = proposals(
        [line("Tom", email="a@b.fr"), replace(line("Tom", email="c@d.fr", order="2"), number=3)],
        Known(),
        DIGESTS,
    )
    assert [one.why for one in found] == [Why.NOBODY, Why.HOMONYM_IN_FILE]


def test_a_line_without_an_e_mail_is_of_the_one_person_of_its_name_in_the_file() -> None:
    lines = [
        line("Tom"),
        replace(line("Tom", email="a@b.fr", order="2"), number=3),
        replace(line("Tom", email="c@d.fr", order="3"), number=4),
    ]
    found = proposals(lines, Known(), DIGESTS)
    assert [one.why for one in found] == [Why.NOBODY, Why.SAME_IN_FILE, Why.HOMONYM_IN_FILE]


def test_an_e_mail_that_one_line_tells_is_known_to_the_others() -> None:
    lines = [
        line("Tom", email="a@b.fr", category=Category.COMPANY),
        replace(line("Tom", email="a@b.fr", order="2"), number=3),
        replace(line("Tom", email="c@d.fr", order="3"), number=4),
    ]
    found = proposals(lines, Known((person("M1", "Tom"),)), DIGESTS)
    assert [one.why for one in found] == [Why.EMAIL_AND_NAME, Why.ONLY_NAME, Why.OTHER_EMAIL]


def test_an_order_that_stands_twice_counts_once() -> None:
    found = proposals([line("Tom"), replace(line("Tom"), number=3)], Known(), DIGESTS)
    assert [(one.outcome, one.why) for one in found] == [
        (Outcome.NEW, Why.NOBODY),
        (Outcome.MATCHED, Why.REPEATED),
    ]


def test_the_recorded_file_is_sorted_into_what_an_administrator_would_say() -> None:
    people = [person("M1", "Inès", "Benali", "ines.benali@exemple.fr")]
    found = proposals(file("memberships-2026").lines, Known(people), DIGESTS)
    assert [one.outcome.value for one in found] == [
        "renewed", "new", "new", "new", "new", "cancelled", "pending", "cancelled", "new", "new",
        "ambiguous", "new",
    ]  # fmt: skip


_NAMES = st.sampled_from(["Tom", "Léa", "Inès"])
_EMAILS = st.sampled_from(["", "a@b.fr", "c@d.fr"])
_LINES = st.lists(
    st.builds(
        line,
        _NAMES,
        email=_EMAILS,
        order=st.sampled_from("123"),
        status=st.sampled_from(Status),
        category=st.sampled_from([Category.INDIVIDUAL, Category.COMPANY]),
        day=st.sampled_from([DAY, DAY.replace(day=5)]),
    ),
    max_size=8,
)
_PEOPLE = st.lists(st.builds(lambda first, email: (first, email), _NAMES, _EMAILS), max_size=4).map(
    lambda some: [person(f"M{n}", first, email=email) for n, (first, email) in enumerate(some)]
)


@given(_LINES, _PEOPLE, st.randoms())
def test_the_order_of_the_lines_says_nothing(
    lines: list[Line], people: list[Person], dice: random.Random
) -> None:
    shuffled = lines[:]
    dice.shuffle(shuffled)
    assert _told(lines, people) == _told(shuffled, people)


def _told(lines: list[Line], people: list[Person]) -> list[str]:
    numbered = [replace(one, number=n) for n, one in enumerate(lines, 2)]
    found = proposals(numbered, Known(people), DIGESTS)
    by_number = {one.number: replace(one, number=0) for one in numbered}
    return sorted(
        repr(
            (
                by_number[one.line.number],
                one.outcome,
                one.why,
                [c.member or by_number[c.line] for c in one.candidates],
            )
        )
        for one in found
    )


@given(_LINES, _PEOPLE)
def test_every_line_has_one_outcome_and_nothing_is_joined_by_a_guess(
    lines: list[Line], people: list[Person]
) -> None:
    numbered = [replace(one, number=n) for n, one in enumerate(lines, 2)]
    found = proposals(numbered, Known(people), DIGESTS)
    assert [one.line for one in found] == numbered
    for one in found:
        if one.outcome is Outcome.RENEWED:
            assert len(one.candidates) == 1
