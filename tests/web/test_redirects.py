"""Where a browser may be sent that says itself where it wants to go."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.web import HostList, safe_redirect
from zenoo_security.web.redirects import is_own_path

HOSTS = HostList(["shop.example.com", "*.docs.example.com:8443"])
EVIL = "evil.example"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/orders",
        "/orders?page=2#top",
        "/odoo/res.partner/3",
        "/web#id=7&model=res.partner",
        "/login?next=https://evil.example/",
        "/a/b.c/d:e/@f",
        "/a%20b",
        "/.well-known/x",
        "/a..b/...",
        "/100%25",
    ],
)
def test_a_path_of_the_application_is_taken(target):
    assert safe_redirect(target) == target
    assert urlsplit(urljoin("https://app.example.com/login", target)).netloc == "app.example.com"


def test_what_is_not_ascii_is_encoded():
    assert safe_redirect("/straße?q=ü") == "/stra%C3%9Fe?q=%C3%BC"


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "\x00//evil.example",
    "\x01https://evil.example",
    "\ufeff//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http://shop.example.com/",
    "http:evil.example",
    "https://shop.example.com@evil.example/",
    "https://shop.example.com:443@evil.example/",
    "https://shop.example.com%40evil.example/",
    "https://evil.example#@shop.example.com",
    "https://evil.example?shop.example.com",
    "https://evil.example\\@shop.example.com",
    "https://evil.example\\.shop.example.com",
    "https://evil.example/shop.example.com",
    "https://shop.example.com.evil.example/",
    "https://evilshop.example.com/",
    "https://shop.example.com:99/",
    "https://docs.example.com:8443/",
    "https://a.docs.example.com/",
    "https://shop.example.com\\.evil.example",
    "https://shop.example.com\t.evil.example",
    "https://shop.example.com\u3002evil.example",
    "https://\uff45vil.example",
    "https://[::1]/",
    "https://[evil.example]/",
    "https://0x7f.1/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://shop.example.com/x",
    "file:///etc/passwd",
    "mailto:a@example.com",
    "intent://evil.example#Intent;end",
    "evil.example",
    ".evil.example",
    "@evil.example",
    ":evil.example",
    "?next=//evil.example",
    "#x",
    "",
    ".",
    "..//evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/a//evil.example",
    "/./evil.example",
    "/a/..",
    "/%2fevil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%252fevil.example",
    "/%25252Fevil.example",
    "/%2e%2e/evil.example",
    "/%2e//evil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/a\r\nSet-Cookie: a=b",
    "/%00",
    "/a b",
    "/\ud800",
    "/" + "a" * 2048,
    "/" + quote("/" * 3, safe="") * 3,
    "/%252525252525252F",
]


@pytest.mark.asvs("v5.0.0-3.7.2", "v5.0.0-1.2.2")
@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_leads_elsewhere_becomes_the_default(target):
    assert safe_redirect(target, hosts=HOSTS, default="/home") == "/home"


@pytest.mark.asvs("v5.0.0-3.7.2")
@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("https://shop.example.com", "https://shop.example.com/"),
        ("HTTPS://SHOP.example.com:443/a?b#c", "https://shop.example.com/a?b#c"),
        ("https://shop.example.com?a=//b", "https://shop.example.com?a=//b"),
        ("https://a.docs.example.com:8443/x", "https://a.docs.example.com:8443/x"),
    ],
)
def test_a_host_on_the_list_is_taken(target, location):
    assert safe_redirect(target, hosts=HOSTS) == location
    assert safe_redirect(target) == "/"


@pytest.mark.parametrize("value", [None, 7, b"/orders", ["/orders"], object()])
def test_what_is_no_text_becomes_the_default(value):
    assert safe_redirect(value) == "/"


@pytest.mark.parametrize("default", ["", "home", "//evil.example", "/\\evil.example", "https://shop.example.com/"])
def test_a_default_elsewhere_is_an_error_of_the_programmer(default):
    with pytest.raises(ParameterError):
        safe_redirect("/", default=default)


PARTS = st.lists(
    st.sampled_from(["/", "\\", "//", "%2f", "%5C", "%252F", ":", "@", "https:", "http:", ".", "..", "\t", "\n", " ", "?", "#", "a", EVIL, "shop.example.com", "[", "]", "\u3002", "\uff0f"]),
    max_size=8,
).map("".join)  # fmt: skip


@given(PARTS)
def test_no_target_leads_a_browser_elsewhere(target):
    """A browser turns backslashes into slashes, and drops tabs, line breaks and white space around an address."""
    location = safe_redirect(target, hosts=HOSTS)
    read = location.strip().replace("\\", "/").translate({9: None, 10: None, 13: None})
    there = urlsplit(urljoin("https://app.example.com/login", read))
    assert there.scheme == "https"
    assert there.netloc in {"app.example.com", "shop.example.com"}
    assert safe_redirect(location, hosts=HOSTS) == location
    assert is_own_path(location) or location.startswith("https://shop.example.com")
