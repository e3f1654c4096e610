"""The second factor of Odoo's users: sealed secrets, codes that are good once, recovery codes."""

from __future__ import annotations

import itertools
import json
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg
import pyotp
import pytest
from selenium.webdriver.common.keys import Keys

from browser.chromium import running_chromium
from browser.site import wait_for
from odoo_entrances import Entrances
from odoo_page import Page
from odoo_second_factor import LEFT, Enrolled, code_of, confirm
from zenoo_security import FieldCipher
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
_addresses = (f"192.0.2.{number}" for number in itertools.count(1))


@pytest.fixture
def address():
    return next(_addresses)


@pytest.fixture
def enrolled(addon_database, address):
    return Enrolled(addon_database, address)


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_secrets_are_sealed_at_rest(addon_database, enrolled):
    """Neither the user nor the wizard has one in the clear; the code of the app lets in."""
    assert FieldCipher.is_encrypted(enrolled.stored())
    rows = addon_database.sql("SELECT w::text AS row FROM auth_totp_wizard w")
    assert rows
    assert not [row for row in rows if enrolled.secret in row["row"].replace(" ", "")]
    assert enrolled.enter(enrolled.next_code()) is None


@pytest.mark.asvs("11.3.2")
def test_a_secret_that_is_not_confirmed_is_sealed_too(addon_database, address):
    user = addon_database.create_user()
    with Entrances(addon_database).logged_in(user.login, user.password, address) as call:
        wizard = confirm(call, call("res.users", "action_totp_enable_wizard", [user.uid])["result"], user)["res_id"]
    [row] = addon_database.sql("SELECT secret, url, qrcode FROM auth_totp_wizard WHERE id = %s", [wizard])
    assert FieldCipher.is_encrypted(row["secret"])
    assert (row["url"], row["qrcode"]) == (None, None)


@pytest.mark.asvs("11.3.2")
def test_a_secret_of_another_user_does_not_open(addon_server, addon_database, enrolled):
    """Whoever can write to the table cannot give somebody a secret of their own; nothing is overwritten."""
    victim = Enrolled(addon_database, next(_addresses))
    own, moved = victim.stored(), enrolled.stored()
    addon_database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [moved, victim.user.uid])
    assert "Codes cannot be checked at the moment" in victim.enter(enrolled.next_code())
    assert f"The code of user {victim.user.uid} cannot be checked" in addon_server.log_path.read_text()
    assert victim.stored() == moved
    addon_database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [own, victim.user.uid])
    assert victim.enter(victim.next_code()) is None


@pytest.fixture
def meet(addon_server, addon_database):
    """Run functions at once, and return their results: each has looked at what is left before any uses it."""

    def meet(*functions):
        with ThreadPoolExecutor(len(functions)) as pool:
            with psycopg.connect(addon_server.dsn(addon_database.name)) as gate:
                gate.execute("SELECT pg_advisory_xact_lock(hashtext('zenoo_looked_at'))")
                found = [pool.submit(function) for function in functions]
                wait_for(lambda: addon_database.sql(WAITING)[0]["count"] == len(functions), 60)
            return [each.result() for each in found]

    return meet


@pytest.mark.asvs("6.5.1")
def test_a_code_lets_in_once_over_all_workers(enrolled, meet):
    """Of two logins at once one succeeds, and none does later."""
    code = enrolled.next_code()
    with enrolled.asked_for_a_code() as one, enrolled.asked_for_a_code() as other:
        assert meet(lambda: one(code), lambda: other(code)).count(None) == 1
    enrolled.unlock()
    assert "latest 6-digit code" in enrolled.enter(code)


@pytest.mark.asvs("6.5.1")
def test_a_step_is_taken_once(addon_database, meet):
    """By itself: that logins write to their user as well, which keeps two apart, is Odoo's own doing."""
    user = addon_database.create_user()
    take = partial(addon_database.call, "res.users", "take_step", [user.uid])
    assert sorted(meet(lambda: take(2_000), lambda: take(2_000))) == [False, True]
    assert [take(step) for step in (1_999, 2_000, 2_001)] == [False, False, True]


@pytest.mark.asvs("16.3.1")
def test_what_is_enrolled_is_told_with_its_user(addon_database, enrolled):
    """Where it is done, and not where it is refused."""
    told = "SELECT event, uid FROM zenoo_security_event WHERE login = %s AND address = %s AND event ~ 'factor|recovery'"
    both = [
        {"event": event, "uid": enrolled.user.uid}
        for event in ("authn_factor_enrolled", "authn_recovery_codes_created")
    ]
    assert addon_database.sql(f"{told} ORDER BY id", [enrolled.user.login, enrolled.address]) == both
    other = addon_database.create_user()
    step = "INSERT INTO zenoo_security_totp_step (user_id, step) VALUES (%s, 2000000000)"
    addon_database.sql(step, [other.uid])
    with enrolled.ways.logged_in(other.login, other.password, enrolled.address) as call:
        asked = call("res.users", "action_totp_enable_wizard", [other.uid])["result"]
        wizard = confirm(call, asked, other)["res_id"]
        [row] = call("auth_totp.wizard", "read", [wizard], ["secret"])["result"]
        code = code_of(row["secret"].replace(" ", ""))
        assert "error" in call("auth_totp.wizard", "enable", [wizard], context={"code": code})
    assert addon_database.sql(told, [other.login, enrolled.address]) == []


@pytest.mark.asvs("6.5.1")
def test_the_code_of_the_enrollment_is_used_up(enrolled):
    assert "latest 6-digit code" in enrolled.enter(enrolled.first_code)


@pytest.mark.asvs("6.5.1")
def test_a_rollback_does_not_give_a_code_back(addon_database, enrolled):
    with pytest.raises(OdooRefused):
        addon_database.call("res.users", "use_step_and_fail", [enrolled.user.uid], 2_000_000_000)
    last = "SELECT step FROM zenoo_security_totp_step WHERE user_id = %s"
    assert addon_database.sql(last, [enrolled.user.uid]) == [{"step": 2_000_000_000}]


@pytest.mark.asvs("6.5.1", "6.5.2")
def test_a_recovery_code_lets_in_once(addon_server, addon_database, enrolled, meet):
    """Also of two at once; how many are left is shown, and the use is told."""
    assert len(enrolled.codes) == 10
    first, second, *_ = enrolled.codes
    with enrolled.asked_for_a_code() as one, enrolled.asked_for_a_code() as other:
        assert meet(lambda: one(first), lambda: other(first)).count(None) == 1
    assert "double-check the recovery code" in enrolled.enter(first)
    assert enrolled.enter(second.lower().replace("-", " ")) is None
    [shown] = addon_database.call("res.users", "read", [enrolled.user.uid], [LEFT], user=None)
    assert shown[LEFT] == 8
    rows = addon_database.sql("SELECT hash FROM zenoo_security_recovery_code WHERE user_id = %s", [enrolled.user.uid])
    assert all(row["hash"].startswith("$argon2id$") for row in rows)
    used = (
        "SELECT line FROM zenoo_security_event WHERE event = 'authn_recovery_code_used' AND login = %s AND address = %s"
        " ORDER BY id"
    )
    told = addon_database.sql(used, [enrolled.user.login, enrolled.address])
    assert [json.loads(row["line"])["details"]["left"] for row in told] == [9, 8]
    log = addon_server.log_path.read_text() + "".join(row["line"] for row in told)
    assert not any(code in log for code in enrolled.codes)
    mails = addon_database.sql("SELECT subject FROM mail_message WHERE subject = 'Security Update: Recovery Code Used'")
    assert len(mails) >= 2


@pytest.mark.asvs("6.3.1", "6.6.3")
def test_recovery_codes_are_counted_with_all_else(addon_database, enrolled):
    """Five wrong ones, and not even the password is looked at."""
    wrong = enrolled.codes[0][:-1] + ("0" if enrolled.codes[0][-1] != "0" else "1")
    for _ in range(5):
        assert "double-check the recovery code" in enrolled.enter(wrong)
    assert not enrolled.ways.form(enrolled.user.login, enrolled.user.password, enrolled.address)


@pytest.mark.asvs("7.5.1", "6.5.1")
def test_new_recovery_codes_ask_for_the_password(addon_database, enrolled):
    """Those before are good no more; nobody makes them for others."""
    other = Enrolled(addon_database, next(_addresses))
    with enrolled.session() as call:
        asked = call("res.users", "action_totp_new_recovery_codes", [enrolled.user.uid])["result"]
        shown = confirm(call, asked, enrolled.user)
        refused = call("res.users", "action_totp_new_recovery_codes", [other.user.uid])
        assert "Only their owner" in refused["error"]["data"]["message"]
        assert call("res.users", "read", [enrolled.user.uid], [LEFT])["result"][0][LEFT] == 10
        for model in ("zenoo.security.recovery.code", "zenoo.security.totp.step"):
            assert "error" in call(model, "search_read", [])
    codes = shown["context"]["default_codes"].split("\n")
    assert not set(codes) & set(enrolled.codes)
    assert "double-check the recovery code" in enrolled.enter(enrolled.codes[0])
    assert enrolled.enter(codes[0]) is None


@pytest.mark.asvs("2.4.1")
def test_new_recovery_codes_count_as_a_login(enrolled):
    """Who is logged in can make hashes as often as who is not, and not as often as one can look at a page."""
    ways, user = enrolled.ways, enrolled.user
    with ways._client(enrolled.address) as client:
        assert (
            ways._enter_code(client, ways._ask_for_code(client, user.login, user.password), enrolled.next_code())
            is None
        )

        def charged(model, method, record, context):
            params = {"model": model, "method": method, "args": [[record]], "kwargs": {"context": context}}
            answer = client.post("/web/dataset/call_kw", json={"params": params})
            return answer.json()["result"], set(re.findall(r'"([a-z-]+)";r=', answer.headers["ratelimit"]))

        asked, limits = charged("res.users", "action_totp_new_recovery_codes", user.uid, {})
        assert limits == {"web-user"}
        _, limits = charged("res.users.identitycheck", "run_check", asked["res_id"], {"password": user.password})
        assert limits == {"web-user", "login-address"}


def test_disabling_removes_the_recovery_codes(addon_database, enrolled):
    """By an administrator, for who has lost everything."""
    with Entrances(addon_database).logged_in("admin", addon_database.admin_password, enrolled.address) as call:
        asked = call("res.users", "action_totp_disable", [enrolled.user.uid])["result"]
        context = {"password": addon_database.admin_password}
        call("res.users.identitycheck", "run_check", [asked["res_id"]], context=context)
    assert enrolled.stored() is None
    assert addon_database.call("res.users", "read", [enrolled.user.uid], [LEFT])[0][LEFT] == 0
    assert enrolled.ways.form(enrolled.user.login, enrolled.user.password, enrolled.address)


def test_secrets_follow_the_primary_key(addon_database, enrolled):
    """And what is in the clear, as after a backup was loaded, is sealed; sessions go on."""
    with enrolled.session() as call:
        addon_database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [enrolled.secret, enrolled.user.uid])
        rotation = addon_database.call("zenoo.security.rotation", "create", {})
        assert addon_database.call("zenoo.security.rotation", "read", [rotation], ["left"])[0]["left"] == 1
        addon_database.call("zenoo.security.rotation", "action_rotate", [rotation])
        assert addon_database.call("zenoo.security.rotation", "read", [rotation], ["left"])[0]["left"] == 0
        assert "result" in call("res.users", "read", [enrolled.user.uid], [LEFT])
    assert FieldCipher.is_encrypted(enrolled.stored())
    assert enrolled.enter(enrolled.codes[0]) is None


@pytest.fixture
def page(addon_database):
    with running_chromium(
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1200,900"
    ) as driver:
        driver.set_page_load_timeout(120)  # The first page has Odoo bundle its scripts.
        yield Page(driver, addon_database)


@pytest.mark.asvs("6.5.1")
def test_a_person_enables_it_and_logs_in_with_either_kind_of_code(addon_database, page):
    """Enabled in the preferences; codes of the app and recovery codes let in, and none lets in again."""
    user = addon_database.create_user()
    page.log_in(user)
    assert page.is_in()
    page.click(".o_user_menu .dropdown-toggle")
    page.click("[data-menu=preferences]")
    page.click("a[name=security_page], a[name=page_account_security], .nav-link[name*=security]")
    page.click("button[name=action_totp_enable_wizard]")
    page.type(".modal [name=password] input", user.password)
    page.click(".modal button[name=run_check]")
    page.click(".modal a[href='#collapseTotpSecret']")
    secret = page.text(".modal #collapseTotpSecret [name=secret] span").replace(" ", "")
    page.type(".modal [name=code] input", pyotp.TOTP(secret).now())
    page.click(".modal button[name=enable]")
    codes = page.text(".modal [name=codes] span, .modal [name=codes]").split()
    assert len(codes) == 10
    page.click(".modal .o_form_button_cancel, .modal button[special=cancel], .modal footer .btn-primary")

    page.log_in(user)
    page.enter_code("123456")
    assert "double-check the 6-digit code" in page.shown(".alert-danger").text
    page.enter_code(code_of(secret, 1))
    assert page.is_in()
    page.log_in(user)
    assert "recovery codes" in page.text(".oe_login_form .form-text")
    page.enter_code(codes[0])
    assert page.is_in()
    page.log_in(user)
    page.enter_code(codes[0])
    assert "double-check the recovery code" in page.shown(".alert-danger").text


@pytest.mark.asvs("6.5.1", "7.5.1")
def test_a_portal_user_makes_recovery_codes(addon_database, address, page):
    """On the page of the portal, which shows none when the second factor is enabled; after the password."""
    addon_database.install("portal")
    enrolled = Enrolled(addon_database, address, groups=["base.group_portal"])
    assert enrolled.codes == []
    page.log_in(enrolled.user)
    page.enter_code(enrolled.next_code())
    assert page.shown(".o_portal_my_home")
    page.driver.get(f"{page.url}/my/security")
    assert "Recovery codes left: 0" in page.text("#zenoo_security_recovery_codes")
    page.click("#zenoo_security_new_recovery_codes")
    page.type(".modal [name=password]", enrolled.user.password + Keys.ENTER)
    codes = page.text(".modal .o_zenoo_recovery_codes").split()
    assert len(codes) == 10
    page.click(".modal footer .btn-primary")
    wait_for(lambda: "left: 10" in page.text("#zenoo_security_recovery_codes"), 60)
    page.log_in(enrolled.user)
    page.enter_code(codes[0])
    assert page.shown(".o_portal_my_home")
