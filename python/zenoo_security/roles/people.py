"""Whose roles: a principal, or a login in a database."""

from __future__ import annotations

from typing import Final

from zenoo_security.accounts import check_database, check_login
from zenoo_security.errors import ParameterError
from zenoo_security.principal import Principal, current_principal_or_none
from zenoo_security.roles.assigned import Account

__all__ = ["whose"]

_NONE: Final[frozenset[str]] = frozenset()


def whose(username: object, database: str | None) -> tuple[Account, frozenset[str]]:
    """The account that is meant, and the groups that are known of it.

    Raises:
        ParameterError: the database is not known, or is another than that of the principal.
        InvalidInput, InputTooLarge: this is no login or no database.
    """
    if isinstance(username, Principal):
        if database not in {None, username.database}:
            raise ParameterError("database is another than that of the principal: leave it out")
        return Account(username.database, username.login), username.groups
    current = current_principal_or_none()
    if database is None:
        if current is None:
            raise ParameterError(
                "whose database? Logins repeat between databases: pass database='...', or a Principal; it is known by "
                "itself only while somebody is set with acting_as"
            )
        database = current.database
    if current is not None and (current.database, current.login) == (database, username):
        return Account(database, current.login), current.groups
    return Account(check_database(database), check_login(username)), _NONE
