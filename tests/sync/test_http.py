"""What anybody may send to a central, and what it is answered: never a fault, nothing lost."""

from __future__ import annotations

import gzip
import random
import socket
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
import requests

from kiosk.central import nodes
from kiosk.sync.protocol import BATCH_ENTRIES, LIMIT_BYTES, Batch, Line, encode_batch
from machines.chain import ZERO
from tests.sync.served import DEADLINE_S, STATE, Served, batch_of, until
from tests.sync.world import Lab

# ---- who asks


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer fab1_ccdv-1_" + 64 * "0"},
        {"Authorization": "Bearer fab1_nobody_" + 64 * "0"},
        {"Authorization": "Bearer fab1"},
        {"Authorization": "Bearer " + 8000 * "f"},
        {"Authorization": "Bearer fab1_ccdv-1_é".encode()},
        {"Authorization": "Basic Y2NkdjpjY2R2"},
        {"Authorization": "Digest {token}"},
        {"Authorization": "Bearer {token}0"},
        {"Cookie": "token={token}"},
    ],
)
def test_who_has_no_token_learns_nothing_and_leaves_nothing(
    central: Served, token: str, lab: Lab, given: dict[str, str]
) -> None:
    for name, value in given.items():
        if isinstance(value, str):
            given[name] = value.replace("{token}", token)
    body = encode_batch(batch_of(lab.journal))
    for answer in (
        requests.get(central.url + STATE, headers=given),
        requests.get(central.url + "/v1/roster", headers=given),
        requests.post(central.url + "/v1/ingest", body, headers=given),
        requests.post(central.url + "/v1/ingest", b"nonsense", headers=given),
    ):
        assert (answer.status_code, answer.content) == (401, b"")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert central.hw() == {}


def test_the_time_is_for_everybody(central: Served) -> None:
    assert central.get("/v1/time").json() == {"utc_us": central.clock.wall_us}


def test_a_token_is_changed_without_a_minute_of_silence_and_revoked_at_once(
    central: Served,
) -> None:
    def change(what: Callable[..., str]) -> str:
        return central.central.change_nodes(lambda c: what(c, "ccdv-1", central.clock.wall_us))

    def heard(token: str) -> bool:
        return central.get(STATE, token).status_code == 200

    first = central.token()
    second = change(nodes.rotate)
    assert [heard(first), heard(second)] == [True, True]
    third = change(nodes.rotate)
    assert [heard(first), heard(second), heard(third)] == [False, True, True]
    central.central.change_nodes(lambda c: nodes.revoke(c, "ccdv-1"))
    assert [heard(second), heard(third)] == [False, False]


def test_a_lab_neither_sees_nor_feeds_the_journal_of_another(
    central: Served, token: str, lab: Lab
) -> None:
    central.push(token, batch_of(lab.journal, last=4))
    other = central.token("doret-1", "doret")
    store = lab.journal.store
    assert central.get(f"/v1/state?store={store.hex()}&at=0", other).status_code == 403
    answer = central.push(other, batch_of(lab.journal, 5))
    assert answer.status_code == 403
    assert "belongs to lab ccdv" in answer.json()["error"]
    assert central.hw() == {store: 4}


# ---- what is sent


def packed(**instead: object) -> bytes:
    good = {"store": b"s" * 16, "first": 1, "prev": ZERO, "lines": [[b"{}", None]]}
    return msgspec.msgpack.encode(good | instead)


def nested(depth: int) -> bytes:
    return b"\x91" * depth + b"\xc0"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"nonsense",
        b'{"store": "text", "first": 1}',
        b"\xc1" * 100,
        nested(100_000),
        packed() + b"\x00",
        packed()[:-1],
        packed(store=b"short"),
        packed(store="s" * 16),
        packed(store=b"s" * 17),
        packed(prev=b""),
        packed(first=0),
        packed(first=-1),
        packed(first=2**62 + 1),
        packed(first=2**64 - 1),
        packed(first=1.5),
        packed(first="1"),
        packed(first=None),
        packed(lines=[]),
        packed(lines=None),
        packed(lines=[[b"{}", None]] * (BATCH_ENTRIES + 1)),
        packed(lines=[[b"", None]]),
        packed(lines=[["text", None]]),
        packed(lines=[[None, None]]),
        packed(lines=[[b"{}", None, 3]]),
        packed(lines=[[]]),
        packed(lines=[[b"x" * (2**18 + 1), None]]),
        packed(lines=[[b"{}", b"x" * (2**18 + 1)]]),
        packed(node="doret-1"),
    ],
    ids=range(30),
)
def test_what_is_no_batch_is_refused_with_the_place(
    central: Served, token: str, body: bytes
) -> None:
    for answer in (
        central.post(token, body),
        central.post(token, gzip.compress(body), Content_Encoding="gzip"),
    ):
        assert answer.status_code == 400
        assert answer.json()["error"]
    assert central.hw() == {}


def test_a_batch_cut_short_anywhere_is_refused_whole(central: Served, token: str, lab: Lab) -> None:
    body = encode_batch(batch_of(lab.journal))
    for cut in range(0, len(body), 37):
        assert central.post(token, body[:cut]).status_code == 400
    assert central.hw() == {}
    assert central.post(token, body).json() == {"type": "taken", "hw": 10}


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        (lambda good: good[:-1], 400),
        (lambda good: good[: len(good) // 2], 400),
        (lambda good: good[:-8] + bytes(8), 400),
        (lambda good: good + b"more", 400),
        (lambda good: good + good, 400),
        (lambda good: b"", 400),
        (lambda good: b"no gzip", 400),
        (lambda good: gzip.compress(bytes(LIMIT_BYTES + 1)), 413),
        (lambda good: gzip.compress(bytes(300 << 20), 9), 413),
        (lambda good: gzip.compress(gzip.compress(good)), 400),
    ],
)
def test_gzip_that_is_broken_or_a_bomb_is_refused(
    central: Served, token: str, lab: Lab, spoilt: Callable[[bytes], bytes], status: int
) -> None:
    good = gzip.compress(encode_batch(batch_of(lab.journal)))
    answer = central.post(token, spoilt(good), Content_Encoding="gzip")
    assert (answer.status_code, central.hw()) == (status, {})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content_Type": "application/json"}, 415),
        ({"Content_Type": ""}, 415),
        ({"Content_Encoding": "br"}, 400),
        ({"Content_Encoding": "gzip, gzip"}, 400),
        ({"Content_Encoding": "gzip"}, 400),
    ],
)
def test_a_batch_that_calls_itself_something_else_is_refused(
    central: Served, token: str, lab: Lab, headers: dict[str, str], status: int
) -> None:
    answer = central.post(token, encode_batch(batch_of(lab.journal)), **headers)
    assert (answer.status_code, central.hw()) == (status, {})


def test_more_than_the_limit_is_refused_however_it_comes(central: Served, token: str) -> None:
    pieces = (bytes(1 << 20) for _ in range(6))
    for body in (bytes(LIMIT_BYTES + 1), pieces):
        assert central.post(token, body).status_code == 413
    assert central.get(STATE, token).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "store=5f&at=0",
        "store=" + "5F" * 16 + "&at=0",
        "store=" + "5g" * 16 + "&at=0",
        "store=" + "5f" * 16,
        "store=" + "5f" * 16 + "&at=-1",
        "store=" + "5f" * 16 + "&at=1e3",
        "store=" + "5f" * 16 + "&at=" + "9" * 30,
        "store=" + "5f" * 16 + "&at=%D9%A3",
        "store=" + "5f" * 16 + "&at=%FF",
        "store=" + "5f" * 16 + "%0A&at=0",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(central: Served, token: str, query: str) -> None:
    answer = central.get(f"/v1/state?{query}", token)
    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/ingest", 405),
        ("PUT", "/v1/ingest", 405),
        ("POST", "/v1/state", 405),
        ("DELETE", "/v1/roster", 405),
        ("GET", "/v1/", 404),
        ("GET", "/v1/ingest/../../etc/passwd", 404),
        ("TRACE", "/v1/time", 405),
    ],
)
def test_other_doors_are_closed(
    central: Served, token: str, method: str, path: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.request(method, central.url + path, headers=headers).status_code == status


def raw(central: Served, request: bytes) -> bytes:
    """What the central says to these bytes, after which the line is dead."""
    with socket.create_connection(("127.0.0.1", central.port), DEADLINE_S) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(4096), b""))


def test_a_line_that_dies_in_the_middle_leaves_nothing(
    central: Served, token: str, lab: Lab
) -> None:
    body = encode_batch(batch_of(lab.journal))
    whole = (
        f"POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/msgpack\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    for cut in (1, 20, 100, len(whole) - len(body), len(whole) - 1):
        assert b" 200 " not in raw(central, whole[:cut])
    for nonsense in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /v1/ingest HTTP/9.9\r\n\r\n"):
        assert b" 500 " not in raw(central, nonsense)
    assert central.hw() == {}
    assert b'"taken"' in raw(central, whole)


def test_whatever_is_changed_in_a_batch_it_is_taken_or_refused(
    central: Served, token: str, lab: Lab
) -> None:
    """Bytes changed, left out and doubled, by chance; what is taken is taken whole."""
    rng = random.Random(7)
    seen: Counter[int] = Counter()
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        session.headers["Content-Type"] = "application/msgpack"
        for _ in range(400):
            good = batch_of(lab.journal)
            body = bytearray(encode_batch(msgspec.structs.replace(good, store=rng.randbytes(16))))
            for _ in range(rng.randrange(1, 4)):
                at = rng.randrange(len(body))
                body[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
            answer = session.post(f"{central.url}/v1/ingest", bytes(body))
            seen[answer.status_code] += 1
    assert set(seen) <= {200, 400, 409}
    assert min(seen[200], seen[400]) > 20
    per_store = "SELECT hw, count(seq), max(seq) FROM store JOIN entry ON no = store GROUP BY no"
    assert set(central.rows(per_store)) == {(10, 10, 10)}


@pytest.mark.parametrize("number", [-1, 2**31, 2**53, 2**62, 2**63, 2**64, 10**40, 1.5, "x", None])
def test_a_number_from_beyond_the_stars_waits_in_quarantine(
    central: Served, token: str, lab: Lab, number: object
) -> None:
    """Wherever it stands: in the birth, the clock, the entry itself."""
    store, base = b"s" * 16, lab.journal.rows(1, 1)[0].body
    hole = {"store": "ab" * 16, "first": 1, "last": number, "why": "a test"}
    bodies = []
    for key, place in (("birth", 1), ("birth", 2), *(("at", place) for place in range(4))):
        told = msgspec.json.decode(base)
        told[key][place] = number
        bodies.append(msgspec.json.encode(told))
    bodies += [msgspec.json.encode(msgspec.json.decode(base) | {"v": number})]
    bodies += [
        msgspec.json.encode(msgspec.json.decode(base) | {"kind": "hole.declared", "data": hole})
    ]
    answer = central.push(token, Batch(store, 1, ZERO, tuple(Line(body) for body in bodies)))
    assert answer.json() == {"type": "taken", "hw": len(bodies)}
    unfolded = "SELECT count(*) FROM fact WHERE arrived > (SELECT arrived FROM usage_cursor)"
    until(lambda: central.rows(unfolded) == [(0,)])
    quarantined, facts = central.rows("SELECT count(*) FROM quarantine")[0][0], central.facts()
    assert quarantined + facts == len(bodies)
    assert quarantined >= 2
