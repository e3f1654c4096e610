"""A whole response, as a control gives in place of the application's, and the head of one that is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["Head", "Response"]


@dataclass(frozen=True)
class Response:
    """What is sent instead of asking the application."""

    status: int
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""


class Head:
    """Status and headers of a response, before they are sent.

    Attributes:
        status: the status code.
        headers: names in lower case and values, in their order.
    """

    __slots__ = ("headers", "status")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.headers = headers

    def value(self, name: bytes) -> bytes | None:
        """The first value of a header, by its name in lower case."""
        return next((value for each, value in self.headers if each == name), None)

    def set(self, name: bytes, value: bytes) -> None:
        """Set a header, whatever was there."""
        self.headers = [header for header in self.headers if header[0] != name]
        self.headers.append((name, value))

    def add(self, name: bytes, value: bytes) -> None:
        """Add a header beside those of the name."""
        self.headers.append((name, value))

    def vary(self, names: Iterable[bytes]) -> None:
        """Name request headers on which the response depends, beside those that are named already."""
        present = [value for each, value in self.headers if each == b"vary"]
        listed = [name.strip() for value in present for name in value.split(b",")]
        lowered = {name.lower() for name in listed}
        missing = [name for name in names if name.lower() not in lowered]
        if missing and b"*" not in lowered:
            self.set(b"vary", b", ".join([*listed, *missing]))

    def remove(self, names: Collection[bytes]) -> None:
        """Take headers out, by their names in lower case."""
        self.headers = [header for header in self.headers if header[0] not in names]
