"""A row of the audit log in Odoo's database: the line of the event, and what of it is searched for."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.audit.events import EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "AuditRow", "meaning_of", "read_line", "row_of"]


class AuditRow(NamedTuple):
    """The columns of an event beside its line. A text has at most 257 characters.

    Attributes:
        time: when it occurred, in UTC without a zone, as Odoo stores it, to the second.
        event: its name.
        level: `info`, `warn`, `error` and so on.
        outcome: `success`, `failure` or `unknown`.
        reason: a code.
        address: of the client; an IPv6 address as its /64.
        uid: of the user, where that is known.
        login: of the user, where that is known.
        account: a digest of the login.
    """

    time: datetime | None
    event: str | None
    level: str | None
    outcome: str | None
    reason: str | None
    address: str | None
    uid: int | None
    login: str | None
    account: str | None


COLUMNS: Final = AuditRow._fields

_MEMBERS: Final = (
    "event.action",
    "log.level",
    "event.outcome",
    "event.reason",
    "source.address",
    "user.id",
    "user.name",
    "user.hash",
)


def read_line(line: str) -> dict[str, Any]:
    """The members of a line, none of them where it is no line of an event.

    >>> read_line('{"event.action":"authz_fail"}'), read_line("damaged"), read_line("[]")
    ({'event.action': 'authz_fail'}, {}, {})
    """
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def row_of(members: Mapping[str, Any]) -> AuditRow:
    """The columns of an event.

    Args:
        members: those of its line.
    """
    return AuditRow(_time_of(members.get("@timestamp")), *(members.get(name) for name in _MEMBERS))


def meaning_of(event: str) -> str:
    """When an event of this name occurs, in one sentence; empty for one of an application.

    >>> meaning_of("authn_password_change")
    'a user changed the password'
    """
    kind = EVENTS.get(event)
    return kind.when if kind else ""


def _time_of(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None)
