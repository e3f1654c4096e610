"""Read settings from environment variables and from the files they name.

For a setting `key_ring` the variables are `ZENOO_SECURITY_KEY_RING`; since it is a secret, also `..._KEY_RING_FILE`,
the path of a file that holds it; and last the names without prefix that the guide used, which still work and warn.
"""

from __future__ import annotations

import io
import os
import stat
import warnings
from typing import TYPE_CHECKING, Any, Final

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.fields import FieldInfo

__all__ = ["PREFIX", "Environment", "read_secret_file"]

PREFIX: Final = "ZENOO_SECURITY_"

_MAX_FILE_BYTES = 65_536


def read_secret_file(variable: str, path: str) -> str:
    """The text of a file that only its owner can read, without one line break at its end.

    Args:
        variable: the variable that named the file; for messages.
        path: the file.

    Raises:
        ConfigurationError: if it cannot be read, is not a regular file, is open to others than its owner, is larger
            than 64 KiB or is not UTF-8. The message names the variable and never the content.
    """
    content = _read_private(variable, path)
    if len(content) > _MAX_FILE_BYTES:
        raise ConfigurationError(f"{variable}: the file has more than 64 KiB")
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        pass
    # Outside of the handler: the content must not hang on this exception as its context.
    raise ConfigurationError(f"{variable}: the file is not UTF-8")


def _read_private(variable: str, path: str) -> bytes:
    try:
        with io.BufferedReader(io.FileIO(path, opener=_open_without_waiting)) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise ConfigurationError(f"{variable}: not a regular file")
            if mode & 0o077:
                raise ConfigurationError(f"{variable}: others than its owner may read or write the file: chmod 600 it")
            return file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{variable}: the file cannot be read: {error.strerror}") from None


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a named pipe that nobody writes to must not hold the program up."""
    return os.open(path, flags | os.O_NONBLOCK)


class Environment(PydanticBaseSettingsSource):
    """The environment of the process as a source of settings.

    Args:
        settings_cls: the settings.
        secrets: the fields that may be given by a file.
        bare_names: field -> the variables without prefix that the guide used for it.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], secrets: Iterable[str], bare_names: Mapping[str, tuple[str, ...]]
    ) -> None:
        super().__init__(settings_cls)
        self._secrets = frozenset(secrets)
        self._bare_names = bare_names

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field, its name, and that it is not JSON."""
        del field
        return self._read(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The fields that the environment gives."""
        values = {name: self._read(name) for name in self.settings_cls.model_fields}
        return {name: value for name, value in values.items() if value is not None}

    def _read(self, field_name: str) -> str | None:
        variable = PREFIX + field_name.upper()
        value = os.environ.get(variable)
        path = os.environ.get(f"{variable}_FILE") if field_name in self._secrets else None
        if path is not None:
            if value is not None:
                raise ConfigurationError(f"{variable} and {variable}_FILE are both set: keep one")
            return read_secret_file(f"{variable}_FILE", path)
        return self._read_bare(field_name, variable) if value is None else value

    def _read_bare(self, field_name: str, variable: str) -> str | None:
        given = {bare: os.environ[bare] for bare in self._bare_names.get(field_name, ()) if bare in os.environ}
        if len(set(given.values())) > 1:
            raise ConfigurationError(f"{' and '.join(given)} differ: set {variable} instead of them")
        for bare in given:
            warnings.warn(f"the variable {bare} is deprecated: set {variable}", DeprecationWarning, stacklevel=2)
        return next(iter(given.values()), None)
