"""Partners: validated on the way in, encrypted in Odoo, found by an e-mail address that Odoo never sees."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zenoo_security import SecurePartnerInput, create_partner_secure, require_role, secure_object_access, validate
from zenoo_security.errors import InvalidFields, InvalidInput
from zenoo_security.fields import Undecryptable

from .pages import Field, show
from .security import Odoo, access

router = APIRouter(prefix="/partners")

FIELDS = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "vat": "VAT number",
    "street": "Street",
    "zip": "Postcode",
    "city": "City",
}


@router.post("/search")
@require_role("clerk", access=access)
async def search(request: Request, client: Odoo, email: Field = "") -> HTMLResponse:
    """A form that is posted: an address in a URL stays in logs and in the history of the browser."""
    try:
        domain = [("email", "=", validate.email(email, field="email"))]
    except InvalidInput as error:
        return show(request, "contacts.html", {"email": email, "error": error.message, "partners": []}, status=422)
    found = await client.search_read("res.partner", domain, fields=["name", "city"], limit=10)
    return show(request, "contacts.html", {"email": email, "searched": True, "partners": found})


@router.get("/new")
@require_role("clerk", access=access)
async def new(request: Request) -> HTMLResponse:
    """An empty form."""
    return _form(request, {})


@router.post("/new")
@require_role("clerk", access=access)
async def create(request: Request, client: Odoo) -> Response:
    """Create a partner, or show all that is wrong at once."""
    given = await _given(request)
    try:
        partner_id = await create_partner_secure(client, given)
    except InvalidFields as error:
        return _form(request, given, error)
    return RedirectResponse(f"/partners/{partner_id}", 303)


@router.get("/{partner_id}")
@secure_object_access("res.partner", "read")
async def partner_page(request: Request, client: Odoo, partner_id: int) -> HTMLResponse:
    """One partner. Which one it may be, Odoo decides; one that is hidden looks like one that does not exist."""
    [partner] = await client.read("res.partner", [partner_id], list(FIELDS))
    return show(request, "partner.html", {"title": partner["name"], "partner": partner, "fields": FIELDS})


@router.get("/{partner_id}/edit")
@require_role("clerk", access=access)
@secure_object_access("res.partner", "write")
async def edit(request: Request, client: Odoo, partner_id: int) -> HTMLResponse:
    """The form with what is there."""
    [partner] = await client.read("res.partner", [partner_id], list(FIELDS))
    return _form(request, partner)


@router.post("/{partner_id}/edit")
@require_role("clerk", access=access)
@secure_object_access("res.partner", "write")
async def save(request: Request, client: Odoo, partner_id: int) -> Response:
    """Save what was given, and empty what was not; but a value that could not be shown stays as it is."""
    given = await _given(request)
    try:
        values = SecurePartnerInput.parse(given).to_odoo()
    except InvalidFields as error:
        return _form(request, given | {"id": partner_id}, error)
    [before] = await client.read("res.partner", [partner_id], list(FIELDS))
    shown = [name for name in FIELDS if not isinstance(before[name], Undecryptable)]
    await client.write("res.partner", [partner_id], {name: values.get(name, False) for name in shown})
    return RedirectResponse(f"/partners/{partner_id}", 303)


async def _given(request: Request) -> dict[str, Any]:
    """The fields of the form that are not empty, also those that nobody asked for: they are refused by name."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if value != ""}


def _form(request: Request, partner: dict[str, Any], error: InvalidFields | None = None) -> HTMLResponse:
    problems = {} if error is None else {problem.field: problem.message for problem in error.errors}
    values = {"fields": FIELDS, "partner": partner, "problems": problems}
    return show(request, "partner_form.html", values, status=422 if problems else 200)
