"""What caches may keep."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import NoStore, SecurityHeaders, csp_nonce

from .answering import KINDS, answering
from .driving import Headers, Sent

NO_STORE = [b"no-store, max-age=0"]
PUBLIC = (b"cache-control", b"public, max-age=60")
HOST = (b"host", b"a.example")


def kept(
    kind: str, path: str = "/page", *, sent: Headers = (), answered: Headers = (), status: int = 200
) -> list[bytes]:
    control = NoStore(["/static/", "/*/static/"])
    got = answering(kind, [control], Sent(path=path, headers=[HOST, *sent]), headers=answered, status=status)
    return got.values("cache-control")


@pytest.mark.asvs("v5.0.0-14.2.2", "v5.0.0-14.3.2")
@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_declares_is_not_kept(kind: str) -> None:
    assert kept(kind) == NO_STORE
    assert kept(kind, status=404) == NO_STORE


@pytest.mark.asvs("v5.0.0-14.2.5")
@pytest.mark.parametrize("path", ["/my/orders/x.css", "/my/static.css", "/static/../my", "//static/x.css", "/static"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_path_that_looks_static_is_not(kind: str, path: str) -> None:
    assert kept(kind, path) == NO_STORE


@pytest.mark.parametrize("path", ["/static/app.js", "/web/static/lib/x.css"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_static_file_is_kept_whoever_asks(kind: str, path: str) -> None:
    cookie = [(b"cookie", b"a=b")]
    assert kept(kind, path, sent=cookie) == []
    assert kept(kind, path, sent=cookie, answered=[PUBLIC]) == [PUBLIC[1]]
    assert kept(kind, path, sent=cookie, answered=[PUBLIC], status=304) == [PUBLIC[1]]


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500])
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_below_a_static_path_is_no_file(kind: str, status: int) -> None:
    assert kept(kind, "/static/app.js", answered=[PUBLIC], status=status) == NO_STORE


@pytest.mark.asvs("v5.0.0-14.2.2")
@pytest.mark.parametrize("path", ["/page", "/static/app.js"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_response_that_sets_a_cookie_is_not_kept(kind: str, path: str) -> None:
    assert kept(kind, path, answered=[PUBLIC, (b"set-cookie", b"a=b")]) == NO_STORE


@pytest.mark.parametrize("kind", KINDS)
def test_an_application_may_have_a_public_page_kept(kind: str) -> None:
    assert kept(kind, answered=[PUBLIC]) == [PUBLIC[1]]
    assert kept(kind, answered=[PUBLIC], status=500) == NO_STORE


@pytest.mark.asvs("v5.0.0-14.3.2")
@pytest.mark.parametrize("sent", [(b"cookie", b"a=b"), (b"authorization", b"Bearer x")], ids=["cookie", "bearer"])
@pytest.mark.parametrize("kind", KINDS)
def test_but_never_for_who_may_be_somebody(kind: str, sent: tuple[bytes, bytes]) -> None:
    assert kept(kind, sent=[sent], answered=[PUBLIC]) == NO_STORE


@pytest.mark.parametrize("kind", KINDS)
def test_rules_for_a_cdn_and_for_old_caches_go_too(kind: str) -> None:
    rules = ["Expires", "CDN-Cache-Control", "Surrogate-Control", "X-Accel-Expires", "Pragma"]
    answered = [(name.encode(), b"max-age=60") for name in rules] + [PUBLIC, PUBLIC]
    got = answering(kind, [NoStore()], Sent(headers=[HOST, (b"cookie", b"a=b")]), headers=answered)
    assert got.values("cache-control") == NO_STORE
    assert not [name for name in rules if got.values(name.lower())]


@pytest.mark.parametrize("kind", KINDS)
def test_what_says_no_store_itself_is_left_alone(kind: str) -> None:
    assert kept(kind, answered=[(b"cache-control", b"private, No-Store")]) == [b"private, No-Store"]
    assert kept(kind, answered=[(b"cache-control", b"private")], sent=[(b"cookie", b"a=b")]) == NO_STORE
    answered = [(b"cache-control", b"no-store"), (b"surrogate-control", b"max-age=60")]
    got = answering(kind, [NoStore()], Sent(headers=[HOST, (b"cookie", b"a=b")]), headers=answered)
    assert (got.values("cache-control"), got.values("surrogate-control")) == (NO_STORE, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_with_a_nonce_is_not_kept(kind: str) -> None:
    got = answering(kind, [SecurityHeaders(), NoStore()], headers=[PUBLIC], act=csp_nonce)
    assert got.values("cache-control") == NO_STORE


@pytest.mark.parametrize(
    "static", ["/static/", ["static"], [""], ["/a/../b"], ["/x\n"], [None], ["https://a.example/"]]
)
def test_paths_are_paths(static: object) -> None:
    with pytest.raises(ParameterError):
        NoStore(static)  # type: ignore[arg-type]
