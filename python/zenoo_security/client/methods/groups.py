"""Groups and their sums: passed on where no encrypted field is grouped, summed or sorted by; the domain is turned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from zenoo_security.client.methods.searches import turn_domain
from zenoo_security.client.methods.web import turn_specification
from zenoo_security.client.specs import texts
from zenoo_security.client.target import EncryptedTarget, Target, rows_of
from zenoo_security.domains import normalize
from zenoo_security.errors import QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.call import Call

__all__ = ["formatted_read_group", "formatted_read_grouping_sets", "read_group", "read_progress_bar", "web_read_group"]

#: How every blind index begins.
_INDEX = "zi1."


def formatted_read_group(call: Call, target: Target) -> None:
    """Check groupings, aggregates, `having` and order; turn the domain."""
    _require_plain_groups(call, target)
    having = call.get("having") or ()
    target.require_plain("compare", [leaf[0] for leaf in having if isinstance(leaf, (list, tuple)) and leaf])


def formatted_read_grouping_sets(call: Call, target: Target) -> None:
    """The same for several groupings at once."""
    _require_plain_groups(call, target)


def read_group(call: Call, target: Target) -> None:
    """The same for the method that Odoo 19 calls deprecated; its groups repeat the domain, which is turned back.

    Raises:
        QueryRefused: a field in the domain may hold plaintext: its condition is several, which are not turned back.
    """
    given = call.get("domain")
    _require_plain_groups(call, target)
    if isinstance(target, EncryptedTarget) and given:
        call.finish = _Reverse(target, given)


def read_progress_bar(call: Call, target: Target) -> None:
    """Check what is counted."""
    turn_domain(call, target)
    bar = call.get("progress_bar")
    if not isinstance(bar, Mapping):
        raise QueryRefused("progress_bar is a dict with the keys field and colors")
    target.require_plain("group by", [call.get("group_by"), bar.get("field"), bar.get("sum_field")])


def web_read_group(call: Call, target: Target) -> None:
    """Check the groups, and read the records of the open ones."""
    _require_plain_groups(call, target)
    if call.get("opening_info"):
        call.set("opening_info", _turn_opening(call.get("opening_info"), target))
    for grouping, specification in (call.get("groupby_read_specification") or {}).items():
        target.require_plain("group by", grouping)
        Target(frozenset(), target.hidden).specification({grouping: specification})
    if call.get("unfold_read_specification"):
        requested = turn_specification(call, target, "unfold_read_specification")
        call.finish = lambda result: {**result, "groups": _open_groups(result["groups"], target, requested)}


def _require_plain_groups(call: Call, target: Target) -> None:
    turn_domain(call, target)
    target.require_plain("group by", [call.get("groupby"), call.get("grouping_sets")])
    target.require_plain("aggregate", [call.get("fields"), call.get("aggregates")])
    target.require_plain("sort by", [call.get("order"), call.get("orderby")])


def _turn_opening(groups: Iterable[Any], target: Target) -> list[Any]:
    """Turn the domains of the groups that shall be open."""
    turned = []
    for group in groups:
        turned.append(dict(group))
        if group.get("progressbar_domain"):
            turned[-1]["progressbar_domain"] = target.domain(group["progressbar_domain"])
        if group.get("groups"):
            turned[-1]["groups"] = _turn_opening(group["groups"], target)
    return turned


def _open_groups(groups: Any, target: Target, requested: frozenset[str]) -> list[dict[str, Any]]:
    for group in rows_of(groups):
        if "__records" in group:
            group["__records"] = target.open(rows_of(group["__records"]), requested)
        if "__groups" in group:
            group["__groups"]["groups"] = _open_groups(group["__groups"]["groups"], target, requested)
    return list(groups)


class _Reverse:
    """Turns columns and indexes in the `__domain` of groups back into the fields and values that were compared."""

    def __init__(self, target: EncryptedTarget, domain: object) -> None:
        fields = target.model.fields
        self._names = {
            column: name for name, field in fields.items() for column in (field.column, field.index_column) if column
        }
        self._values: dict[str, Any] = {}
        for name, _, value in (leaf for leaf in normalize(domain) if not isinstance(leaf, str) and leaf[0] in fields):
            if fields[name].plaintext:
                raise QueryRefused(f"{name!r} may hold plaintext: group by formatted_read_group instead")
            for item in value if isinstance(value, (list, tuple)) else [value]:
                turned = texts(target.model.rewriters[name]("=", item))
                self._values.update((text, item) for text in turned if text.startswith(_INDEX))

    def __call__(self, groups: Any) -> Any:
        for group in rows_of(groups):
            if isinstance(group.get("__domain"), list):
                group["__domain"] = [self._term(term) for term in group["__domain"]]
        return groups

    def _term(self, term: Any) -> Any:
        if isinstance(term, str) or term[0] not in self._names:
            return term
        name, operator, value = term
        values = [self._values.get(v, v) for v in value] if isinstance(value, list) else self._values.get(value, value)
        return [self._names[name], operator, values]
