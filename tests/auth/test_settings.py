"""What of the settings and arguments arrives where it is needed."""

from __future__ import annotations

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.auth.odoo import OdooServer
from zenoo_security.auth.parts import _budget
from zenoo_security.errors import ConfigurationError, InsecureTransport, ParameterError
from zenoo_security.hashing import DEFAULT_MIB, default_budget

ELSEWHERE = "http://odoo.example.com"
GROUPS = r"^groups is a list of external ids, such as \['base.group_user'\]$"


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ({"store": "memory://"}, r"^store is a store and no URL: open_store\(url\), or the setting store_url$"),
        ({"max_clients": 0}, r"^max_clients is at least 1$"),
        ({"groups": []}, GROUPS),
        ({"groups": "."}, GROUPS),
        ({"groups": "base.group_user"}, GROUPS),
        ({"groups": ["base.group_user", "sales"]}, GROUPS),
    ],
)
def test_an_argument_that_is_wrong_is_refused_with_what_to_give(make_auth, mistake, says):
    with pytest.raises(ParameterError, match=says):
        make_auth(**mistake)


def test_a_url_in_the_place_of_the_settings_and_two_issuers_are_refused(make_auth):
    with pytest.raises(ParameterError, match=r"^config is a SecurityConfig: SecurityConfig\(odoo_url=\.\.\.\)$"):
        SecureAuthManager("https://odoo.example.com")
    with pytest.raises(ParameterError, match=r"^issuer is that of mfa: give one of the two$"):
        make_auth(mfa=make_auth().mfa, issuer="Shop")


def test_one_client_and_one_group_are_enough(make_auth):
    assert make_auth(max_clients=1, groups=["base.group_user"])._pool._most == 1
    assert make_auth()._pool._most == 100


def test_clients_reach_the_odoo_of_the_settings_where_logins_ask_another(make_auth, odoo):
    auth = make_auth(odoo=odoo, odoo_url="https://odoo.example.com")
    assert auth._odoo is odoo
    assert auth._server.client_options()["host_or_url"].startswith("https://odoo.example.com")


def test_who_has_a_key_ring_needs_none_in_the_settings(odoo, monkeypatch):
    monkeypatch.delenv("ZENOO_SECURITY_KEY_RING", raising=False)
    assert SecureAuthManager(key_ring=KeyRing.generate(), odoo=odoo)


def test_settings_of_the_environment_that_do_not_go_together_are_refused(odoo, monkeypatch):
    """Whoever hands nothing over has what the environment says looked at as a whole."""
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", KeyRing.generate().to_json())
    monkeypatch.setenv("ZENOO_SECURITY_ENCRYPTION_KEY", "a password of the guide")
    with pytest.raises(ConfigurationError, match="belong together"):
        SecureAuthManager(odoo=odoo)


async def test_a_store_of_the_settings_is_closed_with_the_manager_and_one_that_was_given_is_not(
    odoo, store, tmp_path, monkeypatch
):
    config = SecurityConfig(store_url=f"sqlite:///{tmp_path / 'state.db'}", refusal_duration_ms=100)
    keys, closed = KeyRing.generate(), []
    auth, another = (SecureAuthManager(config, key_ring=keys, odoo=odoo) for _ in range(2))
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert (await another.session(token)).principal.login == LOGIN
    given = SecureAuthManager(config, key_ring=keys, odoo=odoo, store=store)
    for each in (auth._store, store):
        close = type(each).aclose

        async def told(self, close=close):
            closed.append(self)
            await close(self)

        monkeypatch.setattr(type(each), "aclose", told)
    for manager in (auth, another, given):
        await manager.aclose()
    assert closed == [auth._store, another._store]


def test_sessions_and_lockout_are_those_of_the_settings(make_auth):
    auth = make_auth(
        session_timeout=600, session_idle_timeout=300, max_sessions=3, max_failed_attempts=7, lockout_duration=90
    )
    policy = auth.sessions._policy
    assert (policy.idle_s, policy.absolute_s, policy.most) == (300, 600, 3)
    assert (auth.lockout.policy.max_failed_attempts, auth.lockout.policy.lockout_duration) == (7, 90)
    assert make_auth(session_timeout=300, session_idle_timeout=600).sessions._policy.idle_s == 300


def test_hashes_share_the_memory_of_the_settings(make_auth):
    assert make_auth()._hasher.budget is default_budget()
    assert make_auth(hashing_memory_mib=32)._hasher.budget is make_auth(hashing_memory_mib=32)._hasher.budget
    assert _budget(32) is not default_budget()
    assert _budget(32)._mib == 32
    assert default_budget()._mib == DEFAULT_MIB
    auth = make_auth(hashing_memory_mib=32)
    assert auth.mfa._hasher is auth._hasher


def test_the_authorities_are_not_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/missing")
    assert OdooServer("https://odoo.example.com")


def test_refusals_wait_by_the_setting_and_the_clock(make_auth, clock):
    refusals = make_auth(refusal_duration_ms=250)._attempts._refusals
    assert refusals.rest_s(0) == 0.25
    assert refusals._clock is clock


def test_plain_http_to_another_machine_is_allowed_by_its_setting_alone(make_auth):
    with pytest.raises(InsecureTransport):
        make_auth(odoo=None, odoo_url=ELSEWHERE)
    options = make_auth(odoo=None, odoo_url=ELSEWHERE, allow_insecure=True)._server.client_options()
    assert options["host_or_url"].startswith(ELSEWHERE)
    assert options["allow_insecure"] is True
    assert OdooServer("https://odoo.example.com").client_options()["allow_insecure"] is False


def test_a_store_elsewhere_without_tls_is_allowed_by_its_setting_alone(odoo):
    def make(**options):
        url = "redis://:secret@redis.example.com/0"
        return SecureAuthManager(SecurityConfig(store_url=url, **options), key_ring=KeyRing.generate(), odoo=odoo)

    with pytest.raises(InsecureTransport):
        make()
    assert make(allow_insecure=True)


def test_what_is_missing_is_named_with_where_it_is_set(tmp_path):
    says = r"^no Odoo: set ZENOO_SECURITY_ODOO_URL to its https:// address$"
    with pytest.raises(ConfigurationError, match=says):
        OdooServer.from_config(SecurityConfig())
    empty = tmp_path / "ca.pem"
    empty.write_text("")
    for path, kind in ((empty, "SSLError"), (tmp_path / "none", "FileNotFoundError")):
        with pytest.raises(
            ConfigurationError, match=rf"^ZENOO_SECURITY_ODOO_CA_FILE: no certificate can be read: {kind}$"
        ):
            OdooServer("https://odoo.example.com", ca_file=str(path))
