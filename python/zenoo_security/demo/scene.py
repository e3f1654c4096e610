"""What the steps of the demo share: where they play, what they say, and how they fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zenoo_security.errors import DemoFailed
from zenoo_security.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from zenoo_security.testing.database import OdooDatabase, OdooUser

__all__ = ["Scene", "Step", "expect"]


@dataclass
class Scene:
    """Where the demo plays.

    Args:
        database: the Odoo and its administrator.
        user: the user with few rights as whom the steps run.
        folder: where pictures are written.
        say: prints a line.
    """

    database: OdooDatabase
    user: OdooUser
    folder: Path
    say: Callable[[str], None]
    key_ring: KeyRing = field(default_factory=KeyRing.generate, repr=False)
    partner_id: int = 0


@dataclass(frozen=True)
class Step:
    """One step: what it is called, a line that explains it, and what it does."""

    title: str
    explanation: str
    run: Callable[[Scene], Awaitable[None]]


def expect(holds: object, otherwise: str) -> None:
    """Go on only when what was said is so.

    Raises:
        DemoFailed: with `otherwise`, when it is not.
    """
    if not holds:
        raise DemoFailed(otherwise)
