"""What a host answered, or why it did not."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CLOSED", "Answer", "Silence"]


@dataclass(frozen=True)
class Silence:
    """There was no answer.

    Attributes:
        reason: why, in words that hold nothing of the host.
        closed: whether the host ended the connection, or took none: an answer of a kind.
    """

    reason: str
    closed: bool = False


@dataclass(frozen=True, repr=False)
class Answer:
    """One response, its body cut after the first part.

    Attributes:
        status: its code.
        headers: in the order that they came, names in small letters.
        text: the part of the body that was read.
        cut: whether there was more.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    text: str = field(default="")
    cut: bool = False

    def header(self, name: str) -> str:
        """A header's values, joined by commas; empty without it."""
        return ", ".join(self.all(name))

    def all(self, name: str) -> list[str]:
        """Each value of a header."""
        return [value for key, value in self.headers if key == name]

    @property
    def is_found(self) -> bool:
        """Whether the path leads to something: 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110, 15.3

    @property
    def is_json_rpc(self) -> bool:
        """Whether Odoo's JSON-RPC answered."""
        return '"jsonrpc"' in self.text[:200]


CLOSED = Answer(444)
"""The connection was closed without an answer, as nginx does for `return 444`."""
