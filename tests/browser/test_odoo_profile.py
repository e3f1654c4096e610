"""What Odoo's own client does under the profile `odoo`: it works, and violates neither what is enforced nor what is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser.serving import serving
from browser.site import appears, wait_for
from zenoo_security.web import AsgiMiddleware, CookieAttributes, NoStore, SecurityHeaders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from zenoo_security.testing.database import OdooDatabase

pytestmark = pytest.mark.odoo

HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"}
VIOLATIONS = (
    "Content Security Policy",
    "Content-Security-Policy",
    "ermissions policy",
    "Permissions-Policy",
    "Refused to",
)


class Proxy:
    """Hands requests on to an Odoo, as a reverse proxy of ours would."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        target = f"{self._url}{scope['raw_path'].decode()}?{scope['query_string'].decode()}"
        headers = [(name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP]
        async with (
            httpx.AsyncClient(timeout=60, trust_env=False) as client,
            client.stream(scope["method"], target, headers=headers, content=body) as response,
        ):
            raw = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in HOP_BY_HOP]
            whole = b"".join([chunk async for chunk in response.aiter_raw()])
        await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
        await send({"type": "http.response.body", "body": whole})


@pytest.fixture(scope="module")
def odoo(odoo_database: OdooDatabase, certificate: Path) -> Iterator[str]:
    controls = [
        SecurityHeaders("odoo"),
        NoStore(["/*/static/", "/web/assets/", "/web/webclient/translations"]),
        CookieAttributes(readable=["cids", "color_scheme", "frontend_lang", "website_cookies_bar"]),
    ]
    app = AsgiMiddleware(Proxy(odoo_database.url), controls)
    with serving(app, "odoo.test", certificate) as origin:
        yield origin


@pytest.fixture
def browser(browser: Chrome) -> Iterator[Chrome]:
    """It shows nothing afterwards: Odoo's client would be drawn until the last test of the session."""
    yield browser
    browser.get("about:blank")


def violations(browser: Chrome) -> list[str]:
    return [
        entry["message"] for entry in browser.get_log("browser") if any(word in entry["message"] for word in VIOLATIONS)
    ]


def test_the_client_works_and_violates_nothing(browser: Chrome, odoo: str, odoo_database: OdooDatabase) -> None:
    browser.get_log("browser")
    browser.get(f"{odoo}/web/login?db={odoo_database.name}")
    appears(browser, "[name=login]")
    browser.find_element(By.NAME, "login").send_keys(odoo_database.admin_login)
    browser.find_element(By.NAME, "password").send_keys(odoo_database.admin_password, Keys.ENTER)
    appears(browser, ".o_main_navbar")
    (cookie,) = [each for each in browser.get_cookies() if each["name"] == "session_id"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")

    browser.get(f"{odoo}/odoo/action-contacts.action_contacts")
    appears(browser, ".o_kanban_record, .o_data_row")
    browser.get(f"{odoo}/odoo/action-contacts.action_contacts/new")
    appears(browser, ".o_form_view")
    browser.get(f"{odoo}/odoo/discuss")
    appears(browser, ".o-mail-Discuss")
    assert violations(browser) == []

    # What would be one is seen.
    browser.execute_script("new Image().src = 'https://elsewhere.test/x.png'")
    wait_for(lambda: violations(browser))
