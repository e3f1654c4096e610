"""Defect 73: the guide's headers were of yesterday, allowed inline scripts, and no response had them."""

from __future__ import annotations

import pytest

from web.answering import answering
from zenoo_security import SecurityHeaders

MISSING = (
    "Cache-Control",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "X-DNS-Prefetch-Control",
    "X-Permitted-Cross-Domain-Policies",
)


def test_the_headers_that_the_guide_lacks_are_there_and_the_obsolete_one_is_not() -> None:
    headers = SecurityHeaders.get_security_headers()
    assert set(MISSING) <= set(headers)
    assert "X-XSS-Protection" not in headers
    assert "speaker" not in headers["Permissions-Policy"]


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_no_inline_script_is_allowed_and_every_directive_is_there() -> None:
    policy = SecurityHeaders.get_security_headers()["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert all(name in policy for name in ("base-uri", "form-action", "frame-ancestors", "object-src"))


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_responses_have_them(kind: str) -> None:
    """The guide's were a dictionary that nothing applied."""
    assert answering(kind, [SecurityHeaders()]).values("x-content-type-options") == [b"nosniff"]
