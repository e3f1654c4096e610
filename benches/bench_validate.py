"""Validation: an e-mail address, and a whole partner."""

from __future__ import annotations

import re
from typing import Annotated

from email_validator import __version__ as email_validator_version
from email_validator import validate_email
from harness import Row
from pydantic import VERSION, BaseModel, Field, TypeAdapter, field_validator

from zenoo_security import SecurePartnerInput, validate

ADDRESS = "marc.demo@mail.example.com"
# The pattern of the guide, with the end of the text in place of the end of a line.
PATTERN = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}\z"
WEBSITE = r"^https?://[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}(/.*)?$"

PARTNER = {
    "name": "Azure Interior",
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
    website: Annotated[str, Field(pattern=WEBSITE)]
    vat: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]+$")]


class Guides(BaseModel):
    """What the guide's model does: lengths by pydantic, patterns in validators of Python."""

    name: str = Field(min_length=1, max_length=100)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=20)
    website: str | None = Field(None, max_length=200)
    vat: str | None = Field(None, max_length=32)

    @field_validator("name")
    @classmethod
    def of_a_name(cls, value: str) -> str:
        return stripped(value, not re.search(r"[<>\"']", value))

    @field_validator("email")
    @classmethod
    def of_an_address(cls, value: str | None) -> str | None:
        return value if value is None else stripped(value.lower(), re.match(PATTERN.replace(r"\z", "$"), value))

    @field_validator("phone")
    @classmethod
    def of_a_number(cls, value: str | None) -> str | None:
        return value if value is None else stripped(value, re.match(r"^[+\-\s\d()]+$", value))

    @field_validator("website")
    @classmethod
    def of_a_page(cls, value: str | None) -> str | None:
        return value if value is None else stripped(value, re.match(WEBSITE, value))

    @field_validator("vat")
    @classmethod
    def of_a_tax_number(cls, value: str | None) -> str | None:
        return value if value is None else stripped(value.upper(), re.match(r"^[A-Z0-9]+$", value.upper()))


def stripped(value: str, fits: object) -> str:
    if not fits:
        raise ValueError
    return value.strip()


def rows() -> list[Row]:
    """An e-mail address, and a partner."""
    pattern = TypeAdapter(Annotated[str, Field(pattern=PATTERN)]).validate_python
    email_validator = f"email-validator {email_validator_version}"
    pydantic = f"pydantic {VERSION} pattern"

    def check() -> None:
        assert re.match(PATTERN.replace(r"\z", r"\Z"), ADDRESS)
        assert validate.email(ADDRESS) == pattern(ADDRESS)
        assert validate.email(ADDRESS) == validate_email(ADDRESS, check_deliverability=False).normalized

    def check_partner() -> None:
        ours, theirs = SecurePartnerInput(**PARTNER), Guides(**PARTNER)
        assert ours.model_dump(exclude_unset=True) == theirs.model_dump() == partner(PARTNER) == PARTNER

    email, partner = validate.email, validate.partner
    guides = "the guide's model"
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
            "partner of five fields, SecurePartnerInput(**data)",
            lambda: SecurePartnerInput(**PARTNER),
            {guides: lambda: Guides(**PARTNER), pydantic: lambda: Patterns(**PARTNER)},
            times_as_fast={guides: 2},
            check=check_partner,
        ),
        Row(
            "partner of five fields, validate.partner(data)",
            lambda: partner(PARTNER),
            {guides: lambda: Guides(**PARTNER)},
            times_as_fast={guides: 12.5},
        ),
    ]
