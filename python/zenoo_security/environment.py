"""Read settings from environment variables and from the files they name.

For a setting `key_ring` the variables are `ZENOO_SECURITY_KEY_RING`; since it is a secret, also `..._KEY_RING_FILE`,
the path of a file that holds it; and last the names without prefix that the guide used, which still work and warn.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ConfigurationError, SecurityError
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["PREFIX", "get_variable", "read_secret", "read_secret_file", "read_settings"]

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


def read_settings(
    names: Iterable[str], secrets: Iterable[str], bare_names: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """The settings that the environment gives, each as text.

    Args:
        names: the settings.
        secrets: those of them that may be given by a file.
        bare_names: setting -> the variables without prefix that the guide used for it.

    Raises:
        ConfigurationError: variables contradict each other, or a file cannot be read.
    """
    values = {name: _read(name, bare_names.get(name, ()), secret=name in secrets) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _read(name: str, bare: tuple[str, ...], *, secret: bool) -> str | None:
    variable = PREFIX + name.upper()
    value = read_secret(variable) if secret else os.environ.get(variable)
    return _read_bare(bare, variable) if value is None else value


def _read_bare(names: tuple[str, ...], variable: str) -> str | None:
    given = {bare: os.environ[bare] for bare in names if bare in os.environ}
    if len(set(given.values())) > 1:
        raise ConfigurationError(f"{' and '.join(given)} differ: set {variable} instead of them")
    for bare in given:
        warnings.warn(f"the variable {bare} is deprecated: set {variable}", DeprecationWarning, stacklevel=2)
    return next(iter(given.values()), None)
