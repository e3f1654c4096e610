"""What the audit log is told of sessions: never a token, whose id stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.audit import emit

if TYPE_CHECKING:
    from zenoo_security.sessions.index import Entry
    from zenoo_security.sessions.records import Session

__all__ = ["tell_all_ended", "tell_begun", "tell_ended"]


def tell_begun(session: Session, replaced: Session | None) -> None:
    """A session has its token; it replaces a ticket, or itself under another token."""
    if session.pending:
        return
    principal, client_ip = session.principal, session.client_ip
    if replaced is None or replaced.pending:
        emit("session_created", principal=principal, client_ip=client_ip, session_id=session.id)
    else:
        emit("session_renewed", principal=principal, client_ip=client_ip, session_id=session.id)


def tell_ended(session: Session, reason: str) -> None:
    """A session or a ticket was ended."""
    emit("session_expired", principal=session.principal, session_id=session.id, reason=reason)


def tell_all_ended(database: str, ended: list[Entry]) -> list[Entry]:
    """Sessions of one account were ended; the login may be one that somebody typed. Returns them."""
    if ended:
        ids = [entry.id for entry in ended]
        emit("session_expired", database=database, session_id=ids, count=len(ids), reason="revoked")
    return ended
