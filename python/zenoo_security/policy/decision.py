"""What was decided, by which rule, and why that one: for logs, for tests, and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from zenoo_security.policy.permissions import WRITES, named_only, parse

if TYPE_CHECKING:
    from zenoo_security.policy.permissions import Pattern

__all__ = ["Decision", "Rule"]

_MAX_NAMED = 10
"""Roles and rules in one text."""


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

    def __str__(self) -> str:
        return f"{'allow' if self.allow else 'deny'} {self.pattern} of the role {self.role}"


@dataclass(frozen=True)
class Decision:
    """What was decided, and by which rule. As a text it is a sentence for people.

    Attributes:
        allowed: whether it is.
        permission: what was asked.
        roles: of the one who asked, inherited ones included.
        rule: what decided; None when no rule allows it.
        chain: how the role of the rule is one of theirs: a role that they were given, what that inherits, and so on to
            the role of the rule.
        overrode: the rules that would allow it if no rule denied it.
    """

    allowed: bool
    permission: str
    roles: frozenset[str]
    rule: Rule | None
    chain: tuple[str, ...] = ()
    overrode: tuple[Rule, ...] = ()

    def __str__(self) -> str:
        return f"{self.permission} is {'allowed' if self.allowed else 'refused'}: {self._reason()}"

    def _reason(self) -> str:
        if self.rule is None:
            if not self.roles:
                return "without a role nothing is allowed"
            return f"no rule of {_listed('the roles', sorted(self.roles))} allows it" + (
                f", and a rule has to name the field {self._named_only()}" if self._named_only() else ""
            )
        way = f", which is inherited: {' -> '.join(self.chain)}" if len(self.chain) > 1 else ""
        won = _listed("; it wins over", [str(rule) for rule in self.overrode]) if self.overrode else ""
        return f"{self.rule}{way}{won}"

    def _named_only(self) -> str:
        asked = parse(self.permission)
        return asked.field if asked.operation in WRITES and asked.field in named_only(asked.subject) else ""


def _listed(what: str, names: list[str]) -> str:
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return f"{what} {', '.join(names[:_MAX_NAMED])}{more}"
