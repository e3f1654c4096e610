"""Log in with a password, then with a code; log out."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zenoo_security.errors import InvalidInput, LoginFailed, SecondFactorRequired, SessionEnded

from .device import device_name
from .pages import Field, show
from .security import auth, database, sessions

router = APIRouter()
REFUSED = str(LoginFailed())


@router.get("/login")
async def login_page(request: Request, again: bool = False, out: bool = False) -> HTMLResponse:
    """Ask for the password."""
    return show(request, "login.html", {"again": again, "out": out})


@router.post("/login")
async def log_in(request: Request, login: Field, password: Field) -> Response:
    """Look at the password. A session that the browser brings along ends: it may be somebody else's."""
    try:
        token = await auth.authenticate(
            login,
            password,
            database,
            client_ip=request.client.host if request.client else None,
            label=device_name(request.headers.get("user-agent", "")),
            replaces=sessions.token(request),
        )
    except SecondFactorRequired as required:
        return show(request, "code.html", {"ticket": required.ticket})
    except (LoginFailed, InvalidInput):
        return show(request, "login.html", {"error": REFUSED, "login": login}, status=401)
    sessions.start(request, token)
    return RedirectResponse("/", 303)


@router.post("/login/code")
async def enter_code(request: Request, ticket: Field, code: Field) -> Response:
    """Look at the code of the authenticator app, or a recovery code."""
    try:
        token = await auth.complete(ticket, code, replaces=sessions.token(request))
    except SessionEnded:  # five minutes are over
        return RedirectResponse("/login?again=1", 303)
    except (LoginFailed, InvalidInput):
        return show(request, "code.html", {"error": REFUSED, "ticket": ticket}, status=401)
    sessions.start(request, token)
    return RedirectResponse("/", 303)


@router.post("/logout")
async def log_out(request: Request) -> RedirectResponse:
    """End the session, and have the browser forget it."""
    await sessions.end(request)
    return RedirectResponse("/login?out=1", 303)
