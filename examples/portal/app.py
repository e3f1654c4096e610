"""The application: what is around all of its pages, and where the pages are."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from zenoo_security import SecurityMiddleware
from zenoo_security.errors import FreshLoginRequired
from zenoo_security.web import Problem

from . import factor, login, partners, report, roles, sessions
from .pages import error_page
from .security import HERE, limits, store
from .security import sessions as web_sessions

app = FastAPI(openapi_url=None)  # pages alone: there is no interface to describe
for part in (login, factor, sessions, roles, partners, report):
    app.include_router(part.router)
app.mount("/static", StaticFiles(directory=HERE / "static"))
app.add_middleware(
    SecurityMiddleware,
    hosts=["localhost:*"],  # the names under which yours is reached
    trusted_proxies=[],  # the networks of yours, such as 10.0.0.0/8: nobody else may say who the client is
    profile="app",
    static=["/static/"],
    store=store,
    limits=limits,
    sessions=web_sessions,
    error_pages=error_page,  # also of exceptions: a record that is forbidden is a page that does not exist
)


@app.exception_handler(HTTPException)
async def no_such_page(_: Request, error: HTTPException) -> HTMLResponse:
    """What the framework refuses by itself."""
    return HTMLResponse(error_page(Problem(error.status_code, error.detail)), error.status_code, error.headers)


@app.exception_handler(RequestValidationError)
async def no_such_form(_: Request, __: RequestValidationError) -> HTMLResponse:
    """Addresses and forms that our pages do not make; what was wrong with them is nobody's concern."""
    return HTMLResponse(error_page(Problem(422, "Unprocessable request")), 422)


@app.exception_handler(FreshLoginRequired)
async def log_in_again(_: Request, __: FreshLoginRequired) -> RedirectResponse:
    """Changes of the second factor need a login of the last five minutes."""
    return RedirectResponse("/login?again=1", 303)
