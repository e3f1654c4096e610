"""What each exception of this package is to a client: a status, a stable code and one sentence, never its own text."""

from __future__ import annotations

from typing import Final, NamedTuple

from zenoo_security import errors

__all__ = ["UNKNOWN", "Kind", "kind_of_error"]


class Kind(NamedTuple):
    """What is answered for an exception.

    Attributes:
        status: the status code.
        code: a stable identifier, for programs.
        detail: what to do.
        retry_after_s: seconds until another try makes sense.
    """

    status: int
    code: str
    detail: str
    retry_after_s: int | None = None


_SOON_S: Final = 5
"""A server that was restarted is usually there again."""

UNKNOWN: Final = Kind(500, "internal_error", "Something went wrong here. Name the request id when you report it.")

_KINDS: Final[dict[type[BaseException], Kind]] = {
    errors.SecurityError: UNKNOWN,
    errors.AuditUnavailable: Kind(503, "unavailable", "Try again later.", _SOON_S),
    errors.AuthenticationError: Kind(401, "authentication_required", "Log in first."),
    errors.ClientBlocked: Kind(403, "blocked", "Requests from this network are refused for a time."),
    errors.ColumnsInUse: Kind(409, "in_use", "There are still values that need this."),
    errors.EnrollmentRequired: Kind(403, "enrollment_required", "Enroll a second factor first."),
    # One text for both: which of them it is tells what stands in a network that is not public.
    errors.FetchError: Kind(422, "fetch_failed", "That address could not be fetched."),
    errors.FreshLoginRequired: Kind(401, "fresh_login_required", "Log in again: this needs a recent login."),
    errors.HashingBusy: Kind(503, "busy", "Try again in a moment.", 1),
    errors.InputTooLarge: Kind(413, "too_large", "Send less at once."),
    errors.InvalidInput: Kind(422, "invalid_input", "Correct what is named and send it again."),
    errors.KeyInUse: Kind(409, "in_use", "There are still values that need this."),
    errors.LoginFailed: Kind(
        401, "login_failed", "Check the user name, the password and the code, or try again later."
    ),
    errors.NoPrincipal: Kind(401, "authentication_required", "Log in first."),
    errors.NotEnrolled: Kind(409, "not_enrolled", "Enroll a second factor first."),
    errors.OdooError: Kind(502, "odoo_failed", "Odoo could not do this. Name the request id when you report it."),
    errors.OdooRefused: Kind(422, "odoo_refused", "Odoo does not do this with these values."),
    errors.OdooUnavailable: Kind(503, "odoo_unavailable", "Try again later.", _SOON_S),
    errors.OtpMismatch: Kind(401, "code_refused", "Enter the next code."),
    errors.PasswordMismatch: Kind(401, "login_failed", "Check the password."),
    errors.PasswordTooLong: Kind(422, "password_too_long", "Choose a shorter password."),
    errors.PermissionDenied: Kind(403, "forbidden", "You may not do this."),
    errors.QueryRefused: Kind(422, "query_refused", "Ask for this without conditions on encrypted fields."),
    errors.RequestRefused: Kind(
        403, "request_refused", "Ask for what is open to you: the methods and fields are listed."
    ),
    errors.RateLimitExceeded: Kind(429, "too_many_requests", "Wait before you try again."),
    errors.RecordNotFound: Kind(404, "not_found", "There is no such record."),
    errors.SecondFactorRequired: Kind(401, "second_factor_required", "Send the code of the second factor."),
    errors.SessionEnded: Kind(401, "session_ended", "Log in again."),
    errors.StoreUnavailable: Kind(503, "unavailable", "Try again later.", _SOON_S),
    errors.TooManySessions: Kind(409, "too_many_sessions", "End another session first."),
}

_REFUSED_BY_ODOO: Final = {
    "AccessDenied": Kind(401, "authentication_required", "Log in first."),
    # Which of the two it is would tell whether there is such a record.
    "AccessError": Kind(403, "forbidden", "Odoo does not let you do this, or there is no such record."),
    "MissingError": Kind(403, "forbidden", "Odoo does not let you do this, or there is no such record."),
    "LockError": Kind(409, "locked", "Somebody else is at it. Try again."),
}


def kind_of_error(error: BaseException) -> Kind:
    """What an exception is to a client; what is not one of ours is a failure of the application.

    >>> kind_of_error(errors.SessionEnded()).status, kind_of_error(KeyError("secret")).code
    (401, 'internal_error')
    """
    if isinstance(error, errors.OdooRefused):
        named = _REFUSED_BY_ODOO.get((error.odoo_type or "").rpartition(".")[2])
        if named is not None:
            return named
    return next((_KINDS[each] for each in type(error).__mro__ if each in _KINDS), UNKNOWN)
