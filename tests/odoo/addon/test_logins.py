"""One counter over all entrances and all worker processes."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from odoo_entrances import Entrances
from zenoo_security.errors import OdooRefused
from zenoo_security.testing.database import hash_as_odoo

pytestmark = pytest.mark.odoo

LIMIT = 5
API_KEY = "0123abcd" + "e" * 32
API_KEY_HASH = hash_as_odoo(API_KEY, rounds=6000)
_addresses = (f"203.0.113.{number}" for number in itertools.count(1))


@pytest.fixture
def address():
    return next(_addresses)


@pytest.fixture
def count(looked_at):
    """How many passwords (`p`), keys (`k`) or nothings (`n`) were compared with a hash, and how often another place was asked (`e`), since this was asked."""

    def since(kind: str = "p") -> int:
        found = looked_at.read_text().count(kind)
        looked_at.write_text("")
        return found

    return since


@pytest.mark.asvs("6.3.1")
def test_two_hundred_guesses_at_once_are_five(addon_database, entrances, count, address):
    """Spread over the web, XML-RPC and JSON-RPC and over four workers, from one address."""
    user = addon_database.create_user()
    count()
    with ThreadPoolExecutor(40) as pool:
        ways = itertools.cycle(entrances.values())
        guesses = [pool.submit(next(ways), user.login, f"guess {number}", address) for number in range(200)]
        assert not any(guess.result() for guess in guesses)
    assert count() == LIMIT
    assert not any(way(user.login, user.password, address) for way in entrances.values())
    assert count() == 0


@pytest.mark.asvs("6.3.1")
def test_guesses_from_many_addresses_are_counted_together(addon_database, entrances, count):
    user = addon_database.create_user()
    count()
    ways = itertools.cycle(entrances.values())
    assert not any(next(ways)(user.login, "guess", next(_addresses)) for _ in range(12))
    assert count() == LIMIT


def test_the_address_reaches_the_counter_on_every_entrance(addon_database, entrances, address):
    """A network that fails with many names is slowed down: it has a counter wherever it came in."""
    networks = "SELECT attempts FROM zenoo_security.counters WHERE key LIKE 'attempt/n/%%'"
    for name, way in entrances.items():
        before = addon_database.sql(networks)
        assert not way(f"nobody at {name}", "guess", next(_addresses))
        assert len(addon_database.sql(networks)) == len(before) + 1, name


def test_strangers_do_not_keep_the_owner_out(addon_database, entrances, address):
    """Who has logged in from a network still can from there; elsewhere waiting or an administrator helps."""
    user = addon_database.create_user()
    elsewhere = next(_addresses)
    assert entrances["form"](user.login, user.password, address)
    for _ in range(LIMIT):
        assert not entrances["session"](user.login, "guess", elsewhere)
    assert not entrances["jsonrpc"](user.login, user.password, next(_addresses))
    assert entrances["jsonrpc"](user.login, user.password, address)
    with pytest.raises(OdooRefused):
        addon_database.call("res.users", "action_unlock_login", [user.uid], user=user)
    addon_database.call("res.users", "action_unlock_login", [user.uid])
    assert entrances["jsonrpc"](user.login, user.password, next(_addresses))


def test_failures_of_an_administrator_never_stop_the_account(addon_database, entrances, address):
    """Waiting always helps an administrator: nothing counts towards the stop."""
    user = addon_database.create_user(["base.group_user", "base.group_system"])
    other = addon_database.create_user()
    stops = "SELECT coalesce(sum(failures), 0) AS sum FROM zenoo_security.counters WHERE key LIKE 'attempt/a/%%'"
    before = addon_database.sql(stops)
    for spelling in (user.login, user.login.upper(), f" {user.login}"):
        assert not entrances["jsonrpc"](spelling, "guess", address)
    assert addon_database.sql(stops) == before
    assert not entrances["jsonrpc"](other.login, "guess", address)
    assert addon_database.sql(stops) != before


def test_api_keys_are_counted_on_both_entrances(addon_database, entrances, count, address):
    """Another key with the same beginning is a guess; the right one works until there were too many."""
    user = addon_database.create_user()
    key = addon_database.sql(
        """INSERT INTO res_users_apikeys (name, user_id, scope, key, index) VALUES ('test', %s, 'rpc', %s, %s)
        RETURNING index""",
        [user.uid, API_KEY_HASH, API_KEY[:8]],
    )
    assert key == [{"index": API_KEY[:8]}]
    ways = Entrances(addon_database)
    assert ways.json2(API_KEY, address) == 200
    assert entrances["xmlrpc"](user.login, API_KEY, address)
    count()
    wrong = API_KEY[:8] + "0" * 32
    assert {ways.json2(wrong, address) for _ in range(12)} <= {401, 403}
    assert count("k") == LIMIT
    assert ways.json2(API_KEY, address) == 403
    assert ways.json2(API_KEY, next(_addresses)) == 200


def test_a_password_that_is_asked_for_again_is_counted(addon_database, count, address):
    """Who has a session but not the password cannot guess it where the old one is asked for."""
    user = addon_database.create_user()
    guesses = [("guess", "tulip lamp seven river")] * 12
    with Entrances(addon_database).logged_in(user.login, user.password, address) as call:
        count()
        assert not any("result" in call("res.users", "change_password", *guess) for guess in guesses)
    assert count() == LIMIT


@pytest.mark.asvs("6.3.1", "6.6.3")
def test_codes_of_the_second_factor_are_counted(addon_database, entrances, address):
    """The right password before each wrong code forgets nothing; after five not even the password is looked at."""
    user = addon_database.create_user()
    secret = pyotp.random_base32()
    addon_database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [secret, user.uid])
    addon_database.call("res.users", "action_unlock_login", [user.uid])
    right = pyotp.TOTP(secret)
    wrong = f"{(int(right.now()) + 500_000) % 1_000_000:06}"
    ways = Entrances(addon_database)
    for _ in range(LIMIT):
        assert not ways.code(user.login, user.password, wrong, address)
    addon_database.sql("DELETE FROM auth_totp_rate_limit_log")  # Odoo's own limit, of the same height
    assert not entrances["form"](user.login, user.password, address)
    addon_database.call("res.users", "action_unlock_login", [user.uid])
    assert ways.code(user.login, user.password, right.now(), address)


@pytest.mark.asvs("6.3.8")
def test_a_login_that_nobody_has_costs_as_much(addon_database, entrances, count):
    """The work is done all the same, and stops after as many attempts."""
    count("n")
    for way in entrances.values():
        for _ in range(2):
            assert not way("nobody at all", "guess", next(_addresses))
    assert count("n") == LIMIT


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize("change", ["password = NULL", "active = false"])
def test_a_user_without_a_password_costs_as_much(addon_database, entrances, count, address, change):
    """Nor is there a difference for those who are archived."""
    user = addon_database.create_user()
    addon_database.sql(f"UPDATE res_users SET {change} WHERE id = %s", [user.uid])
    count("n")
    assert not entrances["jsonrpc"](user.login, "guess", address)
    assert count("n") == 1


@pytest.mark.asvs("6.3.8")
def test_an_id_that_nobody_has_is_refused_alike(addon_database, count, address):
    user, archived = addon_database.create_user(), addon_database.create_user()
    addon_database.sql("UPDATE res_users SET active = false WHERE id = %s", [archived.uid])
    ways = Entrances(addon_database)
    answers = []
    for uid, kind in ((user.uid, "p"), (archived.uid, "n"), (987_654, "n")):
        count()
        answers.append(ways.execute(uid, "guess", address))
        assert count(kind) == 1
    assert len({json.dumps(answer["error"]["data"]["arguments"]) for answer in answers}) == 1
    assert {answer["error"]["data"]["name"] for answer in answers} == {"odoo.exceptions.AccessDenied"}


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize("password", ["a\0b", "\ud800", ["guess"], {"guess": 1}, 7], ids=ascii)
def test_what_can_be_no_password_does_not_tell_who_there_is(addon_database, address, password):
    """Odoo's own checks fail on it, and only where there is somebody to compare it with."""
    user, ways = addon_database.create_user(), Entrances(addon_database)
    told = []
    for login, uid in ((user.login, user.uid), (f"nobody {address}", 987_654)):
        params = {"db": addon_database.name, "login": login, "password": password}
        call = {"service": "common", "method": "login", "args": list(params.values())}
        asked = (("/web/session/authenticate", params), ("/jsonrpc", call))
        answers = [*(ways._json(path, given, address) for path, given in asked), ways.execute(uid, password, address)]
        told.append([{**answer.get("error", answer).get("data", answer), "debug": ""} for answer in answers])
    assert told[0] == told[1]


@pytest.mark.asvs("6.3.8")
def test_a_credential_of_another_kind_does_not_tell_who_there_is(addon_database, address):
    """The login page takes any; auth_oauth looks for a token in one of its own."""
    ways, logins = Entrances(addon_database), (addon_database.create_user().login, f"nobody {address}")
    answers = [ways.login_page(login, "guess", address, type="oauth_token") for login in logins]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Wrong login/password" in answer.text for answer in answers)


@pytest.mark.parametrize("login", [True, 4711, ["4711"], None, "a\0b", "\ud800"], ids=ascii)
def test_a_login_that_is_no_text_is_no_other_counter(addon_database, entrances, count, address, login):
    """Odoo would find the user of a number."""
    user = addon_database.create_user(login=f"4711{address}")
    addon_database.sql("UPDATE res_users SET login = '4711' WHERE id = %s", [user.uid])
    count()
    try:
        assert not entrances["jsonrpc"](login, user.password, address)
        assert count() == 0
    finally:
        addon_database.sql("UPDATE res_users SET login = %s WHERE id = %s", [user.login, user.uid])


@pytest.mark.asvs("6.3.1")
def test_what_other_modules_ask_is_counted(addon_database, entrances, count, address):
    """auth_ldap asks its server for whatever Odoo has refused, also at another spelling of a login."""
    user = addon_database.create_user()
    count("e")
    for _ in range(12):
        assert not entrances["jsonrpc"](user.login.upper(), "guess", next(_addresses))
    assert count("e") == LIMIT
    other = addon_database.create_user()
    with Entrances(addon_database).logged_in(other.login, other.password, address) as call:
        count("e")
        for _ in range(12):
            call("res.users", "change_password", "guess", "tulip lamp seven river")
    assert count("e") == LIMIT


def test_unlocking_lets_in_where_the_failures_came_from(addon_database, entrances, address):
    """From the network of the user who has forgotten the password, whether it was known before or not."""
    for known in (False, True):
        user = addon_database.create_user()
        assert not known or entrances["form"](user.login, user.password, address)
        for _ in range(LIMIT):
            assert not entrances["form"](user.login, "guess", address)
        assert not entrances["form"](user.login, user.password, address)
        addon_database.call("res.users", "action_unlock_login", [user.uid])
        assert entrances["form"](user.login, user.password, address)


def test_an_address_that_is_none_lets_nobody_in(addon_server, addon_database, entrances):
    """The log says that it is the proxy."""
    user = addon_database.create_user()
    assert not entrances["session"](user.login, user.password, "198.51.100.1:4321")
    assert "the client's address is none: what does the proxy send?" in addon_server.log_path.read_text()


@pytest.mark.asvs("6.3.1")
def test_a_wrong_api_key_is_refused_as_odoo_does(addon_database):
    """With 401 and what asks for a key; it once was 403, and the failure was not counted towards the stop."""
    assert Entrances(addon_database).json2("1" * 40, "203.0.113.241") == 401
