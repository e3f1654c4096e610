"""Defect 60: `$` in the guide's patterns let a line feed at the end through."""

from __future__ import annotations

import pytest

from zenoo_security import validate
from zenoo_security.errors import InvalidInput

VALID = {
    "name": "Marc",
    "email": "marc@example.com",
    "phone": "+4930901820",
    "url": "https://example.com",
    "vat": "DE123456789",
    "host": "example.com",
    "line": "Marc",
    "login": "marc",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x00", "\n\n", "\u2028", "\x85"], ids=ascii)
@pytest.mark.parametrize("kind", VALID)
def test_nothing_after_the_end_is_accepted(kind, end):
    check = getattr(validate, kind)
    assert check(VALID[kind]) == VALID[kind]
    with pytest.raises(InvalidInput):
        check(VALID[kind] + end)
    with pytest.raises(InvalidInput):
        check(end + VALID[kind])
