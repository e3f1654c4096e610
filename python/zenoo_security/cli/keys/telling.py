"""What is done with keys, told to the audit log."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.cli.process import os_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["tell", "told"]


def tell(
    event: str,
    *,
    action: str,
    file: Path | str,
    key_id: int | None = None,
    outcome: str = "success",
    reason: str | None = None,
) -> None:
    """Tell what is done.

    Args:
        event: its name.
        action: the command.
        file: where the ring is.
        key_id: the key, where there is one.
        outcome: how it ended.
        reason: why so.
    """
    from zenoo_security.audit import emit

    what = f"keys {action}"
    emit(event, outcome=outcome, reason=reason, what=what, file=os.fspath(file), key_id=key_id, by=os_user())


@contextmanager
def told(event: str, *, action: str, file: Path | str, key_id: int | None = None, dry_run: bool) -> Iterator[None]:
    """Tell how the block ended; nothing of a dry run.

    Args:
        event: as for `tell`, and so are the others.
        action: the command.
        file: where the ring is.
        key_id: the key, where there is one.
        dry_run: nothing is done.
    """
    from zenoo_security.errors import AuditUnavailable

    try:
        yield
    except BaseException as error:
        if not dry_run:
            tell(event, action=action, file=file, key_id=key_id, outcome="failure", reason=type(error).__name__)
        raise
    if dry_run:
        return
    try:
        tell(event, action=action, file=file, key_id=key_id)
    except AuditUnavailable as error:
        raise AuditUnavailable(f"keys {action} is done, but {error}") from None
