"""The headers of a profile on responses, and what becomes of those that an application sets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ConfigurationError, ParameterError
from zenoo_security.web import (
    Control,
    Head,
    HeaderChanges,
    Request,
    Response,
    SecurityHeaders,
    change_headers,
    csp_context,
    csp_nonce,
)
from zenoo_security.web.finding import request_of
from zenoo_security.web.strictness import ORDERS

from .answering import KINDS, answering
from .driving import Sent

CSP = "content-security-policy"
REPORT_ONLY = "content-security-policy-report-only"


def directives(policy: bytes) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.decode().split(";"))


@pytest.mark.parametrize("profile", ["api", "app", "odoo"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_response_has_the_headers_of_the_profile_once(kind: str, profile: str) -> None:
    control = SecurityHeaders(profile)  # type: ignore[arg-type]
    got = answering(kind, [control], headers=[(b"content-type", b"text/plain")])
    for name, value in control.get_security_headers().items():
        if name != "Cache-Control":  # that of NoStore
            assert got.values(name.lower()) == [value.encode()]
    assert got.values("content-type") == [b"text/plain"]


@pytest.mark.asvs("v5.0.0-3.4.1")
@pytest.mark.parametrize("kind", KINDS)
def test_hsts_and_upgrades_are_for_https_alone(kind: str) -> None:
    over_http = answering(kind, [SecurityHeaders()], Sent(scheme="http"))
    assert over_http.values("strict-transport-security") == []
    assert b"upgrade-insecure-requests" not in over_http.values(CSP)[0]
    assert over_http.values("x-content-type-options") == [b"nosniff"]
    over_https = answering(kind, [SecurityHeaders(hsts_preload=True)])
    assert over_https.values("strict-transport-security") == [b"max-age=63072000; includeSubDomains; preload"]


@pytest.mark.parametrize("kind", KINDS)
def test_hsts_of_your_own_is_for_https_alone_too(kind: str) -> None:
    control = SecurityHeaders(headers={"strict-transport-security": "max-age=31536000"})
    assert answering(kind, [control]).values("strict-transport-security") == [b"max-age=31536000"]
    assert answering(kind, [control], Sent(scheme="http")).values("strict-transport-security") == []


@pytest.mark.parametrize("kind", KINDS)
def test_refusals_and_errors_have_them_too(kind: str) -> None:
    class Refuses(Control):
        def before(self, request: Request) -> Response:
            return Response(403, ((b"server", b"secret/1.0"),), b"")

    got = answering(kind, [SecurityHeaders(), Refuses()])
    assert (got.status, got.values("x-frame-options"), got.values("server")) == (403, [b"deny"], [])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_obsolete_or_tells_too_much_is_taken_out(kind: str) -> None:
    unwanted = ["X-XSS-Protection", "Expect-CT", "Public-Key-Pins", "Feature-Policy", "Server", "X-Powered-By"]
    headers = [(name.encode(), b"1") for name in (*unwanted, "X-Mine")]
    got = answering(kind, [SecurityHeaders(keep=["Server"])], headers=headers)
    assert [name for name in unwanted if got.values(name.lower())] == ["Server"]
    assert got.values("x-mine") == [b"1"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("x-frame-options", b"SAMEORIGIN", b"deny"),
        ("referrer-policy", b"unsafe-url", b"no-referrer"),
        ("cross-origin-resource-policy", b"cross-origin", b"same-origin"),
        ("x-content-type-options", b"", b"nosniff"),
        ("strict-transport-security", b"max-age=0", b"max-age=63072000; includeSubDomains"),
        ("permissions-policy", b"camera=*", None),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_application_does_not_loosen_a_header_by_setting_it(
    kind: str, name: str, value: bytes, expected: bytes | None
) -> None:
    got = answering(kind, [SecurityHeaders()], headers=[(name.encode(), value), (name.title().encode(), value)])
    (sent,) = got.values(name)
    assert sent == (expected or SecurityHeaders().get_security_headers()["Permissions-Policy"].encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-frame-options", b"deny"),
        ("referrer-policy", b"same-origin"),
        ("cross-origin-opener-policy", b"same-origin"),
        ("cross-origin-resource-policy", b"same-origin"),
        ("cross-origin-embedder-policy", b"require-corp"),  # not in the profile at all
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stricter_than_the_profile_stays(kind: str, name: str, value: bytes) -> None:
    got = answering(kind, [SecurityHeaders("odoo")], headers=[(name.encode(), value)])
    assert got.values(name) == [value]


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_of_an_application_is_enforced_beside_ours(kind: str) -> None:
    theirs = [(b"content-security-policy", b"default-src 'none'"), (b"content-security-policy", b" , ")]
    got = answering(kind, [SecurityHeaders("odoo")], headers=theirs)
    assert got.values(CSP) == [b"base-uri 'self'; object-src 'none'; frame-ancestors 'self', default-src 'none'"]
    assert answering(kind, [SecurityHeaders()], headers=[(REPORT_ONLY.encode(), b"img-src 'none'")]).values(
        REPORT_ONLY
    ) == [b"img-src 'none'"]


@pytest.mark.asvs("v5.0.0-3.4.3")
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_asks_for_a_nonce_gets_one_of_its_own(kind: str) -> None:
    asked: list[str] = []

    def page(scope: object) -> None:
        asked.append(csp_nonce(scope))
        assert str(csp_context(scope)["csp_nonce"]) == csp_nonce(scope) == asked[-1]

    policies = [directives(answering(kind, [SecurityHeaders()], act=page).values(CSP)[0]) for _ in range(20)]
    assert [policy["script-src"] for policy in policies] == [f"'nonce-{nonce}' 'strict-dynamic'" for nonce in asked]
    assert [policy["style-src"] for policy in policies] == [f"'self' 'nonce-{nonce}'" for nonce in asked]
    assert len(set(asked)) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", nonce) for nonce in asked)  # 128 bits


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_asks_for_none_runs_no_script(kind: str) -> None:
    policy = directives(answering(kind, [SecurityHeaders()]).values(CSP)[0])
    assert (policy["script-src"], policy["style-src"]) == ("'none'", "'self'")


@pytest.mark.parametrize("kind", KINDS)
def test_a_nonce_that_comes_too_late_is_an_error_and_no_surprise(kind: str) -> None:
    scopes: list[object] = []
    answering(kind, [SecurityHeaders()], act=scopes.append)
    with pytest.raises(ParameterError, match="before the response begins"):
        csp_nonce(scopes[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_response_is_loosened_on_purpose_and_no_other(kind: str) -> None:
    changes = HeaderChanges(
        {"X-Frame-Options": None, "cross-origin-resource-policy": "cross-origin"},
        csp={"frame-ancestors": "https://partner.example", "upgrade-insecure-requests": None},
    )
    control = SecurityHeaders()
    got = answering(kind, [control], act=lambda scope: change_headers(scope, changes))
    policy = directives(got.values(CSP)[0])
    assert (policy["frame-ancestors"], "upgrade-insecure-requests" in policy) == ("https://partner.example", False)
    assert (got.values("x-frame-options"), got.values("cross-origin-resource-policy")) == ([], [b"cross-origin"])
    assert answering(kind, [control]).values("x-frame-options") == [b"deny"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_an_application_is_loosened_by_its_path(kind: str) -> None:
    routes = {"/embed": HeaderChanges({"X-Frame-Options": None}, csp={"frame-ancestors": "https://partner.example"})}
    control = SecurityHeaders(routes=routes)
    loose = {
        path: not answering(kind, [control], Sent(path=path)).values("x-frame-options")
        for path in ("/embed", "/embed/7", "/embedded", "/", "/embed/../admin", "//embed/7", "/embed//x")
    }
    assert [path for path, is_loose in loose.items() if is_loose] == ["/embed", "/embed/7"]


def test_a_policy_is_tried_before_it_is_enforced() -> None:
    headers = SecurityHeaders(report_only=True, report_to="/csp-reports").get_security_headers()
    assert directives(headers["Content-Security-Policy"].encode()) == {
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "report-uri": "/csp-reports",
        "report-to": "csp",
    }
    assert directives(headers["Content-Security-Policy-Report-Only"].encode())["script-src"] == "'none'"
    assert headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
    stricter = SecurityHeaders(csp={"img-src": "*"}, csp_report_only={"img-src": "'self'"}).get_security_headers()
    assert directives(stricter["Content-Security-Policy"].encode())["img-src"] == "*"
    assert directives(stricter["Content-Security-Policy-Report-Only"].encode())["img-src"] == "'self'"


def test_the_nonce_is_in_both_policies() -> None:
    got = answering("asgi", [SecurityHeaders(csp_report_only={"img-src": "'none'"})], act=csp_nonce)
    assert directives(got.values(CSP)[0])["script-src"] == directives(got.values(REPORT_ONLY)[0])["script-src"]
    assert b"'nonce-" in got.values(CSP)[0]


def test_single_headers_and_features_are_changed_for_all() -> None:
    headers = SecurityHeaders(
        permissions={"camera": "(self)"},
        headers={"Cross-Origin-Embedder-Policy": None, "Content-Security-Policy": None, "X-Mine": "1"},
    ).get_security_headers()
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "camera=()" not in headers["Permissions-Policy"]
    assert headers["X-Mine"] == "1"
    assert not {"Cross-Origin-Embedder-Policy", "Content-Security-Policy"} & set(headers)


@pytest.mark.parametrize(
    "arguments",
    [
        {"profile": "web"},
        {"csp": {"img-src": "'self'; script-src *"}},
        {"csp": {"img-src": "a, b"}},
        {"csp": {"Img-Src": "'self'"}},
        {"csp": {"img-src": "'self'\r\nX: 1"}},
        {"headers": {"X-Mine": "1\r\nSet-Cookie: a=b"}},
        {"headers": {"X Mine": "1"}},
        {"headers": {"X-XSS-Protection": "1; mode=block"}},
        {"headers": {"Content-Security-Policy": "default-src *"}},
        {"permissions": {"camera": "(self)\n"}},
        {"report_to": "csp"},
        {"report_to": '/csp"; x'},
        {"report_only": True, "csp_report_only": {}},
        {"routes": {"embed": HeaderChanges()}},
        {"keep": ["X-XSS-Protection"]},
        {"keep": "server"},
    ],
    ids=str,
)
def test_what_cannot_be_a_header_is_refused_at_the_start(arguments: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        SecurityHeaders(**arguments)  # type: ignore[arg-type]


def test_changes_are_checked_where_they_are_made() -> None:
    with pytest.raises(ParameterError):
        HeaderChanges(csp={"img-src": "a; b"})
    with pytest.raises(ParameterError):
        change_headers({}, {"X-Frame-Options": None})  # type: ignore[arg-type]
    for nothing in ({}, None, object(), {"type": "http"}):
        with pytest.raises(ConfigurationError, match="AsgiMiddleware"):
            request_of(nothing)


def test_the_headers_of_the_class_are_those_of_a_page() -> None:
    assert SecurityHeaders.get_security_headers() == SecurityHeaders("app").get_security_headers()
    assert SecurityHeaders.get_security_headers()["Cache-Control"] == "no-store, max-age=0"


NAMES = [name.lower() for name in SecurityHeaders.get_security_headers() if name != "Cache-Control"]
VALUES = [
    "deny",
    "SAMEORIGIN",
    "unsafe-url",
    "no-referrer",
    "same-origin",
    "cross-origin",
    "default-src *",
    "",
    ",",
    "*",
]


@given(
    st.sampled_from(["api", "app", "odoo"]),
    st.lists(
        st.tuples(
            st.sampled_from([*NAMES, "server", "x-xss-protection", "x-mine"]),
            st.sampled_from(VALUES) | st.text("a,; 'é"),
        )
    ),
)
def test_whatever_an_application_sends_the_profile_holds(profile: Any, sent: list[tuple[str, str]]) -> None:
    control = SecurityHeaders(profile)
    head = Head(200, [(name.encode(), value.encode()) for name, value in sent])
    request = Request(kind="http", method="GET", scheme="https", path="/", query=b"", headers=(), peer=None)
    control.after(request, head)
    ours = {name.lower(): value for name, value in control.get_security_headers().items() if name != "Cache-Control"}
    for name, value in ours.items():
        (there,) = [each.decode() for header, each in head.headers if header == name.encode()]
        order = [order.decode() for order in ORDERS.get(name.encode(), ())]
        if name in {CSP, REPORT_ONLY}:
            assert there == value or there.startswith(f"{value}, ")
        elif order:
            assert order.index(there.lower()) <= order.index(value.lower())
        else:
            assert there == value
    assert not {b"server", b"x-xss-protection"} & {name for name, _ in head.headers}
    assert sum(name == b"x-mine" for name, _ in head.headers) == sum(name == "x-mine" for name, _ in sent)


@pytest.mark.asvs("v5.0.0-3.4.3")
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_with_a_nonce_is_kept_by_no_cache(kind: str) -> None:
    """Also without `NoStore`: whoever else got the page would know the nonce."""
    public = [(b"cache-control", b"public, max-age=600"), (b"cdn-cache-control", b"max-age=600")]
    got = answering(kind, [SecurityHeaders()], act=csp_nonce, headers=public)
    assert (got.values("cache-control"), got.values("cdn-cache-control")) == ([b"no-store, max-age=0"], [])
    own = [(b"cache-control", b"no-store")]
    assert answering(kind, [SecurityHeaders()], act=csp_nonce, headers=own).values("cache-control") == [b"no-store"]
    assert answering(kind, [SecurityHeaders()], headers=public).values("cache-control") == [b"public, max-age=600"]
