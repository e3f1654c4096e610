"""People see a page where programs get a problem document."""

from __future__ import annotations

import json

import pytest

from zenoo_security.errors import ParameterError, RateLimitExceeded
from zenoo_security.web import Control, ErrorPages, Errors, NoStore, Problem, RequestId, SecurityHeaders, problem
from zenoo_security.web.response import Response
from zenoo_security.web.security_controls import SecurityControls

from .answering import KINDS, answering
from .driving import Sent, through

HOST = (b"host", b"app.example.com")
OPENED = (b"sec-fetch-mode", b"navigate")
REFUSAL = problem(429, "Wait.", headers=((b"retry-after", b"7"),), code="quota_exceeded")


class Answer(Control):
    def __init__(self, response: Response) -> None:
        self.response = response

    def before(self, request):
        return self.response


class Fail(Control):
    def before(self, request):
        raise RateLimitExceeded(2.1)


def page(told: Problem) -> str:
    return f"<title>{told.title}</title>{told!r} ü"


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


def ask(kind, controls, *headers, method="GET"):
    return through(kind, [SecurityHeaders("app"), NoStore(), *controls], Sent(method, headers=[HOST, *headers]))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("header", [OPENED, (b"accept", b"text/html,application/xhtml+xml;q=0.9")])
def test_who_opens_a_page_or_sends_a_form_gets_a_page(kind, method, header):
    """With the status and the headers that the problem document would have had."""
    got = ask(kind, [ErrorPages(page), Answer(REFUSAL)], header, method=method)
    expected = page(Problem(429, "Too Many Requests", "Wait.", "quota_exceeded", None, 7)).encode()
    assert (got.status, got.body) == (429, expected)
    assert got.values("content-type") == [b"text/html; charset=utf-8"]
    assert got.values("content-length") == [b"%d" % len(expected)]
    assert got.values("retry-after") == [b"7"]
    assert got.values("cache-control") == [b"no-store"]
    assert b"script-src 'none'" in got.values("content-security-policy")[0]


@pytest.mark.parametrize(
    "header", [(b"sec-fetch-mode", b"cors"), (b"accept", b"application/json"), (b"accept", b"*/*")]
)
def test_a_program_gets_the_problem_document(kind, header):
    got = ask(kind, [ErrorPages(page), Answer(REFUSAL)], header)
    assert got.values("content-type") == [b"application/problem+json"]
    assert json.loads(got.body)["code"] == "quota_exceeded"


def test_exceptions_have_pages_too(kind):
    got = ask(kind, [RequestId(), ErrorPages(page), Errors(), Fail()], OPENED)
    assert got.status == 429
    assert b"too_many_requests" in got.body
    assert b"retry_after_s=3" in got.body


def test_other_responses_stay_as_they_are(kind):
    """Those of the application, problem documents among them, and redirects of controls."""
    redirect = Response(303, ((b"location", b"/login"), (b"content-length", b"0")))
    assert ask(kind, [ErrorPages(page), Answer(redirect)], OPENED).body == b""
    headers = [(b"content-type", b"application/problem+json")]
    got = answering(
        kind, [ErrorPages(page)], Sent(headers=[HOST, OPENED]), status=404, headers=headers, body=b'{"status":404}'
    )
    assert got.body == b'{"status":404}'


def test_the_middleware_takes_the_function(kind):
    """Also for what refuses before anything else."""
    controls = SecurityControls(hosts=["app.example.com"], error_pages=page).in_order
    got = through(kind, controls, Sent(headers=[(b"host", b"evil.example"), OPENED]))
    assert (got.status, b"host_not_allowed" in got.body) == (421, True)
    assert got.values("content-type") == [b"text/html; charset=utf-8"]


def test_a_time_that_is_no_number_is_not_told(kind):
    dated = problem(503, headers=((b"retry-after", b"Wed, 21 Oct 2026 07:28:00 GMT"),))
    assert b"retry_after_s=None" in ask(kind, [ErrorPages(page), Answer(dated)], OPENED).body


def test_the_page_is_made_by_a_function():
    with pytest.raises(ParameterError, match="takes a Problem"):
        ErrorPages("<h1>error</h1>")  # type: ignore[arg-type]
