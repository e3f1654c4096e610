"""Who is asking: one immutable value, carried along by a context variable.

A context variable follows the call, not the thread: a task, a task group, `asyncio.gather` and `asyncio.to_thread`
start with a copy of the caller's context, so they see the caller's principal, and what they set stays with them. A bare
`threading.Thread` begins with an empty context before Python 3.14: there, nobody is set, and nobody may do anything.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import FreshLoginRequired, NoPrincipal, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Principal",
    "acting_as",
    "acting_as_nobody",
    "current_principal",
    "current_principal_or_none",
    "get_current_user",
]

_LEEWAY_S: Final = 30.0


@dataclass(frozen=True)
class Principal:
    """A user of one Odoo database. Holds nothing secret.

    The same login in two databases is two principals: roles, counters and caches must never meet.

    Args:
        database: the database that the user belongs to.
        uid: Odoo's id of the user, the `res.users` record.
        login: Odoo's login of the user.
        groups: external ids of the user's groups, such as `base.group_user`.
        factors: how the user proved who they are, such as `password` and `totp`.
        authenticated_at: when they did, in Unix seconds; `None` where it is not known.

    Raises:
        ParameterError: one of these is of another kind, or the database, the login or the id are nobody's.
    """

    database: str
    uid: int
    login: str
    groups: frozenset[str] = frozenset()
    factors: frozenset[str] = frozenset()
    authenticated_at: float | None = None

    def __post_init__(self) -> None:
        _check_user(self.database, self.uid, self.login)
        _check_names(self.groups, "groups")
        _check_names(self.factors, "factors")
        _check_time(self.authenticated_at)

    def require_fresh(self, within_s: float, *, at: float) -> None:
        """Refuse unless the login is recent.

        Args:
            within_s: how many seconds ago it may be at most.
            at: the time in Unix seconds.

        Raises:
            FreshLoginRequired: it is longer ago, not known, or in the future by more than the clocks of two machines
                differ (30 s).
        """
        since = self.authenticated_at
        if since is None or not -_LEEWAY_S <= at - since <= within_s:
            raise FreshLoginRequired("this needs a login that is more recent: log in again")


def _check_user(database: object, uid: object, login: object) -> None:
    for text, name in ((database, "database"), (login, "login")):
        if not isinstance(text, str) or not text:
            raise ParameterError(f"the {name} of a Principal is a text that is not empty")
    # Not isinstance: True is an int too, and would be the user with the id 1.
    if type(uid) is not int or uid <= 0:
        raise ParameterError("the uid of a Principal is the id of a user: a whole number over 0")


def _check_names(names: object, what: str) -> None:
    if not isinstance(names, frozenset) or not all(isinstance(text, str) for text in names):
        raise ParameterError(f"the {what} of a Principal are a frozenset of texts")


def _check_time(at: object) -> None:
    if at is not None and (isinstance(at, bool) or not isinstance(at, (int, float))):
        raise ParameterError("authenticated_at of a Principal is in Unix seconds, or None")


_current: ContextVar[Principal | None] = ContextVar("zenoo_security_principal", default=None)


def current_principal() -> Principal:
    """The one who asks.

    Raises:
        NoPrincipal: if nobody is set. Code that must refuse when it does not know who is asking calls this.
    """
    principal = _current.get()
    if principal is None:
        raise NoPrincipal("nobody is set as the one who asks: wrap the call in `with acting_as(principal):`")
    return principal


current_principal_or_none: Final[Callable[[], Principal | None]] = _current.get
"""The one who asks, or `None`. For logs and messages; decisions use `current_principal`."""


@contextmanager
def acting_as(principal: Principal) -> Iterator[Principal]:
    """Set who is asking for the length of a `with` block; the one before comes back after it.

    Args:
        principal: who acts.

    Raises:
        ParameterError: if it is not a `Principal`; `None` in particular must not mean "everybody".

    >>> with acting_as(Principal("shop", 7, "alice")):
    ...     get_current_user()
    'alice'
    """
    if not isinstance(principal, Principal):
        raise ParameterError("acting_as takes a Principal")
    token = _current.set(principal)
    try:
        yield principal
    finally:
        _current.reset(token)


@contextmanager
def acting_as_nobody() -> Iterator[None]:
    """Set that nobody is known to ask for the length of a `with` block, whoever it was before.

    Servers hand contexts on: uvicorn starts a request in that of the one before it on the same connection, where that
    one had to wait for its body.
    """
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def get_current_user() -> str:
    """The login of the one who asks, as the guide's decorators use it.

    Logins repeat between databases; where that matters use `current_principal`.

    Raises:
        NoPrincipal: if nobody is set.
    """
    return current_principal().login
