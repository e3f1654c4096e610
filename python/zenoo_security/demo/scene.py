"""What the steps of the demo share: where they play, what they say, and how they fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.keyring import KeyRing

__all__ = ["Account", "DemoFailed", "Scene", "Step"]


class DemoFailed(SecurityError):
    """A step of the demo did not do what it said."""


@dataclass(frozen=True)
class Account:
    """Who logs in. The password is not in the `repr`."""

    login: str
    password: str = field(repr=False)


@dataclass
class Scene:
    """Where the demo plays.

    Args:
        url: of the Odoo.
        database: its database.
        admin: an account that may make users and columns.
        folder: where pictures are written.
        say: prints one line.
        query: runs one SQL statement on the database of the Odoo and gives its rows, each a list of texts; `None` when
            only RPC reaches it.
    """

    url: str
    database: str
    admin: Account
    folder: Path
    say: Callable[[str], None]
    query: Callable[[str], list[list[str]]] | None = None
    user: Account | None = None
    key_ring: KeyRing | None = None
    partner_id: int | None = None
    clients: list[SecureZenooClient] = field(default_factory=list)

    def expect(self, holds: bool, what: str) -> None:
        """Go on only when what was said is so.

        Raises:
            DemoFailed: when it is not.
        """
        if not holds:
            raise DemoFailed(what)


@dataclass(frozen=True)
class Step:
    """One step: a title, a line that explains it, and what it does."""

    title: str
    explanation: str
    run: Callable[[Scene], Awaitable[None]]
