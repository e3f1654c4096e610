"""How far files have been read: a bar on the standard error, where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["reading"]


@contextmanager
def reading(*files: Path) -> Iterator[Callable[[int], None] | None]:
    """Gives what is to be told how many bytes of all of them have been read; None where nobody sees a bar.

    Args:
        files: those that are regular files count.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    total = sum(file.stat().st_size for file in files if file.is_file())
    bar = Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task("", total=total or None)
        yield lambda read: bar.update(task, completed=read)
