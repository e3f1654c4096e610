"""What a probe says of one part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Finding", "State"]


class State(str, Enum):
    """How a part is: a warning is something that works and should be looked at; what is not set up is left out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True)
class Finding:
    """One line.

    Args:
        part: of what, such as `store`.
        state: how it is.
        text: in a few words, without a secret.
        hint: what to do; empty where nothing is to be done.
    """

    part: str
    state: State
    text: str
    hint: str = ""
