"""Validation: an e-mail address, and a whole partner."""

from __future__ import annotations

import re
from typing import Annotated

from email_validator import __version__ as email_validator_version
from email_validator import validate_email
from harness import Row
from pydantic import VERSION, BaseModel, Field, TypeAdapter

from zenoo_security import SecurePartnerInput, validate

ADDRESS = "marc.demo@mail.example.com"
# The pattern of the guide, with the end of the text in place of the end of a line.
PATTERN = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}\z"

PARTNER = {
    "name": "O'Brien & Söhne",
    "email": ADDRESS,
    "phone": "+4930901820",
    "website": "https://www.example.com/contact",
    "vat": "DE123456789",
}


class Patterns(BaseModel):
    """The five fields by patterns alone."""

    name: Annotated[str, Field(pattern=r"^[^<>]{1,128}$")]
    email: Annotated[str, Field(pattern=PATTERN)]
    phone: Annotated[str, Field(pattern=r"^\+[0-9]{8,15}$")]
    website: Annotated[str, Field(pattern=r"^https?://[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}(/.*)?$")]
    vat: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]+$")]


def rows() -> list[Row]:
    """The e-mail row of the table, and a partner for orientation."""
    pattern = TypeAdapter(Annotated[str, Field(pattern=PATTERN)]).validate_python
    email_validator = f"email-validator {email_validator_version}"
    pydantic = f"pydantic {VERSION} pattern"

    def check() -> None:
        assert re.match(PATTERN.replace(r"\z", r"\Z"), ADDRESS)
        assert validate.email(ADDRESS) == pattern(ADDRESS)
        assert validate.email(ADDRESS) == validate_email(ADDRESS, check_deliverability=False).normalized

    email = validate.email
    return [
        Row(
            "e-mail",
            lambda: email(ADDRESS),
            {
                email_validator: lambda: validate_email(ADDRESS, check_deliverability=False),
                pydantic: lambda: pattern(ADDRESS),
            },
            times_as_fast={email_validator: 150, pydantic: 2},
            check=check,
        ),
        Row(
            "partner of five fields",
            lambda: SecurePartnerInput.parse(PARTNER),
            {pydantic: lambda: Patterns.model_validate(PARTNER)},
        ),
    ]
