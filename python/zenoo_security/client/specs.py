"""The field names inside of the texts that name fields: an order, a grouping, an aggregate, a path to export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["parts", "texts", "words"]

_BETWEEN = re.compile(r"[^\w./]+", re.ASCII)
_STEPS = re.compile(r"[./]")


def words(spec: str) -> Iterator[tuple[str, bool]]:
    """Yield each name in a text such as `name desc`, `total:sum(amount)` or `parent_id.email`.

    Whether it is reached through a relation comes with it.

    >>> list(words("amount:sum, parent_id.email desc"))[2:4]
    [('parent_id', False), ('email', True)]
    """
    for part in _BETWEEN.split(spec):
        first, *others = _STEPS.split(part)
        yield first, False
        yield from ((name, True) for name in others)


def texts(value: object) -> Iterator[str]:
    """Yield the texts inside of lists and dicts, keys included, to any depth."""
    return (part for part in parts(value) if isinstance(part, str))


def parts(value: object) -> Iterator[object]:
    """Yield a value and everything inside of it, keys included, to any depth; a container once."""
    rest, seen = [value], set[int]()  # or a list that holds itself would never end
    while rest:
        item = rest.pop()
        if isinstance(item, (Mapping, list, tuple, set, frozenset)):
            if id(item) in seen:
                continue
            seen.add(id(item))
            rest += item
            rest += item.values() if isinstance(item, Mapping) else ()
        yield item
