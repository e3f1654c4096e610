"""Defect 4: the guide hashes any password: the empty one, `password`, the login itself."""

from __future__ import annotations

import pytest

from zenoo_security import InvalidInput, PasswordPolicy


@pytest.mark.asvs("v5.0.0-6.2.1", "v5.0.0-6.2.4", "v5.0.0-6.2.11")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("Pa55word!", "password_too_short"),
        ("qwertyuiop12345", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("alice.smith-2026", "password_context"),
        ("x" * 5000, "password_too_long"),
    ],
)
def test_a_password_that_is_tried_first_is_refused_and_the_reason_given(password: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PasswordPolicy().check(password, context=("alice.smith@example.com",))
    assert caught.value.code == code


def test_a_long_one_is_accepted_whatever_it_is_made_of() -> None:
    PasswordPolicy().check("tulip lamp seven river")
