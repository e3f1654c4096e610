"""Search domains: put into full prefix form, checked, and turned towards the index columns.

A domain that does not parse is refused here instead of being sent. What compares an encrypted field is answered from
its blind index where that is exact, and refused where it is not: a pattern or a range over ciphertext finds nothing
and would show the searched text to Odoo.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from zenoo_security.domains import Leaf, join, normalize
from zenoo_security.errors import QueryRefused

__all__ = ["Leaf", "join", "normalize", "rewrite"]

#: Makes the domain, in prefix form, that asks the columns of a field what its leaf asks the field.
Rewriter: TypeAlias = Callable[[str, Any], Sequence[Any]]

_SUB_DOMAIN = {"any", "not any"}


def rewrite(domain: object, fields: Mapping[str, Rewriter], hidden: Collection[str]) -> list[Any]:
    """Normalize a domain and replace its leaves on encrypted fields.

    Args:
        domain: as Odoo takes it; not changed.
        fields: for each encrypted field of this model, what makes of an operator and a value the domain in prefix form
            that takes the place of the leaf.
        hidden: the encrypted fields of all models. A path or a sub-domain that names one leads to another model,
            where it cannot be answered.

    Raises:
        QueryRefused: an encrypted field is compared in a way that its index cannot answer.
        InvalidInput: the domain is malformed; see `normalize`.
    """
    return _rewrite(normalize(domain), fields, hidden)


def _rewrite(normal: list[Any], fields: Mapping[str, Rewriter], hidden: Collection[str]) -> list[Any]:
    rewritten: list[Any] = []
    for term in normal:
        rewritten += [term] if isinstance(term, str) else _rewrite_leaf(term, fields, hidden)
    return rewritten


def _rewrite_leaf(leaf: Leaf, fields: Mapping[str, Rewriter], hidden: Collection[str]) -> Sequence[Any]:
    name, operator, value = leaf
    if not isinstance(name, str):
        return [leaf]
    if name in fields:
        return fields[name](operator, value)
    path = name.split(".")
    if len(path) > 1 and not _hidden_free(path, hidden):
        raise QueryRefused(
            f"the path {name!r} compares an encrypted field of another model: search that model first and compare "
            "the ids that it returns",
        )
    if operator in _SUB_DOMAIN:
        return [(name, operator, _rewrite(value, dict.fromkeys(hidden, _refuse_inside), hidden))]
    return [leaf]


def _hidden_free(path: Collection[str], hidden: Collection[str]) -> bool:
    return not any(part in hidden for part in path)


def _refuse_inside(_operator: str, _value: object) -> Sequence[Any]:
    raise QueryRefused(
        "a sub-domain compares an encrypted field: search the other model first and compare the ids that it returns",
    )
