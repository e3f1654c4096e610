"""Whatever text comes in, what goes out is a host, a port and a path that cannot be read otherwise."""

from __future__ import annotations

import re
import tracemalloc
import zlib
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AnyUrl, TypeAdapter

from zenoo_security.errors import InvalidInput, ResponseTooLarge
from zenoo_security.safehttp.response import read_body
from zenoo_security.safehttp.targets import Allowed

ANY = Allowed(None, ports=range(1, 65536), http=True, lookalikes=True)
LIST = Allowed(["example.com", "*.shop.example"], ports=[443], http=False, lookalikes=False)
PIECES = st.sampled_from(
    ["http://", "https://", "//", "/", "\\", "@", ":", "?", "#", "%2f", "%00", "..", "example.com", "shop.example", "127.0.0.1",
     "[::1]", "evil.example", "xn--", "\u3002", "\uff0f", "\u2100", "\u212a", ":443", ":80", "a", " ", "\t", "\r\n", "\x00", "\xad"]
)  # fmt: skip
ADDRESSES = st.lists(PIECES | st.characters(), max_size=8).map("".join).map("https://example.com".__add__) | st.lists(
    PIECES, max_size=8
).map("".join)


def parts(allowed, text):
    try:
        return allowed.target(text)
    except InvalidInput:
        return None


@pytest.mark.asvs("v5.0.0-1.5.3")
@given(ADDRESSES)
@example("https://example.com#@evil.example/")
@example("https://example.com?@evil.example/")
@example("https://example.com;@evil.example/")
def test_other_parsers_read_the_same_host_and_port(text):
    target = parts(ANY, text)
    if target is None:
        return
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", target.host)
    assert re.fullmatch(r"/[!-~]*", target.path)
    assert "#" not in target.path
    again = urlsplit(target.url)
    assert (again.scheme, again.hostname, again.port or {"http": 80, "https": 443}[again.scheme]) == target.origin
    assert again.username is None
    url = TypeAdapter(AnyUrl).validate_python(target.url)
    assert (url.scheme, url.host, url.port) == target.origin
    assert parts(ANY, target.url) == target


@pytest.mark.asvs("v5.0.0-1.3.6", "v5.0.0-1.5.3", "v5.0.0-13.2.4")
@given(ADDRESSES)
def test_nothing_but_the_list_is_ever_a_target(text):
    target = parts(LIST, text)
    assert target is None or target.host == "example.com" or target.host.endswith(".shop.example")
    assert target is None or (target.scheme, target.port) == ("https", 443)


@pytest.mark.asvs("v5.0.0-13.2.4")
@given(st.text())
def test_any_location_is_a_target_of_the_list_or_refused(location):
    start = LIST.target("https://example.com/a/b?c")
    try:
        target = LIST.redirected(start, location)
    except InvalidInput:
        return
    assert target.host == "example.com" or target.host.endswith(".shop.example")
    assert target.scheme == "https"


def test_a_target_prints_no_path():
    assert "zq7secret" not in repr(ANY.target("https://example.com/zq7secret?token=zq7secret"))


async def test_a_bomb_is_never_held_in_memory():
    """50 MB of zeros in one piece of 50 KB."""
    bomb = zlib.compress(bytes(50_000_000))

    async def pieces():
        yield bomb

    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLarge):
            await read_body(pieces(), encoding="deflate", most=100_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
