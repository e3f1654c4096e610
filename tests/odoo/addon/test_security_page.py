"""The security page and the list of events, as an administrator sees them in Chromium.

With `ZENOO_SECURITY_PICTURES=docs/guide` the pictures of the guide are made anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser.chromium import running_chromium
from browser.site import appears, wait_for
from odoo_entrances import Entrances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from zenoo_security.testing import OdooDatabase

pytestmark = pytest.mark.odoo

PAGE = "/odoo/security"
EVENTS = "/odoo/action-zenoo_security.security_event_action"
WIDE, NARROW = (1200, 1240), (420, 1300)


@pytest.fixture(scope="module")
def database(addon_server) -> Iterator[OdooDatabase]:
    """Contacts with encrypted fields, and events of a working day."""
    database = addon_server.create_database()
    database.install("zenoo_security_partner")
    database.call("res.partner", "create", [{"name": "Anna Berg", "email": "anna@example.com", "phone": "+49 30 1234"}])
    ways = Entrances(database).ways()
    for number, login in enumerate(("anna@example.com", "bert@example.com"), 1):
        user = database.create_user(login=login)
        ways["form"](user.login, user.password, f"192.0.2.{number}")
        database.call("res.users", "write", [user.uid], {"password": "tulip lamp seven river"})
    for _ in range(7):
        ways["jsonrpc"]("anna@example.com", "guess", "203.0.113.9")
    yield database
    addon_server.drop_database(database.name)


@pytest.fixture(scope="module")
def chrome(database) -> Iterator[Chrome]:
    """The administrator is logged in."""
    with running_chromium() as chrome:
        chrome.set_page_load_timeout(120)
        chrome.get(f"{database.url}/web/login?db={database.name}")
        appears(chrome, "[name=login]")
        chrome.find_element(By.NAME, "login").send_keys(database.admin_login)
        chrome.find_element(By.NAME, "password").send_keys(database.admin_password, Keys.ENTER)
        appears(chrome, ".o_main_navbar")
        yield chrome


def show(chrome: Chrome, address: str, size: tuple[int, int], selector: str) -> None:
    chrome.set_window_size(*size)
    chrome.get(address)
    appears(chrome, selector)


def take_picture(chrome: Chrome, name: str) -> None:
    if folder := os.environ.get("ZENOO_SECURITY_PICTURES"):
        path = Path(folder) / f"{name}.png"
        chrome.save_screenshot(str(path))
        assert path.stat().st_size < 150_000


def text(chrome: Chrome, selector: str) -> str:
    return chrome.find_element(By.CSS_SELECTOR, selector).text


@pytest.mark.parametrize(("size", "rows"), [(WIDE, ".o_list_table .o_data_row"), (NARROW, ".o_kanban_record")])
def test_the_page_shows_how_things_stand(chrome, database, size, rows):
    """In narrow windows too, where nothing is beside them."""
    show(chrome, database.url + PAGE, size, f".o_field_widget[name=event_ids] {rows}")
    assert int(text(chrome, "[name=failed_logins]")) == 5
    assert "Odoo's database" in text(chrome, "[name=store]")
    keys = text(chrome, "[name=keys]")
    assert "res_partner.email" in keys
    assert "New values" in keys
    assert not chrome.find_elements(By.CSS_SELECTOR, ".o_form_button_save:not(.invisible)")
    assert chrome.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert chrome.find_elements(By.XPATH, "//button[contains(., 'Locked logins')]")
    take_picture(chrome, "odoo-security" if size == WIDE else "odoo-security-narrow")


def test_the_list_has_filters_and_a_graph(chrome, database):
    show(chrome, database.url + EVENTS, (1200, 700), ".o_list_view .o_data_row")
    assert "Login refused: too many failures" in text(chrome, ".o_list_view")
    assert not chrome.find_elements(By.CSS_SELECTOR, ".o_list_button_add")
    take_picture(chrome, "odoo-events")
    chrome.find_element(By.CSS_SELECTOR, ".o_switch_view.o_graph").click()
    appears(chrome, ".o_graph_renderer canvas")


@pytest.mark.asvs("16.4.2")
def test_the_button_says_whether_events_were_changed(chrome, database):
    """Green, or red with the event that was changed."""
    show(chrome, database.url + EVENTS, WIDE, ".o_list_view .o_data_row")
    chrome.find_element(By.XPATH, "//button[.='Verify']").click()
    verify = ".modal-footer button[name=action_verify]"
    appears(chrome, verify)
    chrome.find_element(By.CSS_SELECTOR, verify).click()
    appears(chrome, ".modal .alert-success")
    assert "events are as they were written" in text(chrome, ".modal .alert-success")
    take_picture(chrome, "odoo-verify")
    database.sql("DELETE FROM zenoo_security_event WHERE id = 3")
    chrome.find_element(By.CSS_SELECTOR, verify).click()
    appears(chrome, ".modal .alert-danger")
    wait_for(lambda: "were removed before it: 1" in text(chrome, ".modal .alert-danger"), 20)
