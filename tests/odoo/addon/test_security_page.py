"""The security page and the list of events, as an administrator sees them in Chromium.

With `ZENOO_SECURITY_PICTURES=docs/guide` the pictures of the guide are made anew.
"""

from __future__ import annotations

import os
import re
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import demo_addon
from browser.chromium import running_chromium
from browser.site import appears, wait_for
from odoo_entrances import Entrances
from zenoo_security.errors import OdooRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from zenoo_security.testing import LocalOdoo, OdooDatabase

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
        wait_for(lambda: not chrome.find_elements(By.CSS_SELECTOR, ".o_loading_indicator"), 20)
        chrome.save_screenshot(str(path))
        assert path.stat().st_size < 150_000


def master_password(server: LocalOdoo) -> str:
    parser = RawConfigParser()
    parser.read(server.log_path.parent / "odoo.conf")
    return parser.get("options", "admin_passwd")


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


@pytest.mark.asvs("13.4.2")
@pytest.mark.parametrize("size", [(1100, 1000), NARROW])
def test_the_page_shows_what_the_checks_find(chrome, database, addon_server, size):
    """What is wrong with the Odoo that shows it, and what to do; no value of an option that is secret."""
    show(chrome, database.url + PAGE, size, "[name=findings] .badge")
    chrome.execute_script("document.querySelector('[name=findings]').scrollIntoView()")
    findings = text(chrome, "[name=findings]")
    assert re.search(r"Grade [B-F]: [0-9]+ found, [0-9]+ passed", findings)
    assert "CONF-02\nadmin_passwd stands there in the clear\nodoo.conf:" in findings
    assert "high" in findings
    assert "Fix: " in findings
    # The addon has switched the database manager off, and its key ring is named in its section.
    assert not re.search("CONF-03|ENV-01", findings)
    assert master_password(addon_server) not in chrome.page_source
    assert chrome.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    if size != NARROW:
        take_picture(chrome, "odoo-findings")


def test_the_demo_takes_pictures(database, tmp_path):
    """`make demo-addon`, once the addon is installed."""
    said: list[str] = []
    demo_addon.show(database, tmp_path, said.append)
    assert re.search(r"logins of the last day: [1-9][0-9]*, failed: 5\n", "\n".join(said))
    assert "Grade" in said[-2]
    for name in ("security.png", "findings.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_only_administrators_see_what_the_checks_find(database):
    """Nobody else reads the model, also not over RPC."""
    user = database.create_user()
    with pytest.raises(OdooRefused):
        database.call("zenoo.security.status", "create", [{}], user=user)
    [made] = database.call("zenoo.security.status", "create", [{}])
    with pytest.raises(OdooRefused):
        database.call("zenoo.security.status", "read", [made], ["findings"], user=user)
    [row] = database.call("zenoo.security.status", "read", [made], ["findings"])
    assert "CONF-02" in row["findings"]


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
