"""The types of settings: strict, and each with a description of what it takes that stands in messages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from zenoo_security.address import parse_address

__all__ = ["Address", "Flag", "Number", "Secret", "StoreUrl", "Text", "number"]

_STORE_URL: Final = re.compile(r"(memory|sqlite|rediss?|unix|postgresql)://")

_BOOLEANS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def _boolean(value: object) -> object:
    return _BOOLEANS.get(value.lower(), value) if isinstance(value, str) else value


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) else value


def _address(value: str) -> str:
    # urlsplit drops white space and control characters, as it likes.
    if "://" not in value or not value.isprintable():
        raise ValueError
    parse_address(value)
    return value


def _store_url(value: SecretStr) -> SecretStr:
    if not _STORE_URL.match(value.get_secret_value()):
        raise ValueError
    return value


Flag = Annotated[
    bool,
    BeforeValidator(_boolean),
    Field(strict=True, description="1, true, yes or on; 0, false, no or off"),
]
Number = Annotated[int, BeforeValidator(_whole_number), Field(strict=True)]
Secret = Annotated[Annotated[SecretStr, Field(min_length=1)] | None, Field(description="a text that is not empty")]
Text = Annotated[Annotated[str, Field(min_length=1)] | None, Field(description="a text that is not empty")]
StoreUrl = Annotated[
    SecretStr,
    AfterValidator(_store_url),
    Field(description="memory://, sqlite:///path, redis://, rediss://, unix:// or postgresql://"),
]
Address = Annotated[
    Annotated[str, AfterValidator(_address)] | None,
    Field(description="https:// or http:// and a host, without a user name, a password or a path"),
]


def number(default: int, lowest: int, highest: int, unit: str) -> Any:
    """A setting that is a whole number in a range."""
    description = f"a whole number of {unit} from {lowest} to {highest}"
    return Field(default, ge=lowest, le=highest, description=description)
