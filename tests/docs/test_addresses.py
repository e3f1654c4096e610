"""The examples of docs/guide/safehttp.md and of docs/guide/web.md that a test cannot let out: they go as far as the network."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from docs.page import code
from zenoo_security import InvalidInput, SafeClient
from zenoo_security.errors import FetchError

POST, GET, *_ = code("docs/guide/safehttp.md", "python")


def posted(url):
    names = {"url_of_the_webhook": url, "body": b"{}"}
    block = "\n".join(f"    {line}" for line in POST.splitlines())
    exec(f"async def example():\n{block}", names)
    asyncio.run(names["example"]())


def fetched(url):
    exec(GET, {"SafeClient": SafeClient, "url_of_the_picture": url})


@pytest.mark.parametrize("example", [posted, fetched])
def test_addresses_inside_are_refused(example):
    with pytest.raises((InvalidInput, FetchError)):
        example("https://127.0.0.1/")


@pytest.mark.parametrize(
    ("example", "url"), [(posted, "https://a.shops.example/"), (fetched, "https://a.example.invalid/")]
)
def test_what_is_allowed_goes_out_and_finds_no_host(example, url):
    """Names that nobody may register: RFC 2606."""
    with pytest.raises(FetchError):
        example(url)


def test_django_is_wrapped_where_it_is_made():
    [block] = [block for block in code("docs/guide/web.md", "python") if "get_asgi_application" in block]
    program = (
        "from django.conf import settings; settings.configure(ROOT_URLCONF=())\n"
        f"from zenoo_security import SecurityMiddleware\n{block}\nassert callable(application)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
