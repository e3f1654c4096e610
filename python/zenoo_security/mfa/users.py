"""The second factors of users: enrolled, confirmed, verified, renewed and removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from zenoo_security.audit import emit
from zenoo_security.errors import (
    ConfigurationError,
    DecryptionError,
    InvalidInput,
    NotEnrolled,
    OtpMismatch,
    RateLimitExceeded,
)
from zenoo_security.mfa import recovery, removal
from zenoo_security.mfa.codes import TotpCodes
from zenoo_security.mfa.enrollment import Enrollment, Factors
from zenoo_security.mfa.fresh import check_fresh
from zenoo_security.mfa.records import Account, Found, Record, Records
from zenoo_security.stores import Quota

if TYPE_CHECKING:
    from zenoo_security.otp import Totp
    from zenoo_security.passwords import PasswordHasher
    from zenoo_security.principal import Principal

__all__ = ["UserFactors"]

_TRIES: Final = 5
_TRIES_S: Final = 300.0
_MAX_NAMED: Final = 5
_MISMATCH: Final = "the code is wrong, expired or already used"


class UserFactors(TotpCodes):
    """The half of `MFAManager` that keeps what users enroll; the manager sets the attributes."""

    _records: Records | None
    _hasher: PasswordHasher

    async def enroll(self, principal: Principal) -> Enrollment:
        """Make a secret for a user, which counts once `confirm` has seen a code of it, within ten minutes.

        One that is confirmed already stays good until then.

        Args:
            principal: the user, logged in at most 5 minutes ago.

        Raises:
            FreshLoginRequired: the login is older.
            InvalidInput: the login cannot stand in a provisioning URI.
            StoreUnavailable: the store does not answer. So may every method below.
            ConfigurationError: the manager has no store. So may every method below but `authenticate_with_mfa`.
        """
        records, account = self._of(principal.database, principal.uid)
        check_fresh(principal, self._clock)
        secret = self.generate_secret(principal.login)
        record = Record(secret, self._algorithm, self._digits, self._period_s, self._clock.now())
        await records.put("pending", account, record)
        return Enrollment(secret, self._totp(secret).uri(principal.login, self.issuer_name))

    async def confirm(self, principal: Principal, code: str) -> list[str]:
        """Let the secret of `enroll` count, in the place of one before.

        Args:
            principal: the user; logged in at most 5 minutes ago if there is a confirmed secret.
            code: what the authenticator app shows.

        Returns:
            Ten recovery codes. Show them once: they cannot be read again.

        Raises:
            NotEnrolled: nothing waits to be confirmed, or not any more.
            OtpMismatch: the code is wrong, expired or used.
            RateLimitExceeded: five tries in five minutes were made.
            FreshLoginRequired, DecryptionError: as in `regenerate_recovery_codes`.
        """
        records, account = self._of(principal.database, principal.uid)
        if await records.load("enrolled", account) is not None:
            check_fresh(principal, self._clock)
        await _count_try(records, account)
        waiting = await records.load("pending", account)
        if waiting is None:
            raise NotEnrolled("no second factor waits for its first code: enroll again")
        if not await self._take(self._totp_of(waiting.record), code):
            emit("authn_factor_fail", principal=principal, factor="totp", reason="code")
            raise OtpMismatch(_MISMATCH)
        record, codes = await self._with_codes(waiting.record)
        if not await records.take_pending(waiting, account):
            raise NotEnrolled("the enrollment was confirmed or replaced meanwhile: enroll again")
        await records.put("enrolled", account, replace(record, enrolled_at=self._clock.now()))
        emit("authn_factor_enrolled", principal=principal, factor="totp")
        return codes

    async def is_enrolled(self, database: str, uid: int) -> bool:
        """Whether a user has a confirmed second factor.

        Raises:
            DecryptionError: there is one that cannot be opened; that is never "no".
        """
        records, account = self._of(database, uid)
        return await records.load("enrolled", account) is not None

    async def verify(self, database: str, uid: int, code: str) -> Literal["totp", "recovery"]:
        """Use up a code of the authenticator app, or a recovery code; their form tells them apart.

        Verify the password first, and count the failures, as `SecureAuthManager` does: nothing is counted here.

        Returns:
            Which of the two it was.

        Raises:
            OtpMismatch: it is wrong, expired or used, or the user has no second factor.
            InvalidInput: it is not a str.
            DecryptionError: the user has a second factor that cannot be opened.
        """
        records, account = self._of(database, uid)
        if not isinstance(code, str):
            raise InvalidInput("the value has the wrong type", field="totp_token", code="type")
        found = await records.load("enrolled", account)
        recovery_code = recovery.canonical(code)
        if recovery_code is not None:
            await self._use_recovery_code(account, found, recovery_code)
            return "recovery"
        if found is None or not await self._take(self._totp_of(found.record), code):
            raise OtpMismatch(_MISMATCH)
        return "totp"

    async def regenerate_recovery_codes(self, principal: Principal) -> list[str]:
        """Make ten new recovery codes; those before are good no more.

        Args:
            principal: the user, logged in at most 5 minutes ago.

        Raises:
            NotEnrolled: the user has no second factor.
            FreshLoginRequired: the login is older.
            DecryptionError: there is a second factor that cannot be opened; an administrator can `reset` it.
        """
        records, account = self._of(principal.database, principal.uid)
        check_fresh(principal, self._clock)
        found = await records.load("enrolled", account)
        if found is None:
            raise NotEnrolled("there is no second factor: enroll first")
        record, codes = await self._with_codes(found.record)
        if not await records.replace(found, account, record):
            raise NotEnrolled("the second factor was changed meanwhile: try again")
        emit("authn_recovery_codes_created", principal=principal)
        return codes

    async def disable(self, principal: Principal) -> bool:
        """Remove the second factor of a user and the recovery codes. Returns whether there was one.

        Args:
            principal: the user, logged in at most 5 minutes ago.

        Raises:
            FreshLoginRequired: the login is older.
        """
        records, account = self._of(principal.database, principal.uid)
        check_fresh(principal, self._clock)
        return await removal.disable(records.store, account, principal)

    async def reset(self, database: str, uid: int) -> bool:
        """Remove the second factor of any user, also one that cannot be opened. Returns whether there was one.

        For an administrator who has made sure of who is asking: nothing is checked here.
        """
        records, account = self._of(database, uid)
        return await removal.reset(records.store, account)

    async def factors(self, database: str, uid: int) -> Factors:
        """What a user has enrolled, since when, and what is left of it.

        Raises:
            DecryptionError: there is a second factor that cannot be opened.
        """
        records, account = self._of(database, uid)
        found = await records.load("enrolled", account)
        if found is None or self._shared is None:
            return Factors()
        record = found.record
        step = await self._shared.last(self._totp_of(record))
        return Factors(
            enrolled_at=record.enrolled_at,
            last_used_at=None if step is None else float(step * record.period_s),
            recovery_codes_left=len(record.codes),
            recovery_codes_made_at=record.codes_made_at,
            recovery_code_used_at=record.codes_used_at,
        )

    async def reseal(self) -> int:
        """Seal with the primary key what an older key sealed, so that the older one can be retired. Returns how many.

        Raises:
            DecryptionError: some cannot be opened; all others are sealed anew.
        """
        resealed = await self._enrolled_records().reseal()
        if resealed.unreadable:
            named = ", ".join(resealed.unreadable[:_MAX_NAMED])
            raise DecryptionError(
                f"{len(resealed.unreadable)} second factors cannot be opened, such as {named}: reset those users"
            )
        return resealed.old

    def _enrolled_records(self) -> Records:
        if self._records is None:
            raise ConfigurationError("second factors are kept in a store: pass store= and key_ring=")
        return self._records

    def _of(self, database: str, uid: int) -> tuple[Records, Account]:
        return self._enrolled_records(), Account.of(database, uid)

    def _totp_of(self, record: Record) -> Totp:
        return self._totp(record.secret, algorithm=record.algorithm, digits=record.digits, period_s=record.period_s)

    async def _with_codes(self, record: Record) -> tuple[Record, list[str]]:
        codes = recovery.generate()
        kept = await recovery.hashed(codes, self._hasher)
        return replace(record, codes=kept, codes_made_at=self._clock.now(), codes_used_at=None), codes

    async def _use_recovery_code(self, account: Account, found: Found | None, code: str) -> None:
        kept = found.record.codes if found else {}
        selector, stored = await recovery.matching(code, kept, self._hasher)
        records = self._enrolled_records()
        while found is not None and found.record.codes.get(selector) == stored:
            left = {other: kept for other, kept in found.record.codes.items() if other != selector}
            used = replace(found.record, codes=left, codes_used_at=self._clock.now())
            if await records.replace(found, account, used):
                _tell_used(account, len(left))
                return
            found = await records.load("enrolled", account)
        raise OtpMismatch(_MISMATCH)


def _tell_used(account: Account, left: int) -> None:
    emit("authn_recovery_code_used", database=account.database, model="res.users", ids=[account.uid], left=left)


async def _count_try(records: Records, account: Account) -> None:
    key = f"mfa/confirm/{account.database}/{account.uid}".encode()
    [taken] = await records.store.take([Quota(key, _TRIES, _TRIES_S)])
    if not taken.allowed:
        emit(
            "excess_rate_limit_exceeded",
            database=account.database,
            model="res.users",
            ids=[account.uid],
            what="mfa_confirm",
            limit=_TRIES,
        )
        raise RateLimitExceeded(taken.retry_after_s)
