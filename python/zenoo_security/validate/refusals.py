"""The codes of refused values with their sentences, and the exception that carries one."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from zenoo_security._native import validation_codes
from zenoo_security.errors import InputTooLarge, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CODES", "refusal"]

CODES: Mapping[str, str] = MappingProxyType(validation_codes())
"""Every code that an `InvalidInput` of this package can carry, with its English sentence. Codes are stable."""


def refusal(code: str, field: str | None = None) -> InvalidInput:
    """Return the exception for a code of `CODES`; codes about size are `InputTooLarge`.

    >>> refusal("vat_check_digits", "vat")
    InvalidInput('vat: the check digits of the VAT number are wrong')
    """
    kind = InputTooLarge if "too_" in code and not code.endswith(("too_short", "too_slow")) else InvalidInput
    return kind(CODES[code], field=field, code=code)
