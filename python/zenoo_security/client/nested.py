"""The field names inside of the arguments of a call, and which of them are reached through a relation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

__all__ = ["named_fields"]

#: A field, or a path as in `partner_id.email`, `partner_id/email` of an import, or `date:month` of a grouping.
_PATH = re.compile(r"[A-Za-z_]\w{0,62}(?:[./:]\w{1,63})*", re.ASCII)
_SEPARATOR = re.compile(r"[./:]")


def named_fields(arguments: Iterable[object], *, texts: bool) -> Iterator[tuple[str, bool]]:
    """Yield each name with whether it belongs to another model than the one that is called.

    Args:
        arguments: values as JSON knows them, nested to any depth.
        texts: whether a text may name a field, as in a list of fields; among values to store it is only a text.
    """
    rest: list[tuple[object, bool]] = [(argument, False) for argument in arguments]
    seen: set[tuple[int, bool]] = set()  # or a list that holds itself would never end
    while rest:
        value, related = rest.pop()
        if isinstance(value, (Mapping, list, tuple)):
            if (id(value), related) in seen:
                continue
            seen.add((id(value), related))
        if isinstance(value, Mapping):
            yield from ((name, related) for name in value)
            rest += [(part, True) for part in value.values()]
        elif isinstance(value, (list, tuple)):
            rest += [(part, related) for part in value]
        elif texts and isinstance(value, str) and _PATH.fullmatch(value):
            first, *others = _SEPARATOR.split(value)
            yield first, False
            yield from ((name, True) for name in others)
