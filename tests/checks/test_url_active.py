"""What `--active` sends: one password for each account, one that does not exist, never the master password."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import parse_qs

import pytest

from checks.test_url_hostile import OK, host
from zenoo_security.checks import Status, Target, run

FORM = b'<form><input type="hidden" name="csrf_token" value="abc123"/><input name="login"/></form>'


def site(refuses_after=100, accepted=()):
    """A login page that refuses all but some logins, and slows down after so many refusals."""
    posted: list[tuple[str, str]] = []

    def answer(stream, over, request=b""):
        head, _, body = request.partition(b"\r\n\r\n")
        if head.startswith(b"POST /web/login"):
            form = parse_qs(body.decode())
            posted.append((form["login"][0], form["password"][0]))
            if form["login"][0] in accepted:
                stream.sendall(b"HTTP/1.1 303 See Other\r\nLocation: /odoo\r\nContent-Length: 0\r\n\r\n")
                return
            if len(posted) > refuses_after:
                stream.sendall(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
                return
        length = b"Content-Length: %d\r\n" % len(FORM)
        stream.sendall(OK + b"Set-Cookie: session_id=abc; Path=/\r\nConnection: close\r\n" + length + b"\r\n" + FORM)

    return answer, posted


def tried(**options):
    answer, posted = site(**options)
    with host(answer, sees_request=True) as (url, requests):
        results = {one.check.id: one for one in run(Target(url=url, active=True)).results}
    return results, posted, [one.split(b" ")[1] for one in requests if one.startswith(b"POST")], requests


@pytest.mark.asvs("v5.0.0-6.3.1", "v5.0.0-6.3.2")
def test_one_password_for_each_account_and_no_slowing_is_found():
    results, posted, paths, _ = tried()
    passwords = defaultdict(set)
    for login, password in posted:
        passwords[login].add(password)
    (made_up,) = set(passwords) - {"admin", "demo"}
    assert passwords["admin"] == {"admin"}
    assert passwords["demo"] == {"demo"}
    assert len(passwords[made_up]) == 1
    assert [login for login, _ in posted].count("admin") == [login for login, _ in posted].count("demo") == 1
    # The names of databases are asked for; nothing that takes the master password is.
    assert {path for path in paths if b"database" in path} == {b"/web/database/list"}
    assert results["URL-16"].status is Status.PASS
    assert results["URL-17"].status is Status.FAIL


def test_slowing_down_passes_and_ends_the_guessing():
    results, posted, _, _ = tried(refuses_after=5)
    assert len(posted) == 6
    assert results["URL-17"].status is Status.PASS


def test_a_known_password_is_found_and_its_session_ended():
    results, _, _, requests = tried(accepted=("demo",))
    assert (results["URL-16"].status, results["URL-16"].subject) == (Status.FAIL, "demo")
    assert [one for one in requests if one.startswith(b"GET /web/session/logout")]
