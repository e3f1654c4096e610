"""Where the client connects to, and what it refuses to connect to."""

from __future__ import annotations

import ssl

import pytest
from zenoo_rpc import ZenooClient

from zenoo_security import SecureZenooClient
from zenoo_security.address import Address, parse_address
from zenoo_security.errors import ConfigurationError, InsecureTransport


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("https://erp.example.com",), Address("https", "erp.example.com", 443)),
        (("https://erp.example.com/",), Address("https", "erp.example.com", 443)),
        (("https://erp.example.com:8443",), Address("https", "erp.example.com", 8443)),
        (("https://erp.example.com", 8443), Address("https", "erp.example.com", 8443)),
        (("http://localhost",), Address("http", "localhost", 8069)),
        (("localhost",), Address("http", "localhost", 8069)),
        (("localhost:8070",), Address("http", "localhost", 8070)),
        (("localhost", 443), Address("https", "localhost", 443)),
        (("erp.example.com", None, "https"), Address("https", "erp.example.com", 443)),
        (("::1",), Address("http", "::1", 8069)),
        (("http://[::1]:8069",), Address("http", "::1", 8069)),
        (("[::1]:8071",), Address("http", "::1", 8071)),
        (("under_score.internal", 8069, "http"), Address("http", "under_score.internal", 8069)),
    ],
)
def test_an_address_is_parsed_as_zenoo_rpc_means_it(given, expected):
    assert parse_address(*given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        " localhost",
        "https://",
        "https://user:hunter2@erp.example.com",
        "user@erp.example.com",
        "https://erp.example.com/odoo",
        "https://erp.example.com?db=x",
        "https://erp.example.com#x",
        "https://erp.example.com:99999",
        "https://erp.example.com:port",
        "ftp://erp.example.com",
        "file:///etc/passwd",
        "https://[::1",
        "https://münchen.example",
        "https://a b.example",
        "https://erp.example.com\r\nHost: evil",
        "https://" + "a" * 300 + ".example",
        "x" * 10_000_000,
    ],
)
def test_what_is_not_an_address_is_refused_without_repeating_it(given):
    with pytest.raises(ConfigurationError) as caught:
        parse_address(given)
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_plain_accepts_a_password_in_the_url_and_loses_the_ipv6_address():
    assert ZenooClient("http://user:pw@erp.example.com").host == "erp.example.com"
    with pytest.raises(ValueError, match="Port"):
        ZenooClient("http://[::1]:8069")


@pytest.mark.asvs("v5.0.0-12.2.1")
@pytest.mark.parametrize(
    "given",
    [
        ("erp.example.com",),
        ("http://erp.example.com",),
        ("192.0.2.1",),
        ("127.0.0.1.example.com",),
        ("localhost.example.com",),
        ("0.0.0.0",),
        ("http://[2001:db8::1]",),
        ("2130706433",),
    ],
)
def test_plain_http_to_another_machine_is_refused(given):
    with pytest.raises(InsecureTransport, match="https://"):
        SecureZenooClient(*given)
    assert ZenooClient("erp.example.com").protocol == "http"


def test_plain_http_is_possible_by_name():
    assert SecureZenooClient("http://erp.example.com", allow_insecure=True).port == 8069


@pytest.mark.asvs("v5.0.0-12.3.2")
def test_tls_without_verification_is_refused_unless_named():
    with pytest.raises(InsecureTransport, match="SSLContext"):
        SecureZenooClient("https://erp.example.com", verify_ssl=False)
    SecureZenooClient("https://erp.example.com", verify_ssl=False, allow_insecure=True)
    SecureZenooClient("https://erp.example.com", verify_ssl=ssl.create_default_context())


def proxies(client) -> list[str]:
    return [key.pattern for key, mount in client._transport._client._mounts.items() if mount is not None]


def test_a_proxy_from_the_environment_sees_nothing_unless_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert proxies(ZenooClient("https://erp.example.com"))
    assert not proxies(SecureZenooClient("https://erp.example.com"))
    assert proxies(SecureZenooClient("https://erp.example.com", proxy_from_environment=True))


def test_the_constructor_takes_what_zenoo_client_takes_in_the_same_order():
    client = SecureZenooClient("erp.example.com", 8443, "https", 5.0, True)
    assert (client.host, client.port, client.protocol) == ("erp.example.com", 8443, "https")
    assert client._transport._client.timeout.read == 5.0
    assert isinstance(client, ZenooClient)
