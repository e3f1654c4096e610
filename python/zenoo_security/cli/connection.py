"""How commands reach Odoo: the options that they share, and a client that is logged in.

What no option gives, the environment does. The password or API key never stands on a command line, where every user of
the machine can read it: it comes from the environment, from the file that the environment names, or from a prompt.
"""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.errors import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.auth.odoo import OdooServer
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.config import SecurityConfig
    from zenoo_security.fields import EncryptedFields

__all__ = [
    "Database",
    "FieldsFile",
    "Login",
    "OdooLogin",
    "OdooOptions",
    "Url",
    "connected",
    "read_login",
    "read_options",
]

Url = Annotated[
    str | None, typer.Option("--url", metavar="URL", help="Where Odoo answers; or ZENOO_SECURITY_ODOO_URL.")
]
Database = Annotated[
    str | None, typer.Option("--database", metavar="NAME", help="Its database; or ZENOO_SECURITY_ODOO_DATABASE.")
]
Login = Annotated[
    str | None,
    typer.Option(
        "--login",
        metavar="LOGIN",
        help="The user; or ZENOO_SECURITY_ODOO_LOGIN. Its password or API key: "
        "ZENOO_SECURITY_ODOO_PASSWORD_FILE, else you are asked.",
    ),
]
FieldsFile = Annotated[
    Path | None,
    typer.Option("--fields", metavar="FILE", help="Declares them; or ZENOO_SECURITY_FIELDS_FILE."),
]


@dataclass(frozen=True)
class OdooLogin:
    """Who works on which database.

    Attributes:
        server: the Odoo.
        database: the database's name.
        login: the user's login.
        password: the user's password or API key.
    """

    server: OdooServer
    database: str
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class OdooOptions(OdooLogin):
    """Who works on which fields of which database.

    Attributes:
        fields: the declaration.
    """

    fields: EncryptedFields


def read_options(
    url: str | None = None, database: str | None = None, login: str | None = None, fields: Path | None = None
) -> OdooOptions:
    """Complete the options of a command on encrypted fields.

    Raises:
        ConfigurationError: something is missing or wrong; the message says which option or variable gives it.
        InsecureTransport: the address would send the password in the clear.
        MissingExtra: zenoo-rpc is not installed.
    """
    from zenoo_security.fields import EncryptedFields

    config = _config(url, database, login)
    declaration = EncryptedFields.from_file(_require(fields or config.fields_file, "--fields", "FIELDS_FILE"))
    return OdooOptions(**vars(_login(config)), fields=declaration)


def read_login(url: str | None = None, database: str | None = None, login: str | None = None) -> OdooLogin:
    """Complete the options of a command from the environment, and ask for the password where it is not there.

    Raises:
        ConfigurationError: something is missing or wrong; the message says which option or variable gives it.
        InsecureTransport: the address would send the password in the clear.
        MissingExtra: zenoo-rpc is not installed.
    """
    return _login(_config(url, database, login))


@asynccontextmanager
async def connected(options: OdooLogin) -> AsyncIterator[SecureZenooClient]:
    """Log in, with a client that encrypts nothing: commands work on the columns themselves.

    Raises:
        LoginRefused: wrong user name, password or API key.
        OdooUnavailable: Odoo is down or slow.
    """
    from zenoo_security.client import SecureZenooClient

    async with SecureZenooClient(**options.server.client_options()) as client:
        await client.login(options.database, options.login, options.password)
        yield client


def _config(url: str | None, database: str | None, login: str | None) -> SecurityConfig:
    from zenoo_security.config import SecurityConfig

    given = {"odoo_url": url, "odoo_database": database, "odoo_login": login}
    return SecurityConfig(**{name: value for name, value in given.items() if value is not None})


def _login(config: SecurityConfig) -> OdooLogin:
    _require(config.odoo_url, "--url", "ODOO_URL")
    server = _server_type().from_config(config)
    user = _require(config.odoo_login, "--login", "ODOO_LOGIN")
    return OdooLogin(
        server=server,
        database=_require(config.odoo_database, "--database", "ODOO_DATABASE"),
        login=user,
        password=config.odoo_password.get_secret_value() if config.odoo_password else _ask(user),
    )


def _server_type() -> type[OdooServer]:
    try:
        from zenoo_security.auth.odoo import OdooServer
    except ModuleNotFoundError:
        raise MissingExtra("rpc", "working on an Odoo") from None
    return OdooServer


def _require(value: object, option: str, variable: str) -> str:
    if not value:
        raise ConfigurationError(f"give {option}, or set ZENOO_SECURITY_{variable}")
    return str(value)


def _ask(login: str) -> str:
    if not sys.stdin.isatty():
        raise ConfigurationError("set ZENOO_SECURITY_ODOO_PASSWORD_FILE or ZENOO_SECURITY_ODOO_PASSWORD")
    return str(typer.prompt(f"Password or API key of {login}", hide_input=True, err=True))
