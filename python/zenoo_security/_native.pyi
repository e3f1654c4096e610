"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import ClassVar, Final, Protocol, final

from typing_extensions import Self, disjoint_base

__all__ = ["Decision", "Limiter", "__version__", "_empty"]

class _Monotonic(Protocol):
    def monotonic(self) -> float: ...

__version__: Final[str]

def _empty(text: str) -> None:
    """Does nothing with a text: what a call into this module costs. For benchmarks alone."""

# --- limits ---

@final
class Decision:
    """The answer of a rate limiter; true when the request is allowed."""

    @property
    def allowed(self) -> bool:
        """Whether the request may go on."""
    @property
    def limit(self) -> int:
        """The requests of a whole quota."""
    @property
    def remaining(self) -> int:
        """The requests that are left."""
    @property
    def retry_after(self) -> float:
        """Seconds until the same request is allowed; 0 when it is."""
    @property
    def reset_after(self) -> float:
        """Seconds until the whole quota is there again, if nothing is taken meanwhile."""
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@disjoint_base
class Limiter:
    """One quota for each of many identifiers, in the memory of this process.

    `zenoo_security.limits.RateLimiter` documents it; this is the part of it that is native.

    Args:
        max_requests: requests of a whole quota, 1 to 1,000,000; at most 100,000 for a sliding window.
        window_seconds: seconds, 0.001 to 31,622,400 (366 days).
        algorithm: `sliding_window` or `gcra`.
        max_keys: how many identifiers are held at most, 1 to 100,000,000.
        clock: has `monotonic()`; `None` reads the system's monotonic clock without asking Python.

    Raises:
        ParameterError: if an argument is out of range.
    """

    def __new__(
        cls, max_requests: int, window_seconds: float, algorithm: str, max_keys: int, clock: _Monotonic | None = None
    ) -> Self: ...
    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """Takes `cost` requests from the quota of an identifier, if all of them are there.

        Raises:
            InvalidInput: if the identifier is not a str, is empty, or holds a lone surrogate.
            InputTooLarge: if it has more than 4096 bytes in UTF-8.
            ParameterError: if the cost is less than 1 or more than the whole quota.
        """
    def peek(self, identifier: str, cost: int = 1) -> Decision:
        """What `hit` would answer. Takes nothing; `remaining` and `reset_after` are those of now.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
            ParameterError: as for `hit`.
        """
    def allow(self, identifier: str) -> bool:
        """`hit` of one request without the figures: whether it may go on.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
        """
    def reset(self, identifier: str) -> bool:
        """Gives an identifier its whole quota back. Whether anything had been counted for it.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
        """
    def key_count(self) -> int:
        """How many identifiers are held now, those included that could be forgotten."""
