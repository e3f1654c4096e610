"""Countries as partners name them: two letters of ISO 3166, and the prefixes of their VAT numbers."""

from __future__ import annotations

from typing import Final

from zenoo_security.validate.refusals import refusal

__all__ = ["country", "vat_prefix"]

#: VAT prefixes that are no code of ISO 3166, and whose country they stand for.
_PREFIX_OF: Final = {"GR": "EL"}
_COUNTRY_OF: Final = {"EL": "GR", "XI": "GB", "UK": "GB"}
#: Countries within another one's VAT area: Monaco in France's (Directive 2006/112/EC, article 7), the Isle of Man in
#: that of the United Kingdom (the same article), Liechtenstein in Switzerland's (their treaty of 1994).
_AREA_OF: Final = {"MC": "FR", "IM": "GB", "LI": "CH"}
_LETTERS: Final = 2


def country(value: object, *, field: str | None = None) -> str:
    """A country by its two letters of ISO 3166, in capitals. `EL`, `UK` and `XI` are none, and read as GR and GB.

    Whether there is such a country is not looked at.

    Raises:
        InvalidInput: codes `type` and `country`.

    >>> country("el")
    'GR'
    """
    if not isinstance(value, str):
        raise refusal("type", field)
    if len(value) != _LETTERS or not value.isascii() or not value.isalpha():
        raise refusal("country", field)
    code = value.upper()
    return _COUNTRY_OF.get(code, code)


def vat_prefix(code: str) -> str:
    """Return the prefix of the VAT numbers of a country that `country` gave back."""
    return _AREA_OF.get(code, _PREFIX_OF.get(code, code))
