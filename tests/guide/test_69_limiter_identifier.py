"""Defect 69: a client without an address was the key None, one bucket for all of them."""

from __future__ import annotations

import pytest

from zenoo_security import RateLimiter
from zenoo_security.errors import InvalidInput


@pytest.mark.parametrize("missing", [None, ""])
async def test_a_missing_address_is_an_error_and_not_a_client(missing):
    """The guide's `request_info.get("client_ip")` of a request without one is refused."""
    limiter = RateLimiter(100, 60)
    with pytest.raises(InvalidInput):
        await limiter.is_allowed(missing)
    with pytest.raises(InvalidInput):
        await limiter.get_remaining_requests(missing)
    assert limiter.key_count() == 0
