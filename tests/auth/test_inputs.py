"""What a password and a code may be, and what is said of others."""

from __future__ import annotations

import pytest

from zenoo_security.auth.inputs import MAX_PASSWORD_BYTES, check_code, check_password
from zenoo_security.errors import InputTooLarge, InvalidInput

NO_TYPE = ("the value has the wrong type", "type")
TOO_LONG = ("the text is too long", "too_long")
NO_TEXT = ("the text is not valid Unicode", "encoding")


@pytest.mark.parametrize("password", ["x", " ", "x" * MAX_PASSWORD_BYTES, "ä" * (MAX_PASSWORD_BYTES // 2), "\n"])
def test_a_password_is_taken_as_it_is(password):
    assert check_password(password) == password


@pytest.mark.parametrize(
    ("password", "told"),
    [
        (7, NO_TYPE),
        ("", ("a value is required", "empty")),
        ("x" * (MAX_PASSWORD_BYTES + 1), TOO_LONG),
        ("ä" * (MAX_PASSWORD_BYTES // 2) + "x", TOO_LONG),
        ("\ud800", NO_TEXT),
        ("a\0b", ("control characters are not allowed", "control")),
    ],
)
@pytest.mark.parametrize("named", [{}, {"field": "current"}])
def test_what_is_no_password_is_refused(password, told, named):
    with pytest.raises(InvalidInput) as refused:
        check_password(password, **named)
    error = refused.value
    assert (error.message, error.code, error.field) == (*told, named.get("field", "password"))
    assert isinstance(error, InputTooLarge) is (told == TOO_LONG)


@pytest.mark.parametrize(
    ("code", "taken"),
    [(None, None), ("", None), (" " * 128, None), ("123 456", "123 456"), ("7" * 128, "7" * 128)],
    ids=["none", "empty", "blank", "code", "long"],
)
def test_a_code_is_taken_as_it_is_and_a_blank_one_is_none(code, taken):
    assert check_code(code) == taken


@pytest.mark.parametrize(("code", "told"), [(7, NO_TYPE), ("7" * 129, TOO_LONG), ("\ud800", NO_TEXT)])
def test_what_is_no_code_is_refused(code, told):
    with pytest.raises(InvalidInput) as refused:
        check_code(code)
    assert (refused.value.message, refused.value.code, refused.value.field) == (*told, "totp_token")
    assert isinstance(refused.value, InputTooLarge) is (told == TOO_LONG)
