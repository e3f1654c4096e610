"""What a sink gets, and what a sink is."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple, Protocol, runtime_checkable

__all__ = ["Closing", "Entry", "Notice", "Sink", "is_sink"]


class Entry(NamedTuple):
    """An event, ready to be written.

    Attributes:
        line: one JSON object in printable ASCII, without a line feed.
        event: its name.
        level: of the `logging` module.
        time: when it occurred, in Unix seconds.
    """

    line: bytes
    event: str
    level: int
    time: float


class Notice(NamedTuple):
    """What a file has to say to the other sinks.

    Attributes:
        event: its name.
        details: what is known about it.
    """

    event: str
    details: dict[str, Any]


class Sink(Protocol):
    """Takes events: any function of one argument."""

    def __call__(self, entry: Entry, /) -> object:
        """Write the event, or raise whatever says why not."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A sink that has something to close."""

    def close(self) -> None:
        """Write what waits and let go of what is open. A later event opens it again."""
        ...


def is_sink(sink: object) -> bool:
    """Whether a call of it writes: that of a class makes a sink, and that of an `async def` a coroutine."""
    is_async = inspect.iscoroutinefunction(sink) or inspect.iscoroutinefunction(getattr(type(sink), "__call__", None))  # noqa: B004 - to look at it
    return callable(sink) and not isinstance(sink, type) and not is_async
