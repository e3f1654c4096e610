"""Settings of the addon: where they come from, and what is refused."""

from __future__ import annotations

import pytest

from zenoo_security.addon.settings import AddonSettings, read_key_ring, read_section, read_settings
from zenoo_security.errors import ConfigurationError, KeyRingError
from zenoo_security.keyring import KeyRing, save


def test_nothing_given_is_enough(tmp_path):
    assert read_section(None) == read_section(str(tmp_path / "absent")) == {}
    assert read_settings({}, {}) == AddonSettings()


def test_section_of_odoo_conf_is_read(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\nworkers = 4\n[zenoo_security]\npassword_min_length = 20\npassword_policy = no\n")
    settings = read_settings(read_section(str(path)), {})
    assert (settings.password_min_length, settings.password_policy) == (20, False)


def test_environment_comes_before_odoo_conf():
    section = {"max_failed_attempts": "7", "lockout_duration": "60"}
    settings = read_settings(section, {"ZENOO_SECURITY_MAX_FAILED_ATTEMPTS": "9"})
    assert (settings.max_failed_attempts, settings.lockout_duration) == (9, 60)


def test_store_url_may_be_in_a_file(tmp_path):
    path = tmp_path / "url"
    path.write_text("redis://:secret@127.0.0.1/0\n")
    path.chmod(0o600)
    settings = read_settings({"store_url_file": str(path)}, {})
    assert settings.store_url.get_secret_value() == "redis://:secret@127.0.0.1/0"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"max_failed_attempts": "0 or 31337"}, "MAX_FAILED_ATTEMPTS"),
        ({"lockout_duration": "31337313373"}, "30 to 86400"),
        ({"password_scheme": "31337"}, "PASSWORD_SCHEME"),
        ({"store_url": "ftp://31337"}, "STORE_URL"),
        ({"rpc_user_limit": "31337"}, "limits such as 3000/minute"),
        ({"web_user_limit": "31337/fortnight"}, "WEB_USER_LIMIT"),
        ({"limits_file": "31337/limits"}, "an absolute path"),
        ({"limits_on_store_failure": "31337"}, "LIMITS_ON_STORE_FAILURE"),
        ({"pasword_policy": "31337"}, "there is no setting pasword_policy"),
    ],
)
def test_wrong_settings_are_named_and_not_shown(section, named):
    with pytest.raises(ConfigurationError, match=named) as refused:
        read_settings(section, {})
    assert "31337" not in str(refused.value)
    assert refused.value.__context__ is None


def test_unreadable_file_is_an_error_without_its_content(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("secret without a section\n")
    with pytest.raises(ConfigurationError, match=r"odoo\.conf cannot be read") as refused:
        read_section(str(path))
    assert refused.value.__context__ is None


def test_key_ring_is_named_by_odoo_conf_or_the_environment(tmp_path):
    ring = KeyRing.generate()
    path = str(tmp_path / "keys.json")
    save(ring, path)
    assert read_key_ring({"key_ring_file": path}, {}).to_json() == ring.to_json()
    assert read_key_ring({}, {"ZENOO_SECURITY_KEY_RING_FILE": path}).to_json() == ring.to_json()
    assert read_settings({"key_ring_file": path}, {}) == AddonSettings()


def test_missing_key_ring_says_what_to_set():
    with pytest.raises(KeyRingError, match="set ZENOO_SECURITY_KEY_RING_FILE to the path of its file"):
        read_key_ring({}, {})
