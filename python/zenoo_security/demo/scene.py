"""What the steps of the demo share: where they play, what they say, and how they fail."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from zenoo_security.client import SecureZenooClient
from zenoo_security.errors import DemoFailed
from zenoo_security.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from zenoo_security.jobs import Progress
    from zenoo_security.testing.database import OdooDatabase, OdooUser

    Bars: TypeAlias = Callable[[], AbstractContextManager[Callable[[Progress], None] | None]]

__all__ = ["Scene", "Step", "administrator", "expect"]


@dataclass
class Scene:
    """Where the demo plays.

    Args:
        database: the Odoo and its administrator.
        user: the user with few rights as whom the steps run.
        folder: where pictures are written.
        say: prints a line.
        progress: gives what a job tells its progress, such as `zenoo_security.cli.job_progress.job_progress`.
    """

    database: OdooDatabase
    user: OdooUser
    folder: Path
    say: Callable[[str], None]
    progress: Bars = nullcontext
    key_ring: KeyRing = field(default_factory=KeyRing.generate, repr=False)
    partner_id: int = 0


@dataclass(frozen=True)
class Step:
    """One step: what it is called, a line that explains it, and what it does."""

    title: str
    explanation: str
    run: Callable[[Scene], Awaitable[None]]


@asynccontextmanager
async def administrator(scene: Scene) -> AsyncIterator[SecureZenooClient]:
    """A client of the administrator, which neither encrypts nor decrypts."""
    async with SecureZenooClient(scene.database.url) as client:
        await client.login(scene.database.name, scene.database.admin_login, scene.database.admin_password)
        yield client


def expect(holds: object, otherwise: str) -> None:
    """Go on only when what was said is so.

    Raises:
        DemoFailed: with `otherwise`, when it is not.
    """
    if not holds:
        raise DemoFailed(otherwise)
