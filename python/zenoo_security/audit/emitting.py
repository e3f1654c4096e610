"""`emit`, and the log of this process that it reaches."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security._native import audit_line
from zenoo_security.audit.lines import clean_name, kind_of
from zenoo_security.audit.log import LOGGER, AuditLog, to_logger
from zenoo_security.audit.request import client_prefix
from zenoo_security.errors import ParameterError
from zenoo_security.principal import Principal, current_principal_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LOGGER_NAME", "Detail", "configure", "configured", "emit"]

LOGGER_NAME: Final = LOGGER.name
"""The logger that hears the events until an `AuditLog` is configured."""

Detail: TypeAlias = "str | int | float | bool | Principal | Sequence[int | str] | None"
"""What the details of an event may be."""


class _Process:
    log: AuditLog | None = None


def emit(event: str, *, level: int | None = None, **details: Detail) -> None:
    """Tell the audit log of this process about an event, or the logger `zenoo_security.audit` while there is none.

    Args:
        event: its name, such as `authz_fail`; the inventory is `EVENTS`.
        level: of the log record; that of the inventory unless given, and WARNING for other events.
        details: what is known about it. `principal` (the one who asks unless given), `database`, `model`, `ids`,
            `outcome`, `reason`, `client_ip` and `account` have fields of their own. Only texts, numbers, booleans and
            lists and dicts of them are written; of anything else the name of its type is.

    Raises:
        AuditUnavailable: the event cannot be written, and the log is `required`.
    """
    log = _Process.log
    if log is not None:
        log.write(event, level, details)
        return
    level = kind_of(event).level if level is None else level
    if LOGGER.isEnabledFor(level):
        plain, event = _plain(details), clean_name(event)
        to_logger(level, "%s %s", event, plain, event={"name": event, **plain})


def configure(log: AuditLog | None) -> AuditLog | None:
    """Send the events of this process to a log from now on; `None` sends them to the logger. Returns the log before.

    Raises:
        ParameterError: it is no `AuditLog`.
    """
    if log is not None and not isinstance(log, AuditLog):
        raise ParameterError("configure takes an AuditLog, or None")
    before, _Process.log = _Process.log, log
    return before


@contextmanager
def configured(log: AuditLog) -> Iterator[AuditLog]:
    """Send the events of this process to a log for the length of a `with` block, and close it."""
    before = configure(log)
    try:
        yield log
    finally:
        configure(before)
        log.close()


def _plain(details: dict[str, Detail]) -> dict[str, object]:
    """The details as a line would have them: without secrets, and of a bounded size."""
    if "client_ip" in details:
        details = {**details, "client_ip": client_prefix(details["client_ip"])}
    given = details.pop("principal", None)
    principal = given if isinstance(given, Principal) else current_principal_or_none()
    if principal is not None:
        details = {"database": principal.database, "uid": principal.uid, **details}
    plain: dict[str, object] = json.loads(audit_line({"details": details}))["details"]
    return plain
