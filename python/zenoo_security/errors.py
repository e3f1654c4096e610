"""Every exception of the package.

All of them are `SecurityError`. Messages say what to do next and never hold a secret, a token or the input itself::

    SecurityError
    ├── ConfigurationError (ValueError)      a setting, an environment variable or a file is wrong
    │   ├── MissingExtra (ImportError)       an optional dependency is not installed
    │   ├── InsecureTransport                plain HTTP to a host that is not this machine
    │   └── PolicyError                      a policy is wrong, or asked for what it does not know; names the place
    ├── ParameterError (ValueError)          an argument that the programmer chose is out of range
    ├── InvalidInput (ValueError)            input from outside is not what it should be; has a field and a code
    │   ├── InputTooLarge                    too long, too many or too deep
    │   └── InvalidFields                    several fields at once; has them all in `errors`
    ├── FetchError                           an address that an outsider named was not fetched
    │   ├── FetchRefused (InvalidInput)      it leads where it may not, or redirects; has a code
    │   ├── FetchFailed                      its server is not there, too slow, or answers nonsense; has a reason
    │   └── ResponseTooLarge                 the answer is over the limit
    ├── RandomnessError                      the operating system gave no random bytes
    ├── PasswordError
    │   ├── PasswordMismatch                 the password is wrong
    │   ├── PasswordTooLong (ValueError)     over the limit; never truncated
    │   ├── MalformedHash (ValueError)       a stored hash is damaged
    │   ├── UnsupportedHash (ValueError)     a stored hash has a scheme that is not verified here
    │   ├── HashCostExceeded                 a stored hash asks for more than the cap allows
    │   └── HashingBusy                      the memory budget is in use and the time to wait has passed
    ├── OtpError
    │   ├── NotEnrolled                      there is no second factor, or none that waits to be confirmed
    │   └── OtpMismatch                      the code is wrong, expired or used
    ├── EncryptionError
    │   ├── ColumnsInUse                     columns cannot be dropped while they have values; has their count
    │   ├── DecryptionError                  wrong key, wrong context or altered: never said which
    │   └── KeyRingError                     a key ring is missing, damaged, or readable by others
    │       └── KeyInUse                     a key cannot be retired while values of it are left; has their count
    ├── AuthenticationError                  who is asking is not known
    │   ├── LoginFailed                      refused: never said whether name, password, code or too many attempts
    │   ├── SecondFactorRequired             the password was right, a code is needed; has a ticket
    │   ├── EnrollmentRequired               the session is good for enrolling a second factor and nothing else
    │   ├── SessionEnded                     no such session, or not any more; never said which
    │   ├── TooManySessions                  the account has as many as it may
    │   └── FreshLoginRequired               the login is too long ago for this
    ├── PermissionDenied                     who is asking may not
    │   ├── ClientBlocked                    the network of the client is blocked for a time; has retry_after
    │   ├── NoPrincipal                      nobody is set
    │   ├── RequestRefused, InvalidInput     a call of Odoo that no rule opens to people outside; has code and field
    │   └── RecordNotFound                   no such record, or not for who is asking; never said which
    ├── AuditUnavailable                     an event could not be written, so the call it is about is refused
    ├── QueryRefused                         the call cannot be made safely on encrypted fields
    ├── HeaderInjection                      a header of a response holds a line break or another control character
    ├── RateLimitExceeded                    too many; has retry_after
    ├── StoreError                           the shared state of logins, sessions and limits
    │   ├── StoreUnavailable                 its server is down, hangs, or answers nonsense
    │   └── StoreIncompatible                made by a newer version, or by something else
    ├── OdooError                            what Odoo answered, without its traceback
    │   ├── IncompleteCreate                 records were created, values bound to their ids were not stored
    │   ├── OdooUnavailable                  down, slow, or not an Odoo
    │   └── OdooRefused                      Odoo's own access rules, constraints or missing records
    ├── LocalOdooError                       the local Odoo of `zenoo_security.testing` could not be started
    └── DemoFailed                           a step of the demo did not do what it says
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "AuditUnavailable",
    "AuthenticationError",
    "ClientBlocked",
    "ColumnsInUse",
    "ConfigurationError",
    "DecryptionError",
    "DemoFailed",
    "EncryptionError",
    "EnrollmentRequired",
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "FieldError",
    "FreshLoginRequired",
    "HashCostExceeded",
    "HashingBusy",
    "HeaderInjection",
    "IncompleteCreate",
    "InputTooLarge",
    "InsecureTransport",
    "InvalidFields",
    "InvalidInput",
    "KeyInUse",
    "KeyRingError",
    "LocalOdooError",
    "LoginFailed",
    "MalformedHash",
    "MissingExtra",
    "NoPrincipal",
    "NotEnrolled",
    "OdooError",
    "OdooRefused",
    "OdooUnavailable",
    "OtpError",
    "OtpMismatch",
    "ParameterError",
    "PasswordError",
    "PasswordMismatch",
    "PasswordTooLong",
    "PermissionDenied",
    "PolicyError",
    "QueryRefused",
    "RandomnessError",
    "RateLimitExceeded",
    "RecordNotFound",
    "RequestRefused",
    "ResponseTooLarge",
    "SecondFactorRequired",
    "SecurityError",
    "SessionEnded",
    "StoreError",
    "StoreIncompatible",
    "StoreUnavailable",
    "TooManySessions",
    "UnsupportedHash",
]


class SecurityError(Exception):
    """The root: `except SecurityError` catches whatever this package raises."""


class ConfigurationError(SecurityError, ValueError):
    """A setting, an environment variable or a file is wrong."""


class MissingExtra(ConfigurationError, ImportError):
    """An optional dependency is not installed.

    Args:
        extra: the name of the extra, as in `pip install 'zenoo-security[extra]'`.
        needed_for: what was asked for.
    """

    def __init__(self, extra: str, needed_for: str) -> None:
        self.extra = extra
        super().__init__(f"{needed_for} needs an optional dependency: pip install 'zenoo-security[{extra}]'")


class InsecureTransport(ConfigurationError):
    """Plain HTTP to a host that is not this machine."""


class PolicyError(ConfigurationError):
    """A policy is wrong, or was asked for a role or permission that it does not know; the message names the place."""


class ParameterError(SecurityError, ValueError):
    """An argument that the programmer chose is out of its documented range."""


class InvalidInput(SecurityError, ValueError):
    """Input from outside is not what it should be. The input itself is not in the exception.

    Args:
        message: one English sentence; an application translates by `code`.
        field: the name of the field or argument, where it is known.
        code: a stable identifier, listed in `zenoo_security.validate.CODES`.
    """

    def __init__(self, message: str, *, field: str | None = None, code: str = "invalid") -> None:
        self.message = message
        self.field = field
        self.code = code
        super().__init__(f"{field}: {message}" if field else message)


class InputTooLarge(InvalidInput):
    """Too long, too many or too deep: refused before any work was done on it."""

    def __init__(self, message: str, *, field: str | None = None, code: str = "too_large") -> None:
        super().__init__(message, field=field, code=code)


class FieldError(NamedTuple):
    """What is wrong with one field: its name, a stable code, and one English sentence."""

    field: str
    code: str
    message: str


class InvalidFields(InvalidInput):
    """Several fields of one record, or one, are not what they should be; all of them are told at once.

    Args:
        errors: one entry a problem, at least one; `field` and `code` of the exception are those of the first.
    """

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors), code=first.code)
        self.field = first.field

    def __reduce__(self) -> tuple[type[InvalidFields], tuple[tuple[FieldError, ...]]]:
        return type(self), (self.errors,)


class FetchError(SecurityError):
    """An address that an outsider named was not fetched. No text of these errors holds the address or the answer."""


class FetchRefused(FetchError, InvalidInput):
    """The host of an address has an IP address that may not be called; nothing was sent there."""


_FETCH_REASONS = {
    "dns": "the host has no address",
    "connect": "no connection could be made",
    "tls": "the server has no certificate that is valid for this host",
    "timeout": "the server took too long",
    "redirects": "the server redirects more often than is allowed",
    "protocol": "the server does not speak HTTP as it should",
}


class FetchFailed(FetchError):
    """The server of an address is not there, too slow, or answers nonsense.

    Args:
        reason: `dns`, `connect`, `tls`, `timeout`, `redirects` or `protocol`.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(_FETCH_REASONS[reason])

    def __reduce__(self) -> tuple[type[FetchFailed], tuple[str]]:
        return type(self), (self.reason,)


class ResponseTooLarge(FetchError):
    """The answer, as it came or unpacked, is over the limit; the rest of it was not read.

    Args:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the answer is over {limit} bytes")

    def __reduce__(self) -> tuple[type[ResponseTooLarge], tuple[int]]:
        return type(self), (self.limit,)


class RandomnessError(SecurityError):
    """The operating system gave no random bytes; nothing was made without them."""


class PasswordError(SecurityError):
    """The root of what can go wrong with a password or its hash."""


class PasswordMismatch(PasswordError):
    """The password does not belong to the hash."""


class PasswordTooLong(PasswordError, ValueError):
    """The password is over the limit. It is refused: a truncated password would match its own prefix."""


class MalformedHash(PasswordError, ValueError):
    """A stored hash is damaged."""


class UnsupportedHash(PasswordError, ValueError):
    """A stored hash has a scheme that is not verified here."""


class HashCostExceeded(PasswordError):
    """A stored hash asks for more memory or rounds than the cap allows; no work was done."""


class HashingBusy(PasswordError):
    """The memory or the threads for hashing stayed in use for the whole time that the caller would wait."""


class OtpError(SecurityError):
    """The root of what can go wrong with a one-time password."""


class NotEnrolled(OtpError):
    """The user has no second factor, or none that waits to be confirmed."""


class OtpMismatch(OtpError):
    """The code is wrong, expired or used before; never said which."""


class EncryptionError(SecurityError):
    """The root of what can go wrong with encrypted values and their keys."""


class ColumnsInUse(EncryptionError):
    """Columns of encrypted fields cannot be dropped: there are values in them, or there may be.

    Attributes:
        count: how many; 0 when they cannot be counted.
    """

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class DecryptionError(EncryptionError):
    """The value cannot be decrypted: wrong key, wrong context, or altered. Never said which."""


class KeyRingError(EncryptionError):
    """A key ring is missing, damaged, or readable by others."""


class KeyInUse(KeyRingError):
    """A key cannot be retired: values that it encrypted are still there.

    Attributes:
        count: how many.
    """

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class AuthenticationError(SecurityError):
    """Who is asking is not known."""


class LoginFailed(AuthenticationError):
    """The login was refused. One text for every reason, so that it tells nobody which accounts there are."""

    def __init__(self) -> None:
        super().__init__("the login was refused: check the user name, the password and the code, or try again later")


class SecondFactorRequired(AuthenticationError):
    """The password was right, and the user has a second factor: ask for a code.

    Args:
        ticket: stands for the password until it expires; hand it to `SecureAuthManager.complete` with the code. Never
            in the text, which may be logged.
    """

    def __init__(self, ticket: str) -> None:
        self.ticket = ticket
        super().__init__("a code of the second factor is required")


class EnrollmentRequired(AuthenticationError):
    """A second factor is required, and the login had none: the session is good for enrolling one and nothing else."""

    def __init__(self) -> None:
        super().__init__("a second factor is required: enroll one first")


class SessionEnded(AuthenticationError):
    """There is no such session, or it has ended or expired; never said which."""

    def __init__(self) -> None:
        super().__init__("the session has ended: log in again")


class TooManySessions(AuthenticationError):
    """The account has as many sessions as it may, and the policy ends none of them for a new one."""

    def __init__(self) -> None:
        super().__init__("there are too many sessions of this account: end one of them first")


class FreshLoginRequired(AuthenticationError):
    """What was asked needs a login that is more recent than this one."""


class PermissionDenied(SecurityError):
    """Who is asking may not."""


class ClientBlocked(PermissionDenied):
    """The network of the client is blocked for a time.

    Args:
        retry_after: seconds until the block ends.
    """

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"requests from this network are refused for {retry_after:.3g} s")


class NoPrincipal(PermissionDenied):
    """Nobody is set as the one who asks, so nobody is allowed."""


class RequestRefused(PermissionDenied, InvalidInput):
    """A call of Odoo is not open to people outside, or not with these arguments. No value of it is in the exception."""


class RecordNotFound(PermissionDenied):
    """There is no such record, or not for the one who asks: which of the two is not said."""

    def __init__(self) -> None:
        super().__init__("there is no such record")


class AuditUnavailable(SecurityError):
    """The audit log cannot take an event and is required, or it is no log.

    What the event is about is not done, unless the message says that it is.
    """


class QueryRefused(SecurityError):
    """The call cannot be made safely on a model with encrypted fields; the message says what to use instead."""


class HeaderInjection(SecurityError):
    """A header of a response holds a line break or another control character: it was built from something hostile."""


class RateLimitExceeded(SecurityError):
    """Too many calls.

    Args:
        retry_after: seconds until the next call can succeed.
    """

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many requests: retry in {retry_after:.3g} s")


class StoreError(SecurityError):
    """The root of what can go wrong with the state that processes share."""


class StoreUnavailable(StoreError):
    """The store's server is down, hangs, or answers nonsense. Nothing is known, so nothing is allowed."""


class StoreIncompatible(StoreError):
    """The store was made by a newer version of this package, or by something else. Nothing was changed in it."""


class OdooError(SecurityError):
    """What Odoo answered, without its traceback and without values.

    Args:
        message: what happened and what to do.
        odoo_type: the exception class that Odoo named, such as `odoo.exceptions.AccessError`.
    """

    def __init__(self, message: str, *, odoo_type: str | None = None) -> None:
        self.odoo_type = odoo_type
        super().__init__(message)


class IncompleteCreate(OdooError):
    """Records were created, and the values that are bound to their ids or companies were not stored, or may not be.

    `__cause__` says why. Write these values to the records again, or delete the records; do not create them again.

    Args:
        model: the Odoo model.
        ids: the records.
    """

    def __init__(self, model: str, ids: Sequence[int]) -> None:
        self.model = model
        self.ids = tuple(ids)
        named = ", ".join(map(str, self.ids[:10])) + (", ..." if len(self.ids) > 10 else "")  # noqa: PLR2004
        super().__init__(
            f"{model}: {named} exist now, without the values that are bound to a record or a company: write these "
            "values again, or delete the records",
        )

    def __reduce__(self) -> tuple[type[IncompleteCreate], tuple[str, tuple[int, ...]]]:
        return type(self), (self.model, self.ids)


class OdooUnavailable(OdooError):
    """Odoo is down, too slow, or what answers is not an Odoo. Never a failed attempt to log in."""


class OdooRefused(OdooError):
    """Odoo's own access rules, constraints or missing records."""


class LocalOdooError(SecurityError):
    """The local Odoo could not be provisioned, started or stopped; the message says what to do."""


class DemoFailed(SecurityError):
    """A step of the demo did not do what it says."""
