"""`async_cached` and its relatives, with the client in the key.

zenoo-rpc drops the first argument, which is the client, from the key of a cached function and keeps 32 bits of the
digest of the others. Calls that run at the same time are merged by that key for the whole process, so that two
clients got the first one's result. For a `Scoped` client the key holds its scope and a full digest.
"""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING, Any

from zenoo_rpc.cache import decorators

from zenoo_security.client.scope import Scoped, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["install"]

_MARK = "_zenoo_security"


def install() -> None:
    """Replace the key function of zenoo-rpc's cache decorators; a second call changes nothing."""
    plain_key = decorators._build_function_cache_key  # noqa: SLF001
    if hasattr(plain_key, _MARK):
        return

    @functools.wraps(plain_key)
    def build_key(
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        key_prefix: str | None = None,
    ) -> str:
        key: str = plain_key(func, args, kwargs, key_prefix)
        clients = list(_clients(args, kwargs))
        if not clients:
            return key
        plain = [value for value in args if not isinstance(value, Scoped)]
        return f"{key}:{digest(*(_identity(client) for client in clients), plain, sorted(kwargs.items()))}"

    setattr(build_key, _MARK, True)
    decorators._build_function_cache_key = build_key  # noqa: SLF001


def _clients(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Scoped]:
    """Find the clients among the arguments; of a method also that of the object it belongs to."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, Scoped):
            yield value
    owner = getattr(args[0], "client", None) if args else None
    if isinstance(owner, Scoped):
        yield owner


def _identity(client: Scoped) -> str:
    """Whose result it is; where what a user may see can change it is nobody's, and so never found again."""
    return f"once {uuid.uuid4()}" if client.enforces else client.scope() or f"nobody {id(client)}"
