"""What happened inside stays inside."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging

import pytest

from zenoo_security import errors
from zenoo_security.errors import FieldError, InvalidFields, InvalidInput, ParameterError
from zenoo_security.web import AsgiMiddleware, Control, Errors, Framing, RequestId, WsgiMiddleware
from zenoo_security.web.error_kinds import _KINDS

from .driving import Sent, ask_asgi, ask_wsgi, through

SECRET = "hunter2"


class Fail(Control):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def before(self, request):
        raise self.error


def answer(kind: str, error: Exception, **arguments):
    got = through(kind, [RequestId(), Errors(**arguments), Fail(error)], Sent())
    assert got.values("content-type") == [b"application/problem+json"]
    return got, json.loads(got.body)


ODOO = "odoo.exceptions."
EXPECTED = [
    (errors.LoginFailed(), 401, "login_failed"),
    (errors.SessionEnded(), 401, "session_ended"),
    (errors.SecondFactorRequired(SECRET), 401, "second_factor_required"),
    (errors.EnrollmentRequired(), 403, "enrollment_required"),
    (errors.FreshLoginRequired(SECRET), 401, "fresh_login_required"),
    (errors.TooManySessions(), 409, "too_many_sessions"),
    (errors.AuthenticationError(SECRET), 401, "authentication_required"),
    (errors.NoPrincipal(SECRET), 401, "authentication_required"),
    (errors.PermissionDenied(SECRET), 403, "forbidden"),
    (errors.RecordNotFound(), 404, "not_found"),
    (errors.OtpMismatch(SECRET), 401, "code_refused"),
    (errors.NotEnrolled(SECRET), 409, "not_enrolled"),
    (errors.InvalidInput(SECRET), 422, "invalid_input"),
    (errors.InputTooLarge(SECRET), 413, "too_large"),
    (errors.PasswordTooLong(SECRET), 422, "password_too_long"),
    (errors.RateLimitExceeded(2.1), 429, "too_many_requests"),
    (errors.ClientBlocked(2.1), 403, "blocked"),
    (errors.HashingBusy(SECRET), 503, "busy"),
    (errors.StoreUnavailable(SECRET), 503, "unavailable"),
    (errors.AuditUnavailable(SECRET), 503, "unavailable"),
    (errors.StoreIncompatible(SECRET), 500, "internal_error"),
    (errors.OdooUnavailable(SECRET), 503, "odoo_unavailable"),
    (errors.OdooError(SECRET), 502, "odoo_failed"),
    (errors.OdooRefused(SECRET, odoo_type=ODOO + "AccessError"), 403, "forbidden"),
    (errors.OdooRefused(SECRET, odoo_type=ODOO + "MissingError"), 403, "forbidden"),
    (errors.OdooRefused(SECRET, odoo_type=ODOO + "ValidationError"), 422, "odoo_refused"),
    (errors.OdooRefused(SECRET), 422, "odoo_refused"),
    (errors.IncompleteCreate("res.partner", [1]), 502, "odoo_failed"),
    (errors.QueryRefused(SECRET), 422, "query_refused"),
    (errors.FetchFailed("dns"), 422, "fetch_failed"),
    (errors.FetchRefused(SECRET), 422, "fetch_failed"),
    (errors.DecryptionError(SECRET), 500, "internal_error"),
    (errors.KeyInUse(SECRET, 3), 409, "in_use"),
    (errors.ConfigurationError(SECRET), 500, "internal_error"),
    (errors.ParameterError(SECRET), 500, "internal_error"),
    (errors.HeaderInjection(SECRET), 500, "internal_error"),
    (ValueError(SECRET), 500, "internal_error"),
    (KeyError(SECRET), 500, "internal_error"),
]


@pytest.mark.asvs("v5.0.0-16.5.1", "v5.0.0-16.5.4")
@pytest.mark.parametrize(
    ("error", "status", "code"),
    EXPECTED,
    ids=[type(each[0]).__name__ + str(number) for number, each in enumerate(EXPECTED)],
)
def test_an_exception_has_a_status_and_a_code_and_no_text_of_its_own(kind, error, status, code) -> None:
    got, document = answer(kind, error)
    assert (got.status, document["status"], document["code"]) == (status, status, code)
    assert SECRET not in got.body.decode() + str(got.headers)
    assert ("request-id" in document) == (status >= 500)
    assert bool(got.values("www-authenticate")) == (status == 401)
    assert bool(got.values("retry-after")) == (status in {429, 503} or code == "blocked")


# What no client can do anything about.
OURS = {
    "ConfigurationError",
    "DecryptionError",
    "DemoFailed",
    "EncryptionError",
    "HashCostExceeded",
    "HeaderInjection",
    "InsecureTransport",
    "KeyRingError",
    "LocalOdooError",
    "MalformedHash",
    "MissingExtra",
    "OtpError",
    "ParameterError",
    "PasswordError",
    "PolicyError",
    "RandomnessError",
    "SecurityError",
    "StoreError",
    "StoreIncompatible",
    "UnsupportedHash",
}


def test_each_exception_of_the_package_is_decided_for_clients_or_is_a_failure_of_ours() -> None:
    """A new one in errors.py has to be put into one of the two."""
    every = {name: each for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)}
    unknown = {
        name
        for name, each in every.items()
        if not any(base in _KINDS for base in each.__mro__ if base is not errors.SecurityError)
    }
    assert unknown == OURS


def test_retry_after_is_whole_seconds_and_never_too_early(kind) -> None:
    assert answer(kind, errors.RateLimitExceeded(2.1))[0].values("retry-after") == [b"3"]
    assert answer(kind, errors.RateLimitExceeded(0.0))[0].values("retry-after") == [b"1"]


@pytest.mark.parametrize("error", [errors.RateLimitExceeded, errors.ClientBlocked])
@pytest.mark.parametrize("wait_s", [float("inf"), float("nan")], ids=str)
def test_what_will_never_be_allowed_has_no_retry_after(kind, error, wait_s) -> None:
    got, document = answer(kind, error(wait_s))
    assert got.values("retry-after") == []
    assert document["status"] == got.status in {403, 429}


def test_refused_fields_are_named_with_their_codes(kind) -> None:
    fields = InvalidFields(
        [FieldError("email", "email", SECRET), FieldError("<b>x", "extra", SECRET), FieldError("a" * 500, "x", "")]
    )
    _, document = answer(kind, fields)
    assert document["errors"] == [{"field": "email", "code": "email"}, {"code": "extra"}, {"code": "x"}]
    _, document = answer(kind, InvalidInput(SECRET, field="name", code="empty"))
    assert document["errors"] == [{"field": "name", "code": "empty"}]


def raised() -> Exception:
    def inner():
        raise KeyError(SECRET)

    def outer():
        try:
            inner()
        except KeyError as error:
            raise ValueError(SECRET) from error

    with pytest.raises(ValueError) as caught:
        outer()
    return caught.value


def test_the_log_has_the_place_and_not_the_text(kind, caplog) -> None:
    _, document = answer(kind, raised())
    assert "builtins.ValueError" in caplog.text
    assert "builtins.KeyError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert document["request-id"] in caplog.text
    assert SECRET not in caplog.text


def test_the_log_has_more_or_nothing_by_choice(kind, caplog) -> None:
    answer(kind, raised(), log="none")
    assert caplog.text == ""
    answer(kind, raised(), logger=logging.getLogger("shop"), log="full")
    assert SECRET in caplog.text
    assert caplog.records[-1].name == "shop"


def test_what_a_client_did_wrong_is_not_logged(kind, caplog) -> None:
    answer(kind, errors.LoginFailed())
    assert caplog.text == ""


def test_a_response_that_would_be_split_is_a_problem_instead(kind) -> None:
    async def asgi(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"a\r\nb: c")]})
        await send({"type": "http.response.body", "body": b"x"})

    def wsgi(environ, start_response):
        start_response("200 OK", [("x", "a\r\nb: c")])
        return [b"x"]

    controls = [RequestId(), Errors(), Framing()]
    got = (
        asyncio.run(ask_asgi(AsgiMiddleware(asgi, controls), Sent()))
        if kind == "asgi"
        else ask_wsgi(WsgiMiddleware(wsgi, controls), Sent())
    )
    assert got.status == 500
    assert json.loads(got.body)["code"] == "internal_error"


async def test_an_exception_after_the_response_began_goes_on_to_the_server() -> None:
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    with pytest.raises(ValueError):
        await ask_asgi(AsgiMiddleware(app, [Errors()]), Sent())


def test_an_exception_after_the_response_began_goes_on_to_the_server_by_wsgi() -> None:
    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"begun"
        raise ValueError(SECRET)

    with pytest.raises(ValueError):
        ask_wsgi(WsgiMiddleware(app, [Errors()]), Sent())


def test_arguments_are_checked() -> None:
    with pytest.raises(ParameterError):
        Errors(log="all")
