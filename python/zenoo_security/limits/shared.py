"""Rate limits that all processes of one machine share, in a file that is mapped into memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zenoo_security import _native
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["SharedTable"]


class SharedTable(_native.SharedTable):
    """A table of fixed size, for any number of limiters: `RateLimiter(100, 60, store=SharedTable(path))`.

    Limiters count together, in whatever process they are, if their figures and their `name` are the same. There is no
    server and no lock: a request is decided by compare-and-swap in memory that the processes share. One that is killed,
    at any moment, leaves a table that the others go on with; at most its own last request is lost.

    The file is made when it is not there, with mode 0600 and all of its blocks. It has to belong to the user of the
    process, in a directory where nobody else can replace it. A symbolic link, a file of something else, a damaged one
    and one for another `max_keys` are refused, never overwritten. It begins anew when the machine was started anew. If
    it is removed or replaced, every process notices within a second.

    The file holds keyed hashes and times, no identifiers. An identifier of `gcra` takes one place; one of a sliding
    window takes a place for each request in the window, and one more. There are two places for each of `max_keys`. When
    none is left where a new identifier could go, it is refused.

    Args:
        path: an absolute path on a local file system, best in memory: `/dev/shm/shop-limits`, or in a directory of the
            service below `/run`.
        max_keys: for how many keys, 1 to 1,000,000,000; a million take 32 MiB, whether they are there or not.

    Raises:
        ParameterError: if an argument is out of range.
        StoreUnavailable: if the file cannot be opened or made. Calls of a limiter raise it too, when the file is gone
            and cannot be made anew, unless they were told to `allow` then.
        StoreIncompatible: if there is something else at the path, or others can reach it.

    >>> from tempfile import TemporaryDirectory
    >>> from zenoo_security import RateLimiter
    >>> with TemporaryDirectory() as directory:
    ...     path = f"{directory}/limits"
    ...     one, other = (RateLimiter(1, 60, store=SharedTable(path, max_keys=1000)) for _ in range(2))
    ...     one.allow("alice"), other.allow("alice")
    (True, False)
    """

    __slots__ = ()

    def __new__(cls, path: str | os.PathLike[str], *, max_keys: int = 1_000_000) -> Self:
        """Check the arguments, and open the file or make it."""
        try:
            return super().__new__(cls, os.fspath(path), max_keys)
        except (OverflowError, TypeError, UnicodeEncodeError, ValueError) as error:
            if isinstance(error, ParameterError):
                raise
            raise ParameterError("the path is a text, max_keys a number from 1 to 1,000,000,000") from None
