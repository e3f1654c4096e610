"""Patterns of others: tried when they are simple, refused before they take time."""

from __future__ import annotations

import pytest

from zenoo_security.checks.patterns import PatternError, matches


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^shop$", "shop", True),
        ("^shop$", "shop2", False),
        (r"^/(web/login|xmlrpc|jsonrpc)(/|$)", "/web/login", True),
        (r"\.(?:css|js)$", "/a.js", True),
        (r"^/web/(?P<id>\d+)/[a-z()*+]+$", "/web/12/x", True),
        ("^/[^/]+/static/", "/web/static/x", True),
    ],
)
def test_simple_ones_are_tried(pattern, text, found):
    assert matches(pattern, text) is found


@pytest.mark.timeout(120)
@pytest.mark.asvs("v5.0.0-1.3.12")
@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+$", "((a*)*)*b", "(a|a)*b", "([a-z]|[a-z]){30}b", ".*.*.*.*.*.*.*.*.*b", "a?" * 40, "a" * 2000),
        *("(?x)(?:(?:a+) +) +!", "(?ix:(a+)\n+$)", "(a+)(?#c)+$"),
    ],
)
def test_those_that_could_take_for_ever_are_not(pattern):
    with pytest.raises(PatternError, match="too complicated"):
        matches(pattern, "a" * 30 + "!")


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "(?P<a>x)(?P<a>y)", "*"])
def test_what_is_none_is_said_to_be_none(pattern):
    with pytest.raises(PatternError, match="no regular expression"):
        matches(pattern, "a")
