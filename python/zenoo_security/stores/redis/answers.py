"""What the answers of Redis mean; ValueError or TypeError for those that mean nothing."""

from __future__ import annotations

import math
from typing import Any

from zenoo_security.stores.protocol import Taken
from zenoo_security.stores.quota import MICROSECONDS

__all__ = ["count", "is_one", "is_set", "list_of_values", "taken", "time", "value", "wait_s"]


def value(answer: Any) -> bytes | None:
    """A value, or that there is none."""
    if answer is not None and not isinstance(answer, bytes):
        raise TypeError
    return answer


def list_of_values(answer: Any) -> list[bytes | None]:
    """Several of them."""
    return [value(each) for each in answer]


def is_set(answer: Any) -> bool:
    """Whether SET did."""
    if answer not in (b"OK", None):
        raise ValueError
    return answer is not None


def is_one(answer: Any) -> bool:
    """Whether a command or a script did."""
    if answer not in (0, 1):
        raise ValueError
    return bool(answer)


def count(answer: Any) -> int:
    """How many it did it to."""
    if not isinstance(answer, int):
        raise TypeError
    return answer


def taken(quotas: int, answer: Any) -> tuple[Taken, ...]:
    """What the script that takes says of so many quotas: four numbers for each, in one line."""
    if not isinstance(answer, bytes):
        raise TypeError
    answers = iter(map(int, answer.split()))
    several = tuple(
        Taken(bool(allowed), remaining, retry / MICROSECONDS, reset / MICROSECONDS)
        for allowed, remaining, retry, reset in zip(answers, answers, answers, answers, strict=True)
    )
    if len(several) != quotas:
        raise ValueError
    return several


def wait_s(answer: Any) -> float:
    """Seconds until an attempt may be made."""
    return math.inf if answer == -1 else float(answer / MICROSECONDS)


def time(answer: Any) -> float:
    """The time of the server in Unix seconds."""
    seconds, microseconds = map(int, answer)
    return seconds + microseconds / MICROSECONDS
