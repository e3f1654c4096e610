"""Where one is logged in, and how to end it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from .pages import Field, show
from .security import auth
from .security import sessions as web_sessions

router = APIRouter(prefix="/sessions")


@router.get("")
async def sessions_page(request: Request) -> HTMLResponse:
    """All sessions of the user."""
    token = web_sessions.token(request) or ""
    here = await auth.session(token)
    return show(request, "sessions.html", {"here": here.id, "sessions": await auth.list_sessions(token)})


@router.post("/end")
async def end(request: Request, session: Field) -> RedirectResponse:
    """End one. Of another user there is none: nothing happens."""
    await auth.end_session(web_sessions.token(request) or "", session)
    return RedirectResponse("/sessions", 303)


@router.post("/end-others")
async def end_others(request: Request) -> RedirectResponse:
    """End all but this one."""
    await auth.end_others(web_sessions.token(request) or "")
    return RedirectResponse("/sessions", 303)
