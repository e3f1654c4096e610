"""Read settings from environment variables and from the files they name.

For a setting `key_ring` the variables are `ZENOO_SECURITY_KEY_RING`; since it is a secret, also `..._KEY_RING_FILE`,
the path of a file that holds it; and last the names without prefix that the guide used, which still work and warn.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Final

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from zenoo_security.errors import ConfigurationError, SecurityError
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.fields import FieldInfo

__all__ = ["PREFIX", "Environment", "get_variable", "read_secret", "read_secret_file"]

PREFIX: Final = "ZENOO_SECURITY_"


def read_secret(
    variable: str, environ: Mapping[str, str] | None = None, *, error: type[SecurityError] = ConfigurationError
) -> str | None:
    """A secret from a variable, or from the file that the same variable with `_FILE` names; None without either.

    Args:
        variable: its name.
        environ: the variables; `os.environ` unless given.
        error: what is raised.

    Raises:
        SecurityError: of the type `error`: both are set, or what `read_secret_file` refuses.
    """
    file_variable = f"{variable}_FILE"
    path = get_variable(file_variable, environ)
    if path is None:
        return get_variable(variable, environ)
    if get_variable(variable, environ) is not None:
        raise error(f"{variable} and {file_variable} are both set: keep one")
    return read_secret_file(file_variable, path, error=error)


def get_variable(name: str, environ: Mapping[str, str] | None) -> str | None:
    """A variable of `environ`, or of the process. No frame of ours has the others among its variables."""
    return (os.environ if environ is None else environ).get(name)


def read_secret_file(variable: str, path: str, *, error: type[SecurityError] = ConfigurationError) -> str:
    """The text of a file that only its owner can read, without one line break at its end.

    Args:
        variable: the variable that named the file; for messages.
        path: the file.
        error: what is raised.

    Raises:
        SecurityError: of the type `error`: it cannot be read, is not a regular file, is not this user's or root's, is
            open to others, is larger than 64 KiB or is not UTF-8. The message names the variable and never the content.
    """
    text = _text(PrivateFile(path, variable, error=error).read())
    if text is None:
        raise error(f"{variable}: the file is not UTF-8")
    return text


def _text(content: bytes) -> str | None:
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        return None


class Environment(PydanticBaseSettingsSource):
    """The environment of the process as a source of settings.

    Args:
        settings_cls: the settings.
        secrets: the fields that may be given by a file.
        bare_names: field -> the variables without prefix that the guide used for it.
        elsewhere: the fields that something else reads from the environment.
    """

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        secrets: Iterable[str],
        bare_names: Mapping[str, tuple[str, ...]],
        *,
        elsewhere: Iterable[str] = (),
    ) -> None:
        super().__init__(settings_cls)
        self._elsewhere = frozenset(elsewhere)
        self._secrets = frozenset(secrets)
        self._bare_names = bare_names

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field, its name, and that it is not JSON."""
        del field
        return self._read(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The fields that the environment gives."""
        values = {name: self._read(name) for name in self.settings_cls.model_fields if name not in self._elsewhere}
        return {name: value for name, value in values.items() if value is not None}

    def _read(self, field_name: str) -> str | None:
        variable = PREFIX + field_name.upper()
        value = read_secret(variable) if field_name in self._secrets else os.environ.get(variable)
        return self._read_bare(field_name, variable) if value is None else value

    def _read_bare(self, field_name: str, variable: str) -> str | None:
        given = {bare: os.environ[bare] for bare in self._bare_names.get(field_name, ()) if bare in os.environ}
        if len(set(given.values())) > 1:
            raise ConfigurationError(f"{' and '.join(given)} differ: set {variable} instead of them")
        for bare in given:
            warnings.warn(f"the variable {bare} is deprecated: set {variable}", DeprecationWarning, stacklevel=2)
        return next(iter(given.values()), None)
