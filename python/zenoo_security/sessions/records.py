"""What is known of a session, and the form in which a store holds it: sealed, and bound to the place where it lies."""

from __future__ import annotations

import base64
import json
import logging
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.accounts import canonical_login
from zenoo_security.errors import DecryptionError, SessionEnded
from zenoo_security.fields import FieldCipher
from zenoo_security.principal import Principal

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing

__all__ = ["Record", "Records", "Session", "is_same_user", "new_id", "under_new_token"]

_LOG = logging.getLogger(__name__)

_VERSION: Final = 1
_ID_BYTES: Final = 16
_PADDING: Final = 64
"""Hides the length of a password up to so many bytes."""


@dataclass(frozen=True)
class Session:
    """A session as it was when it was looked up. Holds nothing secret; all times are the store's, in Unix seconds.

    Attributes:
        id: names the session to its user and to an administrator. It stays when the token changes and is no way in.
        principal: who logged in.
        created_at: when the session began.
        seen_at: when it was in use, to within `SessionPolicy.touch_s`.
        checked_at: when Odoo last said that the user is still there.
        expires_at: when it ends, however busy it is.
        client_ip: the address that logged in, where it is known.
        label: what the user would know it by, such as the name of a browser.
        pending: whether the second factor is missing. Such a login is not a session yet, and `Sessions.get` gives none.
    """

    id: str
    principal: Principal
    created_at: float
    seen_at: float
    checked_at: float
    expires_at: float
    client_ip: str | None = None
    label: str | None = None
    pending: bool = False


def new_id() -> str:
    """A new `Session.id`: 16 bytes from the operating system."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES)).rstrip(b"=").decode()


def under_new_token(session: Session, now: float, absolute_s: float) -> Session:
    """What becomes of a session when its token changes; of a ticket, a session that begins now."""
    if not session.pending:
        return replace(session, seen_at=now)
    return replace(session, created_at=now, seen_at=now, checked_at=now, expires_at=now + absolute_s, pending=False)


def is_same_user(principal: Principal, other: Principal) -> bool:
    """Whether two principals are one user, whatever their groups and factors."""
    return _user(principal) == _user(other)


def _user(principal: Principal) -> tuple[str, int, str]:
    return principal.database, principal.uid, canonical_login(principal.login)


class Record(NamedTuple):
    """A session and the sealed credential of its user."""

    session: Session
    credential: str


class Records:
    """Seals and opens records.

    Args:
        key_ring: the keys.
    """

    def __init__(self, key_ring: KeyRing) -> None:
        self._cipher = FieldCipher(key_ring, padding=_PADDING)

    def seal(self, digest: bytes, record: Record) -> bytes:
        """The bytes of a record that belongs to the token with this digest."""
        text = json.dumps({"v": _VERSION, **_to_json(record.session), "credential": record.credential})
        return self._cipher.encrypt(text, context=_record_context(digest)).encode()

    def open(self, digest: bytes, raw: bytes) -> Record:
        """The record in these bytes.

        Raises:
            SessionEnded: it was altered, lay elsewhere before, was sealed with a key that is gone, or was written by
                another version. A warning is logged.
        """
        try:
            text = self._cipher.decrypt(raw.decode("ascii", "replace"), context=_record_context(digest))
            return _from_json(str(text))
        except (DecryptionError, KeyError, TypeError, ValueError) as error:
            _LOG.warning("a session record cannot be read and its session has ended: %s", type(error).__name__)
        raise SessionEnded

    def seal_credential(self, session_id: str, credential: str) -> str:
        """A credential, sealed for the session with this id."""
        # As JSON, it is no token of the cipher and no lone surrogate, whatever a password may look like.
        return self._cipher.encrypt(json.dumps(credential), context=_credential_context(session_id))

    def open_credential(self, record: Record) -> str:
        """The credential of a record.

        Raises:
            SessionEnded: it was sealed with a key that is gone. A warning is logged.
        """
        try:
            text = self._cipher.decrypt(record.credential, context=_credential_context(record.session.id))
            return str(json.loads(str(text)))
        except DecryptionError:
            _LOG.warning("the credential of a session cannot be read and the session has ended")
        raise SessionEnded


def _record_context(digest: bytes) -> tuple[str, ...]:
    return ("zenoo_security", "session", digest.hex())


def _credential_context(session_id: str) -> tuple[str, ...]:
    return ("zenoo_security", "session credential", session_id)


def _to_json(session: Session) -> dict[str, object]:
    principal = session.principal
    return {
        **{name: value for name, value in vars(session).items() if name != "principal"},
        "database": principal.database,
        "uid": principal.uid,
        "login": principal.login,
        "groups": sorted(principal.groups),
        "factors": sorted(principal.factors),
        "authenticated_at": principal.authenticated_at,
    }


def _from_json(text: str) -> Record:
    data = dict(json.loads(text))
    if data.pop("v") != _VERSION:
        raise ValueError
    principal = Principal(
        data.pop("database"),
        data.pop("uid"),
        data.pop("login"),
        frozenset(data.pop("groups")),
        frozenset(data.pop("factors")),
        data.pop("authenticated_at"),
    )
    credential = data.pop("credential")
    return Record(Session(principal=principal, **data), credential)
