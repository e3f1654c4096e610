"""Domains of a policy: checked once, brought into prefix form, with placeholders for what is the user's own."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["LISTS", "PLACEHOLDERS", "filled", "normalized"]

LISTS: Final = frozenset({"{company_ids}", "{groups}"})
"""Placeholders that stand for a list."""
PLACEHOLDERS: Final = frozenset({"{uid}", "{partner_id}", "{company_id}"}) | LISTS
_BRACED: Final = re.compile(r"\{[^{}]*\}")
_DOUBLED: Final = re.compile(r"\{\{|\}\}")
_IDS: Final = PLACEHOLDERS - {"{groups}"}
_HIERARCHY: Final = frozenset({"child_of", "parent_of"})
_MAX_DEPTH: Final = 16
#: As wide as the check goes: a user may be in more companies and groups than a policy has values.
_parse: Final = partial(validate.domain, max_values=1_000_000)


def normalized(place: str, domain: object) -> tuple[Any, ...]:
    """A domain in prefix form, of tuples alone; placeholders stay what they are.

    Raises:
        PolicyError: it is not a domain, it is empty, or it has an unknown placeholder.
    """
    if not isinstance(domain, (list, tuple)):
        raise PolicyError(f"{place}: it must be a list, a search domain of Odoo")
    if not domain:
        raise PolicyError(f"{place}: it is empty, and would narrow nothing")
    spread = [_spread(place, term, 1) for term in domain]
    try:
        terms: list[Any] = validate.domain(spread)
    except InvalidInput as error:
        raise PolicyError(f"{place}: {error.message}") from None
    _require_certain(place, terms)
    return tuple(_gathered(term) for term in terms)


def filled(domain: object, values: Mapping[str, Any]) -> list[Any]:
    """A domain with values for its placeholders, in prefix form, and each doubled brace once.

    Raises:
        PolicyError: this is no domain.
    """
    try:
        return _parse(_filled(domain, values))
    except InvalidInput as error:
        raise PolicyError(f"narrow: the domain of one user: {error.message}") from None


def _filled(term: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(term, str):
        return values[term] if term in values else _DOUBLED.sub(lambda braces: braces.group()[0], term)
    if isinstance(term, (list, tuple)):
        return tuple(_filled(item, values) for item in term)
    return term


def _require_certain(place: str, domain: Iterable[Any]) -> None:
    """Refuse conditions that match more records the less the user sees.

    Odoo looks into other models with the user's own rights. A related record that is hidden from the user has no
    values for a condition then: that the condition does not hold for it would open what the domain was to close.
    """
    negated = [False]
    for term in domain:
        inverted = negated.pop()
        if isinstance(term, str):
            negated += [not inverted] if term == "!" else [inverted, inverted]
        elif isinstance(term[0], str):
            _require_certain_leaf(place, *term, inverted=inverted)


def _require_certain_leaf(place: str, path: str, operator: str, value: Any, *, inverted: bool) -> None:
    looks_away = "." in path or operator == "any" or _is_by_name(path, operator, value)
    negative = operator == "!=" or operator.startswith("not ")
    if operator == "not any" or (inverted and looks_away) or (negative and _is_by_name(path, operator, value)):
        raise PolicyError(
            f"{place}: 'not any', and what is not to hold for a path, an 'any' or a related record's name, match "
            "records whose related ones are hidden from the user too: say what has to hold"
        )
    if "like" in operator and value in PLACEHOLDERS:
        raise PolicyError(f"{place}: {operator!r} takes a pattern, and a placeholder is none")
    if operator == "any":
        _require_certain(place, value)


def _is_by_name(path: str, operator: str, value: Any) -> bool:
    """Whether Odoo looks for related records by their names."""
    texts = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    return (operator in _HIERARCHY or path.endswith(("_id", "_ids"))) and any(text not in _IDS for text in texts)


def _spread(place: str, term: Any, depth: int) -> Any:
    """Put a list in the place of what stands for one, which the check of domains asks for."""
    if depth > _MAX_DEPTH:
        raise PolicyError(f"{place}: it is too deeply nested")
    if isinstance(term, str):
        _require_known(place, term)
        return [term] if term in LISTS else term
    if not isinstance(term, (list, tuple)):
        return term
    return [_spread(place, item, depth + 1) for item in term]


def _gathered(term: Any) -> Any:
    if isinstance(term, list) and len(term) == 1 and isinstance(term[0], str) and term[0] in LISTS:
        return term[0]
    if isinstance(term, (list, tuple)):
        return tuple(_gathered(item) for item in term)
    return term


def _require_known(place: str, text: str) -> None:
    if text in PLACEHOLDERS:
        return
    found = _BRACED.search(_DOUBLED.sub("", text))
    if found is None:
        return
    if found.group() in PLACEHOLDERS:
        raise PolicyError(f"{place}: a placeholder is the whole value, not a part of one")
    known = ", ".join(sorted(PLACEHOLDERS))
    raise PolicyError(f"{place}: there is no such placeholder; they are {known}. Double a brace that is meant")
