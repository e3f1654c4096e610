"""The second factor: enrol an authenticator app by a QR code, get recovery codes, turn it off."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from zenoo_security.errors import NotEnrolled, OtpMismatch
from zenoo_security.principal import current_principal

from .pages import Field, show
from .security import auth, sessions

router = APIRouter(prefix="/factor")


@router.get("")
async def factor_page(request: Request) -> HTMLResponse:
    """What there is."""
    user = current_principal()
    return show(request, "factor.html", {"factors": await auth.mfa.factors(user.database, user.uid)})


@router.post("/enroll")
async def enroll(request: Request) -> HTMLResponse:
    """Show a new secret, once."""
    enrollment = await auth.mfa.enroll(current_principal())
    return show(request, "enroll.html", {"secret": enrollment.secret, "qr": Markup(enrollment.svg())})


@router.post("/confirm")
async def confirm(request: Request, code: Field) -> Response:
    """The secret counts from its first code on, and all other sessions end."""
    try:
        codes = await auth.mfa.confirm(current_principal(), code)
    except OtpMismatch:
        return show(request, "enroll.html", {"error": "That code is wrong or too old: enter the next one."}, status=422)
    except NotEnrolled:  # ten minutes are over
        return RedirectResponse("/factor", 303)
    await auth.end_others(sessions.token(request) or "")
    return show(request, "recovery.html", {"codes": codes})


@router.post("/recovery")
async def renew_recovery_codes(request: Request) -> HTMLResponse:
    """Ten new ones; the old ones are good no more."""
    codes = await auth.mfa.regenerate_recovery_codes(current_principal())
    return show(request, "recovery.html", {"codes": codes})


@router.post("/disable")
async def disable(_: Request) -> RedirectResponse:
    """Back to the password alone."""
    await auth.mfa.disable(current_principal())
    return RedirectResponse("/factor", 303)
