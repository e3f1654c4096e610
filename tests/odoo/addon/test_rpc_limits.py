"""Rate limits on RPC and on logins: over all worker processes, charged before the work, told as clients read it."""

from __future__ import annotations

import itertools
import re
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from odoo_entrances import Entrances
from zenoo_security.testing import LocalOdoo

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("2.4.1")]

ADDRESS, USER, WEB, LOGIN = 60, 40, 8, 8
LIMITS = {
    "rpc_address_limit": f"{ADDRESS}/hour",
    "rpc_user_limit": f"{USER}/hour",
    "web_user_limit": f"{WEB}/hour",
    "login_address_limit": f"{LOGIN}/hour",
}
_addresses = (f"198.51.100.{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    """A database on a server with four workers and low limits, which are counted in a store."""
    store = tmp_path_factory.mktemp("limits") / "counters.db"
    server = {"proxy_mode": True, "server_wide_modules": "base,rpc,web,zenoo_security"}
    settings = {"options": server, "zenoo_security": {"store_url": f"sqlite:///{store}", **LIMITS}}
    with LocalOdoo(workers=4, settings=settings) as server:
        database = server.create_database()
        database.install("zenoo_security")
        yield database


@pytest.fixture
def address():
    return next(_addresses)


@pytest.fixture
def user(limited):
    return limited.create_user()


def send(database, path, address, **options):
    headers = {"X-Forwarded-For": address, "X-Forwarded-Host": "odoo.example.com", **options.pop("headers", {})}
    return httpx.post(database.url + path, headers=headers, timeout=120, trust_env=False, **options)


def jsonrpc(database, address, service="common", method="version", args=()):
    params = {"service": service, "method": method, "args": list(args)}
    return send(database, "/jsonrpc", address, json={"jsonrpc": "2.0", "id": 7, "params": params})


def search(database, user, password=None):
    return [database.name, user.uid, password or user.password, "res.partner", "search", [[]], {"limit": 1}]


def faults(database, address, path="/xmlrpc/2/common"):
    return send(database, path, address, content=xmlrpc.client.dumps((), "version"))


def at_once(count, call):
    with ThreadPoolExecutor(24) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(count)]]


def test_a_network_has_its_requests_over_all_workers_and_entrances(limited, address):
    """Not one more, however they come; the rest is refused as each client reads it."""
    ways = itertools.cycle([jsonrpc, faults, partial(faults, path="/xmlrpc/common")])
    answers = at_once(2 * ADDRESS, lambda: next(ways)(limited, address))
    through = [answer for answer in answers if '"result"' in answer.text or "server_serie" in answer.text]
    assert len(through) == ADDRESS
    refused = jsonrpc(limited, address)
    assert refused.status_code == 429
    data = refused.json()["error"]["data"]
    assert data["name"] == "odoo.addons.zenoo_security.errors.TooManyRequests"
    assert data["message"] == "Too many requests: wait before you try again."
    fault = faults(limited, address)
    assert fault.status_code == 200
    for answer in (refused, fault):
        assert answer.headers["ratelimit-policy"] == f'"rpc-address";q={ADDRESS};w=3600'
        retry_s = int(answer.headers["retry-after"])
        assert 0 < retry_s <= 60
        assert answer.headers["ratelimit"] == f'"rpc-address";r=0;t={retry_s}'
    with pytest.raises(xmlrpc.client.Fault, match="Too many requests") as raised:
        xmlrpc.client.loads(fault.text)
    assert raised.value.faultCode == 2
    with pytest.raises(xmlrpc.client.Fault):
        xmlrpc.client.loads(faults(limited, address, "/xmlrpc/common").text)
    json2 = send(limited, "/json/2/res.partner/search", address, json={})
    assert (json2.status_code, json2.json()["name"]) == (429, data["name"])
    for path in ("//jsonrpc", "/jsonrpc/"):
        assert send(limited, path, address, json={}).status_code == 429
    assert jsonrpc(limited, next(_addresses)).status_code == 200


def test_the_file_of_the_server_counts_over_all_workers(addon_database):
    """Where no store is named; nothing is counted twice, and nothing is lost."""
    answers = at_once(60, lambda: jsonrpc(addon_database, "192.0.2.200"))
    left = sorted(int(re.search(r"r=([0-9]+)", answer.headers["ratelimit"])[1]) for answer in answers)
    assert left[0] in {100_000 - 60, 100_000 - 59}  # One comes back every 26 seconds.
    assert len(set(left)) >= 59


def test_a_user_has_their_requests_wherever_they_come_from(limited, user):
    """Of all entrances together; a wrong password is charged to its network alone."""
    assert "error" in jsonrpc(limited, next(_addresses), "object", "execute_kw", search(limited, user, "wrong")).json()

    def call():
        return jsonrpc(limited, next(_addresses), "object", "execute_kw", search(limited, user))

    answers = at_once(USER + 20, call)
    assert sum("result" in answer.json() for answer in answers) == USER
    refused = call()
    assert refused.status_code == 429
    assert refused.json()["error"]["data"]["name"] == "odoo.addons.zenoo_security.errors.TooManyRequests"
    assert refused.headers["ratelimit-policy"] == f'"rpc-user";q={USER};w=3600'
    assert refused.headers["ratelimit"] == f'"rpc-user";r=0;t={refused.headers["retry-after"]}'
    body = xmlrpc.client.dumps(tuple(search(limited, user)), "execute_kw")
    fault = send(limited, "/xmlrpc/2/object", next(_addresses), content=body)
    assert (fault.status_code, "retry-after" in fault.headers) == (200, True)
    with pytest.raises(xmlrpc.client.Fault, match="Too many requests"):
        xmlrpc.client.loads(fault.text)
    login = [limited.name, user.login, user.password]
    assert jsonrpc(limited, next(_addresses), "common", "login", login).status_code == 429


def test_what_is_left_is_told(limited, user, address):
    """Of the network and of the user, in the order in which they were charged."""
    answer = jsonrpc(limited, address, "object", "execute_kw", search(limited, user))
    assert answer.headers["ratelimit-policy"] == f'"rpc-address";q={ADDRESS};w=3600, "rpc-user";q={USER};w=3600'
    assert answer.headers["ratelimit"] == f'"rpc-address";r={ADDRESS - 1};t=60, "rpc-user";r={USER - 1};t=90'
    assert "retry-after" not in answer.headers


def test_several_calls_in_one_request_are_no_way_around(limited, user, address):
    """Odoo has neither the multicall of XML-RPC nor batches of JSON-RPC."""
    calls = [{"methodName": "version", "params": []}] * 50
    answer = send(limited, "/xmlrpc/2/common", address, content=xmlrpc.client.dumps((calls,), "system.multicall"))
    assert "server_serie" not in answer.text
    batch = [{"jsonrpc": "2.0", "params": {"service": "common", "method": "version", "args": []}}] * 50
    assert send(limited, "/jsonrpc", address, json=batch).status_code == 400


def test_calls_of_the_web_client_are_counted_for_the_user(limited, user, address):
    with Entrances(limited).logged_in(user.login, user.password, address) as call:
        answers = [call("res.partner", "search", [], limit=1) for _ in range(WEB + 2)]
    assert ["result" in answer for answer in answers] == [True] * WEB + [False] * 2
    assert answers[-1]["error"]["data"]["message"] == "Too many requests: wait before you try again."


def test_logins_of_a_network_are_counted_right_or_wrong(limited, user, address):
    """Whoever they are for, before a password is compared; the page says so with the status."""
    ways = Entrances(limited)
    assert ways.form(user.login, user.password, address)
    for number in range(LOGIN - 1):
        assert not ways.session(f"nobody {number}", "guess", address)
    answer = ways.login_page(user.login, user.password, address)
    assert answer.status_code == 429
    assert answer.headers["ratelimit-policy"] == f'"login-address";q={LOGIN};w=3600'
    assert int(answer.headers["retry-after"]) > 0
    refused = jsonrpc(limited, address, "common", "login", [limited.name, user.login, user.password])
    assert refused.status_code == 429
    assert ways.form(user.login, user.password, next(_addresses))


@pytest.mark.asvs("6.3.1")
def test_what_a_limit_refuses_is_no_failed_login(limited, user, address):
    """Neither where the network is over its limit nor where the user is, whose password was right."""
    for number in range(LOGIN):
        assert not Entrances(limited).session(f"nobody {number}", "guess", address)
    login = [limited.name, user.login, user.password]
    refused = [jsonrpc(limited, address, "common", "login", login) for _ in range(6)]
    while "result" in jsonrpc(limited, next(_addresses), "object", "execute_kw", search(limited, user)).json():
        pass
    other = next(_addresses)
    refused += [jsonrpc(limited, other, "common", "login", login) for _ in range(6)]
    assert {answer.status_code for answer in refused} == {429}
    failures = [("login", "=", user.login), ("event", "=like", "authn_login_fail%")]
    assert limited.call("zenoo.security.event", "search_count", failures) == 0
    assert Entrances(limited).form(user.login, user.password, other)


def test_api_keys_share_the_requests_of_their_user(limited, user, give_api_key):
    headers = {"Authorization": f"bearer {give_api_key(limited, user)}", "X-Odoo-Database": limited.name}

    def call():
        return send(limited, "/json/2/res.users/context_get", next(_addresses), json={}, headers=headers)

    answers = at_once(USER + 5, call)
    assert sorted(answer.status_code for answer in answers) == [200] * USER + [429] * 5
    refused = call()
    assert refused.json()["name"] == "odoo.addons.zenoo_security.errors.TooManyRequests"
    assert "retry-after" in refused.headers
    assert jsonrpc(limited, next(_addresses), "object", "execute_kw", search(limited, user)).status_code == 429


def test_an_address_that_is_none_is_not_served(limited):
    answer = jsonrpc(limited, "no address")
    assert answer.status_code == 403
    assert answer.json()["error"]["data"]["name"] == "odoo.addons.zenoo_security.errors.NotCounted"


@pytest.mark.asvs("6.3.1", "16.5.3")
def test_the_store_of_logins_is_the_file_of_all_workers(limited, user):
    """Counted together, and nothing is made in Odoo's database."""
    ways, here, there = Entrances(limited), next(_addresses), next(_addresses)
    assert ways.jsonrpc(user.login, user.password, here)
    for _ in range(5):
        assert not ways.jsonrpc(user.login, "guess", there)
    assert not ways.form(user.login, user.password, there)
    assert ways.form(user.login, user.password, here)
    assert limited.sql("SELECT to_regnamespace('zenoo_security') AS name") == [{"name": None}]
