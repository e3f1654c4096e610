"""Settings: what is not understood is an error that names the variable and never shows the value."""

from __future__ import annotations

import base64
import os
import traceback

import pydantic
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import SecurityConfig
from zenoo_security.environment import PREFIX
from zenoo_security.errors import ConfigurationError, InsecureTransport, KeyRingError, SecurityError
from zenoo_security.keyring import KeyEncryptionKey, KeyRing

KEY_RING = '{"keys": "not read here"}'


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """No setting of the machine that runs the tests counts."""
    bare = ("DEBUG", "SESSION_TIMEOUT", "FORCE_HTTPS", "ENCRYPTION_KEY", "ENCRYPTION_PASSWORD", "ENCRYPTION_SALT")
    for name in list(os.environ):
        if name.startswith(PREFIX) or name in bare:
            monkeypatch.delenv(name)


@pytest.fixture
def variable(monkeypatch):
    """Set `ZENOO_SECURITY_<name>`."""
    return lambda name, value: monkeypatch.setenv(PREFIX + name, value)


@pytest.fixture
def secret_file(tmp_path):
    """Write a file of a given mode; give its path."""

    def write(content: bytes, mode: int = 0o600) -> str:
        path = tmp_path / "secret"
        path.write_bytes(content)
        path.chmod(mode)
        return str(path)

    return write


def test_the_defaults_are_those_of_the_guide_where_they_were_safe():
    """The guide's names and defaults hold; HSTS is two years as OWASP's list has it."""
    config = SecurityConfig()
    assert (config.session_timeout, config.max_failed_attempts, config.lockout_duration) == (43_200, 5, 300)
    assert (config.session_idle_timeout, config.max_sessions, config.mfa_required) == (1800, 10, False)
    assert config.store_url.get_secret_value() == "memory://"
    assert (config.rate_limit_requests, config.rate_limit_window) == (100, 60)
    assert (config.force_https, config.debug, config.allow_insecure) == (True, False, False)
    assert config.hsts_max_age == 63_072_000
    assert (config.key_ring, config.encryption_key, config.encryption_salt) == (None, None, None)


def test_the_environment_gives_and_arguments_come_first(variable):
    """A variable beats the default, an argument beats the variable."""
    variable("SESSION_TIMEOUT", "900")
    assert SecurityConfig().session_timeout == 900
    assert SecurityConfig(session_timeout=1200).session_timeout == 1200


def test_settings_cannot_change():
    """A configuration is frozen."""
    with pytest.raises(pydantic.ValidationError):
        SecurityConfig().session_timeout = 1


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("session_timeout", 300, 86_400),
        ("session_idle_timeout", 60, 3600),
        ("max_sessions", 1, 1000),
        ("refusal_duration_ms", 100, 10_000),
        ("max_failed_attempts", 3, 100),
        ("lockout_duration", 30, 86_400),
        ("rate_limit_requests", 1, 100_000),
        ("rate_limit_window", 1, 86_400),
        ("hsts_max_age", 31_536_000, 315_360_000),
        ("hashing_memory_mib", 19, 65_536),
    ],
)
def test_numbers_have_a_range(variable, name, lowest, highest):
    """The ends of the range are in, one beyond them is an error that names both."""
    for value in (lowest, highest):
        variable(name.upper(), str(value))
        assert getattr(SecurityConfig(), name) == value
    for value, complaint in ((lowest - 1, "too small"), (highest + 1, "too large")):
        variable(name.upper(), str(value))
        with pytest.raises(ConfigurationError, match=f"{PREFIX}{name.upper()}.*{complaint}.*{lowest} to {highest}"):
            SecurityConfig()


@pytest.mark.parametrize(
    "value", ["", " 900", "900 ", "9e2", "900.0", "0x384", "9_00", "+900", "-900", "٩٠٠", "9" * 5000]
)
def test_only_plain_digits_are_a_number(variable, value):
    """What pydantic would be lenient about is an error, also a number too long to parse."""
    variable("SESSION_TIMEOUT", value)
    with pytest.raises(ConfigurationError, match="not a whole number"):
        SecurityConfig()


def test_all_mistakes_are_named_at_once(variable):
    """Two wrong variables are two complaints in one message."""
    variable("SESSION_TIMEOUT", "x")
    variable("FORCE_HTTPS", "maybe")
    with pytest.raises(ConfigurationError, match=r"SESSION_TIMEOUT.*FORCE_HTTPS"):
        SecurityConfig()


def test_an_unknown_argument_is_refused():
    """A misspelt setting is an error, not silence."""
    with pytest.raises(ConfigurationError, match="sesion_timeout: there is no such setting"):
        SecurityConfig(sesion_timeout=900)


@pytest.mark.parametrize("value", ["sesame-open", "https://alice:sesame-open@odoo.example.com", "\ud800sesame-open"])
@pytest.mark.parametrize("name", ["session_timeout", "force_https", "odoo_url", "key_ring", "store_url"])
@pytest.mark.asvs("v5.0.0-16.2.5")
def test_a_wrong_value_is_never_shown(name, value):
    """Neither the message, the traceback, nor a chained exception holds the value that was refused."""
    wrong = [value] if name == "key_ring" else value
    with pytest.raises(ConfigurationError) as raised:
        SecurityConfig(**{name: wrong})
    assert "sesame" not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None
    assert isinstance(raised.value, SecurityError)
    assert isinstance(raised.value, ValueError)


def test_a_secret_comes_from_a_file(variable, secret_file):
    """The file's text is the secret, without one line break at its end and only one."""
    variable("ENCRYPTION_KEY_FILE", secret_file(b"ring \r\n"))
    assert SecurityConfig().encryption_key.get_secret_value() == "ring "
    variable("ENCRYPTION_KEY_FILE", secret_file(b"ring \n\n"))
    assert SecurityConfig().encryption_key.get_secret_value() == "ring \n"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o602, 0o644, 0o777])
@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_file_that_others_can_reach_is_refused(variable, secret_file, mode):
    """One bit for the group or for others is one too many."""
    variable("ENCRYPTION_KEY_FILE", secret_file(b"ring", mode))
    with pytest.raises(ConfigurationError, match=r"ENCRYPTION_KEY_FILE.*chmod 600"):
        SecurityConfig()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"\xff", "not UTF-8"),
        (b"x" * 65_537, "64 KiB"),
        (b"x" * 10_000_000, "64 KiB"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused(variable, secret_file, content, complaint):
    """Empty, binary and huge files are errors."""
    variable("ENCRYPTION_KEY_FILE", secret_file(content))
    with pytest.raises(ConfigurationError, match=complaint) as raised:
        SecurityConfig()
    assert raised.value.__context__ is None


def test_what_is_no_file_is_refused_without_waiting(variable, tmp_path):
    """A missing path, a folder, and a pipe that nobody writes to are errors."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (str(tmp_path / "missing"), str(tmp_path), str(pipe), "/proc/self/mem", ""):
        variable("ENCRYPTION_KEY_FILE", path)
        with pytest.raises(ConfigurationError, match="ENCRYPTION_KEY_FILE"):
            SecurityConfig()


def test_a_secret_has_one_source(variable, secret_file):
    """The variable and the file together are an error: which one counts would be a guess."""
    variable("ENCRYPTION_KEY", KEY_RING)
    variable("ENCRYPTION_KEY_FILE", secret_file(b"ring"))
    with pytest.raises(ConfigurationError, match="both set"):
        SecurityConfig()


def test_the_key_ring_comes_from_where_all_key_rings_come_from(variable, secret_file):
    """The argument, or what the environment names in any of its ways; the settings themselves hold no copy of it."""
    given, named = KeyRing.generate(), KeyRing.generate()
    with pytest.raises(ConfigurationError, match="no key ring"):
        SecurityConfig().load_key_ring()
    kek = KeyEncryptionKey.generate()
    variable("KEY_RING_FILE", secret_file(named.wrap(kek.reveal()).encode()))
    variable("KEY_RING_KEK", base64.urlsafe_b64encode(kek.reveal()).decode())
    assert SecurityConfig().key_ring is None
    assert SecurityConfig.from_environment().load_key_ring().to_json() == named.to_json()
    assert SecurityConfig(key_ring=given.to_json()).load_key_ring().to_json() == given.to_json()
    variable("KEY_RING_KEK", "sesame")
    with pytest.raises(KeyRingError, match="KEY_RING_KEK") as raised:
        SecurityConfig.from_environment().load_key_ring()
    assert "sesame" not in str(raised.value)


def test_only_secrets_are_read_from_files(variable, secret_file):
    """`_FILE` behind a setting that is no secret is not a setting."""
    variable("SESSION_TIMEOUT_FILE", secret_file(b"900"))
    assert SecurityConfig().session_timeout == 43_200


def test_bare_names_work_and_warn(monkeypatch):
    """The guide's names are read, with a warning that says what to use; the prefixed name wins without one."""
    monkeypatch.setenv("SESSION_TIMEOUT", "900")
    with pytest.warns(DeprecationWarning, match="SESSION_TIMEOUT is deprecated: set ZENOO_SECURITY_SESSION_TIMEOUT"):
        assert SecurityConfig().session_timeout == 900
    monkeypatch.setenv("ZENOO_SECURITY_SESSION_TIMEOUT", "1200")
    assert SecurityConfig().session_timeout == 1200


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8069",
        "http://127.0.0.1",
        "http://127.0.0.2",
        "http://[0::1]:8069",
        "https://odoo.example.com/",
    ],
)
def test_a_private_way_to_odoo_is_accepted(url):
    """TLS, and plain HTTP on this machine."""
    SecurityConfig(key_ring=KEY_RING, odoo_url=url).validate()


@pytest.mark.parametrize(
    "url", ["http://odoo.example.com", "http://localhost.example.com", "http://127.0.0.1.nip.io", "HTTP://10.0.0.1"]
)
def test_a_password_does_not_travel_in_the_clear(url):
    """Plain HTTP to another machine is refused unless it was allowed by name."""
    with pytest.raises(InsecureTransport):
        SecurityConfig(key_ring=KEY_RING, odoo_url=url).validate()
    SecurityConfig(key_ring=KEY_RING, odoo_url=url, allow_insecure=True).validate()


@pytest.mark.parametrize(
    "url",
    [
        *("", "odoo.example.com", "ftp://odoo.example.com", "https://", "https://a:b@odoo.example.com", "https://[::1"),
        *("https://h/odoo", "https://h?db=x", "https://a..b"),
        *("https://h:99999", "https://h:0", "https://h:abc", "https://h\n", "https:// h", "\x01https://h"),
    ],
)
def test_an_address_is_a_scheme_and_a_host(url):
    """No scheme, no host, a password, no port, a path, white space: refused when the configuration is made."""
    with pytest.raises(ConfigurationError, match="odoo_url"):
        SecurityConfig(odoo_url=url)


@pytest.mark.parametrize("name", ["odoo_database", "odoo_login", "odoo_ca_file", "fields_file"])
def test_a_variable_that_was_left_empty_is_not_one_that_is_not_set(monkeypatch, name):
    """Without a database logins to all are accepted, and without a file every authority of the system is trusted."""
    monkeypatch.setenv(f"ZENOO_SECURITY_{name.upper()}", "")
    with pytest.raises(ConfigurationError, match=f"ZENOO_SECURITY_{name.upper()}: empty; allowed: a text"):
        SecurityConfig()


@pytest.mark.parametrize("url", ["", "memory", "mysql://h", "http://h", " memory://", "file:///x"])
def test_a_store_is_named_by_a_url_of_ours(url):
    """Another scheme is an error when the configuration is made."""
    with pytest.raises(ConfigurationError, match="store_url"):
        SecurityConfig(store_url=url)


def test_a_store_may_be_named_in_a_file_since_it_may_hold_a_password(variable, secret_file):
    """`STORE_URL_FILE` is read, and nothing shows the password."""
    variable("STORE_URL_FILE", secret_file(b"redis://:sesame@localhost/0\n"))
    config = SecurityConfig()
    assert config.store_url.get_secret_value() == "redis://:sesame@localhost/0"
    assert "sesame" not in f"{config!r} {config.model_dump_json()}"


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_the_password_of_the_command_line_may_be_a_file(variable, secret_file):
    """`ODOO_PASSWORD_FILE` is read, and nothing shows the password; an empty one is refused."""
    variable("ODOO_LOGIN", "admin")
    variable("ODOO_PASSWORD_FILE", secret_file(b"sesame-open\n"))
    config = SecurityConfig()
    assert (config.odoo_login, config.odoo_password.get_secret_value()) == ("admin", "sesame-open")
    assert "sesame-open" not in repr(config)
    with pytest.raises(ConfigurationError, match="odoo_password: empty"):
        SecurityConfig(odoo_password="")


def test_the_guides_password_needs_its_salt():
    """One of the two alone reads no value of the guide; a Fernet key does."""
    for alone in ({"encryption_key": "sesame"}, {"encryption_salt": "salt"}):
        with pytest.raises(ConfigurationError, match="belong together"):
            SecurityConfig(key_ring=KEY_RING, **alone).validate()
    SecurityConfig(key_ring=KEY_RING, encryption_key=Fernet.generate_key().decode()).validate()


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(_TEXT, st.sampled_from(sorted(SecurityConfig.model_fields.keys() - {"key_ring"})))
def test_any_text_is_a_setting_or_our_error(text, name):
    """Whatever a variable holds, the result is a configuration or a ConfigurationError."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PREFIX + name.upper(), text)
        try:
            config = SecurityConfig()
        except ConfigurationError:
            return
    assert getattr(config, name) is not None
