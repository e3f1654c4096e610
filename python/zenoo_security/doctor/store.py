"""Whether the store answers. It is asked for a value that is not there; a server that is new is set up by that."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.doctor.finding import Finding, State
from zenoo_security.errors import ConfigurationError, MissingExtra, SecurityError
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.doctor.situation import Situation

__all__ = ["probe"]

_TIMEOUT_S: Final = 5.0
_NAMES: Final = {
    "redis": "Redis",
    "rediss": "Redis over TLS",
    "unix": "Redis at a socket",
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
}


def probe(situation: Situation) -> Iterator[Finding]:
    """Open the store of the settings, and ask it."""
    if situation.config is None:
        yield Finding("store", State.SKIP, "the settings are wrong")
        return
    url = situation.config.store_url.get_secret_value()
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        hint = "With several workers: ZENOO_SECURITY_STORE_URL=sqlite:///path, rediss:// or postgresql://"
        yield Finding("store", State.WARN, "in memory: right for a single process only", hint)
        return
    name = f"{_NAMES[scheme]}{_place(url)}"
    if scheme == "sqlite" and not Path(rest[1:]).exists():
        yield _new_file(name, Path(rest[1:]).absolute().parent)
        return
    try:
        asyncio.run(_ask(url, allow_insecure=situation.config.allow_insecure))
    except SecurityError as error:
        yield Finding("store", State.FAIL, f"{name}: {error}", _hint(error))
    else:
        yield Finding("store", State.OK, f"{name} answers")


async def _ask(url: str, *, allow_insecure: bool) -> None:
    options = {} if url.startswith("sqlite:") else {"timeout_s": _TIMEOUT_S}
    store = open_store(url, allow_insecure=allow_insecure, **options)
    try:
        await store.get(b"doctor")
    finally:
        await store.aclose()


def _new_file(name: str, folder: Path) -> Finding:
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding("store", State.OK, f"{name}: is made at its first use")
    return Finding(
        "store", State.FAIL, f"{name}: its folder is missing, or cannot be written to by you", f"mkdir {folder}"
    )


def _place(url: str) -> str:
    """Host and port, and nothing that may be a password."""
    if url.startswith("sqlite:"):
        return f" at {url.partition('://')[2][1:]}"
    try:
        parts = urlsplit(url)
        where = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        return ""
    return f" at {where}" if where else ""


def _hint(error: SecurityError) -> str:
    if isinstance(error, (MissingExtra, ConfigurationError)):
        return ""
    return "Is it running, and does the URL have the right host, port and password?"
