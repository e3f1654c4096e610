"""A site behind the controls, and one without any that means no good."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from scripted_odoo import DATABASE, LOGIN, PASSWORD, ScriptedOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig, SecurityHeaders, get_current_user
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web import (
    AsgiMiddleware,
    ClearSiteData,
    ContentTypes,
    CspReports,
    FetchedData,
    HeaderChanges,
    NoStore,
    UserFiles,
    WebSessions,
    csp_nonce,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome
    from starlette.requests import Request

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.documentElement.id="ran"</script></svg>'
ROUTES = {
    "/csp-alone": HeaderChanges({"X-Frame-Options": None}),
    "/xfo-alone": HeaderChanges(csp={"frame-ancestors": None}),
    "/embeddable": HeaderChanges({"X-Frame-Options": None}, csp={"frame-ancestors": "https://stranger.test:*"}),
    "/for-all": HeaderChanges({"Cross-Origin-Resource-Policy": "cross-origin"}),
    "/old-reports": HeaderChanges(csp={"report-to": None}),
}


class Site:
    """What a test puts at `/page` is shown with the headers of the profile `app`."""

    def __init__(self) -> None:
        self.origin = ""
        self.page: Callable[[Request], str] = lambda _: ""
        self.hits: list[str] = []
        self.odoo = ScriptedOdoo()
        self.auth = SecureAuthManager(
            SecurityConfig(refusal_duration_ms=100), odoo=self.odoo, store=MemoryStore(), key_ring=KeyRing.generate()
        )
        self.sessions = WebSessions(self.auth, required=["/account"], login_page="/login")
        controls = [
            CspReports(per_client=1000, in_all=1000),
            SecurityHeaders("app", report_to="/csp-reports", routes=ROUTES),
            NoStore(),
            ClearSiteData(),
            ContentTypes(),
            FetchedData(["/api/"]),
            UserFiles(["/files/"], inline=["image/svg+xml"]),
            self.sessions,
        ]
        paths = ("/page", "/reported", *ROUTES)
        self.app = Starlette(
            routes=[
                *(Route(path, self._page) for path in paths),
                Route("/script.js", self._file("text/javascript", "document.body.dataset.loaded = 'yes'")),
                Route("/notes.txt", self._file("text/plain", "document.body.dataset.loaded = 'yes'")),
                Route("/api/note", self._file("text/html", "<title>note</title><script src=/script.js></script>")),
                Route("/api/picture", self._file("image/svg+xml", SVG)),
                Route("/picture", self._file("image/svg+xml", SVG)),
                Route("/for-all/picture", self._file("image/svg+xml", SVG)),
                Route("/files/7.svg", self._file("image/svg+xml", SVG)),
                Route("/files/8.html", self._file("text/html", "<script>document.body.id='ran'</script>")),
                Route("/login", self._log_in, methods=["GET", "POST"]),
                Route("/account", self._account),
                Route("/logout", self._log_out, methods=["POST"]),
            ],
            middleware=[Middleware(AsgiMiddleware, controls=controls)],
        )

    def show(self, body: str | Callable[[str], str], path: str = "/page") -> str:
        """Put a body, or a function of the nonce, at the paths of pages. Gives the address of one."""

        def page(request: Request) -> str:
            return body if isinstance(body, str) else body(csp_nonce(request))

        self.page = page
        return self.origin + path

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return self.hits.count(path)

    async def _page(self, request: Request) -> HTMLResponse:
        self.hits.append(request.url.path)
        return HTMLResponse(f"<!doctype html><title>page</title><body>{self.page(request)}</body>")

    def _file(self, media_type: str, text: str) -> Callable[[Request], object]:
        async def file(request: Request) -> Response:
            self.hits.append(request.url.path)
            return Response(text, media_type=media_type)

        return file

    async def _log_in(self, request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse("<title>login</title><form method=post><button>log in</button></form>")
        token = await self.auth.authenticate(LOGIN, PASSWORD, DATABASE, replaces=self.sessions.token(request))
        self.sessions.start(request, token)
        return RedirectResponse("/account", 303)

    async def _account(self, request: Request) -> HTMLResponse:
        nonce = csp_nonce(request)
        return HTMLResponse(
            f"<title>account</title><body><p>account of {get_current_user()}</p>"
            f"<script nonce={nonce}>localStorage.draft = 'secret'</script>"
            "<form method=post action=/logout><button>log out</button></form></body>"
        )

    async def _log_out(self, request: Request) -> Response:
        await self.sessions.end(request)
        return HTMLResponse("<title>bye</title><link rel=stylesheet href=/clear-site-data.css>")


class Stranger:
    """A site of somebody else, without any header."""

    def __init__(self) -> None:
        self.origin = ""
        self.body = ""
        self.hits: list[str] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._page, methods=["GET", "POST"])])

    def show(self, body: str) -> str:
        """Put a body at its page. Gives the address."""
        self.body = body
        return self.origin + "/"

    async def _page(self, request: Request) -> HTMLResponse:
        self.hits.append(request.url.path)
        return HTMLResponse(f"<!doctype html><title>stranger</title><body>{self.body}</body>")


def appears(browser: Chrome, selector: str) -> None:
    """Wait until something that the selector matches is to be seen."""
    shown = "return [...document.querySelectorAll(arguments[0])].some(each => each.getClientRects().length)"
    wait_for(lambda: browser.execute_script(shown, selector), 60)


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds that a browser does by itself."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
