"""Domains of a policy: checked once, brought into prefix form, with placeholders for what is the user's own."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LISTS", "PLACEHOLDERS", "filled", "normalized"]

LISTS: Final = frozenset({"{company_ids}", "{groups}"})
"""Placeholders that stand for a list."""
PLACEHOLDERS: Final = frozenset({"{uid}", "{partner_id}", "{company_id}"}) | LISTS
_BRACED: Final = re.compile(r"\{[^{}]*\}")
_DOUBLED: Final = re.compile(r"\{\{|\}\}")
_CONDITION: Final = 3
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
    for term in terms:
        _require_whole(place, term)
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


def _require_whole(place: str, term: Any) -> None:
    """Refuse an id where Odoo compares text by a pattern."""
    if not isinstance(term, tuple) or len(term) != _CONDITION:
        return
    _, operator, value = term
    if "like" in operator and value in PLACEHOLDERS:
        raise PolicyError(f"{place}: {operator!r} takes a pattern, and a placeholder is none")
    for inner in value if isinstance(value, list) else ():
        _require_whole(place, inner)


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
