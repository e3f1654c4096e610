"""Defect 55 of the guide: dicts, lists and tuples inside lists were left as they were."""

from __future__ import annotations

import pytest

from zenoo_security import InputSanitizer


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"name": " a\x00"}], [{"name": "a"}]),
        ([[" a\x00"]], [["a"]]),
        ([(" a\x00", 1)], [("a", 1)]),
        ({"a": [{"b": [{"c": " d\x00"}]}]}, {"a": [{"b": [{"c": "d"}]}]}),
        ([(0, 0, {"name": " a\x00"})], [(0, 0, {"name": "a"})]),
    ],
)
def test_texts_are_cleaned_at_any_depth(value: object, expected: object) -> None:
    assert InputSanitizer.sanitize_dict({"field": value}) == {"field": expected}


def test_bytes_are_data_and_stay_as_they_are() -> None:
    assert InputSanitizer.sanitize_dict({"image": [b" \x00 "]}) == {"image": [b" \x00 "]}
