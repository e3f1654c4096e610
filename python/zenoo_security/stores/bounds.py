"""What every store checks before it asks its server: keys, values, times and counts are in their documented ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.errors import ParameterError
from zenoo_security.stores.attempts import Outcome
from zenoo_security.stores.protocol import MAX_KEY_BYTES, MAX_TTL_S, MAX_VALUE_BYTES
from zenoo_security.stores.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.stores.attempts import Counter

__all__ = [
    "check_change",
    "check_counters",
    "check_entry",
    "check_key",
    "check_outcomes",
    "check_prefix",
    "check_quotas",
    "check_take",
]

_MAX_COUNTERS = 8
_MAX_QUOTAS = 8


def check_key(key: object) -> None:
    """A key is bytes, 1 to `MAX_KEY_BYTES` of them.

    Raises:
        ParameterError: it is not.
    """
    if not isinstance(key, bytes) or not 0 < len(key) <= MAX_KEY_BYTES:
        raise ParameterError(f"a key is bytes, 1 to {MAX_KEY_BYTES} of them")


def check_prefix(prefix: object) -> None:
    """A prefix is bytes, up to `MAX_KEY_BYTES` of them; the empty one is that of all keys.

    Raises:
        ParameterError: it is not.
    """
    if not isinstance(prefix, bytes) or len(prefix) > MAX_KEY_BYTES:
        raise ParameterError(f"a prefix is bytes, up to {MAX_KEY_BYTES} of them")


def check_entry(key: object, value: object, ttl_s: object) -> None:
    """The arguments of `Store.put` and `Store.add`.

    Raises:
        ParameterError: the key, the value or the time to live is out of its range.
    """
    check_key(key)
    _check_value(value)
    _check_ttl(ttl_s)


def check_change(key: object, expected: object, value: object, ttl_s: object) -> None:
    """The arguments of `Store.compare_and_set`.

    Raises:
        ParameterError: the key, a value or the time to live is out of its range.
    """
    check_key(key)
    for either in (expected, value):
        if either is not None:
            _check_value(either)
    _check_ttl(ttl_s)


def _check_value(value: object) -> None:
    if not isinstance(value, bytes) or len(value) > MAX_VALUE_BYTES:
        raise ParameterError(f"a value is bytes, up to {MAX_VALUE_BYTES} of them")


def _check_ttl(ttl_s: object) -> None:
    if ttl_s is not None and not (isinstance(ttl_s, (int, float)) and 0 < ttl_s <= MAX_TTL_S):
        raise ParameterError(f"ttl_s is over 0 and up to {MAX_TTL_S:.0f} seconds, or None")


def check_quotas(quotas: Sequence[object]) -> None:
    """The quotas of `Store.forget`.

    Raises:
        ParameterError: there are none, more than 8, two that are kept in one place, or something else among them.
    """
    places = set()
    for quota in quotas:
        if not isinstance(quota, Quota):
            raise ParameterError("quotas are of type Quota")
        check_key(quota.key)
        places.add(quota.place)
    if not 1 <= len(places) == len(quotas) <= _MAX_QUOTAS:
        raise ParameterError(f"quotas are 1 to {_MAX_QUOTAS}, with different keys")


def check_take(quotas: Sequence[Quota], cost: object) -> None:
    """The arguments of `Store.take` and `Store.peek`.

    Raises:
        ParameterError: the quotas are as they must not be, or the cost is out of its range.
    """
    check_quotas(quotas)
    if not isinstance(cost, int) or not 1 <= cost <= min(quota.limit for quota in quotas):
        raise ParameterError("cost is a whole number, 1 to the smallest limit")


def check_counters(counters: Sequence[Counter]) -> None:
    """The counters of `Store.reserve`.

    Raises:
        ParameterError: there are none, more than 8, or two with one key.
    """
    for counter in counters:
        check_key(counter.key)
    if not 1 <= len({counter.key for counter in counters}) == len(counters) <= _MAX_COUNTERS:
        raise ParameterError(f"counters are 1 to {_MAX_COUNTERS}, with different keys")


def check_outcomes(counters: Sequence[Counter], outcomes: Sequence[object]) -> None:
    """The counters and the outcomes of `Store.settle`.

    Raises:
        ParameterError: the counters are as they must not be, or there is not an `Outcome` for each.
    """
    check_counters(counters)
    if len(outcomes) != len(counters) or not all(isinstance(outcome, Outcome) for outcome in outcomes):
        raise ParameterError("outcomes are of type Outcome, one for each counter")
