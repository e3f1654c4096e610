"""Templates. Jinja encodes every value that goes into a page; nothing is marked as safe but what this package made."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from zenoo_security.fields import Undecryptable
from zenoo_security.principal import current_principal_or_none
from zenoo_security.web import Problem

from .security import HERE, access

Field = Annotated[str, Form(max_length=4096)]

PAGES = {
    "customer": [("/customer", "Your details")],
    "clerk": [("/clerk", "Contacts")],
    "manager": [("/manager", "Accounts"), ("/security", "Security")],
}
"""Role -> its pages."""


def _who(_: Request) -> dict[str, Any]:
    """What every page shows of the one who asks."""
    user = current_principal_or_none()
    held = access.rights_now(user).roles if user else ()
    return {"user": user, "menu": [page for role, pages in PAGES.items() if role in held for page in pages]}


templates = Jinja2Templates(HERE / "templates", context_processors=[_who])
templates.env.tests["undecryptable"] = lambda value: isinstance(value, Undecryptable)
templates.env.filters["moment"] = lambda seconds: time.strftime("%-d %b %Y, %H:%M UTC", time.gmtime(seconds))


def show(request: Request, name: str, values: Mapping[str, Any] | None = None, *, status: int = 200) -> HTMLResponse:
    """A page."""
    return templates.TemplateResponse(request, name, dict(values or {}), status)


def error_page(problem: Problem) -> str:
    """The page of a refusal. Who asks is not known yet."""
    return templates.get_template("error.html").render(problem=problem)
