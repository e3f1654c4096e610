"""Search domains of people outside, from JSON or Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security._native import DomainParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["parse_domain"]


def parse_domain(
    source: object,
    *,
    fields: Mapping[str, str] | Iterable[str] | None = None,
    operators: Iterable[str] | None = None,
    max_depth: int = 16,
    max_leaves: int = 100,
    max_values: int = 10_000,
    max_path: int = 5,
    max_bytes: int = 65_536,
    field: str | None = None,
) -> list[Any]:
    """A search domain of Odoo 19 in prefix notation with every `&` written out; see `validate.domain`.

    Keep a `DomainParser` where many domains have the same rules.

    Args:
        source: JSON as text or UTF-8, or lists and tuples.
        fields: the paths that may be used, or a dict of paths and types of Odoo's, as
            `zenoo_security.request_guard.search_fields` reads them; any when not given. Where a type is given,
            operators and values have to be such that Odoo compares them without an error.
            A relation is compared with text where its `display_name` (`parent_id.display_name`) is among the paths.
        operators: the operators that may be used; any when not given.
        max_depth: operators and sub-domains inside one another, at most 64; a chain of the same operator counts once.
        max_leaves: conditions, at most 10,000.
        max_values: values in all lists together, at most 1,000,000.
        max_path: fields in one path, with those of the `any` around it, at most 16.
        max_bytes: of a domain in JSON.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `domain_...`, `json...`, `field_name`, `type` or `encoding`.
        InputTooLarge: code `too_long`, `json_too_...`, `domain_too_...` or `path_too_deep`.
        ParameterError: a limit is over its own limit, or a type or an operator is unknown.

    >>> parse_domain('[["parent_id.name", "=like", "A%"]]', fields={"parent_id.name": "char"})
    [('parent_id.name', '=like', 'A%')]
    >>> parse_domain([("create_uid", "=", 1)], fields={"name"})
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: the search domain uses a field that is not on the list
    """
    parser = DomainParser(
        fields=fields,
        operators=operators,
        max_depth=max_depth,
        max_leaves=max_leaves,
        max_values=max_values,
        max_path=max_path,
        max_bytes=max_bytes,
    )
    return parser.parse(source, field=field)
