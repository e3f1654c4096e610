"""What a set of roles may do: every rule of theirs, and the decision of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.policy.permissions import NAMED_ONLY, WRITES, Asked, Pattern, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Decision", "FieldRights", "Rights", "Rule"]

_MAX_REMEMBERED: Final = 4096


class Rule(NamedTuple):
    """One line of a policy.

    Attributes:
        role: the role that has it.
        allow: or deny.
        pattern: what it is about.
    """

    role: str
    allow: bool
    pattern: Pattern


@dataclass(frozen=True)
class Decision:
    """What was decided, and by which rule.

    Attributes:
        allowed: whether it is.
        permission: what was asked.
        roles: of the one who asked.
        rule: what decided; None when no rule allows it.
    """

    allowed: bool
    permission: str
    roles: frozenset[str]
    rule: Rule | None


class Rights:
    """The rules of some roles together. A deny of any of them wins over every allow.

    Args:
        roles: their names, inherited ones included.
        rules: all of their rules.
    """

    def __init__(self, roles: frozenset[str], rules: Iterable[Rule]) -> None:
        self.roles = roles
        self.rules = tuple(rules)
        self._remembered: dict[str, bool] = {}
        self._fields: dict[tuple[str, str], FieldRights] = {}

    def allows(self, permission: str) -> bool:
        """Whether a permission is given; an operation as such is, when it is for one field at least.

        Raises:
            PolicyError: it is none.
        """
        known = self._remembered.get(permission)
        if known is None:
            known = self.decide(permission).allowed
            if len(self._remembered) < _MAX_REMEMBERED:
                self._remembered[permission] = known
        return known

    def decide(self, permission: str) -> Decision:
        """Decide, and say by which rule.

        Raises:
            PolicyError: it is no permission.
        """
        asked = parse(permission)
        denied = next((r for r in self.rules if not r.allow and r.pattern.covers(asked)), None)
        rule = denied or next((r for r in self.rules if r.allow and _gives(r.pattern, asked)), None)
        return Decision(rule is not None and rule.allow, permission, self.roles, rule)

    def fields(self, model: str, operation: str) -> FieldRights:
        """The fields of a model that an operation may touch."""
        key = (model, operation)
        rights = self._fields.get(key)
        if rights is None:
            rights = FieldRights(model, operation, self.rules)
            if len(self._fields) < _MAX_REMEMBERED:
                self._fields[key] = rights
        return rights


class FieldRights:
    """Which fields of one model one operation may touch."""

    def __init__(self, model: str, operation: str, rules: Iterable[Rule]) -> None:
        reaching = [rule for rule in rules if rule.pattern.reaches(model, operation)]
        self._write = operation in WRITES
        #: Every field is, but for those that are denied, and for those that have to be named.
        self.all = any(rule.allow and rule.pattern.field in {"", "*"} for rule in reaching)
        self.named = frozenset(rule.pattern.field for rule in reaching if rule.allow) - {"", "*"}
        self.denied = frozenset(rule.pattern.field for rule in reaching if not rule.allow)

    def allows(self, field: str, *, named_only: bool = False) -> bool:
        """Whether a field is one of them.

        Args:
            field: its name.
            named_only: it has to be named by a rule, as those that `NAMED_ONLY` has and x2many fields have for writing.
        """
        if self.denied & {"", "*", field}:
            return False
        return field in self.named or (self.all and not named_only and not (self._write and field in NAMED_ONLY))

    @property
    def any(self) -> bool:
        """Whether there is one at least."""
        return not self.denied & {"", "*"} and (self.all or bool(self.named - self.denied))


def _gives(pattern: Pattern, asked: Asked) -> bool:
    if asked.field:
        named_only = asked.operation in WRITES and asked.field in NAMED_ONLY
        return pattern.covers(asked) and (pattern.field == asked.field or not named_only)
    return pattern.reaches(asked.subject, asked.operation)
