"""From what a caller says about an event to the fields of its line (docs/formats.md)."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any, Final

from zenoo_security._native import audit_line
from zenoo_security.audit.events import EVENTS, EventKind
from zenoo_security.audit.request import client_prefix, current_request
from zenoo_security.principal import Principal, current_principal_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OTHER", "clean_name", "fields_of", "kind_of", "level_name"]

OTHER: Final = EventKind("process", logging.WARNING, "unknown", (), "")
"""What is fixed about an event of an application."""

_MAX_IDS: Final = 100
_MAX_NAME_CHARS: Final = 64
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._:-]")
_LEVELS: Final = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warn",
    logging.ERROR: "error",
    logging.CRITICAL: "fatal",
}


def clean_name(event: str) -> str:
    """The name of an event as every sink gets it: plain text, also where an application made it of what it was sent."""
    if event in EVENTS:
        return event
    text: str = json.loads(audit_line({"name": event}))["name"]
    return _NO_NAME.sub("_", text)[:_MAX_NAME_CHARS]


def kind_of(event: str) -> EventKind:
    """What is fixed about an event of this name."""
    return EVENTS.get(event, OTHER)


def level_name(level: int) -> str:
    """The name of a level."""
    return _LEVELS.get(level) or logging.getLevelName(level).lower()


def fields_of(event: str, kind: EventKind, level: int, details: dict[str, Any]) -> dict[str, Any]:
    """The fields of a line, without the time and what is the same in all lines of a process.

    Args:
        event: its name.
        kind: what is fixed about it.
        level: of the `logging` module.
        details: what the caller knows; emptied of what has a field of its own.
    """
    take = details.pop
    given, request = take("principal", None), current_request()
    principal = given if isinstance(given, Principal) else current_principal_or_none()
    client_ip, ids = take("client_ip", None), take("ids", None)
    fields: dict[str, Any] = {
        "log.level": _LEVELS.get(level) or level_name(level),
        "event.action": event,
        "event.category": kind.category,
        "event.outcome": take("outcome", kind.outcome),
        "event.reason": take("reason", None),
        "http.request.id": request.id,
        "source.address": client_prefix(client_ip) if client_ip is not None else request.client,
    }
    if principal is not None:
        fields["user.id"], fields["user.name"] = principal.uid, principal.login
    fields["user.hash"] = take("account", None)
    fields["odoo.database"] = take("database", None if principal is None else principal.database)
    fields["odoo.model"] = take("model", None)
    if ids is not None:
        fields |= _ids(ids)
    fields["details"] = details or None
    return fields


def _ids(ids: object) -> Mapping[str, Any]:
    if not isinstance(ids, (list, tuple)):
        return {"odoo.ids": [ids]}
    return {"odoo.ids": ids, "odoo.ids_count": len(ids) if len(ids) > _MAX_IDS else None}
