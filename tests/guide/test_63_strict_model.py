"""Defect 63: the guide used pydantic 1, dropped unknown fields in silence, and repeated the input in its errors."""

from __future__ import annotations

import pytest

from zenoo_security import SecurePartnerInput, create_partner_secure, validate
from zenoo_security.errors import InvalidFields, SecurityError


def test_unknown_fields_are_refused():
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse({"name": "A", "is_admin": True})
    assert [(error.field, error.code) for error in caught.value.errors] == [("is_admin", "unknown_field")]


async def test_the_error_is_ours_and_does_not_repeat_the_input():
    with pytest.raises(SecurityError) as caught:
        await create_partner_secure(None, {"name": "<zq7secret>"})
    assert "zq7secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_fields_that_were_not_given_are_not_sent_as_null():
    assert SecurePartnerInput.parse({"name": "A"}).to_odoo() == {"name": "A"}


def test_every_problem_has_a_code_of_the_list_and_the_model_a_schema():
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse({"name": "", "email": "x", "is_admin": True})
    assert all(error.message == validate.CODES[error.code] for error in caught.value.errors)
    assert SecurePartnerInput.model_json_schema()["additionalProperties"] is False
