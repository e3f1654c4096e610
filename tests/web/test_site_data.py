"""What a browser forgets at logout."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import ClearSiteData, clear_site_data

from .answering import KINDS, answering
from .driving import Sent

ALL = [b'"cache","cookies","storage"']


def cleared(kind: str, sent: Sent, status: int = 303, **options: object) -> list[bytes]:
    control = ClearSiteData(["/logout"])
    return answering(kind, [control], sent, status=status, **options).values("clear-site-data")


@pytest.mark.asvs("v5.0.0-14.3.1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_of_a_logout_clears_all(kind: str) -> None:
    assert cleared(kind, Sent("POST", "/logout")) == ALL


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (Sent("POST", "/"), 303),
        (Sent("POST", "/logout"), 403),
        (Sent("GET", "/logout"), 200),
        (Sent("HEAD", "/logout"), 200),  # a script of any page can send it
        (Sent("OPTIONS", "/logout"), 200),  # Flask answers it everywhere
        (Sent("POST", "/logout", headers=[(b"sec-fetch-site", b"cross-site")]), 303),  # to the login, say
    ],
    ids=["elsewhere", "refused", "shown", "head", "options", "of another site"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_no_other_answer_does(kind: str, sent: Sent, status: int) -> None:
    assert cleared(kind, sent, status) == []


@pytest.mark.asvs("v5.0.0-14.3.1")
@pytest.mark.parametrize("kind", KINDS)
def test_an_application_marks_its_own_logout(kind: str) -> None:
    assert cleared(kind, Sent("GET", "/bye"), 200, act=clear_site_data) == ALL
    twice = [(b"clear-site-data", b'"cache"')]
    assert cleared(kind, Sent("GET", "/bye"), 200, act=clear_site_data, headers=twice) == ALL


def test_types_are_chosen() -> None:
    got = answering("asgi", [ClearSiteData(["/"], types=["cache"])], Sent("POST"))
    assert got.values("clear-site-data") == [b'"cache"']
    for types in ((), ("executionContexts",), ("cache", "*")):
        with pytest.raises(ParameterError):
            ClearSiteData(types=types)  # type: ignore[arg-type]


STYLESHEET = "/clear-site-data.css"
OF_OURS = [(b"sec-fetch-site", b"same-origin")]


@pytest.mark.asvs("v5.0.0-14.3.1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_stylesheet_of_the_page_after_a_logout_clears_the_cache(kind: str) -> None:
    got = answering(kind, [ClearSiteData()], Sent("GET", STYLESHEET, headers=OF_OURS))
    assert (got.status, got.body) == (200, b"")
    assert got.values("content-type") == [b"text/css"]
    assert got.values("cache-control") == [b"no-store"]
    assert got.values("clear-site-data") == [b'"cache"']


@pytest.mark.parametrize("site", [b"cross-site", b"same-site", b"none", None])
@pytest.mark.parametrize("kind", KINDS)
def test_no_other_site_clears_anything_with_the_stylesheet(kind: str, site: bytes | None) -> None:
    headers = [] if site is None else [(b"sec-fetch-site", site)]
    got = answering(kind, [ClearSiteData()], Sent("GET", STYLESHEET, headers=headers))
    assert (got.status, got.values("clear-site-data"), got.values("vary")) == (200, [], [b"sec-fetch-site"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_application_answers_for_all_else(kind: str) -> None:
    def answered(control: ClearSiteData, method: str, path: str) -> int:
        return answering(kind, [control], Sent(method, path, headers=OF_OURS), status=299).status

    assert answered(ClearSiteData(), "GET", STYLESHEET) == answered(ClearSiteData(), "HEAD", STYLESHEET) == 200
    assert answered(ClearSiteData(), "POST", STYLESHEET) == 299
    assert answered(ClearSiteData(), "GET", STYLESHEET + "/") == 299
    assert answered(ClearSiteData(stylesheet="/bye.css"), "GET", STYLESHEET) == 299
    assert answered(ClearSiteData(stylesheet="/bye.css"), "GET", "/bye.css") == 200
    assert answered(ClearSiteData(stylesheet=None), "GET", STYLESHEET) == 299
    for no_file in ("bye.css", "/", "/bye/", "/bye.css?x", "//bye.css", ""):
        with pytest.raises(ParameterError, match="path of a file"):
            ClearSiteData(stylesheet=no_file)
