"""Defect 58 of the guide: the operators of a search domain inside a dict became HTML entities."""

from __future__ import annotations

import pytest

from zenoo_security import InputSanitizer

DOMAINS = [
    [["age", "<", "5"], ["age", ">=", "3"]],
    ["|", ["name", "=", "O'Brien & Sons"], "&", ["a", "<=", 1], ["b", "!=", False]],
    [("name", "not ilike", "<b>"), "!", ("partner_id.country_id.code", "in", ["DE", "FR"])],
]


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_survives(domain: list[object]) -> None:
    assert InputSanitizer.sanitize_dict({"domain": domain}) == {"domain": domain}


def test_the_values_in_a_domain_are_cleaned() -> None:
    dirty = {"domain": [["name", "<", "a\x00\u202e"]]}
    assert InputSanitizer.sanitize_dict(dirty) == {"domain": [["name", "<", "a"]]}
