"""All controls around an application of each framework, driven through what its users would write."""

from __future__ import annotations

import asyncio
import gc
import json
from typing import TYPE_CHECKING, Any

import fastapi
import litestar
import pytest
from fastapi.responses import JSONResponse
from litestar.exceptions import HTTPException as LitestarException

from zenoo_security import get_current_user
from zenoo_security.errors import RecordNotFound
from zenoo_security.web import (
    AsgiMiddleware,
    ClientAddress,
    Cors,
    Csrf,
    Errors,
    Framing,
    Hosts,
    Https,
    Methods,
    QuerySecrets,
    RequestId,
    Sizes,
    WsgiMiddleware,
    security_request,
)

from .driving import Got, Sent, ask_asgi, ask_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zenoo_security.web import Control

    Ask = Callable[[Sent], Got]

pytestmark = pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Have the garbage collector come by here, where its warning is expected, and not in the tests of another file.

    Django leaves it the file with a body when `receive` raises.
    """
    yield
    gc.collect()


SECRET = "hunter2"
HOST = (b"host", b"app.example.com")
FORWARDED = [(b"x-forwarded-for", b"2001:db8::9"), (b"x-forwarded-proto", b"https")]
JSON = (b"content-type", b"application/json")


def controls() -> list[Control]:
    hosts = ["app.example.com"]
    return [
        ClientAddress(["10.0.0.1"]),
        RequestId(),
        Errors(log="none"),
        Https(hosts),
        Hosts(hosts),
        Methods(),
        Framing(),
        Sizes(1000),
        QuerySecrets(),
        Cors(["https://shop.example.com"]),
        Csrf(),
    ]


def fastapi_app() -> Ask:
    app = fastapi.FastAPI()
    app.add_middleware(AsgiMiddleware, controls=controls())

    @app.get("/who")
    async def who(request: fastapi.Request) -> dict[str, Any]:
        return {
            "client": request.client.host if request.client else None,
            "scheme": request.url.scheme,
            "id": security_request(request.scope).found["request_id"],
        }

    @app.post("/echo")
    async def echo(data: dict[str, Any]) -> dict[str, Any]:
        return data

    @app.get("/missing")
    async def missing() -> None:
        raise RecordNotFound

    @app.get("/crash")
    async def crash() -> None:
        raise ValueError(SECRET)

    @app.get("/own")
    async def own() -> None:
        raise fastapi.HTTPException(418, "short and stout", headers={"X-Shop": "tea"})

    @app.exception_handler(ZeroDivisionError)
    async def zero(request: fastapi.Request, error: Exception) -> JSONResponse:
        return JSONResponse({"own": "handler"}, 422)

    @app.get("/zero")
    async def divide() -> float:
        return 1 / 0

    return lambda sent: asyncio.run(ask_asgi(app, sent))


def litestar_app() -> Ask:
    @litestar.get("/who")
    async def who(request: litestar.Request) -> dict[str, Any]:
        client = request.client.host if request.client else None
        found = security_request(request.scope).found
        return {"client": client, "scheme": request.url.scheme, "id": found["request_id"]}

    @litestar.post("/echo", status_code=200)
    async def echo(request: litestar.Request) -> Any:
        return await request.json()

    @litestar.get("/missing")
    async def missing() -> None:
        raise RecordNotFound

    @litestar.get("/crash")
    async def crash() -> None:
        raise ValueError(SECRET)

    @litestar.get("/own")
    async def own() -> None:
        raise LitestarException("short and stout", status_code=418, headers={"X-Shop": "tea"})

    @litestar.get("/zero")
    async def divide() -> float:
        return 1 / 0

    def zero(request: litestar.Request, error: Exception) -> litestar.Response:
        return litestar.Response({"own": "handler"}, status_code=422)

    def ours(request: litestar.Request, error: Exception) -> litestar.Response:
        raise error

    handlers: Any = {ZeroDivisionError: zero, 500: ours}
    app = litestar.Litestar([who, echo, missing, crash, own, divide], exception_handlers=handlers)
    around = AsgiMiddleware(app, controls())
    return lambda sent: asyncio.run(ask_asgi(around, sent))


def flask_app() -> Ask:
    from flask import Flask, abort, jsonify, make_response, request

    app = Flask("shop")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.wsgi_app = WsgiMiddleware(app.wsgi_app, controls())  # type: ignore[method-assign]

    @app.get("/who")
    def who() -> Any:
        found = security_request(request.environ).found
        return jsonify(client=request.remote_addr, scheme=request.scheme, id=found["request_id"])

    @app.post("/echo")
    def echo() -> Any:
        return jsonify(request.get_json())

    @app.get("/missing")
    def missing() -> Any:
        raise RecordNotFound

    @app.get("/crash")
    def crash() -> Any:
        raise ValueError(SECRET)

    @app.get("/own")
    def own() -> Any:
        abort(make_response("short and stout", 418, {"X-Shop": "tea"}))

    @app.get("/zero")
    def divide() -> Any:
        return str(1 / 0)

    @app.errorhandler(ZeroDivisionError)
    def zero(error: Exception) -> Any:
        return jsonify(own="handler"), 422

    return lambda sent: ask_wsgi(app, sent)


def django_urls() -> Any:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["app.example.com"],
            DEBUG_PROPAGATE_EXCEPTIONS=True,
            ROOT_URLCONF="web.django_shop",
            SECRET_KEY="-",
            MIDDLEWARE=["web.django_shop.own_handler"],
        )
        django.setup()


def django_asgi_app() -> Ask:
    django_urls()
    from django.core.asgi import get_asgi_application

    app = AsgiMiddleware(get_asgi_application(), controls())
    return lambda sent: asyncio.run(ask_asgi(app, sent))


def django_wsgi_app() -> Ask:
    django_urls()
    from django.core.wsgi import get_wsgi_application

    app = WsgiMiddleware(get_wsgi_application(), controls())
    return lambda sent: ask_wsgi(app, sent)


APPS = {
    "fastapi": fastapi_app,
    "litestar": litestar_app,
    "flask": flask_app,
    "django asgi": django_asgi_app,
    "django wsgi": django_wsgi_app,
}


@pytest.fixture(scope="module", params=APPS.values(), ids=APPS.keys())
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param()


def sent(path: str, *headers: tuple[bytes, bytes], method: str = "GET", **more: Any) -> Sent:
    given = {"headers": [HOST, *FORWARDED, *headers], "peer": "10.0.0.1", "scheme": "http", **more}
    return Sent(method, path, **given)


def post(body: bytes, *headers: tuple[bytes, bytes]) -> Sent:
    length = (b"content-length", b"%d" % len(body))
    return sent("/echo", JSON, length, *headers, method="POST", chunks=[body])


def test_the_application_sees_the_client_that_the_proxy_told(ask: Ask) -> None:
    got = ask(sent("/who"))
    (request_id,) = got.values("x-request-id")
    assert json.loads(got.body) == {"client": "2001:db8::9", "scheme": "https", "id": request_id.decode()}


def test_a_body_gets_through_and_one_that_is_too_large_does_not(ask: Ask) -> None:
    got = ask(post(b'{"a": 1}'))
    assert (got.status, json.loads(got.body)) == (200, {"a": 1})
    assert ask(post(b'{"a": "' + b"x" * 1000 + b'"}')).status == 413
    lying = post(b'{"a": "' + b"x" * 1000 + b'"}')
    lying.headers = [header for header in lying.headers if header[0] != b"content-length"]
    # Without a length a WSGI application reads nothing.
    assert ask(lying).status in {413, 400}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"peer": "10.0.0.2"}, 403),
        ({"headers": [(b"host", b"evil.example"), *FORWARDED]}, 421),
        ({"method": "TRACE"}, 405),
        ({"headers": [HOST, *FORWARDED, (b"x-shop", b"a\x00b")]}, 400),
        ({"query": b"token=hunter2"}, 400),
        (
            {
                "method": "POST",
                "headers": [HOST, *FORWARDED, (b"cookie", b"a=b"), (b"origin", b"https://evil.example")],
            },
            403,
        ),
    ],
    ids=["plain http", "host", "method", "framing", "query", "cross-site"],
)
def test_what_is_refused_never_reaches_it(ask: Ask, changes: dict[str, Any], status: int) -> None:
    got = ask(sent("/who", **changes))
    assert got.status == status
    assert got.values("content-type") == [b"application/problem+json"]
    assert got.values("x-request-id")


def test_an_exception_of_ours_is_a_problem(ask: Ask) -> None:
    got = ask(sent("/missing"))
    assert (got.status, json.loads(got.body)["code"]) == (404, "not_found")


def test_any_other_exception_is_a_problem_without_internals(ask: Ask) -> None:
    got = ask(sent("/crash"))
    document = json.loads(got.body)
    assert (got.status, document["code"]) == (500, "internal_error")
    assert document["request-id"].encode() == got.values("x-request-id")[0]
    assert SECRET not in got.body.decode()


def test_what_the_framework_answers_itself_is_not_lost(ask: Ask) -> None:
    got = ask(sent("/own"))
    assert (got.status, got.values("x-shop")) == (418, [b"tea"])
    assert b"short and stout" in got.body
    got = ask(sent("/zero"))
    assert (got.status, json.loads(got.body)) == (422, {"own": "handler"})
    assert ask(sent("/nowhere")).status == 404


def test_a_partner_may_read(ask: Ask) -> None:
    got = ask(sent("/who", (b"origin", b"https://shop.example.com")))
    assert got.values("access-control-allow-origin") == [b"https://shop.example.com"]
    asked = [(b"origin", b"https://shop.example.com"), (b"access-control-request-method", b"GET")]
    assert ask(sent("/who", *asked, method="OPTIONS")).status == 204


def test_nobody_is_left_behind_in_the_thread(ask: Ask) -> None:
    from zenoo_security.audit.request import current_request
    from zenoo_security.errors import NoPrincipal

    ask(sent("/who"))
    assert current_request() is None
    with pytest.raises(NoPrincipal):
        get_current_user()
