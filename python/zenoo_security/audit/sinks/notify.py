"""Users told what happens to their accounts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.audit.entry import is_sink
from zenoo_security.audit.sinks.background import Background
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.audit.entry import Entry

__all__ = ["Notification", "NotifySink"]

# Not `authn_login_fail_max`: whoever has a password may be refused without end, and would send as many mails.
_TEXTS: Final = {
    "authn_factor_enrolled": "A second factor was added to your account.",
    "authn_factor_removed": "The second factor of your account was removed.",
    "authn_login_fail": "Somebody who knows your password or has a session of yours failed to prove that it is you.",
    "authn_password_change": "The password of your account was changed.",
    "authn_recovery_code_used": "A recovery code was used in place of another second factor of your account.",
    "authn_recovery_codes_created": "New recovery codes were made for your account; older ones are not valid any more.",
    "authn_token_created": "A device is remembered from now on, so that failures of others do not lock it out.",
}


class Notification(NamedTuple):
    """What a user should be told.

    Attributes:
        event: its name in the audit log.
        reason: its code, if it has one.
        text: what happened, in one English sentence.
        time: when it occurred, in Unix seconds.
        database: the database in Odoo.
        uid: the `res.users` id of the user.
        login: theirs; None where the event has their id alone, as when an administrator acts on them.
        client: the IPv4 address or the IPv6 network (/64) of whoever did it, where it is known.
    """

    event: str
    reason: str | None
    text: str
    time: float
    database: str
    uid: int
    login: str | None
    client: str | None


class NotifySink(Background):
    """Tells users, in the background, what they would want to know if somebody else had done it.

    That is: a second factor was added or removed, recovery codes were made or used, the password was changed, a device
    is remembered, or somebody who got past the password or has a session failed to prove more. All other events are
    left to other sinks.

    Args:
        send: gets a `Notification`, in a thread of its own, and sends it by mail or however users are reached. What it
            raises is counted and reported as for any sink.
        capacity: as for `Background`.

    Raises:
        ParameterError: `send` cannot be called, or is a class or an `async def`; or the capacity is out of range.
    """

    def __init__(self, send: Callable[[Notification], object], *, capacity: int = 10_000) -> None:
        if not is_sink(send):
            raise ParameterError("send is a function of a Notification, no class and no async function")

        def notify(entry: Entry) -> None:
            notification = _notification(entry)
            if notification is not None:
                send(notification)

        super().__init__(notify, capacity=capacity)

    def __call__(self, entry: Entry) -> None:
        """Put an event into the queue if users are told of such."""
        if entry.event in _TEXTS:
            super().__call__(entry)


def _notification(entry: Entry) -> Notification | None:
    fields: dict[str, Any] = json.loads(entry.line)
    uid, login = _whom(fields)
    if uid is None:
        return None
    return Notification(
        entry.event,
        fields.get("event.reason"),
        _TEXTS[entry.event],
        entry.time,
        fields["odoo.database"],
        uid,
        login,
        fields.get("source.address"),
    )


def _whom(fields: dict[str, Any]) -> tuple[int | None, str | None]:
    """Id and login of the user that an event is about: who acts, or on whom an administrator does."""
    if fields.get("odoo.model") == "res.users":
        return fields["odoo.ids"][0], None
    return fields.get("user.id"), fields.get("user.name")
