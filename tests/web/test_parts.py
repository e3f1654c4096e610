"""Parts of an application, and the paths by which somebody may try to get around them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.web import AsgiMiddleware, Control, Https, WsgiMiddleware
from zenoo_security.web.finding import request_of
from zenoo_security.web.paths import Paths, is_ambiguous

from .driving import Sent, ask_asgi, ask_wsgi, scope_of

if TYPE_CHECKING:
    from zenoo_security.web import Request, Response

TRICKS = ["//api", "/api//x", "/x/../api", "/./api", "/api\\x", "/api\0", "api", "x", "*", "http://a.example/api"]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_that_can_be_read_in_two_ways_is_protected_and_never_exempt(path: str) -> None:
    assert Paths(["/admin"], ambiguous=True).match(path)
    assert not Paths(["/"]).match(path)


@pytest.mark.parametrize("part", ["/api", "/api/", "/*/", "/*"])
def test_a_protected_part_has_both_of_its_spellings(part: str) -> None:
    protected = Paths([part], ambiguous=True)
    assert [protected.match(path) for path in ("/api", "/api/", "/api/x")] == [True] * 3
    assert not Paths(["/api/"]).match("/api")
    assert not Paths(["/api/"], ambiguous=True).match("/apix")


@pytest.mark.parametrize(
    ("free", "required", "covered"),
    [
        ("/", "/", True),
        ("/", "/api", True),
        ("/api", "/api", True),
        ("/api/", "/api", True),
        ("/api", "/api/", True),
        ("/api/x", "/api", False),
        ("/apis", "/api", False),
        ("/*/x", "/api", False),
        ("/*", "/api", True),
    ],
)
def test_a_part_that_is_covered_is_seen(free: str, required: str, covered: bool) -> None:
    assert Paths([free]).cover(Paths([required])) is covered


@given(st.text(alphabet="/.\\a", max_size=8))
def test_everything_is_below_the_slash_or_ambiguous(path: str) -> None:
    assert Paths(["/"], ambiguous=True).match(path)
    assert Paths(["/"]).match(path) is not is_ambiguous(path)


class Path(Control):
    """Notes the path of each request."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def before(self, request: Request) -> Response | None:
        self.seen.append((request.root, request.path))
        return None


async def _asgi(scope: Any, receive: Any, send: Any) -> None:
    assert request_of(scope)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


def _wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return []


@pytest.mark.parametrize(
    ("root", "path", "seen"),
    [
        ("/shop", "/shop/api", "/api"),
        ("/shop", "/api", "/api"),  # a proxy has cut it off, and FastAPI(root_path="/shop") says where
        ("/shop", "/shop", "/"),
        ("/shop", "/shop/", "/"),
        ("/shop", "/shopping", "/shopping"),
        ("/shop", "/shop/shop/api", "/shop/api"),
        ("/shop/", "/shop/api", "/shop/api"),
        ("", "", "/"),
    ],
)
def test_a_path_is_that_of_the_routes(root: str, path: str, seen: str) -> None:
    """As Starlette has it, so that a rule for a path is one for its route."""
    from starlette._utils import get_route_path

    control = Path()
    scope = scope_of(Sent(path=path)) | {"root_path": root}
    asyncio.run(AsgiMiddleware(_asgi, [control])(scope, _nothing, _nowhere))
    assert control.seen == [(root, seen)]
    assert (get_route_path(scope) or "/") == seen


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request"}


async def _nowhere(message: dict[str, Any]) -> None:
    pass


@pytest.mark.parametrize(("path", "seen"), [("/api", "/api"), ("", "/"), ("/ü", "/ü")])
def test_a_path_is_that_of_the_routes_under_wsgi(path: str, seen: str) -> None:
    control = Path()

    def mounted(environ: dict[str, Any], start_response: Any) -> Any:
        return WsgiMiddleware(_wsgi, [control])({**environ, "SCRIPT_NAME": "/shop"}, start_response)

    ask_wsgi(mounted, Sent(path=path))
    assert control.seen == [("/shop", seen)]


def test_the_way_to_https_goes_by_the_whole_path() -> None:
    controls = [Https(["app.example.com"])]
    headers = [(b"host", b"app.example.com"), (b"accept", b"text/html")]

    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await AsgiMiddleware(_asgi, controls)({**scope, "root_path": "/shop"}, receive, send)

    for path in ("/shop/api", "/api"):
        got = asyncio.run(ask_asgi(mounted, Sent(path=path, headers=headers, scheme="http")))
        assert got.values("location") == [b"https://app.example.com/shop/api"]
