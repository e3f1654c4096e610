"""Steps on the standard error: a spinner with the time in a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from zenoo_security.testing.progress import Progress

__all__ = ["TerminalProgress", "progress"]


def progress() -> Progress:
    """Return what suits the standard error. rich itself honors `NO_COLOR`."""
    from rich.console import Console

    console = Console(stderr=True)
    return TerminalProgress(console) if console.is_terminal else PlainProgress(sys.stderr)


class TerminalProgress:
    """Draws the running step with a spinner, and each finished one as a line with its seconds.

    Args:
        console: where to draw.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Draw the step until it ends."""
        started = time.monotonic()
        mark = "[red]failed[/red]"
        try:
            with self._console.status(text):
                yield
            mark = "[green]done[/green]"
        finally:
            self._console.print(f"{mark} {text} [dim]({time.monotonic() - started:.1f} s)[/dim]", highlight=False)
