"""The checker's report on this very process, for managers."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from zenoo_security import ProductionSecurityChecker, require_role
from zenoo_security.checks.output.html import fragment

from .pages import show
from .security import access

router = APIRouter()


@router.get("/security")
@require_role("manager", access=access)
async def security(request: Request) -> HTMLResponse:
    """Grade, findings, and what to do about them."""
    report = await asyncio.to_thread(ProductionSecurityChecker().report)
    return show(request, "report.html", {"grade": report.grade, "report": Markup(fragment(report))})
