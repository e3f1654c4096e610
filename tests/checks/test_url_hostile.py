"""Hosts that drop, hang, drip, go in circles or serve a gigabyte give a result, and in time."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rude_host import OK, drips, drops, hangs, host
from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.engine import run_check
from zenoo_security.checks.live_url import VIEW, asking, disclosure, exposure, snapshot, tried
from zenoo_security.checks.live_url.active import _accepted, _says_slowed
from zenoo_security.checks.live_url.answer import Answer, Silence
from zenoo_security.checks.live_url.questions import MORE_QUESTIONS, QUESTIONS
from zenoo_security.errors import ConfigurationError

WITH_ACTIVE = {"URL-16", "URL-17", "URL-18", "URL-21", "URL-23", "URL-26", "URL-27", "URL-28"}
"""What is a skip without `--active`; URL-20 is one where the little that it asked for is not there."""


def results(url, *, active=False):
    report = run(Target(url=url, active=active))
    return {result.check.id: result for result in reversed(report.results)}


def drips_headers(stream, over):
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        stream.sendall(b"x")


def talks_nonsense(stream, over):
    stream.sendall(b"\xff\xfe nonsense\r\n\r\n")


def endless_headers(stream, over):
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        stream.sendall(b"x-%d: y\r\n" % number)


@pytest.mark.parametrize("behaviour", [drops, hangs, drips, drips_headers, talks_nonsense, endless_headers])
def test_no_answer_is_an_error_and_never_a_pass(behaviour, monkeypatch):
    """After three in a row nothing more is asked."""
    monkeypatch.setattr(asking, "_REQUEST_S", 0.4)
    with host(behaviour) as (url, requests):
        found = results(url)
    asked_nothing = {"URL-02", "URL-03", "URL-12", "URL-14"} | WITH_ACTIVE
    assert {found[one.id].status for one in VIEW.checks if one.id not in asked_nothing} == {Status.ERROR}
    assert len([one for one in requests if one]) <= 3
    assert not [one for one in found.values() if one.status is Status.PASS and one.check.id != "URL-14"]
    assert found["URL-14"].status is Status.ERROR


def answers_slowly(stream, over):
    over.wait(0.3)
    stream.sendall(OK + b"Content-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.mark.asvs("v5.0.0-16.5.2")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("behaviour", [hangs, drips, drips_headers, answers_slowly])
def test_all_requests_together_have_an_end(behaviour, monkeypatch):
    """However long one of them may take."""
    monkeypatch.setattr(asking, "_REQUEST_S", 1000.0)
    monkeypatch.setattr(asking, "_VIEW_S", 1.0)
    with host(behaviour) as (url, requests):
        found = results(url)
    assert len(requests) < len(QUESTIONS)
    assert "took more than 1 seconds" in found["URL-14"].message


def test_of_a_gigabyte_a_part_is_read():
    sent = []

    def gigabyte(stream, over):
        stream.sendall(OK + b"Content-Length: 1073741824\r\n\r\n")
        for _ in range(1024):
            stream.sendall(b"x" * 1_048_576)
            sent.append(1)

    with host(gigabyte) as (url, requests):
        found = results(url)
    assert len(requests) >= len(QUESTIONS)
    assert sum(sent) < 8 * len(requests)
    assert found["URL-01"].status is Status.FAIL
    assert not [one for one in found.values() if one.status is Status.ERROR]


def test_redirects_in_circles_are_not_followed():
    def circle(stream, over):
        stream.sendall(b"HTTP/1.1 302 Found\r\nLocation: /web/login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with host(circle) as (url, requests):
        found = results(url)
    assert len([one for one in requests if one]) == len(QUESTIONS)
    assert (found["URL-06"].status, found["URL-15"].status) == (Status.ERROR, Status.ERROR)


@pytest.mark.asvs("v5.0.0-16.5.3")
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 429 Too Many Requests\r\nSet-Cookie: session_id=x\r\n", "the answer was 429"),
        (b"HTTP/1.1 503 Service Unavailable\r\nSet-Cookie: session_id=x\r\n", "the answer was 503"),
        (b"HTTP/1.1 403 Forbidden\r\n", "answers, and not like Odoo"),
        (b"HTTP/1.1 200 OK\r\nServer: nginx\r\n", "answers, and not like Odoo"),
        (b"HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/web/login\r\n", "leads elsewhere"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://www.example.com/web/login\r\n", "leads elsewhere"),
    ],
)
def test_who_keeps_the_check_out_has_not_passed_it(answer, says):
    """Neither a limit, nor another host, nor an address that only leads to the right one."""

    def replies(stream, over):
        stream.sendall(answer + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

    with host(replies) as (url, _requests):
        found = results(url)
    assert (found["URL-06"].status, found["URL-20"].status) == (Status.ERROR, Status.ERROR)
    assert says in found["URL-06"].message
    assert not [one.check.id for one in found.values() if one.status is Status.PASS]


@pytest.mark.parametrize("active", [False, True])
def test_paths_that_a_host_closes_without_an_answer_are_closed(active):
    """Nginx says `return 444`: no error, and each is asked once more, as a connection is also lost by chance."""

    def closes(stream, over, request=b""):
        if request.startswith(b"GET /web/login"):
            stream.sendall(OK + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

    with host(closes, sees_request=True) as (url, requests):
        found = results(url, active=active)
    assert [one.startswith(b"GET /web/database/manager") for one in requests].count(True) == 2
    assert [b"\r\nhost: forged.invalid\r\n" in one.lower() for one in requests].count(True) == 1
    assert {found[name].status for name in ("URL-06", "URL-07", "URL-09", "URL-10", "URL-11")} == {Status.PASS}
    assert found["URL-20"].status is (Status.PASS if active else Status.SKIP)


def test_a_connection_that_is_lost_by_chance_is_no_closed_path():
    lost = []

    def loses_one(stream, over, request=b""):
        if request.startswith(b"GET /web/database/manager") and not lost:
            lost.append(1)
            return
        body = b'<input name="master_pwd"/>'
        stream.sendall(OK + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)

    with host(loses_one, sees_request=True) as (url, _):
        assert results(url)["URL-06"].status is Status.FAIL


def test_what_is_packed_is_not_unpacked():
    """A bomb stays a kilobyte."""

    def packed(stream, over):
        stream.sendall(OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + b"\x1f\x8b\x08" + b"\0" * 1000)

    with host(packed) as (url, _requests):
        assert results(url)["URL-01"].status is Status.FAIL


def test_every_request_says_who_asks_and_changes_nothing():
    def answers(stream, over):
        stream.sendall(OK + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

    with host(answers) as (url, requests):
        results(url)
    heads = [one.decode("latin-1") for one in requests if one]
    assert len(heads) == len(QUESTIONS) == 7
    assert all("user-agent: zenoo-security/" in one.lower() for one in heads)
    assert {one.split()[0] for one in heads} == {"GET", "POST"}
    assert not [one for one in heads if "cookie:" in one.lower()]


@pytest.fixture
def certificate(tmp_path):
    """A context with a certificate of an authority that nobody knows, which ends in so many days."""

    def make(days):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(timezone.utc)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(now - timedelta(days=90))
        signed = builder.not_valid_after(now + timedelta(days=days)).sign(key, hashes.SHA256())
        path = tmp_path / "own.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    return make


@pytest.mark.asvs("v5.0.0-12.2.2")
def test_an_expired_certificate_is_a_finding_and_the_rest_is_looked_at(certificate):
    def answers(stream, over):
        stream.sendall(OK + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

    with host(answers, certificate(-1)) as (url, _requests):
        found = results(url)
    assert (found["URL-02"].status, found["URL-02"].subject) == (Status.FAIL, "certificate")
    assert "certificate" in found["URL-02"].message
    assert found["URL-24"].status is Status.FAIL


def test_what_does_not_speak_tls_is_an_error():
    with host(talks_nonsense) as (url, _requests):
        found = results(url.replace("http:", "https:"))
    assert found["URL-02"].status is Status.ERROR


def test_nobody_there_is_one_clear_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    found = results(url)
    assert {(one.status, one.message) for one in found.values()} == {
        (Status.ERROR, f"{url} does not answer: is the address right, and does this machine reach it?")
    }


@pytest.mark.parametrize(
    "url", ["ftp://shop", "https://", "https://a:SECRET@shop", "https://shop:x", "http://[::1", "shop.example.com"]
)
def test_what_is_no_address_is_refused_without_telling_it(url):
    with pytest.raises(ConfigurationError, match="--url") as refusal:
        snapshot.load(Target(url=url), lambda _text, /: None)
    assert "SECRET" not in str(refusal.value)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "body", ["\n" * 262_144, "#\n" * 131_072, "\n" * 60 + "!", " " * 262_144, "Disallow:" + " " * 262_000]
)
@pytest.mark.parametrize("check", [exposure.Files, exposure.Notices, exposure.Metrics])
def test_no_body_keeps_a_pattern_busy(check, body):
    """Matching holds the interpreter, so that no time-out would come."""
    answers = {name: Answer(200, (), body) for name in QUESTIONS | MORE_QUESTIONS}
    list(check().find(snapshot.Site("https://x:443", answers, tried=tried.Tried())))


def test_a_page_that_always_says_try_again_slows_nothing_down():
    """A footer silenced the check."""
    assert not _says_slowed(Answer(200, (), "<p>Locked out? Try again later.</p>"))
    assert _says_slowed(Answer(200, (), '<p class="alert alert-danger" role="alert">Too many login failures</p>'))
    assert _accepted(Answer(500)) is None


@pytest.mark.asvs("v5.0.0-16.5.3")
def test_what_was_not_answered_is_no_pass():
    """Neither pictures that could not be asked for, nor another host's page; a connection that is closed is an answer."""
    base = "https://x:443"
    for answers, status in (
        ({"host": Silence("no answer within 8 seconds")}, Status.ERROR),
        ({"host": Silence("not asked")}, Status.ERROR),
        ({}, Status.ERROR),
        ({"host": Silence("no answer: RemoteProtocolError", closed=True)}, Status.PASS),
    ):
        (found,) = run_check("url", disclosure.HostName, snapshot.Site(base, answers))
        assert found.status is status
    (found,) = run_check("url", tried.PublicRecords, snapshot.Site(base, {}, tried=tried.Tried(pictures=None)))
    assert found.status is Status.ERROR
