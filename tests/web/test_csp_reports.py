"""Reports of browsers: taken, bounded, cleaned and written to the audit log."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.conftest import Heard
from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.web import AsgiMiddleware, CspReports
from zenoo_security.web.csp_violations import REPORT_URI, REPORTING_API, Violation, violations

from .answering import KINDS, answering
from .driving import Got, Sent, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.web import Control

# As Chromium 156 sends them.
OLD = {
    "csp-report": {
        "document-uri": "https://app.example.com/orders/7?token=secret#x",
        "referrer": "https://other.example/",
        "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'self'",
        "disposition": "enforce",
        "blocked-uri": "inline",
        "line-number": 12,
        "source-file": "https://app.example.com/orders/7?token=secret",
        "status-code": 200,
        "script-sample": "alert('secret')",
    }
}
NEW = [
    {
        "age": 0,
        "type": "csp-violation",
        "url": "https://app.example.com/orders/7",
        "user_agent": "Mozilla/5.0",
        "body": {
            "blockedURL": "https://evil.example:8443/x.js?y=secret",
            "columnNumber": 39,
            "disposition": "report",
            "documentURL": "https://app.example.com/orders/7?token=secret",
            "effectiveDirective": "img-src",
            "lineNumber": 12,
            "originalPolicy": "default-src 'self'",
            "sample": "secret",
            "sourceFile": "https://app.example.com/app.js",
            "statusCode": 200,
        },
    },
    {"type": "deprecation", "body": {"id": "x"}},
]


@pytest.fixture
def heard() -> Iterator[Heard]:
    sink = Heard()
    with configured(AuditLog(sink)):
        yield sink


def report(
    kind: str,
    control: Control,
    document: Any,
    media_type: bytes = REPORT_URI,
    *,
    method: str = "POST",
    path: str = "/csp-reports",
    peer: str | None = "203.0.113.9",
) -> Got:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = [(b"host", b"a.example"), (b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    return answering(kind, [control], Sent(method, path, headers=headers, chunks=[body], peer=peer))


@pytest.mark.asvs("v5.0.0-3.4.7")
@pytest.mark.parametrize("kind", KINDS)
def test_both_kinds_of_reports_are_events(kind: str, heard: Heard) -> None:
    control = CspReports()
    for document, media_type in ((OLD, REPORT_URI), (NEW, b"Application/Reports+JSON; charset=utf-8")):
        got = report(kind, control, document, media_type)
        assert (got.status, got.body) == (204, b"")
    old, new = heard.fields
    assert old["event.action"] == new["event.action"] == "csp_violation"
    assert old["source.address"] == "203.0.113.9"
    assert [_told(fields) for fields in (old, new)] == [
        Violation("script-src-elem", "inline", "/orders/7", "https://app.example.com", 12, "enforce")._asdict(),
        Violation(
            "img-src", "https://evil.example:8443", "/orders/7", "https://app.example.com", 12, "report"
        )._asdict(),
    ]
    assert "secret" not in "".join(entry.line.decode() for entry in heard)


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    (details,) = [value for value in fields.values() if isinstance(value, dict)]
    return {name: details[name] for name in Violation._fields}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_report_is_refused_without_an_echo(kind: str, heard: Heard) -> None:
    control = CspReports(per_client=1000)
    for document in (
        b"",
        b"<xss>",
        b"[" * 60_000,
        {},
        {"csp-report": []},
        {"csp-report": {"violated-directive": "<xss>"}},
        [],
    ):
        got = report(kind, control, document)
        assert got.status == 400
        assert b"xss" not in got.body
    assert report(kind, control, {"a": 1}, REPORTING_API).status == 400
    assert set(heard.events) == {"input_validation_fail"}


@pytest.mark.parametrize("kind", KINDS)
def test_method_type_and_size_are_checked(kind: str) -> None:
    control = CspReports()
    assert report(kind, control, OLD, method="GET").status == 405
    assert report(kind, control, OLD, b"text/plain").status == 415
    assert report(kind, control, b"x" * 65_537).status == 413
    assert report(kind, control, OLD, path="/csp-reports/").body == b"hello"  # the application's


@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_is_neither_read_nor_written(kind: str, heard: Heard) -> None:
    clock = FakeClock(0.0)
    control = CspReports(per_client=3, in_all=5, clock=clock)

    def statuses(peer: str | None, count: int) -> list[int]:
        return [report(kind, control, OLD, peer=peer).status for _ in range(count)]

    assert statuses("2001:db8::1", 2) + statuses("2001:db8::2", 2) == [204, 204, 204, 429]  # one /64
    assert statuses("198.51.100.1", 3) == [204, 204, 429]
    assert statuses(None, 1) == [429]
    assert heard.events.count("csp_violation") == 5
    clock.advance(61)
    assert statuses(None, 1) == [204]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_report_floods_no_log(kind: str, heard: Heard) -> None:
    control = CspReports(clock=FakeClock(0.0))
    for number in range(100):
        assert report(kind, control, b"{", peer=f"198.51.100.{number}").status == 400
    assert heard.events == ["input_validation_fail"] * 60


def test_a_request_with_many_reports_is_cut(heard: Heard) -> None:
    many = [{"type": "csp-violation", "body": {**NEW[0]["body"], "lineNumber": line}} for line in range(100)]
    assert report("asgi", CspReports(), many, REPORTING_API).status == 204
    assert len(heard) == 16
    assert len(violations(REPORTING_API, json.dumps([NEW[0]] * 10).encode())) == 1


def test_what_an_extension_did_is_left_out(heard: Heard) -> None:
    for changed in ({"source-file": "moz-extension"}, {"blocked-uri": "chrome-extension://abc/x.js"}):
        assert report("asgi", CspReports(), {"csp-report": {**OLD["csp-report"], **changed}}).status == 204
    assert not heard


@pytest.mark.parametrize(
    ("blocked", "kept"),
    [
        ("eval", "eval"),
        ("data", "data"),
        ("data:text/html,secret", "data"),
        ("https://a.example/secret?x", "https://a.example"),
        ("https://user:secret@a.example/", "https"),
        ("wss://a.example:1/", "wss://a.example:1"),
        ("https://a\r\nb/", "https"),
        ("javascript:secret", "javascript"),
        ("<script>", ""),
        ("", ""),
        (7, ""),
    ],
    ids=str,
)
def test_of_an_address_its_origin_is_kept(blocked: object, kept: str) -> None:
    body = json.dumps({"csp-report": {**OLD["csp-report"], "blocked-uri": blocked}}).encode()
    assert violations(REPORT_URI, body)[0].blocked == kept


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("https://a.example/reset/zst_kQ9J3v5TnB7wXyZ1", "/reset/*"),
        ("https://a.example/reset/dGhpcyBpcyBhIHRva2Vu/form?x", "/reset/*/form"),
        ("https://a.example/my/orders/7", "/my/orders/7"),
        ("https://a.example/" + "a/" * 200, "/" + "a/" * 99 + "a"),
        ("about:blank", ""),
    ],
    ids=["token", "in the middle", "none", "long", "no address"],
)
def test_of_a_page_its_path_is_kept_without_what_may_be_a_token(page: str, kept: str) -> None:
    body = json.dumps({"csp-report": {**OLD["csp-report"], "document-uri": page}}).encode()
    assert violations(REPORT_URI, body)[0].page == kept


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*OLD["csp-report"], *NEW[0]["body"]]), inner),
    max_leaves=10,
)


@given(
    st.sampled_from([REPORT_URI, REPORTING_API]), st.dictionaries(st.sampled_from(list(OLD["csp-report"])), JSON), JSON
)
def test_whatever_is_sent_is_a_clean_violation_or_none(media_type: bytes, report: dict[str, Any], other: Any) -> None:
    for document in ({"csp-report": report}, [{"type": "csp-violation", "body": report}], other):
        try:
            found = violations(media_type, json.dumps(document).encode())
        except InvalidInput:
            continue
        for violation in found:
            texts = [text for text in violation if isinstance(text, str)]
            assert all(text.isascii() and (text.isprintable() or not text) and "?" not in text for text in texts)


async def test_a_report_that_does_not_come_is_not_waited_for() -> None:
    sent: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", REPORT_URI)]
    app = AsgiMiddleware(None, [CspReports(body_seconds=0.01)])  # type: ignore[arg-type]
    for receive in (never, gone):
        await app(scope_of(Sent("POST", "/csp-reports", headers=headers)), receive, send)
    assert [message["status"] for message in sent if "status" in message] == [408, 400]


def test_arguments_are_checked() -> None:
    numbers = ({"per_client": 0}, {"in_all": -1}, {"body_seconds": 0}, {"body_seconds": None})
    for options in ({"path": "csp"}, {"path": "/*/csp"}, *numbers):
        with pytest.raises(ParameterError):
            CspReports(**options)  # type: ignore[arg-type]
