"""Search domains in full prefix form: checked, joined, and decided on values that are not stored yet.

zenoo-rpc's `Q` writes `a | b` without the operator in front and drops a negation, so a condition that is added to it
falls into the OR. Here a domain is brought into prefix form by `zenoo_security.validate.domain` before it is joined.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from zenoo_security import validate

__all__ = ["Leaf", "decide", "decide_leaf", "join", "normalize"]

Leaf: TypeAlias = Sequence[Any]
"""A condition: path, operator, value."""

#: The widest limits that the validator has: these domains come from the application, not from outside.
_parse = partial(validate.domain, max_depth=64, max_leaves=10_000, max_values=1_000_000, max_path=16, field="domain")

_COMPARED: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_EQUALITY: Final = {"=": True, "in": True, "!=": False, "not in": False}
#: A float has every whole number up to here.
_EXACT: Final = 2**53


def normalize(domain: object) -> list[Any]:
    """Return the domain in full prefix form, as `zenoo_security.validate.domain` does; an empty one stays empty.

    Raises:
        InvalidInput: it is malformed, has an operator or a value that Odoo's domains do not have, or goes around record
            rules with `any!`.
        InputTooLarge: more than 10,000 conditions, 1,000,000 values, 64 levels, or 16 fields in one path.
    """
    return [] if isinstance(domain, list | tuple) and not domain else _parse(domain)


def join(operator: str, terms: Iterable[Sequence[Any]]) -> list[Any]:
    """Join domains by `&` or `|`; an empty one says nothing and is left out.

    >>> join("&", [["|", ("a", "=", 1), ("b", "=", 2)], [("company_id", "=", 3)]])
    ['&', '|', ('a', '=', 1), ('b', '=', 2), ('company_id', '=', 3)]
    """
    parts = [normalize(part) for part in terms if part]
    return [operator] * (len(parts) - 1) + [item for part in parts for item in part]


def decide(domain: object, values: Mapping[str, Any]) -> bool | None:
    """Tell whether a record that is stored with these values matches, as far as they tell.

    Odoo's meaning holds: what is compared to `False` or 0 matches what is not set, `!=` and `not in` match what is not
    set, nothing is in an empty list, and `=?` with nothing to compare to always holds.

    Args:
        domain: as Odoo takes it.
        values: of stored fields, as `create` takes them.

    Returns:
        `None` where it depends on a field that has no value here, or is reached by a path; on an operator other than
        `=`, `!=`, `in`, `not in`, `<`, `<=`, `>`, `>=` and `=?`; or on the type of the field, which is not known: how
        texts are ordered, when dates are equal, and what of a number is stored.

    Raises:
        InvalidInput: the domain is malformed; see `normalize`.

    >>> decide([("company_id", "in", [1, 2]), ("active", "=", True)], {"company_id": 2, "active": True})
    True
    >>> decide(["|", ("company_id", "=", False), ("company_id", "=", 1)], {"company_id": 2})
    False
    >>> decide([("company_id", "=", 1)], {"name": "Ann"}) is None
    True
    """
    stack: list[bool | None] = []
    for term in reversed(normalize(domain)):
        if term == "!":
            stack.append(_not(stack.pop()))
        elif isinstance(term, str):
            pair = {stack.pop(), stack.pop()}
            decisive = term == "|"
            stack.append(decisive if decisive in pair else None if None in pair else not decisive)
        else:
            stack.append(decide_leaf(term, values))
    return stack.pop() if stack else True


def decide_leaf(leaf: Leaf, values: Mapping[str, Any]) -> bool | None:
    """Decide one condition of a domain in normal form; see `decide`."""
    name, compared, wanted = leaf
    if not isinstance(name, str):
        return bool(name == wanted)
    if compared == "=?":
        if not wanted:
            return True
        compared = "="
    if "." in name or name not in values:
        return None
    if compared in _EQUALITY:
        listed = wanted if isinstance(wanted, (list, tuple)) else [False if wanted is None else wanted]
        found = _among(values[name], listed)
        return found if _EQUALITY[compared] else _not(found)
    return _ordered(compared, values[name], wanted) if compared in _COMPARED else None


def _not(decided: bool | None) -> bool | None:
    return None if decided is None else not decided


def _among(value: Any, wanted: Sequence[Any]) -> bool | None:
    """Whether a value is one of a list."""
    found = {_equal(value, item) for item in wanted}
    return True if True in found else None if None in found else False


def _equal(value: Any, wanted: Any) -> bool | None:
    """Whether a value is stored as what is wanted."""
    if _is_unset(value):
        # A text is read as yes or no by a boolean, and an empty one is what is not set only of a text.
        return True if _is_false(wanted) else None if wanted is None or isinstance(wanted, str) else False
    if isinstance(value, bool):
        return bool(wanted) if isinstance(wanted, bool) or wanted in (0, 1) or wanted is None else None
    if isinstance(wanted, bool) or _is_false(wanted) or wanted is None:
        return _equal_to_flag(value, flag=bool(wanted))
    if isinstance(value, str) and isinstance(wanted, str):
        return None if _is_date(value) or _is_date(wanted) else value == wanted
    if _is_stored_as_it_is(value) and isinstance(wanted, (int, float)):
        return bool(value == wanted)
    return None


def _equal_to_flag(value: Any, *, flag: bool) -> bool | None:
    """Compare a value that is set to True or to nothing."""
    if not isinstance(value, (str, int, float)):
        return None
    if not flag:
        return False if isinstance(value, str) or _is_stored_as_it_is(value) else None
    return True if not isinstance(value, str) and value == 1 else None


def _ordered(compared: str, value: Any, wanted: Any) -> bool | None:
    if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
        return None
    if _is_unset(value) and not isinstance(value, str):
        # 0 of a number; a relation that is not set is neither less nor more than any.
        return None if _COMPARED[compared](0, wanted) else False
    if isinstance(value, bool) or not _is_stored_as_it_is(value):
        return None
    return bool(_COMPARED[compared](value, wanted))


def _is_unset(value: Any) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not value)


def _is_false(wanted: Any) -> bool:
    """Whether Odoo takes a value of a condition for `False`: 0 equals it in Python."""
    return isinstance(wanted, (int, float)) and not wanted


def _is_stored_as_it_is(value: Any) -> bool:
    """Whether a number stays what it is in a column of whole numbers and in one that rounds."""
    return isinstance(value, (int, float)) and abs(value) <= _EXACT and math.isfinite(value) and value == int(value)


def _is_date(text: str) -> bool:
    """Whether a text may be a date or a time, which is equal to others that are written in another way."""
    return text[:4].isdecimal() and text[4:5] == "-"
