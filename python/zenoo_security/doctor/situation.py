"""The settings that the probes look at."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.environment.base import password_in
from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.config import SecurityConfig

__all__ = ["Situation", "read_situation"]

_SECRET: Final = re.compile(r"PASS|SECRET|TOKEN|KEY|SALT|URL")
_MORE: Final = ("encryption_key", "encryption_salt", "key_ring", "odoo_password", "store_url")


@dataclass(frozen=True, repr=False)
class Situation:
    """The settings of this process.

    Attributes:
        environ: its variables.
        config: the settings; None when one is wrong.
        error: what is wrong with them.
        deprecated: what to say of variables whose names are old.
        secrets: what must not be shown.
    """

    environ: Mapping[str, str]
    config: SecurityConfig | None = None
    error: str = ""
    deprecated: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=())


def read_situation() -> Situation:
    """Read the settings as an application does."""
    from zenoo_security.config import SecurityConfig  # noqa: PLC0415 - pydantic

    environ = dict(os.environ)
    secrets = [value for name, value in environ.items() if _SECRET.search(name) and not name.endswith("_FILE")]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", DeprecationWarning)
        try:
            config = SecurityConfig()
        except SecurityError as error:
            return Situation(environ, None, str(error), secrets=tuple(secrets))
    secrets += [value.get_secret_value() for name in _MORE if (value := getattr(config, name))]
    if password := password_in(config.store_url.get_secret_value()):
        secrets.append(password)
    # The address of Odoo is no secret, and messages need it.
    shown = {config.odoo_url, "memory://"}
    return Situation(
        environ,
        config,
        deprecated=tuple(str(one.message) for one in told),
        secrets=tuple(secret for secret in secrets if secret not in shown),
    )
