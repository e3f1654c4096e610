"""The nonce in the templates of the frameworks, and the same in the header."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from zenoo_security.web import AsgiMiddleware, SecurityHeaders, WsgiMiddleware, csp_context, csp_nonce

from .driving import Got, Sent, ask_asgi, ask_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

PAGE = '<script nonce="{{ csp_nonce }}">1</script><style nonce="{{ csp_nonce }}"></style>'
PLAIN = "<p>no script</p>"


def starlette_app() -> Any:
    import jinja2
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Route
    from starlette.templating import Jinja2Templates

    loader = jinja2.DictLoader({"page": PAGE, "plain": PLAIN})
    env = jinja2.Environment(loader=loader, autoescape=True)
    templates = Jinja2Templates(env=env, context_processors=[csp_context])

    async def show(request: Request) -> Response:
        return templates.TemplateResponse(request, request.path_params["name"])

    return Starlette(
        routes=[Mount("/in", routes=[Route("/{name}", show)])],
        middleware=[Middleware(AsgiMiddleware, controls=[SecurityHeaders()])],
    )


def fastapi_app() -> Any:
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse

    def nonce(request: Request) -> str:
        return csp_nonce(request)

    app = FastAPI()

    @app.get("/in/page", response_class=HTMLResponse)
    def page(value: str = Depends(nonce)) -> str:  # noqa: FAST002 - `nonce` is local, an annotation cannot name it
        return PAGE.replace("{{ csp_nonce }}", value)

    @app.get("/in/plain", response_class=HTMLResponse)
    async def plain() -> str:
        return PLAIN

    app.add_middleware(AsgiMiddleware, controls=[SecurityHeaders()])
    return app


def litestar_app() -> Any:
    import litestar

    @litestar.get("/in/page", media_type="text/html")
    async def page(request: litestar.Request[Any, Any, Any]) -> str:
        return PAGE.replace("{{ csp_nonce }}", csp_nonce(request))

    @litestar.get("/in/plain", media_type="text/html")
    async def plain() -> str:
        return PLAIN

    namespace = {"litestar": litestar, "Any": Any}
    return AsgiMiddleware(litestar.Litestar([page, plain], signature_namespace=namespace), [SecurityHeaders()])


def flask_app() -> Any:
    import flask

    app = flask.Flask(__name__)
    app.context_processor(lambda: csp_context(flask.request))

    @app.get("/in/<name>")
    def show(name: str) -> str:
        return flask.render_template_string(PAGE if name == "page" else PLAIN)

    return WsgiMiddleware(app, [SecurityHeaders()])


def _django_views() -> Any:
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.http import HttpResponse
    from django.template import Engine, RequestContext

    engine = Engine()

    def show(request: Any) -> Any:
        template = engine.from_string(PAGE if request.path.endswith("page") else PLAIN)
        context = RequestContext(request, csp_context(request))
        return HttpResponse(template.render(context))

    return show


def django_asgi_app() -> Any:
    show = _django_views()
    from django.core.handlers.asgi import ASGIRequest

    async def app(scope: Any, receive: Any, send: Any) -> None:
        import io

        response = show(ASGIRequest(scope, io.BytesIO()))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": response.content})

    return AsgiMiddleware(app, [SecurityHeaders()])


def django_wsgi_app() -> Any:
    show = _django_views()
    from django.core.handlers.wsgi import WSGIRequest

    def app(environ: Any, start_response: Any) -> list[bytes]:
        response = show(WSGIRequest(environ))
        start_response("200 OK", [])
        return [response.content]

    return WsgiMiddleware(app, [SecurityHeaders()])


APPS: dict[str, tuple[Callable[[], Any], str]] = {
    "starlette": (starlette_app, "asgi"),
    "fastapi": (fastapi_app, "asgi"),
    "litestar": (litestar_app, "asgi"),
    "flask": (flask_app, "wsgi"),
    "django over ASGI": (django_asgi_app, "asgi"),
    "django over WSGI": (django_wsgi_app, "wsgi"),
}


def get(app: Any, kind: str, path: str) -> Got:
    return asyncio.run(ask_asgi(app, Sent(path=path))) if kind == "asgi" else ask_wsgi(app, Sent(path=path))


@pytest.mark.asvs("v5.0.0-3.4.3")
@pytest.mark.parametrize("framework", APPS)
def test_the_nonce_of_a_page_is_that_of_its_header(framework: str) -> None:
    make, kind = APPS[framework]
    app = make()
    nonces = set()
    for _ in range(2):
        got = get(app, kind, "/in/page")
        (policy,) = got.values("content-security-policy")
        nonce = re.findall(rb"'nonce-([^']+)' 'strict-dynamic'", policy)[0]
        assert re.findall(rb'nonce="([^"]*)"', got.body) == [nonce, nonce]
        nonces.add(nonce)
    assert len(nonces) == 2
    assert b"script-src 'none'" in get(app, kind, "/in/plain").values("content-security-policy")[0]
