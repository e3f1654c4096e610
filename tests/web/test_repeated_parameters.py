"""Parameters that come twice."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import RepeatedParameters

from .driving import Sent, through


@pytest.mark.asvs("v5.0.0-15.3.7")
@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        (b"", 200),
        (b"a=1&b=1", 200),
        (b"a=1&A=2", 200),
        (b"a=1&&b=2&", 200),
        (b"a=1&a=2", 400),
        (b"a=1&b=2&a=1", 400),
        (b"a=1;a=2", 400),
        (b"a=1&%61=2", 400),
        (b"a%20b=1&a+b=2", 400),
        (b"a&a", 400),
        (b"tag=1&tag=2", 400),
        (b"&".join(b"p%d=1" % number for number in range(1002)), 400),
    ],
    ids=lambda value: str(value)[:30],
)
def test_no_parameter_comes_twice(kind, query, status) -> None:
    assert through(kind, [RepeatedParameters({"/list": ["tag"]})], Sent(query=query)).status == status


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_a_list_is_allowed_where_it_is_named(kind) -> None:
    control = RepeatedParameters({"/list": ["tag"]})
    assert through(kind, [control], Sent(path="/list/a", query=b"tag=1&tag=2")).status == 200
    assert through(kind, [control], Sent(path="/list/a", query=b"tag=1&tag=2&q=1&q=2")).status == 400
    assert through(kind, [control], Sent(path="/lists", query=b"tag=1&tag=2")).status == 400


def test_names_are_a_list() -> None:
    with pytest.raises(ParameterError):
        RepeatedParameters({"/list": "tag"})
