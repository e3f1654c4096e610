"""How long a session lives, how many an account may have, and how often Odoo is asked about it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal, get_args

from zenoo_security.errors import ParameterError

__all__ = ["DEFAULT_POLICY", "SessionPolicy"]

_MAX_IDLE_S: Final = 3600
_MAX_ABSOLUTE_S: Final = 86_400
_MAX_CHECK_S: Final = 60
_MAX_TICKET_S: Final = 600
_MOST: Final = 1000

WhenFull = Literal["end_oldest", "refuse"]


@dataclass(frozen=True)
class SessionPolicy:
    """The limits of sessions. The upper ends of the times are those of NIST SP 800-63B-4, section 2.2.3 (AAL2).

    Args:
        idle_s: seconds without a request after which a session ends, 1 to 3600.
        absolute_s: seconds after which it ends however busy it is, `idle_s` to 86400.
        check_s: seconds after which Odoo is asked again whether the user is still there, 1 to 60.
        most: sessions that an account has at the same time, 1 to 1000.
        when_full: what happens to one more: it ends the oldest (`end_oldest`), or there is none (`refuse`).
        ticket_s: seconds in which a login must be completed by its second factor, 1 to 600.

    Raises:
        ParameterError: one of them is out of its range.
    """

    _: KW_ONLY
    idle_s: float = 1800
    absolute_s: float = 43_200
    check_s: float = 45
    most: int = 10
    when_full: WhenFull = "end_oldest"
    ticket_s: float = 300

    def __post_init__(self) -> None:
        _check("idle_s", self.idle_s, 1, _MAX_IDLE_S)
        _check("absolute_s", self.absolute_s, self.idle_s, _MAX_ABSOLUTE_S)
        _check("check_s", self.check_s, 1, _MAX_CHECK_S)
        _check("ticket_s", self.ticket_s, 1, _MAX_TICKET_S)
        _check("most", self.most, 1, _MOST)
        if self.most != int(self.most) or self.when_full not in get_args(WhenFull):
            raise ParameterError("most is a whole number, and when_full is end_oldest or refuse")

    @property
    def touch_s(self) -> float:
        """Seconds between two records of the fact that a session is in use: a minute, or a thirtieth of `idle_s`."""
        return min(60.0, self.idle_s / 30)


def _check(name: str, value: object, lowest: float, highest: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not lowest <= value <= highest:
        raise ParameterError(f"{name} is {lowest:g} to {highest:g}")


DEFAULT_POLICY: Final = SessionPolicy()
