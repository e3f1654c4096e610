"""Defect 54 of the guide: sanitizing before validating turned `<script>` into a text that passed the name rule."""

from __future__ import annotations

import pytest

from zenoo_security import InputSanitizer


@pytest.mark.parametrize("value", ["<script>", "<img src=x>", "a>b", 'x" onclick="y'])
def test_a_validator_sees_the_characters_that_it_must_refuse(value: str) -> None:
    assert InputSanitizer.sanitize_dict({"name": value})["name"] == value


@pytest.mark.parametrize("value", ["<scr\x00ipt>", "<scr\u200bipt>", "<scr\u202eipt>", "<script>\ud800"])
def test_what_hides_them_is_gone_before_the_validator_looks(value: str) -> None:
    assert InputSanitizer.sanitize_dict({"name": value})["name"] == "<script>"
