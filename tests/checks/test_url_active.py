"""What `--active` sends: one password for each account, one that does not exist, never the master password."""

from __future__ import annotations

from collections import Counter, defaultdict
from urllib.parse import parse_qs

import pytest
from werkzeug.debug import DebuggedApplication

from rude_host import OK, host
from web.serving import serving
from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.live_url.questions import MORE_QUESTIONS, QUESTIONS
from zenoo_security.checks.live_url.tried import GUESSES

FORM = b'<form><input type="hidden" name="csrf_token" value="abc123"/><input name="login"/></form>'


def site(refuses_after=100, accepted=(), *, by_address=False, of_workers=1, rpc=b"404 Not Found", reset=b""):
    """A login page that refuses all but some logins, and slows down after so many refusals.

    Args:
        refuses_after: so many refusals of one worker.
        accepted: logins that get in.
        by_address: whether it counts by what X-Forwarded-For says.
        of_workers: how many there are, in turn, of which one has seen enough.
        rpc: the status of the old RPC interfaces.
        reset: what the form for lost passwords says.
    """
    posted: list[tuple[str, str]] = []
    refused: Counter[bytes] = Counter()

    def answer(stream, over, request=b""):
        head, _, body = request.partition(b"\r\n\r\n")
        if head.startswith((b"POST /jsonrpc", b"POST /xmlrpc")):
            stream.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % rpc)
            return
        page = FORM + reset if head.startswith(b"POST /web/reset_password") else FORM
        if head.startswith(b"POST /web/login"):
            form = parse_qs(body.decode())
            posted.append((form["login"][0], form["password"][0]))
            if form["login"][0] in accepted:
                stream.sendall(b"HTTP/1.1 303 See Other\r\nLocation: /odoo\r\nContent-Length: 0\r\n\r\n")
                return
            address = head.lower().partition(b"x-forwarded-for:")[2].split(b"\r\n")[0] if by_address else b""
            refused[address] += len(posted) % of_workers == 0
            if refused[address] > refuses_after and len(posted) % of_workers == 0:
                stream.sendall(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
                return
        length = b"Content-Length: %d\r\n" % len(page)
        stream.sendall(OK + b"Set-Cookie: session_id=abc; Path=/\r\nConnection: close\r\n" + length + b"\r\n" + page)

    return answer, posted


def tried(**options):
    """Id -> results; the logins that were posted; and all requests."""
    answer, posted = site(**options)
    results = defaultdict(list)
    with host(answer, sees_request=True) as (url, requests):
        for one in run(Target(url=url, active=True)).results:
            results[one.check.id].append(one)
    return results, posted, [one for one in requests if one.strip()]


def said(results, name):
    return [(one.status, one.subject) for one in results[name]]


@pytest.mark.asvs("v5.0.0-6.3.1", "v5.0.0-6.3.2")
def test_one_password_for_each_account_and_no_slowing_is_found():
    results, posted, requests = tried()
    passwords = defaultdict(set)
    for login, password in posted:
        passwords[login].add(password)
    (made_up,) = set(passwords) - {"admin", "demo"}
    assert passwords["admin"] == {"admin"}
    assert passwords["demo"] == {"demo"}
    assert len(passwords[made_up]) == 1
    assert [login for login, _ in posted].count("admin") == [login for login, _ in posted].count("demo") == 1
    # The names of databases are asked for; nothing that takes the master password is.
    paths = {one.split(b" ")[1] for one in requests if one.startswith(b"POST")}
    assert {path for path in paths if b"database" in path} == {b"/web/database/list"}
    assert said(results, "URL-16") == [(Status.PASS, "")]
    assert said(results, "URL-17") == [(Status.FAIL, "web")]


def test_so_many_requests_are_sent_and_no_more():
    """The most: nothing refuses, and every path answers. The guide says a hundred or so."""
    _, _, requests = tried(rpc=b"200 OK")
    logins, guesses, pictures = 2 * 2 + 2, 2 * GUESSES, 5
    assert len(requests) == len(QUESTIONS) + len(MORE_QUESTIONS) + logins + guesses + pictures + 2 * GUESSES == 94


def test_slowing_down_passes_and_ends_the_guessing():
    results, posted, _ = tried(refuses_after=5)
    # Three more are let through by nobody, nor three with another address each.
    assert len(posted) == 6 + 3 + 3
    assert said(results, "URL-17") == [(Status.PASS, "")]


@pytest.mark.asvs("v5.0.0-4.1.3", "v5.0.0-6.3.1")
def test_a_limit_that_believes_any_address_is_found():
    """Its attempts are made with an address that nobody has."""
    results, _, requests = tried(refuses_after=5, by_address=True)
    assert said(results, "URL-17") == [(Status.FAIL, "x-forwarded-for")]
    assert any(b"x-forwarded-for: 198.51.100." in one.lower() for one in requests)


@pytest.mark.asvs("v5.0.0-6.3.1")
def test_workers_that_count_apart_are_found():
    assert said(tried(refuses_after=1, of_workers=4)[0], "URL-17") == [(Status.WARN, "workers")]


@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize(
    ("status", "found"),
    [
        (b"200 OK", [(Status.WARN, "/xmlrpc/2/common"), (Status.WARN, "/jsonrpc")]),
        (b"429 Too Many Requests", [(Status.PASS, "")]),
    ],
)
def test_guesses_over_rpc_are_slowed_down_in_front_of_odoo(status, found):
    results, _, _ = tried(refuses_after=5, rpc=status)
    assert said(results, "URL-17") == found


@pytest.mark.asvs("v5.0.0-6.3.8")
def test_who_has_an_account_is_not_told():
    """As Odoo 19 says it."""
    alert = b'<p class="alert alert-danger" role="alert">\n  No account found for this login\n</p>'
    assert (Status.FAIL, "enumeration") in said(tried(refuses_after=5, reset=alert)[0], "URL-15")
    same = b'<p class="alert alert-success" role="status">Look into your mail</p>'
    assert (Status.FAIL, "enumeration") not in said(tried(refuses_after=5, reset=same)[0], "URL-15")


@pytest.mark.asvs("v5.0.0-13.4.2")
def test_the_debugger_itself_is_asked():
    """A page without a fault does not show it, but it answers before the application."""

    def application(_environ, start):
        start("200 OK", [("Set-Cookie", "session_id=x")])
        return [b"fine"]

    with serving("werkzeug", DebuggedApplication(application, evalex=True)) as port:
        found = {one.check.id: one for one in run(Target(url=f"http://127.0.0.1:{port}")).results}
    assert (found["URL-19"].status, found["URL-19"].subject) == (Status.FAIL, "missing")


def test_a_known_password_is_found_and_its_session_ended():
    results, _, requests = tried(accepted=("demo",))
    assert said(results, "URL-16") == [(Status.FAIL, "demo")]
    assert [one for one in requests if one.startswith(b"GET /web/session/logout")]
