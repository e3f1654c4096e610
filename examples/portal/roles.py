"""The front page, and a page for each role; `policy.toml` says who has which."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from zenoo_security import require_role
from zenoo_security.errors import InvalidInput
from zenoo_security.principal import current_principal

from .pages import Field, show
from .partners import FIELDS
from .security import Odoo, access, auth, database

router = APIRouter()


@router.get("/")
async def front_page(request: Request) -> HTMLResponse:
    """For everybody."""
    user = current_principal()
    return show(request, "home.html", {"enrolled": await auth.mfa.is_enrolled(user.database, user.uid)})


@router.get("/customer")
@require_role("customer", access=access)
async def customer(request: Request, client: Odoo) -> HTMLResponse:
    """Their own record."""
    [user] = await client.read("res.users", [current_principal().uid], ["partner_id"])
    [partner] = await client.read("res.partner", [user["partner_id"][0]], list(FIELDS))
    return show(request, "partner.html", {"title": "Your details", "partner": partner, "fields": FIELDS})


@router.get("/clerk")
@require_role("clerk", access=access)
async def clerk(request: Request, client: Odoo) -> HTMLResponse:
    """Contacts."""
    latest = await client.search_read("res.partner", [], fields=["name", "city"], order="id desc", limit=10)
    return show(request, "contacts.html", {"partners": latest})


@router.get("/manager")
@require_role("manager", access=access)
async def manager(request: Request) -> HTMLResponse:
    """Logins of others."""
    return show(request, "manager.html")


@router.post("/manager/unlock")
@require_role("manager", access=access)
async def unlock(request: Request, login: Field, client_ip: Field = "") -> HTMLResponse:
    """Forget failed logins, once it is known whose they were; those of an address as well, if it is given."""
    try:
        await auth.unlock(login, database, client_ip=client_ip or None)
    except InvalidInput as error:
        given = {"login": login, "client_ip": client_ip, "problems": {error.field: error.message}}
        return show(request, "manager.html", given, status=422)
    return show(request, "manager.html", {"unlocked": login})
