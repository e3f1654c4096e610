"""Domains that narrow what the user may see and do, as templates over who that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    Args:
        model: such as `res.partner`.
        domain: as Odoo takes it; a value that is `{uid}` or another name of `Facts` stands for what it is of the user.
        operations: of `read`, `write`, `create` and `unlink`.
        unless: roles that it does not hold for.
    """

    model: str
    domain: tuple[Any, ...]
    operations: frozenset[str] = frozenset({"read", "write", "create", "unlink"})
    unless: frozenset[str] = frozenset()

    def fill(self, facts: Facts) -> list[Any]:
        """Return the domain of one user, in prefix form."""
        values: Mapping[str, Any] = {
            "{uid}": facts.uid,
            "{partner_id}": facts.partner_id,
            "{company_id}": facts.company_id,
            "{company_ids}": list(facts.company_ids),
            "{groups}": sorted(facts.groups),
        }
        return [_filled(term, values) for term in self.domain]


def _filled(term: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(term, str):
        return values.get(term, term)
    if isinstance(term, (list, tuple)):
        return [_filled(item, values) for item in term]
    return term
