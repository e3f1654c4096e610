"""Settings of the addon: from the environment, from files, or from the section `[zenoo_security]` of `odoo.conf`.

Never from the database: who can write there could switch off what protects it, and whoever steals a dump would have
the keys. A setting `store_url` is the variable `ZENOO_SECURITY_STORE_URL`, or else the option `store_url`.
"""

from __future__ import annotations

import os
from configparser import Error as SectionError
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from zenoo_security import keyring
from zenoo_security.environment import PREFIX, read_secret
from zenoo_security.errors import ConfigurationError
from zenoo_security.limits import parse_rates
from zenoo_security.setting_types import Flag, Number, StoreUrl, number

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OFF", "SECTION", "AddonSettings", "read_key_ring", "read_section", "read_settings", "variables_of"]

SECTION: Final = "zenoo_security"
OFF: Final = "off"
"""What stands for no limit."""

_SECRETS: Final = ("store_url",)
_KEYS: Final = tuple(
    variable.removeprefix(PREFIX).lower()
    for name in (keyring.VARIABLE, keyring.PASSPHRASE_VARIABLE, keyring.KEK_VARIABLE)
    for variable in (name, f"{name}_FILE")
) + tuple(variable.removeprefix(PREFIX).lower() for variable in (keyring.COMMAND_VARIABLE, keyring.SALT_VARIABLE))


def _rates(text: str) -> str:
    if text != OFF:
        parse_rates(text, algorithm="gcra")
    return text


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError
    return path


Rates = Annotated[
    str, AfterValidator(_rates), Field(description="limits such as 3000/minute or 50/s and 3000/minute; off for none")
]
Path = Annotated[Annotated[str, AfterValidator(_absolute)] | None, Field(description="an absolute path")]


class AddonSettings(BaseModel):
    """Settings with safe defaults; with none of them given the addon works.

    Args:
        password_scheme: of new hashes: `argon2id`, or `pbkdf2_sha512` on the way to an uninstallation.
        password_policy: check new passwords.
        password_min_length: characters of a password that is the only factor, 8 to 64 (NIST SP 800-63B-4: 15).
        max_failed_attempts: wrong passwords until a login is slowed down, 3 to 100.
        lockout_duration: seconds of the first delay for the network that failed, 30 to 86,400.
        audit_retention_days: how long events are kept in the database, 1 to 3,650 days.
        database_manager: let the pages and the service answer that make, copy, load and drop databases.
        store_url: where failed logins and requests are counted. Without it logins are in Odoo's own database, and
            requests in `limits_file`.
        rpc_address_limit: requests of a network to XML-RPC, JSON-RPC and JSON-2, as `parse_rates` reads them.
        rpc_user_limit: those of a user, wherever from.
        web_user_limit: calls of a user's web client.
        login_address_limit: logins of a network, right or wrong.
        limits_file: where the worker processes of this server count requests together; in Odoo's `data_dir` without it.
        limits_on_store_failure: whether requests that cannot be counted are refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    password_scheme: Literal["argon2id", "pbkdf2_sha512"] = "argon2id"  # noqa: S105 - a name
    password_policy: Flag = True
    password_min_length: Number = number(15, 8, 64, "characters")
    max_failed_attempts: Number = number(5, 3, 100, "attempts")
    lockout_duration: Number = number(300, 30, 86_400, "seconds")
    audit_retention_days: Number = number(365, 1, 3650, "days")
    database_manager: Flag = False
    store_url: StoreUrl | None = None
    rpc_address_limit: Rates = "6000/minute"
    rpc_user_limit: Rates = "3000/minute"
    web_user_limit: Rates = "3000/minute"
    login_address_limit: Rates = "100/minute"
    limits_file: Path = None
    limits_on_store_failure: Literal["refuse", "allow"] = "refuse"


def read_section(path: str | None) -> dict[str, str]:
    """The options of `[zenoo_security]` in Odoo's settings; none when the file or the section is not there.

    Args:
        path: the file.

    Raises:
        ConfigurationError: it cannot be read as settings.
    """
    parser = RawConfigParser()
    try:
        parser.read(path or [], encoding="utf-8")
    except (SectionError, OSError, UnicodeDecodeError):
        pass
    else:
        return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
    # The parser's message quotes the line.
    raise ConfigurationError("odoo.conf cannot be read")


def read_settings(section: Mapping[str, str], environ: Mapping[str, str] | None = None) -> AddonSettings:
    """The settings, validated.

    Args:
        section: the options of odoo.conf.
        environ: the variables; `os.environ` unless given.

    Raises:
        ConfigurationError: an option is not known or its value is wrong; the message names it and never the value.
    """
    known = {*AddonSettings.model_fields, *(f"{name}_file" for name in _SECRETS), *_KEYS}
    if unknown := sorted(set(section) - known):
        raise ConfigurationError(f"[{SECTION}] of odoo.conf: there is no setting {', '.join(unknown)}")
    variables = variables_of(section, environ)
    given = {name: _read(name, variables) for name in AddonSettings.model_fields}
    try:
        return AddonSettings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = sorted({str(mistake["loc"][0]) for mistake in error.errors()})
    raise ConfigurationError("; ".join(map(_explain, wrong)))


def read_key_ring(section: Mapping[str, str], environ: Mapping[str, str] | None = None) -> keyring.KeyRing:
    """The key ring that the environment or odoo.conf names, as `keyring.from_environment` reads it.

    Args:
        section: the options of odoo.conf.
        environ: the variables; `os.environ` unless given.

    Raises:
        KeyRingError: none is named, several are, or what is named is no key ring.
    """
    return keyring.from_environment(variables_of(section, environ))


def variables_of(section: Mapping[str, str], environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of the environment, and those that the options of odoo.conf stand for.

    Args:
        section: the options of odoo.conf.
        environ: the variables; `os.environ` unless given.
    """
    options = {PREFIX + name.upper(): value for name, value in section.items()}
    return {**options, **(os.environ if environ is None else environ)}


def _read(name: str, variables: Mapping[str, str]) -> str | None:
    variable = PREFIX + name.upper()
    return read_secret(variable, variables) if name in _SECRETS else variables.get(variable)


def _explain(name: str) -> str:
    field = AddonSettings.model_fields[name]
    allowed = field.description or "one of the names in docs/guide/odoo.md"
    return f"{PREFIX}{name.upper()}, or {name} in [{SECTION}] of odoo.conf: wrong; allowed: {allowed}"
