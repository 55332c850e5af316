"""What a central counts of what it is sent, and what it says when it is sent too much."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec

from kiosk.central.store import WAITING, Busy
from kiosk.sync.protocol import Batch, Line
from machines.chain import ZERO
from tests.sync.served import DEADLINE_S, STATE, Served, batch_of, until
from tests.sync.world import Lab


def test_a_batch_sent_again_and_again_counts_once(central: Served, token: str, lab: Lab) -> None:
    batch = batch_of(lab.journal)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: central.push(token, batch), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} == {'{"type":"taken","hw":10}'}
    assert (central.hw(), central.facts()) == ({lab.journal.store: 10}, 10)


def test_a_gap_is_refused_and_said(central: Served, token: str, lab: Lab) -> None:
    central.push(token, batch_of(lab.journal, last=4))
    answer = central.push(token, batch_of(lab.journal, 6))
    assert (answer.status_code, answer.json()) == (409, {"type": "need", "hw": 4})
    assert central.push(token, batch_of(lab.journal, 3)).json() == {"type": "taken", "hw": 10}
    assert central.facts() == 10


def test_a_batch_after_another_entry_than_the_last_is_refused_as_a_fork(
    central: Served, token: str, lab: Lab
) -> None:
    central.push(token, batch_of(lab.journal, last=4))
    after = batch_of(lab.journal, 5)
    for batch in (
        msgspec.structs.replace(after, prev=b"x" * 16),
        msgspec.structs.replace(after, first=4),
        Batch(after.store, 1, ZERO, after.lines),
    ):
        answer = central.push(token, batch)
        assert (answer.status_code, answer.json()) == (409, {"type": "forked", "hw": 4})
    assert (central.hw(), central.facts()) == ({after.store: 4}, 4)


def test_an_entry_that_only_a_later_version_knows_waits_and_blocks_nobody(
    central: Served, token: str, lab: Lab
) -> None:
    good = batch_of(lab.journal)
    later = good.lines[4].body.replace(b'"tap.refused"', b'"tap.forgiven"')
    newer = good.lines[5].body.replace(b'"v":1', b'"v":2')
    odd = [Line(later), Line(newer), Line(b"\xff\x00"), Line(good.lines[6].body, b"not its part")]
    lines = (*good.lines[:4], *odd, *good.lines[7:])
    answer = central.push(token, Batch(good.store, 1, ZERO, lines))
    assert answer.json() == {"type": "taken", "hw": 11}
    waiting = dict(central.rows("SELECT seq, why FROM quarantine ORDER BY seq"))
    assert list(waiting) == [5, 6, 7, 8]
    assert "'tap.forgiven', version 1" in waiting[5]
    assert "version 2" in waiting[6]
    assert "not an entry" in waiting[7]
    assert "personal part" in waiting[8]
    assert central.facts() == 8


def test_two_entries_that_claim_one_identity_do_not_pass_for_one(
    central: Served, token: str, lab: Lab
) -> None:
    good = batch_of(lab.journal)
    central.push(token, good)
    other = good.lines[3].body.replace(b'"laser"', b'"press"')
    answer = central.push(token, Batch(b"another store...", 1, ZERO, (Line(other), good.lines[4])))
    assert answer.json() == {"type": "taken", "hw": 2}
    assert central.facts() == 10
    waiting = central.rows("SELECT seq, why, body FROM quarantine")
    assert waiting == [(1, "another entry has this identity", other)]


# ---- too much at once


def held(central: Served) -> threading.Event:
    """The writing thread hangs, as on a bad disk, until this event is set."""
    hangs, gone_on = threading.Event(), threading.Event()
    central.central.submit(lambda connection: (hangs.set(), gone_on.wait(DEADLINE_S)))
    assert hangs.wait(DEADLINE_S)
    return gone_on


def test_a_lab_with_too_many_requests_at_once_is_told_to_come_back_and_others_are_not(
    central: Served, token: str, lab: Lab
) -> None:
    batch, other = batch_of(lab.journal), central.token("doret-1", "doret")
    gone_on = held(central)
    with ThreadPoolExecutor(2) as both:
        under_way = [both.submit(until, lambda: central.push(token, batch).ok) for _ in range(2)]
        until(lambda: central.get(STATE, token).status_code == 429)
        assert int(central.get(STATE, token).headers["Retry-After"]) > 0
        assert central.get(STATE, other).status_code == 200
        gone_on.set()
        assert [sent.result() for sent in under_way] == [True, True]
    assert central.facts() == 10
    assert central.get(STATE, token).status_code == 200


def test_a_hundred_labs_that_ask_at_once_leave_room_for_what_they_bring(
    central: Served, token: str, lab: Lab
) -> None:
    gone_on = held(central)
    for number in range(WAITING + 1):
        assert central.get(f"/v1/state?store={number:032x}&at=0", token).status_code == 200
    with ThreadPoolExecutor(1) as other:
        sent = other.submit(central.push, token, batch_of(lab.journal))
        assert central.get(STATE, token).status_code == 200
        gone_on.set()
        assert sent.result().status_code == 200
    assert central.facts() == 10


def test_a_central_with_too_much_to_write_says_come_back_and_loses_nothing(
    central: Served, token: str, lab: Lab
) -> None:
    gone_on = held(central)
    with suppress(Busy):  # the night's purge may wait there already
        for _ in range(WAITING):
            central.central.submit(lambda connection: None)
    answer = central.push(token, batch_of(lab.journal))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    gone_on.set()
    until(lambda: central.push(token, batch_of(lab.journal)).status_code == 200)
    assert central.facts() == 10
