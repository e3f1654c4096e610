"""How failures slow down further attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.stores import Backoff

if TYPE_CHECKING:
    from zenoo_security.config import SecurityConfig

__all__ = ["LockoutPolicy"]

_SHORTEST_S: Final = 30.0
_DAY_S: Final = 86_400.0
_COUNTS: Final = frozenset({"max_failed_attempts", "stop", "device_stop", "network_attempts"})


def _growing(attempts: int, first_s: float, longest_s: float) -> tuple[float, ...]:
    """No delay before the last of so many attempts, then one that doubles."""
    delays = [0.0] * (attempts - 1)
    while first_s < longest_s:
        delays.append(first_s)
        first_s *= 2
    return (*delays, longest_s)


@dataclass(frozen=True)
class LockoutPolicy:
    """How failures slow down further attempts.

    Args:
        max_failed_attempts: failures from one network, or from all of them together, until an account is locked; 1 to
            100.
        lockout_duration: seconds that it is locked then for the network that failed, 30 to 86,400. Each further failure
            doubles them. For all others the first delay is 30 s (NIST SP 800-63B-4, section 3.2.2: 30 s to 1 h).
        longest_s: seconds up to which delays grow, 30 to 86,400; `lockout_duration` when that is longer.
        stop: consecutive failures after which an account is locked for good, until an administrator lifts it; 1 to 100
            (NIST SP 800-63B-4, section 3.2.2).
        device_stop: consecutive failures after which a device is no longer known, 1 to 100.
        network_attempts: failures from one network, whatever the accounts, until all of it is slowed down: by 30 s, and
            by up to 15 min. 1 to 900. After an hour without a failure it starts anew.
        keep_s: seconds after the latest failure that an account's failures are forgotten, unless it has stopped;
            86,400 (a day) to 31,622,400.

    Raises:
        ParameterError: a number is out of its range, a number of failures is not whole, or `stop` is under
            `max_failed_attempts`.
    """

    max_failed_attempts: int = 5
    lockout_duration: float = 300.0
    longest_s: float = 3600.0
    stop: int = 100
    device_stop: int = 10
    network_attempts: int = 100
    keep_s: float = 30 * _DAY_S

    @classmethod
    def from_config(cls, config: SecurityConfig) -> LockoutPolicy:
        """What the settings say, and the defaults for the rest."""
        return cls(max_failed_attempts=config.max_failed_attempts, lockout_duration=config.lockout_duration)

    def __post_init__(self) -> None:
        ranges = {
            "max_failed_attempts": (1, 100),
            "lockout_duration": (_SHORTEST_S, _DAY_S),
            "longest_s": (_SHORTEST_S, _DAY_S),
            "stop": (self.max_failed_attempts, 100),
            "device_stop": (1, 100),
            "network_attempts": (1, 900),
            "keep_s": (_DAY_S, 366 * _DAY_S),
        }
        for name, (lowest, highest) in ranges.items():
            number: object = getattr(self, name)
            kinds = (int,) if name in _COUNTS else (int, float)
            if isinstance(number, bool) or not isinstance(number, kinds) or not lowest <= number <= highest:
                raise ParameterError(f"{name} is {lowest:g} to {highest:g}")

    @property
    def account(self) -> Backoff:
        """Of an account, wherever the attempts come from."""
        delays_s = _growing(self.max_failed_attempts, _SHORTEST_S, self._longest_s)
        return Backoff(delays_s, self.stop, self.keep_s)

    @property
    def source(self) -> Backoff:
        """Of an account from one network. The stop is the account's."""
        return Backoff(self._delays_s, None, _DAY_S)

    @property
    def network(self) -> Backoff:
        """Of a network. It has no stop: many people may be behind one address."""
        return Backoff(_growing(self.network_attempts, _SHORTEST_S, 900.0), None, 3600.0)

    @property
    def device(self) -> Backoff:
        """Of an account on a device that is known for it."""
        return Backoff(self._delays_s, self.device_stop, self.keep_s)

    @property
    def _longest_s(self) -> float:
        return max(self.longest_s, self.lockout_duration)

    @property
    def _delays_s(self) -> tuple[float, ...]:
        return _growing(self.max_failed_attempts, self.lockout_duration, self._longest_s)
