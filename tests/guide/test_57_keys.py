"""Defect 57 of the guide: keys were rewritten, so that `{'a ': 1, 'a': 2}` lost an entry."""

from __future__ import annotations

import pytest

from zenoo_security import InputSanitizer


@pytest.mark.parametrize(
    "data", [{"a ": " 1 ", "a": " 2 "}, {"<b>": " x "}, {"a\x00": " x ", "a": " y "}, {" a": {" b": " c "}}]
)
def test_keys_stay_exactly_as_they_are(data: dict[str, object]) -> None:
    cleaned = InputSanitizer.sanitize_dict(data)
    assert list(cleaned) == list(data)
    assert len(cleaned) == len(data)


def test_nested_keys_stay_too() -> None:
    assert InputSanitizer.sanitize_dict({"d": {"a ": " 1 ", "a": " 2 "}}) == {"d": {"a ": "1", "a": "2"}}
