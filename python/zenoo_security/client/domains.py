"""Search domains: put into full prefix form, checked, and turned towards the index columns.

A domain that does not parse is refused here instead of being sent. What compares an encrypted field is answered from
its blind index where that is exact, and refused where it is not: a pattern or a range over ciphertext finds nothing
and would show the searched text to Odoo.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from zenoo_security.errors import InputTooLarge, InvalidInput, QueryRefused

__all__ = ["Leaf", "normalize", "rewrite"]

Leaf: TypeAlias = Sequence[Any]
Rewriter: TypeAlias = Callable[[str, Any], Sequence[Any]]

_ARITY = {"!": 1, "&": 2, "|": 2}
_CONSTANTS = ([1, "=", 1], [0, "=", 1])
_LEAF_LENGTH = 3
_MAX_TERMS = 10_000
_MAX_DEPTH = 16


def normalize(domain: object) -> list[Any]:
    """Return the domain in full prefix form, as Odoo's own `normalize_domain` does, with lists for leaves.

    Raises:
        InvalidInput: not a list, an operator without its terms, or something that is not a leaf.
        InputTooLarge: more than 10,000 terms.
    """
    if not isinstance(domain, (list, tuple)):
        raise InvalidInput("a domain is a list of leaves and operators", field="domain", code="domain_item")
    if len(domain) > _MAX_TERMS:
        raise InputTooLarge(f"a domain has at most {_MAX_TERMS} terms", field="domain", code="domain_too_many_leaves")
    result: list[Any] = []
    expected = 1
    for term in domain:
        if expected == 0:
            result.insert(0, "&")
            expected = 1
        if isinstance(term, str):
            expected += _arity(term) - 1
            result.append(term)
        else:
            expected -= 1
            result.append(_leaf(term))
    if result and expected:
        raise InvalidInput(
            "an operator lacks a term; write '|' and '&' before their two terms and '!' before its one",
            field="domain",
            code="domain_arity",
        )
    return result


def _arity(operator: str) -> int:
    try:
        return _ARITY[operator]
    except KeyError:
        raise InvalidInput(
            "the operators of a domain are '&', '|' and '!'", field="domain", code="domain_item"
        ) from None


def _leaf(term: object) -> list[Any]:
    leaf = list(term) if isinstance(term, (list, tuple)) else []
    if leaf in _CONSTANTS:
        return leaf
    if len(leaf) != _LEAF_LENGTH or not isinstance(leaf[0], str) or not isinstance(leaf[1], str):
        raise InvalidInput("a leaf is (field, operator, value)", field="domain", code="domain_item")
    if leaf[1].endswith("!"):
        raise InvalidInput("'any!' and 'not any!' go around record rules", field="domain", code="domain_bypass")
    return leaf


def rewrite(domain: object, fields: Mapping[str, Rewriter], hidden: Collection[str], *, depth: int = 0) -> list[Any]:
    """Normalize a domain and replace its leaves on encrypted fields.

    Args:
        domain: as Odoo takes it; not changed.
        fields: for each encrypted field of this model, what makes the new leaf of an operator and a value.
        hidden: the encrypted fields of all models. A path or a sub-domain that names one leads to another model,
            where it cannot be answered.
        depth: how many sub-domains this one is inside of.

    Raises:
        QueryRefused: an encrypted field is compared in a way that its index cannot answer.
        InvalidInput: the domain is malformed.
    """
    if depth > _MAX_DEPTH:
        raise InputTooLarge(f"sub-domains go at most {_MAX_DEPTH} deep", field="domain", code="domain_too_deep")
    return [term if isinstance(term, str) else _rewrite_leaf(term, fields, hidden, depth) for term in normalize(domain)]


def _rewrite_leaf(leaf: list[Any], fields: Mapping[str, Rewriter], hidden: Collection[str], depth: int) -> Leaf:
    name, operator, value = leaf
    if not isinstance(name, str):
        return leaf
    if name in fields:
        return fields[name](operator, value)
    path = name.split(".")
    if len(path) > 1 and not _hidden_free(path, hidden):
        raise QueryRefused(
            f"the path {name!r} compares an encrypted field of another model: search that model first and compare "
            "the ids that it returns",
        )
    if operator.lower().startswith(("any", "not any")):
        return [name, operator, rewrite(value, dict.fromkeys(hidden, _refuse_inside), hidden, depth=depth + 1)]
    return leaf


def _hidden_free(path: Collection[str], hidden: Collection[str]) -> bool:
    return not any(part in hidden for part in path)


def _refuse_inside(_operator: str, _value: object) -> Leaf:
    raise QueryRefused(
        "a sub-domain compares an encrypted field: search the other model first and compare the ids that it returns",
    )
