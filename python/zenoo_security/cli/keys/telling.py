"""What is done with keys, told to the audit log."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.cli.process import os_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["told"]


@contextmanager
def told(event: str, *, action: str, file: Path | str, key_id: int | None = None, dry_run: bool) -> Iterator[None]:
    """Tell how the block ended; nothing of a dry run.

    Args:
        event: its name.
        action: the command.
        file: where the ring is.
        key_id: the key, where there is one.
        dry_run: nothing is done.
    """
    from zenoo_security.audit import emit

    what, reason = f"keys {action}", None
    try:
        yield
    except BaseException as error:
        reason = type(error).__name__
        raise
    finally:
        if not dry_run:
            outcome = "success" if reason is None else "failure"
            emit(event, outcome=outcome, reason=reason, what=what, file=os.fspath(file), key_id=key_id, by=os_user())
