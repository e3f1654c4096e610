"""What a clerk and a manager see and do, in Chromium; who may not; and whether everybody can use the pages."""

from __future__ import annotations

from pathlib import Path

import axe_core_python
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from zenoo_security.web import SecurityHeaders

pytestmark = pytest.mark.odoo

AXE = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = "const done = arguments[0]; axe.run().then(found => done(found.violations.map(each => [each.id, each.nodes.map(n => n.html)])))"
STORED = "SELECT email, phone, vat, x_email_enc, x_email_idx, x_vat_enc FROM res_partner WHERE id = %s"


def problems(visitor):
    """What axe-core finds wrong in a page: labels, names, contrast, headings, landmarks."""
    visitor.driver.execute_script(AXE)
    return visitor.driver.execute_async_script(RUN_AXE)


@pytest.fixture
def clerk(visitor, portal):
    visitor.log_in(portal.scene.users["clerk"])
    return visitor


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-11.3.2", "v5.0.0-14.2.1")
def test_a_partner_is_created_found_and_changed(clerk, portal):
    """With the reasons of a refusal beside its fields; encrypted in Odoo; by an address that is in no URL."""
    clerk.press("Contacts")
    clerk.take_picture("contacts")
    clerk.press("New contact")
    refused = {"Name": "Ada <Lovelace>", "E-mail": "ada@localhost", "Phone": "030 12", "City": "London"}
    clerk.fill(refused)
    clerk.press("Save")
    assert [each.get_attribute("id") for each in clerk.all("[aria-invalid]")] == ["name", "email", "phone"]
    assert clerk.field("City").get_attribute("value") == "London"
    clerk.take_picture("form")
    clerk.fill({"Name": "Ada O'Brien & Söhne", "E-mail": "Ada@Lovelace.example", "Phone": "+44 20 7946 0958"})
    clerk.fill({"VAT number": "DE 136695976"})
    clerk.press("Save")
    assert clerk.heading == "Ada O'Brien & Söhne"
    partner = int(clerk.path.rpartition("/")[2])
    [stored] = portal.database.sql(STORED, [partner])
    assert [stored[name] for name in ("email", "phone", "vat")] == [None] * 3
    assert [stored[name][:4] for name in ("x_email_enc", "x_email_idx", "x_vat_enc")] == ["zs1.", "zi1.", "zs1."]

    clerk.press("Contacts")
    clerk.press("Search")
    assert "a value is required" in clerk.text
    clerk.fill({"E-mail address": "ADA@lovelace.example"})
    clerk.press("Search")
    assert clerk.path == "/partners/search"
    assert [each.text for each in clerk.all(".list a")] == ["Ada O'Brien & Söhne"]
    clerk.press("Ada O'Brien & Söhne")
    clerk.press("Edit")
    clerk.field("Phone").clear()
    clerk.fill({"City": "Oxford"})
    clerk.press("Save")
    assert "Oxford" in clerk.text
    assert "+44" not in clerk.text
    assert "ada@lovelace.example" in clerk.text.lower()


def test_a_value_that_cannot_be_decrypted_is_kept(clerk, portal):
    """It is shown as such, and what is saved beside it does not touch it."""
    [partner] = portal.database.call("res.partner", "search", [["name", "=", "Azure Interior"]])
    token = portal.database.sql(STORED, [partner])[0]["x_vat_enc"]
    damaged = token[:-2] + ("AA" if token[-2:] != "AA" else "QQ")
    portal.database.sql("UPDATE res_partner SET x_vat_enc = %s WHERE id = %s", [damaged, partner])
    clerk.open(f"/partners/{partner}")
    assert "cannot be decrypted" in clerk.text
    clerk.press("Edit")
    clerk.fill({"City": "Ghent"})
    clerk.press("Save")
    assert "Ghent" in clerk.text
    assert portal.database.sql(STORED, [partner])[0]["x_vat_enc"] == damaged
    portal.database.sql("UPDATE res_partner SET x_vat_enc = %s WHERE id = %s", [token, partner])


@pytest.mark.asvs("v5.0.0-8.2.1", "v5.0.0-8.3.1")
@pytest.mark.parametrize(
    ("role", "theirs"),
    [("customer", {"/customer"}), ("clerk", {"/customer", "/clerk"}), ("manager", {"/customer", "/clerk", "/manager"})],
)
def test_each_role_has_its_pages_and_no_others(portal, new_user, role, theirs):
    """By what the pages answer, and by what the menu shows."""
    with portal.visit(new_user(role)) as browser:
        answers = {path: browser.get(path).status_code for path in ("/customer", "/clerk", "/manager")}
        assert {path for path, status in answers.items() if status == 200} == theirs
        assert set(answers.values()) <= {200, 403}
        assert browser.get("/security").status_code == (200 if role == "manager" else 403)
        assert browser.get("/partners/new").status_code == (403 if role == "customer" else 200)
        menu = browser.get("/").text
        assert {path for path in answers if f'href="{path}"' in menu} == theirs


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_a_manager_sees_the_report_under_the_policy_of_the_portal(visitor, portal):
    """Styled by the portal's own file, since no other style passes."""
    visitor.log_in(portal.scene.users["manager"])
    visitor.driver.get_log("browser")  # of earlier tests
    visitor.press("Security")
    assert visitor.heading == "Security report"
    assert visitor.all(".report .grade")[0].value_of_css_property("color") == "rgba(255, 255, 255, 1)"
    assert "ENV-08" in visitor.text
    assert "Content Security Policy" not in str(visitor.driver.get_log("browser"))
    visitor.take_picture("security", width=1150, most=960)


@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-6.3.1")
def test_who_tries_too_often_is_told_how_long_to_wait(visitor, portal):
    """By a page; a program gets a problem document."""
    visitor.driver.delete_all_cookies()
    visitor.open("/login")
    with portal.visit() as browser:
        for _ in range(20):
            assert browser.post("/login").status_code == 422
        assert browser.post("/login", headers={"sec-fetch-mode": "cors"}).json()["code"] == "quota_exceeded"
    visitor.fill({"User name": "customer@example.com", "Password": "a guess"})
    visitor.press("Log in")
    assert visitor.heading == "Too many requests"
    assert "Wait " in visitor.text
    visitor.take_picture("429")


def test_a_manager_unlocks_a_login(visitor, portal, new_user):
    user = new_user("customer")
    with portal.visit(client_ip="127.0.0.9") as browser:
        for _ in range(6):
            browser.post("/login", data={"login": user.login, "password": "a guess"})
    visitor.log_in(user)
    assert "the login was refused" in visitor.text
    visitor.log_in(portal.scene.users["manager"])
    visitor.press("Accounts")
    visitor.fill({"User name": user.login, "Address": "the office"})
    visitor.press("Unlock")
    assert "an IP address is written like" in visitor.text
    visitor.fill({"Address": "127.0.0.9"})
    visitor.press("Unlock")
    assert f"Failed logins of {user.login} are forgotten." in visitor.text
    visitor.log_in(user)
    assert visitor.path == "/"
    with portal.visit(user, client_ip="127.0.0.9") as browser:
        assert browser.get("/").status_code == 200


PUBLIC = ("/login",)
OF_A_MANAGER = (
    *("/", "/sessions", "/factor", "/customer", "/clerk", "/manager", "/security"),
    *("/partners/new", "/partners/1", "/partners/1/edit", "/partners/999999"),
)


def test_people_who_do_not_see_the_pages_can_use_them(visitor, portal):
    """By the rules of axe-core, contrast included; in a narrow window too, where nothing is cut off."""
    visitor.driver.delete_all_cookies()
    found = {}
    for path in PUBLIC:
        visitor.open(path)
        found[path] = problems(visitor)
    visitor.log_in(portal.scene.users["manager"])
    for path in OF_A_MANAGER:
        visitor.open(path)
        found[path] = problems(visitor)
    visitor.open("/partners/new")
    visitor.press("Save")
    found["a refused form"] = problems(visitor)
    assert {path: each for path, each in found.items() if each} == {}
    visitor.driver.set_window_size(500, 900)
    for path in OF_A_MANAGER:
        visitor.open(path)
        assert visitor.driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_keyboard_is_enough(visitor, portal):
    """The first stop leads past the menu; each stop shows where it is; a form is sent by Enter."""
    user = portal.scene.users["clerk"]
    visitor.driver.delete_all_cookies()
    visitor.open("/login")
    reach(visitor, "login").send_keys(user.login)
    reach(visitor, "password").send_keys(user.password, Keys.ENTER)
    visitor.arrives("Welcome")
    visitor.open("/clerk")
    visitor.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = visitor.driver.switch_to.active_element
    assert first.text == "Skip to the content"
    first.send_keys(Keys.ENTER)
    reach(visitor, "email").send_keys("nobody@nowhere.example", Keys.ENTER)
    visitor.arrives("Contacts", "Nobody has this address.")


def reach(visitor, identifier):
    """Press Tab until a field has the focus, which can be seen."""
    for _ in range(20):
        visitor.driver.switch_to.active_element.send_keys(Keys.TAB)
        focused = visitor.driver.switch_to.active_element
        assert focused.value_of_css_property("outline-style") == "solid"
        if focused.get_attribute("id") == identifier:
            return focused
    raise AssertionError(identifier)


@pytest.mark.asvs("v5.0.0-3.4.1", "v5.0.0-3.4.3", "v5.0.0-3.4.4", "v5.0.0-3.4.5", "v5.0.0-3.4.6")
def test_all_answers_have_the_headers_of_the_profile(portal):
    """Pages, files, redirects and refusals, without one exception."""
    expected = {name.lower(): value for name, value in SecurityHeaders.get_security_headers().items()}
    del expected["cache-control"]  # Files may be cached.
    with portal.visit(portal.scene.users["manager"]) as browser:
        for path in (*PUBLIC, *OF_A_MANAGER, "/static/portal.css", "/nowhere", "/partners/x", "/login?password=x"):
            headers = browser.get(path).headers
            assert {name: headers.get(name) for name in expected} == expected, path
            assert path.startswith("/static/") or "no-store" in headers["cache-control"]
