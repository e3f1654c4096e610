"""The settings of an application: what the guide's `SecurityConfig` held, checked.

A value that is not understood is an error and never a default: the guide read `FORCE_HTTPS=1` as "no". Messages name
the variable, what is wrong with its value and what is allowed; they never repeat the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from zenoo_security import keyring
from zenoo_security.address import parse_address
from zenoo_security.environment import PREFIX, read_settings
from zenoo_security.errors import ConfigurationError, InsecureTransport
from zenoo_security.fernet import is_fernet_key
from zenoo_security.setting_types import Address, Flag, Number, Secret, StoreUrl, Text, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

__all__ = ["SecurityConfig"]

_YEAR_S: Final = 31_536_000
_SECRETS: Final = ("encryption_key", "encryption_salt", "odoo_password", "store_url")

_BARE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "session_timeout": ("SESSION_TIMEOUT",),
    "max_failed_attempts": ("MAX_FAILED_ATTEMPTS",),
    "lockout_duration": ("LOCKOUT_DURATION",),
    "encryption_key": ("ENCRYPTION_KEY", "ENCRYPTION_PASSWORD", "ZENOO_ENCRYPTION_KEY"),
    "encryption_salt": ("ENCRYPTION_SALT",),
    "rate_limit_requests": ("RATE_LIMIT_REQUESTS",),
    "rate_limit_window": ("RATE_LIMIT_WINDOW",),
    "force_https": ("FORCE_HTTPS",),
    "hsts_max_age": ("HSTS_MAX_AGE",),
    "debug": ("DEBUG",),
}

# What pydantic calls a mistake, and what we say of the value.
_MISTAKES: Final = {
    "greater_than_equal": "the number is too small",
    "less_than_equal": "the number is too large",
    "int_type": "not a whole number",
    "bool_type": "not a boolean",
    "string_too_short": "empty",
    "too_short": "empty",
    "extra_forbidden": "there is no such setting",
}


class SecurityConfig(BaseModel):
    """Settings with safe defaults, from arguments and from the environment.

    Each is the variable `ZENOO_SECURITY_` and its name in capitals. A secret may be a file instead: the same variable
    with `_FILE` holds its path, and nobody but its owner may be able to read it. Arguments come before the environment.
    The names without prefix that the guide used still work and warn. `rate_limit_requests`, `rate_limit_window`,
    `force_https`, `hsts_max_age` and `debug` are for the application: nothing in the package acts on them.

    Args:
        session_timeout: seconds that a session lives at most, 300 to 86400 (NIST SP 800-63B-4, AAL2: 24 hours).
        session_idle_timeout: seconds without use after which it ends, 60 to 3600 (NIST SP 800-63B-4, AAL2: an hour).
        max_sessions: sessions that a user has at most; the oldest ends for a new one. 1 to 1000.
        max_failed_attempts: wrong passwords until a login is locked, 3 to 100 (NIST SP 800-63B-4, section 3.2.2).
        lockout_duration: seconds that it stays locked, 30 to 86400.
        mfa_required: give a user without a second factor a session that is good for enrolling one, and nothing else.
        refusal_duration_ms: milliseconds until a refused login is answered, whatever the reason, 100 to 10000. Choose
            more than Odoo takes to refuse a wrong password.
        store_url: where attempts, sessions and second factors are kept, for all processes; it may hold a password.
        key_ring: the key ring for encrypted fields, as JSON; unless given, `load_key_ring` takes the one that the
            environment names in any of the ways of `zenoo_security.keyring.from_environment`.
        encryption_key: the guide's password or Fernet key, to read values that it encrypted; nothing new is encrypted
            with it.
        encryption_salt: the salt that belongs to a password.
        rate_limit_requests: requests that a client has in a window, 1 to 100000.
        rate_limit_window: seconds, 1 to 86400.
        force_https: answer over HTTPS alone.
        hsts_max_age: seconds for Strict-Transport-Security, 1 to 10 years (OWASP ASVS 5.0, 3.4.1); by default the 2
            years of the OWASP Secure Headers Project.
        debug: more output; never in production.
        odoo_url: where Odoo answers, such as `https://odoo.example.com`.
        odoo_database: the database there; logins to others are refused. A copy of a database has the same passwords,
            and a guesser would have as many attempts in each.
        odoo_login: the user that the command line logs in as.
        odoo_password: that user's password or API key.
        odoo_ca_file: a file with the certificate of your own authority, where Odoo's TLS certificate is from one.
        fields_file: a file that declares the encrypted fields, as `EncryptedFields.from_file` reads it.
        allow_insecure: let passwords, and what the store holds, travel to another machine in the clear.
        hashing_memory_mib: memory in MiB that all password hashes of a process may take at once, 19 to 65536.

    Raises:
        ConfigurationError: if a setting is wrong; the message names all that are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    session_timeout: Number = number(43_200, 300, 86_400, "seconds")
    session_idle_timeout: Number = number(1800, 60, 3600, "seconds")
    max_sessions: Number = number(10, 1, 1000, "sessions")
    max_failed_attempts: Number = number(5, 3, 100, "attempts")
    lockout_duration: Number = number(300, 30, 86_400, "seconds")
    mfa_required: Flag = False
    refusal_duration_ms: Number = number(1000, 100, 10_000, "milliseconds")
    store_url: StoreUrl = SecretStr("memory://")
    key_ring: Secret = None
    encryption_key: Secret = None
    encryption_salt: Secret = None
    rate_limit_requests: Number = number(100, 1, 100_000, "requests")
    rate_limit_window: Number = number(60, 1, 86_400, "seconds")
    force_https: Flag = True
    hsts_max_age: Number = number(2 * _YEAR_S, _YEAR_S, 10 * _YEAR_S, "seconds")
    debug: Flag = False
    odoo_url: Address = None
    odoo_database: Text = None
    odoo_login: Text = None
    odoo_password: Secret = None
    odoo_ca_file: Text = None
    fields_file: Text = None
    allow_insecure: Flag = False
    hashing_memory_mib: Number = number(256, 19, 65_536, "MiB")

    def __init__(self, **settings: Any) -> None:
        """Take settings by name; the environment gives the others, but for the key ring: `load_key_ring` reads it."""
        names = [name for name in type(self).model_fields if name not in {*settings, "key_ring"}]
        try:
            super().__init__(**(read_settings(names, _SECRETS, _BARE_NAMES) | settings))
        except ValidationError as error:
            explanation = _explain(error, settings)
        else:
            return
        # Outside of the handler: the values must not hang on this exception as its context.
        raise ConfigurationError(explanation)

    @classmethod
    def from_environment(cls) -> Self:
        """The settings that the environment gives, validated.

        Raises:
            ConfigurationError: if one is wrong or they do not go together.
        """
        config = cls()
        config.validate()
        return config

    def validate(self) -> None:  # type: ignore[override]  # the guide's name; pydantic's own is a deprecated classmethod
        """Check that the settings go together and that what production needs is there.

        Raises:
            ConfigurationError: if there is no key ring, or a password of the guide without its salt.
            InsecureTransport: if passwords would travel to another machine over plain HTTP.
        """
        self._check_key_ring()
        self._check_guides_key()
        address = parse_address(self.odoo_url) if self.odoo_url is not None else None
        if address and address.protocol == "http" and not (address.is_loopback or self.allow_insecure):
            raise InsecureTransport(
                f"{PREFIX}ODOO_URL: plain http to another machine; use https, or set allow_insecure"
            )

    def load_key_ring(self) -> keyring.KeyRing:
        """The key ring that was given, or the one that the environment names.

        Raises:
            ConfigurationError: there is neither.
            KeyRingError: it cannot be read.
        """
        self._check_key_ring()
        if self.key_ring is None:
            return keyring.from_environment()
        return keyring.KeyRing.from_json(self.key_ring.get_secret_value())

    def _check_guides_key(self) -> None:
        key, salt = self.encryption_key, self.encryption_salt
        whole = key is not None and (salt is not None or is_fernet_key(key.get_secret_value()))
        if not whole and (key or salt):
            raise ConfigurationError(f"{PREFIX}ENCRYPTION_KEY and {PREFIX}ENCRYPTION_SALT belong together: set both")

    def _check_key_ring(self) -> None:
        if self.key_ring is None and not keyring.is_configured():
            raise ConfigurationError(f"no key ring: set {keyring.FILE_VARIABLE} to the path of its file")


def _explain(error: ValidationError, settings: Mapping[str, object]) -> str:
    """One line a mistake: the variable or argument, what is wrong, what is allowed. Never the value."""
    return "; ".join(_explain_one(str(mistake["loc"][0]), mistake["type"], settings) for mistake in error.errors())


def _explain_one(name: str, mistake: str, settings: Mapping[str, object]) -> str:
    field = SecurityConfig.model_fields.get(name)
    source = name if name in settings else PREFIX + name.upper()
    what = _MISTAKES.get(mistake, "not a value of its kind")
    return f"{source}: {what}; allowed: {field.description}" if field and field.description else f"{source}: {what}"
