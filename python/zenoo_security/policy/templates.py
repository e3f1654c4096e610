"""Domains of a policy: checked once, brought into prefix form, with placeholders for what is the user's own."""

from __future__ import annotations

import re
from typing import Any, Final

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, PolicyError

__all__ = ["LISTS", "PLACEHOLDERS", "normalized"]

LISTS: Final = frozenset({"{company_ids}", "{groups}"})
"""Placeholders that stand for a list."""
PLACEHOLDERS: Final = frozenset({"{uid}", "{partner_id}", "{company_id}"}) | LISTS
_BRACED: Final = re.compile(r"\{[^{}]*\}")
_MAX_DEPTH: Final = 16


def normalized(place: str, domain: object) -> tuple[Any, ...]:
    """A domain in prefix form; placeholders stay what they are.

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
    return tuple(_gathered(term) for term in terms)


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
        return type(term)(_gathered(item) for item in term)
    return term


def _require_known(place: str, text: str) -> None:
    if text in PLACEHOLDERS:
        return
    found = _BRACED.search(text)
    if found is None:
        return
    if found.group() in PLACEHOLDERS:
        raise PolicyError(f"{place}: a placeholder is the whole value, not a part of one")
    raise PolicyError(f"{place}: there is no such placeholder; they are {', '.join(sorted(PLACEHOLDERS))}")
