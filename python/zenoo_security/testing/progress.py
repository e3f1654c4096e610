"""How long steps are reported: one line before, and the time it took after.

The command line draws its own (`zenoo_security.cli.progress`); everything below it knows only the protocol.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["Output", "PlainProgress", "Progress", "QuietProgress"]


class Progress(Protocol):
    """What a caller gives to learn about steps that take long."""

    def step(self, text: str) -> AbstractContextManager[None]:
        """Enter when the step starts, leave when it ends; leaving with an exception means that it failed."""
        ...


class Output(Protocol):
    """What lines are written to, such as `sys.stderr`."""

    def write(self, text: str, /) -> object:
        """Take a text."""
        ...

    def flush(self) -> object:
        """Show what was taken."""
        ...


class QuietProgress:
    """Reports nothing."""

    @contextmanager
    def step(self, text: str) -> Iterator[None]:  # noqa: ARG002 - the protocol's signature
        """Do the step."""
        yield


class PlainProgress:
    """Writes plain lines, for logs and for output that is not a terminal.

    Args:
        stream: where the lines go.
    """

    def __init__(self, stream: Output) -> None:
        self._stream = stream

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Write the step when it starts, and its time in seconds when it ends."""
        started = time.monotonic()
        self._write(f"{text} ...")
        try:
            yield
        except BaseException:
            self._write(f"{text}: failed after {time.monotonic() - started:.1f} s")
            raise
        self._write(f"{text}: {time.monotonic() - started:.1f} s")

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()
