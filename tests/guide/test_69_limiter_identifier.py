"""Defect 69: a client without an address was the key None, one bucket for all of them."""

from __future__ import annotations

import pytest

from web.driving import Sent
from web.probing import HOST, known
from zenoo_security import RateLimiter
from zenoo_security.errors import InvalidInput
from zenoo_security.web import ClientAddress, client_key

TRUSTED = ["10.0.0.1"]


@pytest.mark.parametrize("missing", [None, ""])
async def test_a_missing_address_is_an_error_and_not_a_client(missing):
    """The guide's `request_info.get("client_ip")` of a request without one is refused."""
    limiter = RateLimiter(100, 60)
    with pytest.raises(InvalidInput):
        await limiter.is_allowed(missing)
    with pytest.raises(InvalidInput):
        await limiter.get_remaining_requests(missing)
    assert limiter.key_count() == 0


def key_of(*forwarded, peer):
    """The key of a client for limits, behind the control that knows the proxies."""
    headers = [HOST, *((b"x-forwarded-for", value) for value in forwarded)]
    return client_key(known("asgi", [ClientAddress(TRUSTED)], Sent(headers=headers, peer=peer))["client"])


def test_clients_behind_a_trusted_proxy_are_counted_one_by_one():
    assert key_of(b"192.0.2.1", peer="10.0.0.1") == "192.0.2.1"
    assert key_of(b"192.0.2.2", peer="10.0.0.1") == "192.0.2.2"


def test_nobody_chooses_the_address_that_is_counted():
    assert key_of(b"192.0.2.1", peer="203.0.113.9") == "203.0.113.9"
    assert key_of(b"192.0.2.1, 203.0.113.9", peer="10.0.0.1") == "203.0.113.9"


def test_a_customer_with_a_million_ipv6_addresses_is_one_client():
    keys = {key_of(b"2001:db8:1:2:%x::1" % number, peer="10.0.0.1") for number in range(1, 20)}
    assert keys == {"2001:db8:1:2::/64"}


def test_a_request_without_an_address_has_no_key():
    """A Unix socket: the limiter refuses what has none, and does not count it under a name that others share."""
    assert key_of(peer=None) is None
