"""The headers of a request as controls ask for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.web import Request

HEADERS = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"cookie", b""]), st.binary(max_size=3)), max_size=6)


def request(headers) -> Request:
    return Request(kind="http", method="GET", scheme="https", path="/", query=b"", headers=headers, peer="203.0.113.9")


@given(HEADERS, st.booleans())
def test_headers_are_there_as_often_as_they_were_sent(headers, as_lists) -> None:
    """ASGI has lists of two; servers give tuples."""
    asked = request([list(header) for header in headers] if as_lists else headers)
    for wanted in (b"a", b"b", b"cookie", b"", b"c"):
        values = tuple(value for name, value in headers if name == wanted)
        assert asked.values(wanted) == values
        assert asked.value(wanted) == (values[0] if len(values) == 1 else None)
        assert asked.head.joined(wanted) == b",".join(values)
    assert len(asked.head) == len(headers)
    assert asked.head.size == sum(len(name) + len(value) for name, value in headers)


class Around:
    """A context manager that notes what happens."""

    def __init__(self, name: str, log: list[str], *, fails: bool = False) -> None:
        self.name, self.log, self.fails = name, log, fails

    def __enter__(self) -> None:
        self.log.append(f"{self.name} in")

    def __exit__(self, *_: object) -> None:
        self.log.append(f"{self.name} out")
        if self.fails:
            raise ZeroDivisionError


def test_all_contexts_are_left_also_when_leaving_one_fails() -> None:
    log: list[str] = []
    asked = request([])
    for context in (Around("a", log), Around("b", log, fails=True), Around("c", log)):
        asked.enter(context)
        asked.enter_pending()
    with pytest.raises(ZeroDivisionError):
        asked.close()
    assert log == ["a in", "b in", "c in", "c out", "b out", "a out"]
    asked.close()
