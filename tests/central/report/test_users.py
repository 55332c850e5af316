"""How many people a year had, by each of the definitions that a report offers."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.report.users import Definition, How, Seen, count


def year_2020() -> list[Seen]:
    """The crowd of that report: each organisation sent two people."""
    members = [Seen(f"i{n}", How.SESSION, "individual") for n in range(350)]
    for category, number in (("company", 9), ("association", 12), ("local-authority", 4)):
        for n in range(number):
            for person in "ab":
                name = f"{category}-{n}"
                members.append(Seen(f"{name}-{person}", How.MEMBERSHIP, category, name))
    return members + [Seen(f"w{n}", How.WORKSHOP) for n in range(91)]


def test_the_466_users_of_the_report_of_2020_are_counted_as_it_counted_them() -> None:
    assert count(year_2020(), 0, Definition.REPORT) == {
        "individual": 350,
        "company": 9,
        "association": 12,
        "local-authority": 4,
        "workshop": 91,
        "total": 466,
    }


def test_a_member_who_comes_to_a_workshop_is_in_both_lines_and_the_report_says_so() -> None:
    crowd = [*year_2020(), Seen("i0", How.WORKSHOP), Seen("i1", How.WORKSHOP)]
    counted = count(crowd, 0, Definition.REPORT)
    assert (counted["workshop"], counted["total"], counted["overlap"]) == (93, 468, 2)


def test_each_person_counts_once_whatever_they_did() -> None:
    crowd = [
        Seen("ines", How.SESSION, "individual"),
        Seen("ines", How.WORKSHOP),
        Seen("yann", How.SESSION, "individual"),
        Seen("yann", How.SESSION, "company", "acme"),
        Seen("zoe", How.WORKSHOP),
    ]
    assert count(crowd, 7, Definition.PEOPLE) == {
        "individual": 2,
        "company": 1,
        "several": 1,  # yann
        "workshop": 1,  # zoe: ines is a member
        "overlap": 1,
        "total": 3,
        "unnamed": 7,  # in no sum: they may be the same people at each workshop
    }


def test_a_member_who_only_paid_or_only_had_a_file_printed_used_no_machine() -> None:
    crowd = [
        Seen("ines", How.MEMBERSHIP, "individual"),
        Seen("yann", How.PRINT, "individual"),
        Seen("zoe", How.SESSION, "individual"),
    ]
    assert count(crowd, 0, Definition.MACHINE) == {"individual": 1, "total": 1}


def test_heads_that_were_only_counted_are_participants_of_that_report() -> None:
    counted = count([Seen("zoe", How.WORKSHOP)], 12, Definition.REPORT)
    assert counted == {"workshop": 13, "unnamed": 12, "total": 13}


people = st.builds(
    Seen,
    st.sampled_from("abcdef"),
    st.sampled_from(How),
    st.sampled_from(["individual", "company"]),
    st.sampled_from(["", "acme"]),
)


@given(st.lists(people), st.integers(0, 5))
def test_in_any_crowd_the_lines_make_the_total_whoever_was_seen_first(
    crowd: list[Seen], unnamed: int
) -> None:
    for definition in Definition:
        counted = count(crowd, unnamed, definition)
        lines = [v for k, v in counted.items() if k in ("individual", "company", "workshop")]
        assert sum(lines) - counted.get("several", 0) == counted.get("total", 0)
        assert count(chain(reversed(crowd), crowd), unnamed, definition) == counted
        assert counted.get("total", 0) >= counted.get("overlap", 0)
