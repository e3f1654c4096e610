"""Domains that narrow what the user may see and do, as templates over who that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zenoo_security.policy.templates import filled

__all__ = ["Facts", "Narrowing"]


@dataclass(frozen=True)
class Facts:
    """What templates know of the user, read from Odoo as that user.

    Attributes:
        uid: `{uid}`.
        partner_id: `{partner_id}`, the user's own partner.
        company_id: `{company_id}`, the company that the user works in.
        company_ids: `{company_ids}`, a list of those that the user may choose.
        groups: `{groups}`, a list of external ids.
    """

    uid: int
    partner_id: int
    company_id: int
    company_ids: tuple[int, ...]
    groups: frozenset[str]


@dataclass(frozen=True)
class Narrowing:
    """One domain that every record has to match, beside all that Odoo asks.

    `Policy` checks it, and keeps a copy in prefix form, of tuples alone, that nobody can change later.

    Args:
        model: such as `res.partner`.
        domain: as Odoo takes it; a value that is `{uid}` or another name of `Facts` stands for what it is of the user.
            Braces that are meant as such are doubled: `{{uid}}`.
        operations: of `read`, `write`, `create` and `unlink`.
        unless: roles that it does not hold for.
    """

    model: str
    domain: tuple[Any, ...]
    operations: frozenset[str] = frozenset({"read", "write", "create", "unlink"})
    unless: frozenset[str] = frozenset()

    def fill(self, facts: Facts) -> list[Any]:
        """Return the domain of one user, in prefix form and checked anew with what was filled in.

        Raises:
            PolicyError: it is no domain; that of a `Policy` is one.

        >>> facts = Facts(uid=7, partner_id=9, company_id=1, company_ids=(1, 2), groups=frozenset())
        >>> Narrowing("crm.lead", [("user_id", "=", "{uid}"), ("company_id", "in", "{company_ids}")]).fill(facts)
        ['&', ('user_id', '=', 7), ('company_id', 'in', [1, 2])]
        """
        values = {
            "{uid}": facts.uid,
            "{partner_id}": facts.partner_id,
            "{company_id}": facts.company_id,
            "{company_ids}": facts.company_ids,
            "{groups}": tuple(sorted(facts.groups)),
        }
        return filled(self.domain, values)
