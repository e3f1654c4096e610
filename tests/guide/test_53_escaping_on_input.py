"""Defect 53 of the guide: input was escaped before it was stored, which corrupts it and grows with every save."""

from __future__ import annotations

import pytest

from zenoo_security import InputSanitizer

VALUES = ["O'Brien & Söhne <GmbH>", "https://example.com/?a=1&b=2", '5" pipe', "a < b"]


@pytest.mark.parametrize("value", VALUES)
def test_input_is_kept_as_it_was_written(value: str) -> None:
    assert InputSanitizer.sanitize_dict({"name": value}) == {"name": value}


@pytest.mark.parametrize("value", VALUES)
def test_saving_again_changes_nothing(value: str) -> None:
    once = InputSanitizer.sanitize_dict({"name": f" {value}\x00 "})
    assert InputSanitizer.sanitize_dict(once) == once
