"""A value that must not be written down, marked by its type."""

from __future__ import annotations

from typing import Generic, TypeVar, final

__all__ = ["Classified"]

T = TypeVar("T")


@final
class Classified(Generic[T]):
    """Holds a value and shows none of it: not in `repr`, not in a format, not in an audit log.

    >>> salary = Classified(4200)
    >>> salary, f"{salary}"
    (Classified(<hidden>), 'Classified(<hidden>)')
    >>> salary.reveal()
    4200
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value."""
        return self._value

    def __repr__(self) -> str:
        return "Classified(<hidden>)"

    def __reduce__(self) -> str:
        raise TypeError("a Classified is not pickled or copied")
