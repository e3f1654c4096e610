"""Which IP addresses are called."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.safehttp import is_public
from zenoo_security.safehttp.addresses import is_allowed, networks

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
    "192.167.255.255", "192.169.0.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001:800::200e",
    "2001:4860:4860::8888", "2001:200::1",
]  # fmt: skip
REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255", "168.63.129.16",
    "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::", "2002:808:808::1", "3fff::1", "3ffe::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd12:3456::1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2606:4700::1%1",
]  # fmt: skip
#: What `inet_aton` and browsers read as 127.0.0.1 or another address, and other things that are none.
NO_ADDRESSES = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "1.1.1.1/32", "[::1]", "localhost", "", " 1.1.1.1", "1.1.1.1\n", "\uff11.1.1.1"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address):
    assert is_public(address)


@pytest.mark.asvs("v5.0.0-1.3.6")
@pytest.mark.parametrize("address", REFUSED + NO_ADDRESSES, ids=ascii)
def test_all_others_are_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [0x01010101, b"\x01\x01\x01\x01", True, None, ip_address("1.1.1.1"), ["1.1.1.1"]])
def test_what_is_no_text_is_no_address(address):
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_is_public_here_is_global_to_python(address):
    assert not is_public(str(address)) or address.is_global


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_never_public(address):
    for around in (
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        f"::{address}",
        f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1",
    ):
        assert not is_public(around)


@given(st.ip_addresses(v=4))
def test_what_python_calls_global_is_public_here_but_for_the_named_ones(address):
    # 6to4 relays and Azure's server; and what Python 3.10 to 3.12 call global or private in different ways.
    if address.is_global and not is_public(str(address)):
        assert str(address).startswith(("192.0.0.", "192.88.99.", "168.63.129.16")) or address.is_multicast


def test_a_private_network_is_called_when_it_is_named_and_a_metadata_server_never():
    allowed = networks(["10.1.0.0/16", "fd00::/8", "169.254.0.0/16", "0.0.0.0/0", "::/0"])
    assert is_allowed("10.1.2.3", allowed)
    assert is_allowed("fd12::1", allowed)
    assert not is_allowed("10.2.0.1", networks(["10.1.0.0/16"]))
    for server in (
        "169.254.169.254", "169.254.42.42", "169.254.0.23", "fd00:ec2::254", "fd00:c1::a9fe:a9fe", "fd00:42::42",
        "fe80::a9fe:a9fe", "168.63.129.16", "100.100.100.200", "192.0.0.192", "169.254.170.2", "169.254.170.23",
        "fd00:ec2::23", "fd20:ce::254", "fd00:a9fe:a9fe::1", "fd00:100::100:200",
    ):  # fmt: skip
        assert ip_address(server)
        assert not is_allowed(server, allowed)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:169.254.169.254",  # IPv4-mapped: the system connects to the address itself
        "64:ff9b::169.254.169.254",  # NAT64, RFC 6052
        "64:ff9b:1::169.254.169.254",  # NAT64, RFC 8215
        "::ffff:0:169.254.169.254",  # IPv4-translated, RFC 7915
        "2002:a9fe:a9fe::1",  # 6to4, RFC 3056
        "::169.254.169.254",  # IPv4-compatible, RFC 4291
    ],
)
def test_a_metadata_server_is_not_called_inside_an_ipv6_address(address):
    """Not even by who allows everything."""
    assert not is_allowed(address, networks(["::/0"]))
    assert is_allowed(
        address.replace("169.254.169.254", "10.1.2.3").replace("a9fe:a9fe", "a01:203"), networks(["::/0"])
    )


@pytest.mark.parametrize(
    "given",
    [["10.1.0.1/16"], ["x"], [None], [5], [b"\x0a\x00\x00\x01"], "x", ["10.0.0.0/33"], 5, None, b"x", len],
    ids=str,
)
def test_a_network_that_is_none_is_our_error(given):
    with pytest.raises(ParameterError):
        networks(given)
