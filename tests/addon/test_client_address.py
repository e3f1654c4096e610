"""The client's address, where Odoo has put its request away."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from zenoo_security.addon.client_address import carry_client_address, client_address


def request_from(address):
    return SimpleNamespace(httprequest=SimpleNamespace(remote_addr=address))


@pytest.fixture
def http():
    """The part of `odoo.http` that is changed."""
    module = SimpleNamespace(request=request_from("203.0.113.7"))

    @contextmanager
    def borrow_request():
        yield module.request

    module.borrow_request = borrow_request
    return module


def test_address_is_carried_while_the_request_is_away(http):
    carry_client_address(http)
    assert client_address(None) is None
    with http.borrow_request() as request:
        assert request is http.request
        assert client_address(None) == "203.0.113.7"
        assert client_address(request_from("198.51.100.1")) == "198.51.100.1"
    assert client_address(None) is None


def test_address_goes_when_the_block_fails(http):
    carry_client_address(http)
    with pytest.raises(ZeroDivisionError), http.borrow_request():
        raise ZeroDivisionError
    assert client_address(None) is None


def test_without_a_request_there_is_no_address(http):
    http.request = None
    carry_client_address(http)
    with http.borrow_request():
        assert client_address(None) is None


def test_a_request_that_a_test_makes_up_has_none():
    """`TestUsersIdentitycheck` of Odoo's `base` gives it a session and an environment."""
    assert client_address(SimpleNamespace(session=None, env=None)) is None


def test_it_is_done_once(http):
    carry_client_address(http)
    first = http.borrow_request
    carry_client_address(http)
    assert http.borrow_request is first
