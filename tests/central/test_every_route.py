"""Every route of the central, and who may: one that is added is written down here, or fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central.people import book
from kiosk.central.people.book import Person
from tests.central.front_door import ORIGIN, House, Visitor, house

#: What strangers get without a log-in, and what labs get by their token.
OPEN = {
    "GET /login",
    "POST /login",
    "GET /healthz",
    "GET /static/central/<path:filename>",
    "GET /static/shared/<path:name>",
    "GET /static/tokens.css",
}
OF_LABS = {"POST /v1/ingest", "GET /v1/roster", "GET /v1/state", "GET /v1/time"}
ANIMATOR = {
    "GET /",
    "GET /closings",
    "POST /closings/<period>/verify",
    "GET /exports",
    "POST /exports",
    "GET /exports/<id_>",
    "GET /exports/<id_>/<name>.<any(zip,xlsx,ods):kind>",
    "GET /lab/<slug>",
    "POST /logout",
    "GET /openings",
    "POST /openings",
    "POST /openings/<int:id_>",
    "POST /openings/<int:id_>/remove",
    "POST /openings/holidays",
    "GET /people",
    "GET /people/<member>",
    "POST /people/<member>/do/<what>",
    "GET /people/checks",
    "GET /people/lists",
    "GET /people/lists/<which>",
    "GET /people/lists/<which>.csv",
    "GET /people/organisations",
    "GET /privacy/notice",
    "GET /privacy/notice.pdf",
    "GET /report",
    "GET /report/<int:number>/<name>",
    "GET /report/<int:number>/<name>.csv",
    "GET /report/file.<kind>",
    "GET /workshops",
    "POST /workshops",
    "GET /workshops/<id_>",
    "POST /workshops/<id_>",
    "POST /workshops/<id_>/cancel",
    "POST /workshops/<id_>/leave",
    "POST /workshops/<id_>/present",
    "POST /workshops/<id_>/seat",
}
ADMIN = {
    "POST /closings/<period>/close",
    "GET /imports",
    "POST /imports",
    "GET /imports/<imported>",
    "POST /imports/<imported>/undo",
    "GET /imports/file/<id_>",
    "POST /imports/file/<id_>/choice",
    "POST /imports/file/<id_>/columns",
    "POST /imports/file/<id_>/take",
    "GET /imports/taking/<id_>",
    "GET /people/<member>/edit",
    "POST /people/<member>/edit",
    "GET /people/<member>/merge",
    "POST /people/<member>/merge",
    "GET /people/audit",
    "GET /people/new",
    "POST /people/new",
    "POST /people/organisations",
    "GET /privacy/",
    "GET /privacy/member/<member>",
    "GET /privacy/member/<member>/data.<kind>",
    "POST /privacy/member/<member>/erase",
    "GET /privacy/register",
    "GET /privacy/register.md",
}
#: One address of each variable part.
FILLED = {
    "<member>": "M1",
    "<what>": "clearance",
    "<which>": "memberships",
    "<kind>": "html",
    "<any(zip,xlsx,ods):kind>": "xlsx",
    "<period>": "2026-10",
    "<int:number>": "2026",
    "<int:id_>": "7",
    "<slug>": "ccdv",
    "<path:filename>": "front.css",
    "<path:name>": "tokens.css",
    "<id_>": "x",
    "<name>": "users",
    "<imported>": "x",
}


@pytest.fixture(scope="module")
def fablab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("central"))) as made:
        made.do(lambda c, act: book.join(c, act, Person("Inès", "Duval"), "M1"))
        made.app.testing = False  # a fault is a 500, as it is in a FabLab
        yield made


def routes(fablab: House) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in fablab.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(route: str) -> tuple[str, str]:
    method, path = route.split(" ", 1)
    for part, value in FILLED.items():
        path = path.replace(part, value)
    return method, path


def ask(visitor: Visitor, route: str, origin: str | None = ORIGIN, csrf: str = "") -> int:
    method, path = address(route)
    if method == "GET":
        return visitor.get(path).status_code
    return visitor.post(path, origin, csrf=csrf or visitor.token()).status_code


def test_every_route_is_written_down(fablab: House) -> None:
    assert routes(fablab) == OPEN | OF_LABS | ANIMATOR | ADMIN


def test_a_stranger_gets_no_page_and_no_piece_of_one(fablab: House) -> None:
    for route in sorted(ANIMATOR | ADMIN):
        method, path = address(route)
        assert ask(fablab.visitor(), route) == (303 if method == "GET" else 403), route
        piece = fablab.visitor().client.open(path, method=method, headers={"HX-Request": "true"})
        assert piece.status_code == 403, route
        for other in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
            odd = fablab.visitor().client.open(path, method=other)
            assert odd.status_code in (303, 403, 405), (route, other)


def test_an_animator_is_refused_what_is_an_administrators(fablab: House) -> None:
    ana = fablab.animator()
    asked = sorted((ANIMATOR | ADMIN) - {"POST /logout"})
    assert {route for route in asked if ask(ana, route) == 403} == ADMIN


def test_an_administrator_is_refused_nothing_and_meets_no_fault(fablab: House) -> None:
    claire = fablab.admin()
    last = "POST /privacy/member/<member>/erase"
    for route in [*sorted((ANIMATOR | ADMIN) - {last, "POST /logout"}), last]:
        assert ask(claire, route) not in (403, 500), route


def test_no_post_without_the_token_or_from_another_site(fablab: House) -> None:
    claire, foreign = fablab.admin(), fablab.visitor().token()
    for route in sorted(one for one in ANIMATOR | ADMIN | {"POST /login"} if "POST" in one):
        assert ask(claire, route, csrf=foreign) == 403, route
        for origin in (None, "null", "http://evil.example", "http://localhost:9"):
            assert ask(claire, route, origin) == 403, (route, origin)
    assert ask(claire, "GET /people") == 200  # and is still logged in
