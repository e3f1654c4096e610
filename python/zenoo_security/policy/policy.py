"""`Policy`: roles and their rules, masks and narrowing domains, as data."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.documents import Document
from zenoo_security.errors import PolicyError
from zenoo_security.policy.index import RuleIndex
from zenoo_security.policy.inheritance import inheritors
from zenoo_security.policy.mapping import arguments, canonical, plain
from zenoo_security.policy.permissions import WHOLE, parse, parse_pattern
from zenoo_security.policy.rights import Rights, Rule
from zenoo_security.policy.rules import (
    RoleRules,
    checked_masks,
    checked_narrowings,
    checked_permissions,
    checked_roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from typing_extensions import Self

    from zenoo_security.policy.narrowing import Narrowing

__all__ = ["DOCUMENT", "Policy", "RoleRules"]

DOCUMENT: Final = Document("policy", 2 * 1024 * 1024, risk="give themselves every right", error=PolicyError)
"""A policy of ten thousand roles has some 1.5 MiB."""
_MAX_REMEMBERED: Final = 4096


class Policy:
    """Who may do what. Immutable; decisions are remembered for each set of roles.

    >>> policy = Policy({"viewer": RoleRules(allow=["res.partner:read"], deny=["res.partner:read:vat"])})
    >>> print(policy.rights(frozenset({"viewer"})).decide("res.partner:read:vat"))
    res.partner:read:vat is refused: deny res.partner:read:vat of the role viewer; it wins over allow res.partner:read \
of the role viewer

    Args:
        roles: the rules by name.
        permissions: names and permissions that the application asks for beside those that a rule names.
        masks: for each model, how fields are shown to who lacks `model:unmask:field`.
        narrow: domains that records have to match.

    Raises:
        PolicyError: a part of it is wrong; the message names the place.
    """

    def __init__(
        self,
        roles: Mapping[str, RoleRules],
        *,
        permissions: Iterable[str] = (),
        masks: Mapping[str, Mapping[str, str]] | None = None,
        narrow: Iterable[Narrowing] = (),
    ) -> None:
        self.roles = checked_roles(roles)
        self.permissions = checked_permissions(permissions)
        self.masks = checked_masks({} if masks is None else masks)
        self.narrow = checked_narrowings(narrow, self.roles)
        self._rules = {name: _rules(name, role) for name, role in self.roles.items()}
        self._roles_by_group: dict[str, list[str]] = {}
        for name, role in self.roles.items():
            for group in role.groups:
                self._roles_by_group.setdefault(group, []).append(name)
        self._remembered: dict[frozenset[str], Rights] = {}

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read a policy from a `.toml` or `.json` file, of at most 2 MiB.

        Raises:
            PolicyError: it cannot be read, everybody may write it, or it is no policy; the message names the file, the
                place in it, and what is wrong there.
        """
        return cls.from_content(path, DOCUMENT.content(path))

    @classmethod
    def from_content(cls, path: str | os.PathLike[str], content: bytes) -> Self:
        """Read a policy from what a file has; its name says whether that is TOML or JSON.

        Raises:
            PolicyError: it is no policy.
        """
        mapping = DOCUMENT.parse(path, content)
        try:
            return cls.from_mapping(mapping)
        except PolicyError as error:
            raise PolicyError(f"{os.fspath(path)}: {error}") from None

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> Self:
        """Read a policy from plain data, shaped as in a file.

        Raises:
            PolicyError: it is no policy; the message names the place.
        """
        return cls(**arguments(content))

    def to_mapping(self) -> dict[str, Any]:
        """The policy as plain data, which `from_mapping` reads."""
        return plain(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the policy says, in hexadecimal: equal for two files that say the same."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()

    def rights(self, roles: frozenset[str]) -> Rights:
        """The rights of somebody with these roles; names that the policy does not know give none."""
        rights = self._remembered.get(roles)
        if rights is None:
            found = inheritors(self.roles, roles)
            rights = Rights(found, (rule for name in found for rule in self._rules[name]))
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[roles] = rights
        return rights

    def roles_of_groups(self, groups: frozenset[str]) -> frozenset[str]:
        """The roles that membership in Odoo groups gives."""
        return frozenset(name for group in groups for name in self._roles_by_group.get(group, ()))

    def narrowing(self, model: str, operation: str, roles: frozenset[str]) -> tuple[Narrowing, ...]:
        """The domains that hold for an operation of somebody with these roles, and with those that they inherit."""
        found = [rule for rule in self.narrow if rule.model == model and operation in rule.operations]
        if not found:
            return ()
        held = self.rights(roles).roles
        return tuple(rule for rule in found if not rule.unless & held)

    def knows(self, permission: str) -> bool:
        """Whether a permission is one that this policy names: in `permissions`, as a mask, or by a rule.

        A rule for every model (`*`, `*:read`) names none, so that a mistyped permission is found.

        Raises:
            PolicyError: it is no permission.
        """
        asked = parse(permission)
        if str(asked) in self.permissions:
            return True
        if asked.operation == "unmask" and asked.field in self.masks.get(asked.subject, ()):
            return True
        return any(
            rule.pattern.subject != "*" and (not asked.field or rule.pattern.field in WHOLE | {asked.field})
            for rule in self._index.reaching(asked.subject, asked.operation)
        )

    @cached_property
    def _index(self) -> RuleIndex:
        return RuleIndex(rule for rules in self._rules.values() for rule in rules)


def _rules(name: str, role: RoleRules) -> tuple[Rule, ...]:
    denied = tuple(Rule(name, allow=False, pattern=parse_pattern(text)) for text in role.deny)
    return denied + tuple(Rule(name, allow=True, pattern=parse_pattern(text)) for text in role.allow)
