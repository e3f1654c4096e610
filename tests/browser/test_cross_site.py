"""What a real browser sends to another site, and what the controls make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from browser.serving import serving
from browser.site import wait_for
from zenoo_security.web import AsgiMiddleware, Cors, Csrf, Hosts, RequestId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

SEND = """
const [url, options, done] = arguments;
fetch(url, options).then(async r => done([r.status, await r.text()])).catch(() => done(["failed", ""]));
"""
FORM = """
const form = document.createElement("form");
form.method = "post"; form.action = arguments[0]; form.enctype = arguments[1];
const field = document.createElement("input"); field.name = '{"amount": 1000, "x": "'; field.value = '"}';
form.append(field); document.body.append(form); form.submit();
"""


class Shop:
    """Logs its visitor in by a cookie, as loosely as it can, and notes what gets to it."""

    def __init__(self) -> None:
        self.origin = ""
        self.ordered = 0
        self.ordered_in_a_name = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        logged_in = any(name == b"cookie" and b"shop=1" in value for name, value in scope["headers"])
        self.ordered += scope["method"] == "POST"
        self.ordered_in_a_name += logged_in and scope["method"] == "POST"
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"shop=1; SameSite=None; Secure; Path=/")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<title>shop</title>secret"})


@pytest.fixture(scope="module")
def partner(certificate: Path) -> Iterator[Shop]:
    """A shop without controls, whose pages the other one trusts."""
    partner = Shop()
    with serving(partner, "odoo.test", certificate) as partner.origin:
        yield partner


@pytest.fixture(scope="module")
def shop(certificate: Path, partner: Shop) -> Iterator[Shop]:
    shop = Shop()
    controls = [
        RequestId(),
        Hosts(["site.test:*"]),
        Cors([partner.origin], credentials=True, methods=["GET", "POST", "DELETE"]),
        Csrf([partner.origin], preflighted=["/api"]),
    ]
    with serving(AsgiMiddleware(shop, controls), "site.test", certificate) as shop.origin:
        yield shop


@pytest.fixture
def visitor(browser: Chrome, shop: Shop) -> Chrome:
    """A browser that is logged in at the shop."""
    browser.get(shop.origin)
    shop.ordered = shop.ordered_in_a_name = 0
    return browser


def fetch(browser: Chrome, url: str, **options: Any) -> tuple[Any, str]:
    status, text = browser.execute_async_script(SEND, url, {"credentials": "include", **options})
    return status, text


@pytest.mark.asvs("v5.0.0-3.5.1")
def test_a_page_of_the_shop_orders(visitor: Chrome, shop: Shop) -> None:
    assert fetch(visitor, f"{shop.origin}/order", method="POST") == (200, "<title>shop</title>secret")
    assert shop.ordered == 1
    visitor.execute_script(FORM, f"{shop.origin}/order", "application/x-www-form-urlencoded")
    wait_for(lambda: visitor.title == "shop")
    assert shop.ordered_in_a_name == 2


@pytest.mark.asvs("v5.0.0-3.5.1")
@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_a_form_of_a_strangers_does_not(visitor: Chrome, shop: Shop, stranger: Any, encoding: str) -> None:
    visitor.get(stranger.origin)
    visitor.execute_script(FORM, f"{shop.origin}/order", encoding)
    assert "cross_site" in visitor.page_source
    assert shop.ordered == 0


def test_without_controls_a_form_of_a_strangers_orders_in_the_visitors_name(
    browser: Chrome, partner: Shop, stranger: Any
) -> None:
    browser.get(partner.origin)
    partner.ordered_in_a_name = 0
    browser.get(stranger.origin)
    browser.execute_script(FORM, f"{partner.origin}/order", "text/plain")
    assert browser.title == "shop"
    assert partner.ordered_in_a_name == 1


@pytest.mark.asvs("v5.0.0-3.4.2", "v5.0.0-3.5.1")
@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_a_script_of_a_strangers_neither_orders_nor_reads(
    visitor: Chrome, shop: Shop, stranger: Any, mode: str
) -> None:
    visitor.get(stranger.origin)
    status, text = fetch(visitor, f"{shop.origin}/order", method="POST", mode=mode)
    assert (status in {"failed", 0}, text) == (True, "")
    assert fetch(visitor, f"{shop.origin}/order", method="GET", mode=mode)[1] == ""
    assert fetch(visitor, f"{shop.origin}/order", method="DELETE")[0] == "failed"
    assert shop.ordered == 0


@pytest.mark.asvs("v5.0.0-3.4.2")
def test_a_page_of_a_partner_does_both(visitor: Chrome, shop: Shop, partner: Shop) -> None:
    visitor.get(partner.origin)
    assert fetch(visitor, f"{shop.origin}/order", method="POST") == (200, "<title>shop</title>secret")
    assert shop.ordered == 1
    assert fetch(visitor, f"{shop.origin}/order", method="DELETE")[0] == 200
    assert fetch(visitor, f"{shop.origin}/order", method="PUT")[0] == "failed"


@pytest.mark.asvs("v5.0.0-3.5.2")
def test_what_a_preflight_protects_no_form_can_send(visitor: Chrome, shop: Shop) -> None:
    json = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": "{}"}
    assert fetch(visitor, f"{shop.origin}/api/order", **json)[0] == 200
    assert fetch(visitor, f"{shop.origin}/api/order", method="POST", body="{}")[0] == 415
