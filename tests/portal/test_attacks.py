"""The portal as an attacker sees it: over HTTP, from another site in Chromium, and with what Odoo was made to hold."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from portal.serving import serving_portal
from portal.visitor import App
from zenoo_security import EncryptedFields, SecureZenooClient, keyring, open_store
from zenoo_security.sessions import Sessions

pytestmark = pytest.mark.odoo

PAYLOADS = [
    "<script>document.documentElement.id = 'ran'</script>",
    '"><img src=x onerror="document.documentElement.id = \'ran\'">',
    "' autofocus onfocus='document.documentElement.id = \"ran\"",
    "</title><svg onload=\"document.documentElement.id = 'ran'\">",
    "{{ 6 * 7777 }}{% raise %}",
]
FIELDS = ("Name", "E-mail", "Phone", "VAT number", "Street", "Postcode", "City")
SEND = """
const done = arguments[1], body = new URLSearchParams({name: "Evil"});
fetch(arguments[0], {method: "POST", mode: "no-cors", credentials: "include", body}).then(done, done);
"""
POSTED = {
    "/login": {"login": "clerk@example.com", "password": "x"},
    "/login/code": {"ticket": "x", "code": "x"},
    "/logout": {},
    "/factor/enroll": {},
    "/factor/disable": {},
    "/factor/recovery": {},
    "/sessions/end-others": {},
    "/partners/new": {"name": "Made by a stranger"},
    "/manager/unlock": {"login": "clerk@example.com"},
}


def is_harmless(visitor):
    """Nothing ran, nothing was made of it, and the template did not compute it."""
    made = "return document.querySelectorAll('main img, main script, main svg, main [onfocus]').length"
    return (
        visitor.driver.execute_script(made) == 0
        and visitor.driver.execute_script("return document.documentElement.id") == ""
        and "46662" not in visitor.driver.page_source
    )


@pytest.mark.asvs("v5.0.0-1.2.1", "v5.0.0-1.3.7")
def test_what_is_typed_comes_back_as_text(visitor, portal):
    """In each field of each form that shows what was sent."""
    visitor.log_in(portal.scene.users["manager"])
    forms = [("/partners/new", FIELDS, "Save"), ("/clerk", ("E-mail address",), "Search")]
    forms += [("/manager", ("User name",), "Unlock"), ("/manager", ("User name", "Address"), "Unlock")]
    for payload in PAYLOADS:
        for path, labels, button in forms:
            visitor.open(path)
            visitor.fill(dict.fromkeys(labels, payload))
            visitor.press(button)
            assert is_harmless(visitor), (path, payload)
            shown = [visitor.field(label).get_attribute("value") for label in labels]
            assert shown in ([payload] * len(labels), [""]), path
            assert payload in (*shown, visitor.text) or f"of {payload} are" in visitor.text, path
    visitor.driver.delete_all_cookies()
    visitor.open("/login")
    visitor.fill({"User name": PAYLOADS[1], "Password": PAYLOADS[1]})
    visitor.press("Log in")
    assert visitor.field("User name").get_attribute("value") == PAYLOADS[1]
    assert is_harmless(visitor)


@pytest.mark.asvs("v5.0.0-1.2.1", "v5.0.0-1.1.2")
def test_what_odoo_holds_comes_out_as_text(visitor, portal):
    """Somebody else wrote it there, past every check of ours but that of an address that is indexed."""
    made = [asyncio.run(_written(portal, payload)) for payload in PAYLOADS]
    visitor.log_in(portal.scene.users["clerk"])
    visitor.open("/clerk")
    assert is_harmless(visitor)
    assert [each.text for each in visitor.all(".list a")][: len(PAYLOADS)] == PAYLOADS[::-1]
    for partner, payload in zip(made, PAYLOADS, strict=True):
        visitor.open(f"/partners/{partner}")
        assert is_harmless(visitor), payload
        assert [each.text for each in visitor.all("dd")] == [payload, "not given", *[payload] * 5]
        visitor.open(f"/partners/{partner}/edit")
        assert is_harmless(visitor), payload
        assert {visitor.field(label).get_attribute("value") for label in FIELDS} == {payload, ""}
    portal.database.call("res.partner", "unlink", made)


async def _written(portal, payload):
    database, settings = portal.database, portal.scene.settings
    fields = EncryptedFields.from_file("examples/portal/fields.toml")
    ring = keyring.load(settings["ZENOO_SECURITY_KEY_RING_FILE"])
    async with SecureZenooClient(database.url, encrypted_fields=fields, key_ring=ring) as client:
        await client.login(database.name, database.admin_login, database.admin_password)
        names = ("name", "phone", "vat", "street", "zip", "city")
        return await client.create("res.partner", dict.fromkeys(names, payload))


@pytest.mark.asvs("v5.0.0-3.5.1", "v5.0.0-3.5.3")
def test_a_page_of_another_site_sends_nothing(visitor, portal, stranger):
    """In Chromium, which leaves the cookie out as well: a form, and a script that asks for nothing back."""
    visitor.log_in(portal.scene.users["clerk"])
    address = f"{portal.origin}/partners/new"
    stranger.show(
        f'<h1>win</h1><form method=post action="{address}"><input name=name value=Evil><button>go</button></form>'
    )
    visitor.driver.get(stranger.origin)
    visitor.press("go")
    assert visitor.heading == "Log in first"  # The cookie did not come along.
    visitor.driver.get(stranger.origin)
    visitor.driver.execute_async_script(SEND, address)
    assert portal.database.call("res.partner", "search_count", [["name", "=", "Evil"]]) == 0
    visitor.open("/")
    assert visitor.heading == "Welcome"


@pytest.mark.asvs("v5.0.0-3.5.1")
@pytest.mark.parametrize(
    "said", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://stranger.test"}, {}]
)
def test_a_browser_that_brings_the_cookie_along_sends_nothing_either(portal, said):
    """Each form is refused, that of the login among them, also where a browser says nothing of where it comes from."""
    with portal.visit(portal.scene.users["manager"]) as browser:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()), **said}
        with portal.visit() as other:
            del other.headers["sec-fetch-site"]
            answers = {path: other.post(path, data=data, headers=headers).status_code for path, data in POSTED.items()}
        assert set(answers.values()) == {403}, answers
        assert browser.get("/sessions").status_code == 200


@pytest.mark.asvs("v5.0.0-7.2.4")
def test_a_session_that_was_planted_is_not_taken_over(visitor, portal, new_user):
    """The victim's login gives another token, and ends the session whose token the attacker has."""
    attacker, victim = new_user("customer"), new_user("customer")
    with portal.visit(attacker) as browser:
        planted = browser.cookies["__Host-session"]
        visitor.driver.delete_all_cookies()
        visitor.open("/login")
        visitor.driver.add_cookie({"name": "__Host-session", "value": planted, "secure": True, "path": "/"})
        visitor.fill({"User name": victim.login, "Password": victim.password})
        visitor.press("Log in")
        assert victim.login in visitor.driver.find_element("tag name", "header").text
        cookie = visitor.driver.get_cookie("__Host-session")
        assert cookie["value"] != planted
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
        assert browser.get("/customer").headers["location"] == "/login"
    with portal.visit(cookies={"__Host-session": "zst_" + "A" * 43}) as made_up:
        answer = made_up.post("/login", data={"login": victim.login, "password": victim.password})
        assert "zst_" + "A" * 43 not in answer.headers["set-cookie"]


def enrolled(portal, user):
    """The app of a user, and the recovery codes."""
    with portal.visit(user, client_ip="127.0.0.20") as browser:
        secret = re.search(r'class="secret">(\w+)<', browser.post("/factor/enroll").text)[1]
        app = App(secret)
        shown = browser.post("/factor/confirm", data={"code": app.code()}).text
    return app, re.findall(r"<code>([\w-]+)</code>", shown)


@pytest.mark.asvs("v5.0.0-6.5.1")
def test_a_code_is_good_once_of_whatever_kind(portal, new_user):
    """Also when it comes four times at once, to two workers: one gets in."""
    user = new_user("customer")
    app, recovery = enrolled(portal, user)

    for code, client_ip in ((app.code(), "127.0.0.21"), (recovery[0], "127.0.0.22")):
        with ThreadPoolExecutor(4) as pool:
            tickets = list(pool.map(lambda _, ip=client_ip: ticket(portal, user, ip), range(4)))
            answers = pool.map(lambda each, ip=client_ip, code=code: enter(portal, each, code, ip), tickets)
            assert sorted(answers) == [303, 401, 401, 401]
        with portal.visit(portal.scene.users["manager"]) as browser:
            assert "are forgotten" in browser.post("/manager/unlock", data={"login": user.login}).text


def ticket(portal, user, client_ip):
    with portal.visit(client_ip=client_ip) as browser:
        asked = browser.post("/login", data={"login": user.login, "password": user.password}).text
    return re.search(r'name="ticket" value="([\w-]+)"', asked)[1]


def enter(portal, ticket, code, client_ip):
    with portal.visit(client_ip=client_ip) as browser:
        return browser.post("/login/code", data={"ticket": ticket, "code": code}).status_code


@pytest.mark.asvs("v5.0.0-7.5.1")
def test_a_session_that_was_left_open_changes_no_second_factor(portal, new_user):
    """After five minutes it takes a new login."""
    with portal.visit(new_user("customer"), client_ip="127.0.0.24") as browser:
        token = asyncio.run(older(portal, browser.cookies["__Host-session"]))
        browser.cookies.clear()
        browser.cookies["__Host-session"] = token
        assert browser.get("/factor").status_code == 200
        for change in ("enroll", "recovery", "disable"):
            assert browser.post(f"/factor/{change}").headers["location"] == "/login?again=1"
        assert "Log in again" in browser.get("/login?again=1").text


async def older(portal, token):
    """The token of the same session, six minutes after the login."""
    settings = portal.scene.settings
    store = open_store(settings["ZENOO_SECURITY_STORE_URL"])
    sessions = Sessions(store, keyring.load(settings["ZENOO_SECURITY_KEY_RING_FILE"]))
    principal = (await sessions.get(token)).principal
    token = await sessions.rotate(
        token, principal=replace(principal, authenticated_at=principal.authenticated_at - 360)
    )
    await store.aclose()
    return token


@pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.2.3", "v5.0.0-8.3.1")
def test_the_id_of_somebody_elses_record_leads_nowhere(portal, new_user):
    """What is hidden looks like what does not exist, and what cannot be an id is refused."""
    [hidden] = portal.database.call("res.partner", "search", [["name", "=", "Deco Addict"]])
    with portal.visit(new_user("customer")) as browser:
        answers = [browser.get(f"/partners/{partner}") for partner in (hidden, 2_000_000_000)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].text == answers[1].text
        assert browser.get(f"/partners/{hidden}/edit").status_code == 403
        assert browser.post(f"/partners/{hidden}/edit", data={"name": "Owned"}).status_code == 403
        for odd in ("0", "-1", "9" * 30, "1,2", "1%20or%201", "../clerk", "1.0", "True"):
            assert browser.get(f"/partners/{odd}").status_code in {403, 404, 422}, odd
    assert portal.database.call("res.partner", "read", [hidden], ["name"]) == [{"id": hidden, "name": "Deco Addict"}]


@pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-7.4.1")
def test_the_id_of_somebody_elses_session_ends_nothing(portal, new_user):
    with portal.visit(new_user("customer")) as victim, portal.visit(victim_user := new_user("customer")) as second:
        with portal.visit(victim_user) as third:
            [other] = re.findall(r'name="session" value="([\w-]+)"', third.get("/sessions").text)
        assert victim.post("/sessions/end", data={"session": other}).status_code == 303
        assert second.get("/sessions").status_code == 200


@pytest.mark.asvs("v5.0.0-15.3.3")
def test_fields_that_nobody_asked_for_are_refused(portal):
    """Also where Odoo would let the user write them."""
    with portal.visit(portal.scene.users["clerk"]) as browser:
        for field in ("active", "company_id", "user_id", "category_id", "x_email_enc", "id", "__proto__"):
            answer = browser.post("/partners/new", data={"name": "Mass assigned", field: "1"})
            assert answer.status_code == 422, field
    assert portal.database.call("res.partner", "search_count", [["name", "=", "Mass assigned"]]) == 0


@pytest.fixture(scope="module")
def second(running, folder, tmp_path_factory):
    """Another server of the same portal, with workers of its own, which demands a second factor."""
    certificate = tmp_path_factory.mktemp("second") / "certificate.pem"
    certificate.write_bytes((folder / "certificate.pem").read_bytes())
    settings = running.scene.settings | {"ZENOO_SECURITY_MFA_REQUIRED": "yes"}
    with serving_portal(running.scene._replace(settings=settings), running.database, certificate) as second:
        yield second


def test_where_a_second_factor_is_required_a_password_leads_to_its_page_alone(second, new_user):
    user = new_user("customer")
    with second.visit(user, client_ip="127.0.0.23") as browser:
        for path in ("/", "/customer", "/sessions", "/partners/1"):
            assert browser.get(path).headers["location"] == "/factor", path
        assert browser.post("/sessions/end-others").status_code == 403
        assert "Set up an authenticator app" in browser.get("/factor").text
    app, _ = enrolled(second, user)
    asked = ticket(second, user, "127.0.0.23")
    with second.visit(client_ip="127.0.0.23") as browser:
        entered = {"ticket": asked, "code": app.code()}
        assert browser.post("/login/code", data=entered).headers["location"] == "/"
        assert browser.get("/customer").status_code == 200


@pytest.mark.asvs("v5.0.0-6.3.1", "v5.0.0-2.4.1")
def test_guessing_from_many_addresses_at_all_workers_reaches_odoo_five_times(portal, second, new_user):
    """Forty guesses at once at one account, at two servers, each from an address of its own; by Odoo's log."""
    user = new_user("customer")

    def guess(number):
        where = (portal, second)[number % 2]
        with where.visit(client_ip=f"127.0.1.{number + 1}") as browser:
            return browser.post("/login", data={"login": user.login, "password": f"guess {number}"}).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(guess, range(40))) == {401}
    reached = portal.database.server.log_path.read_text().count(f"Login failed for login:{user.login} ")
    assert 1 <= reached <= 5


@pytest.mark.asvs("v5.0.0-6.3.1", "v5.0.0-2.4.1")
def test_one_address_that_tries_many_accounts_is_stopped_by_all_workers_together(portal, second):
    """Of forty at two servers twenty are looked at."""

    def guess(number):
        where = (portal, second)[number % 2]
        with where.visit(client_ip="127.0.2.1") as browser:
            login = {"login": f"nobody{number}@example.com", "password": "Summer2026"}
            return browser.post("/login", data=login).status_code

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(40)))
    assert (answers.count(401), answers.count(429)) == (20, 20)
