"""What Odoo answered when it did not answer: ours and zenoo-rpc's exceptions in one.

Each class is one of ours and one of zenoo-rpc's, so that `except zenoo_rpc.AccessError` in an application keeps
working when the client is swapped. None holds a traceback, a value, a password or the body of a response. They are
told apart by the class that Odoo names, never by text::

    OdooUnavailable, zenoo_rpc ConnectionError      ConnectionFailed
    OdooUnavailable, zenoo_rpc RequestTimeoutError  RequestTimedOut
    AuthenticationError, zenoo_rpc the same         LoginRefused
      and zenoo_rpc AccessError                     └── CredentialRefused
    AuthenticationError, zenoo_rpc the same         NotLoggedIn
    OdooRefused, zenoo_rpc AccessError              AccessRefused
    OdooRefused, zenoo_rpc ValidationError          ValidationRefused
      and zenoo_rpc AccessError                     └── RecordMissing
    OdooError, zenoo_rpc ZenooError                 OdooFailed
"""

from __future__ import annotations

import re

from zenoo_rpc.exceptions import base as rpc

from zenoo_security import errors

__all__ = [
    "AccessRefused",
    "ConnectionFailed",
    "CredentialRefused",
    "LoginRefused",
    "NotLoggedIn",
    "OdooFailed",
    "RecordMissing",
    "RequestTimedOut",
    "ValidationRefused",
    "from_answer",
]

_MAX_MESSAGE = 2000


class ConnectionFailed(errors.OdooUnavailable, rpc.ConnectionError):
    """Odoo is down, or what answers is not an Odoo."""


class RequestTimedOut(errors.OdooUnavailable, rpc.RequestTimeoutError):
    """Odoo took longer than `timeout`. Whether a write took place is not known: look before you repeat it."""


class LoginRefused(errors.AuthenticationError, rpc.AuthenticationError):
    """Wrong user name, password or API key; never said which."""


class CredentialRefused(LoginRefused, rpc.AccessError):
    """Odoo no longer takes the password or API key of a logged-in client."""


class NotLoggedIn(errors.AuthenticationError, rpc.AuthenticationError):
    """`login()` has not been called, or `logout()` or `close()` has."""


class OdooFailed(errors.OdooError, rpc.ZenooError):
    """Odoo answered with an error that is not a rule of its own: an unknown field or method, or a bug."""


class AccessRefused(errors.OdooRefused, rpc.AccessError):
    """Odoo's access rights or record rules do not let this user do this.

    Attributes:
        odoo_message: what Odoo wrote for its user. It may quote records: show it, do not log it.
    """

    odoo_message: str | None = None


class ValidationRefused(errors.OdooRefused, rpc.ValidationError):
    """One of Odoo's constraints does not hold; nothing was stored.

    Attributes:
        odoo_message: what Odoo wrote for its user. It may quote values: show it, do not log it.
    """

    odoo_message: str | None = None


class RecordMissing(ValidationRefused, rpc.AccessError):
    """The record does not exist, or not any more. zenoo-rpc raises either of its two classes for it."""


_REFUSALS: dict[str, tuple[type[AccessRefused | ValidationRefused], str]] = {
    "AccessError": (AccessRefused, "the user lacks the right, or a record rule hides the record"),
    "LockError": (ValidationRefused, "someone else holds the record: try again"),
    "MissingError": (RecordMissing, "the record does not exist, or not any more"),
    "RedirectWarning": (ValidationRefused, "Odoo asks for its configuration to be completed"),
    "UserError": (ValidationRefused, "Odoo does not do this with these values"),
    "ValidationError": (ValidationRefused, "a constraint does not hold"),
}
_INTEGRITY = {"IntegrityError", "CheckViolation", "ForeignKeyViolation", "NotNullViolation", "UniqueViolation"}
_CREDENTIAL = {"AccessDenied", "SessionExpiredException"}
_TYPE_NAME = re.compile(r"[A-Za-z_][\w.]{0,119}")
_MISTAKES = (
    ("there is no model", re.compile(r"Object ([a-z_][\w.]{0,63}) doesn't exist")),
    ("the model has no field", re.compile(r"Invalid field '?([a-z_][\w.]{0,63})'? (?:in|on) ")),
    ("there is no method", re.compile(r"The method '([a-z_][\w.]{0,127})' does not exist")),
)


def from_answer(error: object, call: str) -> errors.SecurityError:
    """Make the exception for the `error` member of a JSON-RPC answer.

    Args:
        error: the decoded member, of whatever type it came.
        call: what was asked, such as `write on res.partner`.
    """
    envelope = error if isinstance(error, dict) else {}
    data = envelope.get("data")
    data = data if isinstance(data, dict) else {}
    name = data.get("name")
    odoo_type = name if isinstance(name, str) and _TYPE_NAME.fullmatch(name) else "an unnamed error"
    failure = _classify(odoo_type, data.get("message"), call)
    if isinstance(failure, rpc.ZenooError):
        code = envelope.get("code")
        failure.context = {
            "code": code if isinstance(code, int) else None,
            "raw_error": {"message": "Odoo Server Error", "data": {"name": odoo_type}},
        }
    return failure


def _classify(odoo_type: str, text: object, call: str) -> errors.SecurityError:
    module, _, name = odoo_type.rpartition(".")
    if name in _CREDENTIAL:
        return CredentialRefused("Odoo no longer accepts the password or API key of this client: log in again")
    if name in _REFUSALS and not module.startswith("psycopg"):
        refusal, why = _REFUSALS[name]
        why = _known_mistake(text) or why
        failure = refusal(f"Odoo refused {call}: {why} ({odoo_type}; odoo_message has its words)", odoo_type=odoo_type)
        failure.odoo_message = _for_display(text)
        return failure
    if name in _INTEGRITY:
        return ValidationRefused(f"Odoo refused {call}: a database constraint ({odoo_type})", odoo_type=odoo_type)
    if odoo_type in {"psycopg2.OperationalError", "psycopg2.InterfaceError"}:
        return ConnectionFailed(
            "Odoo does not reach its database: check the name of the database, and PostgreSQL",
            odoo_type=odoo_type,
        )
    return OdooFailed(
        f"Odoo failed at {call}: {_known_mistake(text) or 'the log of Odoo says why'} ({odoo_type})",
        odoo_type=odoo_type,
    )


def _known_mistake(text: object) -> str | None:
    for what, pattern in _MISTAKES:
        if isinstance(text, str) and (match := pattern.match(text)):
            return f"{what} {match[1]!r}"
    return None


def _for_display(text: object) -> str | None:
    return "".join(c for c in text[:_MAX_MESSAGE] if c.isprintable() or c == "\n") if isinstance(text, str) else None
