"""Defect 74: there was no CSRF, CORS, host check, limit of bodies or of methods, and no error handler."""

from __future__ import annotations

import json

import pytest

from web.driving import Sent, through
from zenoo_security.web import Control, Cors, Csrf, Errors, Hosts, Methods, Sizes

HOST = (b"host", b"app.example.com")
FOREIGN = (b"origin", b"https://evil.example")
pytestmark = pytest.mark.parametrize("kind", ["asgi", "wsgi"])


def test_another_site_does_not_post_with_its_visitors_cookies(kind):
    sent = Sent("POST", headers=[HOST, FOREIGN, (b"cookie", b"__Host-session=x")])
    assert through(kind, [Csrf()], sent).status == 403


def test_another_site_does_not_read(kind):
    got = through(kind, [Cors(["https://shop.example.com"])], Sent(headers=[HOST, FOREIGN]))
    assert got.values("access-control-allow-origin") == []


def test_another_host_is_not_answered_for(kind):
    assert through(kind, [Hosts(["app.example.com"])], Sent(headers=[(b"host", b"evil.example")])).status == 421


def test_a_body_has_a_limit(kind):
    assert through(kind, [Sizes(1000)], Sent("POST", chunks=[b"x" * 600, b"x" * 600])).status == 413


def test_other_methods_are_not_answered(kind):
    assert through(kind, [Methods()], Sent("TRACE")).status == 405


def test_an_exception_is_answered_without_what_it_says(kind):
    class Fails(Control):
        def before(self, request):
            raise ValueError("SELECT password FROM res_users")

    got = through(kind, [Errors(log="none"), Fails()], Sent())
    assert (got.status, json.loads(got.body)["status"]) == (500, 500)
    assert b"password" not in got.body
