"""Try a regular expression that came out of a file, where that takes no time worth telling.

Python's matching takes exponential time on some patterns and cannot be interrupted.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["PatternError", "matches"]

_MAX_LENGTH: Final = 1000
_MAX_REPEATS: Final = 6
_ESCAPED_OR_CLASS: Final = re.compile(r"\\.|\[\^?\]?[^\]]*\]|\(\?[:=!<P]", re.DOTALL)
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_VERBOSE: Final = re.compile(r"\(\?[a-zA-Z]*x")
"""The flag under which blanks and comments may stand before a repeat."""


class PatternError(ValueError):
    """The text is no regular expression, or one that is not tried; `str()` says which."""


def matches(pattern: str, text: str, *, whole: bool = False, ignore_case: bool = False) -> bool:
    """Whether a pattern matches a short text: anywhere in it, or the whole of it.

    Raises:
        PatternError: it is no pattern, or has repeated groups, more than six repeats, or the flag `x`.
    """
    bare = _ESCAPED_OR_CLASS.sub("x", pattern)
    repeats = len(re.findall(r"[*+?{]", bare))
    if len(pattern) > _MAX_LENGTH or repeats > _MAX_REPEATS or _REPEATED_GROUP.search(bare) or _VERBOSE.search(bare):
        raise PatternError("too complicated to be tried")
    try:
        compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError):
        raise PatternError("no regular expression") from None
    return (compiled.fullmatch(text) if whole else compiled.search(text)) is not None
