"""What each test of all faults does: it collects what went wrong, and knows what the proxy is to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from faults.proxy import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.proxy import Proxy

__all__ = ["EACH_FAULT", "spoiled"]

EACH_FAULT = pytest.mark.parametrize(
    ("fault", "is_answered", "is_done"),
    [
        (Fault.LOST_QUESTION, False, False),
        (Fault.LOST_ANSWER, False, True),
        (Fault.LATE_QUESTION, False, True),
        (Fault.LATE_ANSWER, False, True),
        (Fault.HALF_ANSWER, False, True),
        (Fault.ANSWERED_TWICE, True, True),
    ],
)
"""Whether a client gets an answer, and whether the server has done what it was asked."""


@contextmanager
def spoiled(proxy: Proxy, fault: Fault, number: int, failures: list[str]) -> Iterator[None]:
    """Spoil the exchange with a number, from 0 on, in what is done meanwhile; add to `failures` what fails in it."""
    proxy.spoil(fault, after=number)
    try:
        yield
        assert proxy.spoiled, "nothing went wrong"
    except Exception as error:  # noqa: BLE001 - told with what went wrong before
        failures.append(f"exchange {number + 1}, {fault.value}: {error!r}")
