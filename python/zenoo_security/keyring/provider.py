"""What can say which keys there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from zenoo_security._native import KeyRing

__all__ = ["KeyProvider"]


@runtime_checkable
class KeyProvider(Protocol):
    """A place that key rings come from: a file, a program, a key management service of your own."""

    def load(self) -> KeyRing:
        """The ring as it is now.

        Raises:
            KeyRingError: there is none, or it cannot be read; never with key material in the message.
        """
        ...
