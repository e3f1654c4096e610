"""Parts of an application, named by the beginnings of their paths."""

from __future__ import annotations

import sys

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web.paths import ByPath, Paths, is_ambiguous

LIMITS = ByPath("default", {"/upload": "upload", "/upload/large": "large"})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/", "default"),
        ("", "default"),
        ("/uploads", "default"),
        ("/upload", "upload"),
        ("/upload/", "upload"),
        ("/upload/a/b/c", "upload"),
        ("/upload/largest", "upload"),
        ("/upload/large", "large"),
        ("/upload/large/a", "large"),
        ("//upload///large", "large"),
        ("/upload/large/../a", "upload"),
        ("/upload/..", "default"),
        ("/" + "x" * 100, "default"),
        # Werkzeug, and so Flask and Odoo, put the slash there.
        ("upload", "upload"),
        ("upload/large", "large"),
    ],
    ids=lambda value: value[:20],
)
def test_the_longest_prefix_counts(path, value) -> None:
    assert LIMITS.find(path) == value


def test_a_prefix_of_all_paths_stands_for_all() -> None:
    assert {ByPath(1, {"/": 2}).find(path) for path in ("/", "", "/a", "/a/b", "a")} == {2}


def test_a_deep_path_costs_no_more_than_a_shallow_one() -> None:
    """Somebody who sends 4000 segments has each of them looked at once, and not 4000 times."""
    calls = []
    sys.setprofile(lambda frame, event, called: calls.append(called) if event == "c_call" else None)
    try:
        value = LIMITS.find("/upload" + "/a" * 4000)
    finally:
        sys.setprofile(None)
    assert value == "upload"
    assert len(calls) < 20


@pytest.mark.parametrize("path", ["", "upload", "//a", "/a/../b", "/a/.", "/a\\b", "/a\0"])
def test_what_an_application_may_take_for_another_path_is_ambiguous(path) -> None:
    assert is_ambiguous(path)
    assert Paths(["/upload"], ambiguous=True).match(path)
    assert not Paths(["/upload"]).match(path)


@pytest.mark.parametrize("path", ["/", "/upload", "/.well-known/a", "/a..b", "/..."])
def test_an_ordinary_path_is_not(path) -> None:
    assert not is_ambiguous(path)


@pytest.mark.parametrize("prefix", ["", "upload", "//upload", "/a/../b"])
def test_prefixes_are_checked(prefix) -> None:
    with pytest.raises(ParameterError):
        ByPath(1, {prefix: 2})
