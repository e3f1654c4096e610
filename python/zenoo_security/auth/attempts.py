"""One attempt to prove who somebody is: reserved first, answered alike, and settled by what came of it."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenoo_security.errors import (
    AuthenticationError,
    LoginFailed,
    OdooError,
    OdooUnavailable,
    OtpError,
    SecondFactorRequired,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.auth.refusals import Refusals
    from zenoo_security.lockout import Attempt, Lockout

__all__ = ["Attempts", "Claim"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are, and where they come from.

    Attributes:
        database: the database.
        login: the login, as it was typed.
        client_ip: the address of the client, where it is known.
        device: the digest of the token of a device that is known for this account.
    """

    database: str
    login: str
    client_ip: str | None = None
    device: bytes | None = None


class Attempts:
    """Makes each attempt count before any work is done for it.

    Args:
        lockout: the counters.
        refusals: makes refusals alike.
    """

    def __init__(self, lockout: Lockout, refusals: Refusals) -> None:
        self._lockout = lockout
        self._refusals = refusals

    @asynccontextmanager
    async def attempt(self, claim: Claim) -> AsyncIterator[None]:
        """Run the block if there is an attempt left, and settle it.

        The block succeeds by ending. What says that Odoo is down, or that a code is still to come, is given back.
        Whatever else ends it counts as a failure.

        Raises:
            LoginFailed: there was no attempt left; or the block raised an `AuthenticationError`, an `OtpError`, or an
                error of Odoo that does not say whether the password was looked at.
        """
        async with self._refusals.alike():
            attempt = await self._lockout.reserve(claim.database, claim.login, claim.client_ip, device=claim.device)
            if attempt is None:
                raise LoginFailed
            async with attempt, _settled(attempt):
                yield


@asynccontextmanager
async def _settled(attempt: Attempt) -> AsyncIterator[None]:
    try:
        yield
    except (OdooUnavailable, SecondFactorRequired):
        await attempt.give_back()
        raise
    except (AuthenticationError, OtpError, OdooError) as error:
        if isinstance(error, OdooError):
            _LOG.error("Odoo failed at a login, which counts as refused: %s", error.odoo_type)
        await attempt.failed()
        raise LoginFailed from None
    await attempt.succeeded()
