"""Defect 56 of the guide: a cyclic or 2,000-deep value ended in RecursionError."""

from __future__ import annotations

from typing import Any

import pytest

from zenoo_security import InputSanitizer, errors


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"child": [value]}
    return value


def cyclic_dict() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


def cyclic_list() -> dict[str, Any]:
    value: list[Any] = []
    value += [value, value]
    return {"list": value}


@pytest.mark.parametrize("value", [nested(2_000), nested(50_000), cyclic_dict(), cyclic_list()])
def test_it_is_refused_before_the_stack_ends(value: dict[str, Any]) -> None:
    with pytest.raises(errors.InputTooLarge):
        InputSanitizer.sanitize_dict(value)


def test_ordinary_depth_is_fine() -> None:
    assert InputSanitizer.sanitize_dict(nested(15)) == nested(15)
