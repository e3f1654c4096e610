"""Read a TOML or JSON file that an operator writes: bounded, strict, and not one that everybody may change."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Document", "name_without_quotes"]

_MAX_SHOWN = 200
"""Characters of what a parser says: it may quote a key of any length."""


@dataclass(frozen=True)
class Document:
    """A kind of file.

    Args:
        kind: what it is called in messages, such as `policy`.
        max_bytes: it is no larger.
        risk: what somebody could do who may write it, for the message that refuses a file that everybody may write.
        error: what is raised.
    """

    kind: str
    max_bytes: int
    risk: str
    error: type[ConfigurationError] = ConfigurationError

    def read(self, path: str | os.PathLike[str]) -> Any:
        """What a file says, as plain Python data.

        Raises:
            ConfigurationError: of the type `error`; the message names the file, and where it can the place in it.
        """
        return self.parse(path, self.content(path))

    def content(self, path: str | os.PathLike[str]) -> bytes:
        """The bytes of a file; it is opened once and checked as what was opened.

        Raises:
            ConfigurationError: it cannot be read, is no regular file, is too large, or everybody may write it.
        """
        try:
            # A pipe without a writer would wait for one.
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                mode = os.fstat(descriptor).st_mode
                content = self._some(descriptor) if stat.S_ISREG(mode) else None
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "this is not a path"
            raise self._refusal(path, f"cannot be read: {reason}") from None
        if content is None:
            raise self._refusal(path, "this is not a regular file")
        if mode & stat.S_IWOTH:
            raise self._refusal(path, f"everybody may write it, and so {self.risk}: chmod o-w it")
        if len(content) > self.max_bytes:
            raise self._refusal(path, f"the file has more than {self.max_bytes // 1024} KiB")
        return content

    def parse(self, path: str | os.PathLike[str], content: bytes) -> Any:
        """What the bytes of a file say.

        Raises:
            ConfigurationError: they are not what the name of the file promises.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in {".toml", ".json"}:
            raise self._refusal(path, f"the name of a {self.kind} ends in .toml or .json")
        try:
            text = content.decode()
            return tomllib.loads(text) if suffix == ".toml" else json.loads(text, object_pairs_hook=_distinct)
        except UnicodeDecodeError:
            raise self._refusal(path, "the file is not UTF-8") from None
        except RecursionError:
            raise self._refusal(path, "it is too deeply nested") from None
        except ValueError as error:
            raise self._refusal(path, str(error)[:_MAX_SHOWN]) from None

    def _some(self, descriptor: int) -> bytes:
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            return opened.read(self.max_bytes + 1)

    def _refusal(self, path: str | os.PathLike[str], text: str) -> ConfigurationError:
        return self.error(f"{os.fspath(path)}: {text}")


def name_without_quotes(name: str, table: Any, known: Collection[str]) -> str:
    """What was meant where a name with dots stands without quotes, of which TOML makes a table in a table.

    Args:
        name: of the table.
        table: what it holds.
        known: names that it may hold.

    >>> name_without_quotes("res", {"partner": {"read": ["name"]}}, {"read"})
    'res.partner'
    """
    while isinstance(table, dict):
        inner = next((key for key, value in table.items() if key not in known and isinstance(value, dict)), None)
        if inner is None:
            break
        name, table = f"{name}.{inner}", table[inner]
    return name[:_MAX_SHOWN]


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that is there twice, as TOML does; JSON's last one would win."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:_MAX_SHOWN]!r} is there twice")
        found[name] = value
    return found
