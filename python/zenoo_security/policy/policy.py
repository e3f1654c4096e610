"""`Policy`: roles and their rules, masks and narrowing domains, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import PolicyError
from zenoo_security.policy.permissions import parse, parse_pattern
from zenoo_security.policy.rights import Rights, Rule

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from typing_extensions import Self

    from zenoo_security.policy.narrowing import Narrowing

__all__ = ["Policy", "RoleRules"]

_MAX_REMEMBERED: Final = 4096


@dataclass(frozen=True)
class RoleRules:
    """What one role may do.

    Args:
        allow: permissions, with wildcards.
        deny: permissions that this role takes away, whatever allows them.
        inherits: roles whose rules are also this one's.
        groups: external ids of Odoo groups; who is in one of them has the role.
        description: one line for people.
    """

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    inherits: Sequence[str] = ()
    groups: Sequence[str] = ()
    description: str = ""


class Policy:
    """Who may do what. Immutable; decisions are remembered for each set of roles.

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
        self.roles = dict(roles)
        self.permissions = frozenset(map(str, map(parse, permissions)))
        self.masks = {model: dict(fields) for model, fields in (masks or {}).items()}
        self.narrow = tuple(narrow)
        self._closures = {name: self._inherited(name, ()) for name in self.roles}
        self._remembered: dict[frozenset[str], Rights] = {}

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read a policy from a `.toml` or `.json` file."""
        raise NotImplementedError

    def rights(self, roles: frozenset[str]) -> Rights:
        """The rights of somebody with these roles; names that the policy does not know give none."""
        rights = self._remembered.get(roles)
        if rights is None:
            rights = self._compiled(roles)
            if len(self._remembered) < _MAX_REMEMBERED:
                self._remembered[roles] = rights
        return rights

    def roles_of_groups(self, groups: frozenset[str]) -> frozenset[str]:
        """The roles that membership in Odoo groups gives."""
        return frozenset(name for name, role in self.roles.items() if groups.intersection(role.groups))

    def narrowing(self, model: str, operation: str, roles: frozenset[str]) -> tuple[Narrowing, ...]:
        """The domains that hold for an operation of somebody with these roles, inherited ones included."""
        return tuple(
            rule
            for rule in self.narrow
            if rule.model == model and operation in rule.operations and not rule.unless & roles
        )

    def knows(self, permission: str) -> bool:
        """Whether a rule names what a permission asks for, or `permissions` has it."""
        raise NotImplementedError

    def _compiled(self, roles: frozenset[str]) -> Rights:
        names = frozenset[str]().union(*(self._closures.get(name, ()) for name in roles))
        return Rights(names, [rule for name in sorted(names) for rule in _rules(name, self.roles[name])])

    def _inherited(self, name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name not in self.roles:
            raise PolicyError(f"roles.{path[-1]}.inherits: there is no role {name!r}")
        if name in path:
            raise PolicyError(f"roles.{name}.inherits: it inherits from itself")
        parents = self.roles[name].inherits
        return frozenset({name}).union(*(self._inherited(parent, (*path, name)) for parent in parents))


def _rules(name: str, role: RoleRules) -> Iterable[Rule]:
    for allow, texts in ((False, role.deny), (True, role.allow)):
        for text in texts:
            yield Rule(name, allow, parse_pattern(text))
