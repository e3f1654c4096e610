"""One limit: how much in which time, and how it is counted; and several of them written as a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from zenoo_security.errors import ParameterError
from zenoo_security.stores.quota import Algorithm, check_figures

__all__ = ["MAX_POLICIES", "Algorithm", "RatePolicy", "parse_rates"]

MAX_POLICIES: Final = 8
"""As many quotas as a store takes from at once."""

_MAX_TEXT: Final = 200
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}", re.ASCII)
_RATE: Final = re.compile(r"([1-9][0-9]{0,6})\s*/\s*(?:([1-9][0-9]{0,6})\s*)?([a-z]+)", re.ASCII)
_AND: Final = re.compile(r"\s+and\s+|\s*,\s*", re.ASCII)
_UNITS: Final = {
    1: ("s", "second", "seconds"),
    60: ("min", "minute", "minutes"),
    3600: ("h", "hour", "hours"),
    86_400: ("day", "days"),
}
_SECONDS: Final = {unit: seconds for seconds, units in _UNITS.items() for unit in units}


@dataclass(frozen=True)
class RatePolicy:
    """One limit of a limiter.

    Args:
        limit: requests of a whole quota, 1 to 1,000,000; of a sliding window at most 100,000, in a store 10,000.
        window_s: seconds, 0.001 to 31,622,400 (366 days).
        algorithm: `sliding_window` or `gcra`.
        name: what the audit log and the headers of an answer call it: 1 to 64 of `A-Z a-z 0-9 . _ / : -`, as `100/min`
            unless given.

    Raises:
        ParameterError: a number is out of its range, the name of another form, or there is no such algorithm.

    >>> RatePolicy(100, 60).name, RatePolicy(5, 90).name
    ('100/min', '5/90s')
    """

    limit: int
    window_s: float
    algorithm: Algorithm = "sliding_window"
    name: str = ""

    def __post_init__(self) -> None:
        check_figures(self.limit, self.window_s, self.algorithm)
        if self.name == "":
            unit = next((names[0] for seconds, names in _UNITS.items() if seconds == self.window_s), None)
            object.__setattr__(self, "name", f"{self.limit}/{unit or f'{self.window_s}s'}")
        else:
            _check_name(self.name)


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ParameterError("the name of a limit is 1 to 64 of A-Z a-z 0-9 . _ / : -")


def parse_rates(text: str, *, algorithm: Algorithm = "sliding_window") -> tuple[RatePolicy, ...]:
    """Read limits as people write them: `60/minute`, or several: `10/s and 1000/h`, `5/10 s, 100/day`.

    Units are `s`, `second`, `min`, `minute`, `h`, `hour`, `day`, and their plurals.

    Args:
        text: up to 8 limits, joined by `and` or commas.
        algorithm: how all of them are counted.

    Raises:
        ParameterError: it is not of that form; the message says how it is.

    >>> [(rate.limit, rate.window_s) for rate in parse_rates("10/s and 1000/2 hours")]
    [(10, 1), (1000, 7200)]
    """
    if len(text) > _MAX_TEXT:
        raise ParameterError(f"limits are a text of at most {_MAX_TEXT} characters, such as 60/minute")
    return tuple(_rate(part, algorithm) for part in _AND.split(text.strip()))


def _rate(text: str, algorithm: Algorithm) -> RatePolicy:
    found = _RATE.fullmatch(text)
    if not found:
        raise ParameterError("a limit is written as 60/minute, 10/s or 1000/2 hours; several as 10/s and 1000/h")
    limit, count, unit = found.groups()
    if unit not in _SECONDS:
        raise ParameterError("the unit of a limit is s, second, min, minute, h, hour or day")
    return RatePolicy(int(limit), int(count or 1) * _SECONDS[unit], algorithm)
