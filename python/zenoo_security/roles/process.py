"""The manager of this process, which decorators ask that were given none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ConfigurationError, ParameterError
from zenoo_security.roles.manager import AccessControlManager

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PROCESS", "NoManager", "configure", "configured", "process_manager"]


class NoManager(ConfigurationError):
    """There is no manager to ask."""


class _Process:
    manager: AccessControlManager | None = None


PROCESS: Final = _Process()
"""What is configured; read it through `process_manager`, but where each nanosecond counts."""


def configure(manager: AccessControlManager | None) -> AccessControlManager | None:
    """Have the decorators of this process ask a manager from now on; with `None` they refuse. Returns the one before.

    Raises:
        ParameterError: it is no `AccessControlManager`.
    """
    if manager is not None and not isinstance(manager, AccessControlManager):
        raise ParameterError("configure takes an AccessControlManager, or None")
    before, PROCESS.manager = PROCESS.manager, manager
    return before


@contextmanager
def configured(manager: AccessControlManager) -> Iterator[AccessControlManager]:
    """Have them ask a manager for the length of a `with` block; the one before comes back after it."""
    before = configure(manager)
    try:
        yield manager
    finally:
        configure(before)


def process_manager() -> AccessControlManager:
    """The manager of this process.

    Raises:
        NoManager: none was configured.
    """
    manager = PROCESS.manager
    if manager is None:
        raise NoManager(
            "no AccessControlManager: call zenoo_security.roles.configure(manager) at the start, or pass access=manager"
        )
    return manager
