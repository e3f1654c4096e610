"""From what a caller says about an event to its line (docs/formats.md)."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Final, NamedTuple

from zenoo_security._native import audit_event, audit_line
from zenoo_security.audit.entry import Entry
from zenoo_security.audit.events import EVENTS, EventKind
from zenoo_security.audit.request import client_prefix, current_request
from zenoo_security.principal import Principal, current_principal_or_none

__all__ = ["OTHER", "clean_name", "entry_of", "kind_of", "level_name", "members_of"]

OTHER: Final = EventKind("process", logging.WARNING, "unknown", (), "")
"""What is fixed about an event of an application."""

_MAX_NAME_CHARS: Final = 64
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._:-]")
_LEVELS: Final = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warn",
    logging.ERROR: "error",
    logging.CRITICAL: "fatal",
}


class _About(NamedTuple):
    """What is the same in all lines of an event.

    Attributes:
        name: of the event, in plain text.
        level: of the `logging` module.
        outcome: unless the event says so itself.
        members: its part of a line.
    """

    name: str
    level: int
    outcome: str
    members: str


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


def entry_of(event: str, level: int | None, details: dict[str, Any], *, head: str, number: int, now: float) -> Entry:
    """An event as the sinks get it.

    Args:
        event: its name, as a caller gave it.
        level: of the `logging` module; that of the inventory unless given.
        details: what the caller knows.
        head: the members that all lines of a process have.
        number: its place in the sequence.
        now: when it occurred, in Unix seconds.
    """
    about = _KNOWN.get(event) if level is None else None
    if about is None:
        about = _about(clean_name(event), level)
    asker, request = details.get("principal"), current_request()
    if not isinstance(asker, Principal):
        asker = current_principal_or_none()
    request_id, client = (None, None) if request is None else (request.id, request.client)
    if details.get("client_ip") is not None:
        client = client_prefix(details["client_ip"])
    line = audit_event(head, about.members, about.outcome, number, now, (request_id, client), asker, details)
    return Entry(line, about.name, about.level, now)


def members_of(fields: dict[str, Any]) -> str:
    """Fields as a part of a line."""
    return audit_line(fields)[1:-1].decode()


def _about(event: str, level: int | None) -> _About:
    kind = kind_of(event)
    level = kind.level if level is None else level
    fields = {"log.level": level_name(level), "event.action": event, "event.category": kind.category}
    return _About(event, level, kind.outcome, members_of(fields))


_KNOWN: Final = {event: _about(event, None) for event in EVENTS}
