"""What a set of roles may do: every rule of theirs, and the decision of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.policy.decision import Decision, Rule
from zenoo_security.policy.index import RuleIndex
from zenoo_security.policy.inheritance import chain
from zenoo_security.policy.permissions import WHOLE, WRITES, Asked, Pattern, named_only, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Decision", "FieldRights", "Rights", "Rule"]

_MAX_REMEMBERED: Final = 4096


class Rights:
    """The rules of some roles together. A deny of any of them wins over every allow.

    Args:
        roles: their names, inherited ones included; for each the role that inherits it, or None where it was given.
        rules: all of their rules.
    """

    def __init__(self, roles: Mapping[str, str | None], rules: Iterable[Rule]) -> None:
        self.roles = frozenset(roles)
        self.rules = tuple(rules)
        self._inheritors = roles
        self._index = RuleIndex(self.rules)
        self._remembered: dict[str, bool] = {}
        self._fields: dict[tuple[str, str], FieldRights] = {}

    def allows(self, permission: str) -> bool:
        """Whether a permission is given; an operation as such is, when it is for one field at least.

        Raises:
            PolicyError: it is none.
        """
        try:
            return self._remembered[permission]
        except (KeyError, TypeError):
            allowed = self.decide(permission).allowed
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[permission] = allowed
        return allowed

    def decide(self, permission: str) -> Decision:
        """Decide, and say by which rule.

        It goes by the rules alone. Which fields Odoo computes from one that is denied or masked, only a client knows;
        it keeps these too (`SecureZenooClient(access=...)`).

        Raises:
            PolicyError: it is no permission.
        """
        asked = parse(permission)
        reaching = self._index.reaching(asked.subject, asked.operation)
        allows = [rule for rule in reaching if rule.allow and _gives(rule.pattern, asked)]
        denies = [rule for rule in reaching if not rule.allow]
        denied = next((rule for rule in denies if rule.pattern.covers(asked)), None)
        if denied is None and not asked.field:
            # Every field that is allowed may be denied, one by one.
            by_field = {rule.pattern.field: rule for rule in denies}
            left = [rule for rule in allows if rule.pattern.field not in by_field]
            if allows and not left:
                denied = by_field[allows[0].pattern.field]
            else:
                allows = left
        if denied is not None:
            return self._decision(asked, denied, tuple(allows))
        return self._decision(asked, allows[0] if allows else None)

    def fields(self, model: str, operation: str) -> FieldRights:
        """The fields of a model that an operation may touch."""
        key = (model, operation)
        rights = self._fields.get(key)
        if rights is None:
            rights = FieldRights(model, operation, self._index.reaching(model, operation))
            if len(self._fields) >= _MAX_REMEMBERED:
                self._fields.clear()
            self._fields[key] = rights
        return rights

    def _decision(self, asked: Asked, rule: Rule | None, overrode: tuple[Rule, ...] = ()) -> Decision:
        way = chain(self._inheritors, rule.role) if rule else ()
        return Decision(rule is not None and rule.allow, str(asked), self.roles, rule, way, overrode)


class FieldRights:
    """Which fields of one model one operation may touch.

    Args:
        model: the model.
        operation: the operation.
        reaching: the rules that are about it and this model, or a field of them.
    """

    def __init__(self, model: str, operation: str, reaching: Iterable[Rule]) -> None:
        allowed: set[str] = set()
        denied: set[str] = set()
        for rule in reaching:
            (allowed if rule.allow else denied).add(rule.pattern.field)
        self._named_only = named_only(model) if operation in WRITES else frozenset()
        self._none = not WHOLE.isdisjoint(denied)
        #: Every field is, but for those that are denied, and for those that have to be named.
        self.all = not WHOLE.isdisjoint(allowed)
        self.named = frozenset(allowed - WHOLE)
        self.denied = frozenset(denied)

    def allows(self, field: str, *, named_only: bool = False) -> bool:
        """Whether a field is one of them.

        Args:
            field: its name.
            named_only: it has to be named by a rule, as x2many fields have for writing, and fields that decide about
                rights in any case.
        """
        if self.denies(field):
            return False
        return field in self.named or (self.all and not named_only and field not in self._named_only)

    def denies(self, field: str) -> bool:
        """Whether a rule takes a field away, whatever others allow."""
        return self._none or field in self.denied

    @property
    def any(self) -> bool:
        """Whether there is one at least."""
        return not self._none and (self.all or bool(self.named - self.denied))


def _gives(pattern: Pattern, asked: Asked) -> bool:
    if asked.field:
        has_to_be_named = asked.operation in WRITES and asked.field in named_only(asked.subject)
        return pattern.covers(asked) and (pattern.field == asked.field or not has_to_be_named)
    return pattern.reaches(asked.subject, asked.operation)
