"""One attempt to prove who somebody is: reserved first, answered alike, and settled by what came of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit, validating
from zenoo_security.auth.liveness import NoGroup
from zenoo_security.errors import (
    AuditUnavailable,
    AuthenticationError,
    DecryptionError,
    HashingBusy,
    InvalidInput,
    LoginFailed,
    OdooError,
    OdooUnavailable,
    OtpError,
    SecondFactorRequired,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.auth.refusals import Refusals
    from zenoo_security.auth.spellings import Spellings
    from zenoo_security.lockout import Attempt, Lockout
    from zenoo_security.principal import Principal

__all__ = ["Attempts", "Claim", "Proof"]

_LOG = logging.getLogger(__name__)
_OUTAGES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (HashingBusy, "busy"),
    (OdooUnavailable, "odoo_unavailable"),
    (StoreError, "store_unavailable"),
    (DecryptionError, "undecryptable"),
    (asyncio.CancelledError, "cancelled"),
)


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are, and where they come from.

    Attributes:
        database: the database.
        login: the login, as it was typed.
        client_ip: the address of the client, where it is known.
        device: the digest of the token of a device that is known for this account.
        purpose: what is to be proved, for the audit log.
        principal: who it is, where a ticket or a session has said so before.
    """

    database: str
    login: str
    client_ip: str | None = None
    device: bytes | None = None
    purpose: str = "login"
    principal: Principal | None = None


class Proof:
    """What a block has found out: who it is, and when all that they can prove was proved."""

    def __init__(self) -> None:
        self.login: str | None = None
        self.principal: Principal | None = None

    def is_of(self, principal: Principal) -> None:
        """The password was right: events may name the user, whatever else is wrong.

        Args:
            principal: who it is.
        """
        self.principal = principal

    def is_whole(self, login: str) -> None:
        """Every factor that the user has was right.

        Args:
            login: theirs, as Odoo has it.
        """
        self.login = login


class Attempts:
    """Makes each attempt count before any work is done for it.

    Args:
        lockout: the counters.
        refusals: makes refusals alike.
        spellings: says whose counters they are.
    """

    def __init__(self, lockout: Lockout, refusals: Refusals, spellings: Spellings) -> None:
        self._lockout = lockout
        self._refusals = refusals
        self._spellings = spellings

    @asynccontextmanager
    async def attempt(self, claim: Claim) -> AsyncIterator[Proof]:
        """Run the block if there is an attempt left, and settle it.

        A block that ends with the whole proof clears the failures before it. One that ends with less is given back, and
        so is what says that Odoo is down, that no code was looked at yet, or that one is still to come. Whatever else
        ends it counts as a failure.

        Raises:
            LoginFailed: there was no attempt left; or the block raised an `AuthenticationError`, an `OtpError`, or an
                error of Odoo that does not say whether the password was looked at.
        """
        async with self._refusals.alike(), self._told(claim):
            attempt = await self._lockout.reserve(claim.database, claim.login, claim.client_ip, device=claim.device)
            if attempt is None:
                self._tell("authn_login_fail_max", claim, "locked")
                raise LoginFailed
            proof = Proof()
            async with attempt:
                async with self._counted(claim, attempt, proof):
                    yield proof
                await (attempt.succeeded() if await self._clears(claim, proof) else attempt.give_back())

    async def _clears(self, claim: Claim, proof: Proof) -> bool:
        if proof.login is None:
            return False
        is_only_one = await self._spellings.is_only_one(claim.database, proof.login)
        # Nobody else has the counter of a device.
        return is_only_one or claim.device is not None

    @asynccontextmanager
    async def _counted(self, claim: Claim, attempt: Attempt, proof: Proof) -> AsyncIterator[None]:
        try:
            yield
        except (OdooUnavailable, SecondFactorRequired, HashingBusy) as error:
            await attempt.give_back()
            if isinstance(error, SecondFactorRequired):
                self._tell("authn_login_pending", claim, "second_factor_required", proof.principal)
            raise
        except (AuthenticationError, OtpError, OdooError) as error:
            if isinstance(error, OdooError):
                _LOG.error("Odoo failed at a login, which counts as refused: %s", error.odoo_type)
            await attempt.failed()
            self._tell("authn_login_fail", claim, _reason(error), proof.principal)
            raise LoginFailed from None

    @asynccontextmanager
    async def _told(self, claim: Claim) -> AsyncIterator[None]:
        """Tell the audit log about attempts that end without an answer: who asked for them gets the error.

        A guess whose client goes before it is answered is one of them.
        """
        try:
            with validating(claim.purpose):
                yield
        except (LoginFailed, SecondFactorRequired, InvalidInput, AuditUnavailable):
            raise
        except BaseException as error:
            self._tell("authn_login_error", claim, _outage(error))
            raise

    def _tell(self, event: str, claim: Claim, reason: str, principal: Principal | None = None) -> None:
        """Never with the login as it was typed: people type passwords there. A digest tells the accounts apart."""
        emit(
            event,
            principal=principal or claim.principal,
            database=claim.database,
            account=self._lockout.account(claim.database, claim.login),
            client_ip=claim.client_ip,
            purpose=claim.purpose,
            reason=reason,
        )


def _outage(error: BaseException) -> str:
    return next((reason for kind, reason in _OUTAGES if isinstance(error, kind)), "unexpected")


def _reason(error: AuthenticationError | OtpError | OdooError) -> str:
    if isinstance(error, OtpError):
        return "code"
    if isinstance(error, NoGroup):
        return "group"
    return "odoo_error" if isinstance(error, OdooError) else "credential"
