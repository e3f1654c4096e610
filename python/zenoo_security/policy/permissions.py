"""The grammar of permissions: `model:operation[:field]`, or the name of something that is not Odoo's.

`res.partner:read` is an operation on a model, `res.partner:write:phone` one on a field, and `export_reports` a name of
your own. Operations are `read`, `write`, `create` and `unlink`, the methods that are none of these
(`sale.order:action_confirm`), and `unmask`, which shows the fields of `masks` in full.

A rule for a field gives nothing but that field: `res.partner:*:phone` is not the right to `unlink`.

Rules may have wildcards: `*` for a whole segment, and `account.*` for every model whose name begins with `account.`.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from zenoo_security.errors import PolicyError

__all__ = [
    "EVERYTHING",
    "MAX_LENGTH",
    "NAMED_ONLY",
    "OPERATIONS",
    "WHOLE",
    "WITH_FIELDS",
    "WRITES",
    "Asked",
    "Pattern",
    "is_model",
    "is_name",
    "named_only",
    "parse",
    "parse_pattern",
]

MAX_LENGTH: Final = 200
OPERATIONS: Final = frozenset({"create", "read", "unlink", "write"})
"""Those of Odoo's own access rights."""
WITH_FIELDS: Final = frozenset({"create", "read", "unmask", "write"})
"""Operations that can be allowed for single fields. All others are for the whole record."""
WHOLE: Final = frozenset({"", "*"})
"""The fields of a rule that is about all of them."""
WRITES: Final = frozenset({"create", "write"})
NAMED_ONLY: Final = frozenset(
    {"active", "company_id", "company_ids", "group_ids", "groups_id", "new_password", "password", "share", "x_active"}
)
"""Fields that decide what a user may do or see: only a rule that names them lets anybody write them."""
_NAMED_ONLY_OF: Final = {"res.users": frozenset({"role"})}

_NO_FIELDS: Final = (
    f"a field belongs to one of {', '.join(sorted(WITH_FIELDS))}: other operations are for whole records"
)
_NAME: Final = r"[a-z_][a-z0-9_]*"
_MODEL: Final = rf"{_NAME}(?:\.{_NAME})*"
_ASKED: Final = re.compile(rf"(?:{_NAME}|{_MODEL}:{_NAME}(?::{_NAME})?)")
_PATTERN: Final = re.compile(rf"(?:\*|{_NAME}|(?:\*|{_MODEL}(?:\.\*)?):(?:\*|{_NAME})(?::(?:\*|{_NAME}))?)")


class Asked(NamedTuple):
    """A permission that is asked for; `operation` and `field` are empty where there is none.

    Attributes:
        subject: a model, or a name of your own.
        operation: empty for a name of your own.
        field: empty for the operation as such.
    """

    subject: str
    operation: str
    field: str

    def __str__(self) -> str:
        return ":".join(filter(None, self))


class Pattern(NamedTuple):
    """A permission of a rule, with its wildcards."""

    subject: str
    operation: str
    field: str

    def covers(self, asked: Asked) -> bool:
        """Whether all that is asked for is meant: a field by its operation, an operation not by one of its fields."""
        return self.reaches(asked.subject, asked.operation) and (self.field in WHOLE or self.field == asked.field)

    def reaches(self, subject: str, operation: str) -> bool:
        """Whether a subject and operation are meant, or a field of them."""
        if bool(self.operation) != bool(operation) and self != EVERYTHING:
            return False
        if self.field not in WHOLE and operation not in WITH_FIELDS:
            return False
        return _includes(self.subject, subject) and self.operation in {"*", "", operation}

    def is_about(self, model: str) -> bool:
        """Whether a model is meant, with whatever operation."""
        return bool(self.operation or self == EVERYTHING) and _includes(self.subject, model)

    def includes(self, other: Pattern) -> bool:
        """Whether this means all that another one means."""
        if self == EVERYTHING:
            return True
        return (
            bool(self.operation) == bool(other.operation)
            and _includes(self.subject, other.subject)
            and self.operation in {"*", other.operation}
            and (self.field in WHOLE or self.field == other.field)
        )

    def overlaps(self, other: Pattern) -> bool:
        """Whether there is something that both mean."""
        if EVERYTHING in {self, other}:
            return True
        return (
            bool(self.operation) == bool(other.operation)
            and (_includes(self.subject, other.subject) or _includes(other.subject, self.subject))
            and (self.operation == other.operation or "*" in {self.operation, other.operation})
            and (self.field == other.field or not WHOLE.isdisjoint({self.field, other.field}))
            and ({self.field, other.field} <= WHOLE or {self.operation, other.operation} <= WITH_FIELDS | {"*"})
        )

    def __str__(self) -> str:
        return ":".join(filter(None, self))


EVERYTHING: Final = Pattern("*", "", "")
"""The rule for whatever can be asked."""


def parse(text: object) -> Asked:
    """Read a permission that is asked for, which has no wildcard.

    Raises:
        PolicyError: it is not one.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not _ASKED.fullmatch(text):
        raise PolicyError("a permission is 'model:operation', 'model:operation:field' or a name, in lower case")
    asked = Asked(*_segments(text))
    if asked.field and asked.operation not in WITH_FIELDS:
        raise PolicyError(_NO_FIELDS)
    return asked


def parse_pattern(text: object) -> Pattern:
    """Read a permission of a rule.

    Raises:
        PolicyError: it is not one.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not _PATTERN.fullmatch(text):
        raise PolicyError(
            "a rule is 'model:operation', 'model:operation:field' or a name, in lower case, with '*' for a whole part "
            "and 'account.*' for the models that begin so"
        )
    pattern = Pattern(*_segments(text))
    if pattern.field and pattern.operation not in WITH_FIELDS | {"*"}:
        raise PolicyError(_NO_FIELDS)
    return pattern


def named_only(model: str) -> frozenset[str]:
    """The fields of a model that only a rule which names them lets anybody write."""
    return NAMED_ONLY | _NAMED_ONLY_OF.get(model, frozenset())


def is_name(text: object) -> bool:
    """Whether something is the name of a field or a method, or a permission of your own."""
    return isinstance(text, str) and len(text) <= MAX_LENGTH and re.fullmatch(_NAME, text) is not None


def is_model(text: object) -> bool:
    """Whether something is the name of a model."""
    return isinstance(text, str) and len(text) <= MAX_LENGTH and re.fullmatch(_MODEL, text) is not None


def _segments(text: str) -> tuple[str, str, str]:
    # An enum that is a text is one by its value only.
    subject, _, rest = str.__str__(text).partition(":")
    operation, _, field = rest.partition(":")
    return subject, operation, field


def _includes(pattern: str, other: str) -> bool:
    """Whether a pattern means a subject, or all that another pattern means."""
    if pattern.endswith(".*"):
        return other.startswith(pattern[:-1])
    return pattern in {"*", other}
