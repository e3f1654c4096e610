"""The query builder of zenoo-rpc with domains that mean what the code says.

In 0.2.4 `Q(a) | Q(b)` becomes `[a, '|', b]`: alone it is malformed, and with one more filter after it that filter falls
into the OR, a restriction to one company included. `~Q(a, b)` and `exclude(a, b)` negate `a` only. `iexact`,
`startswith` and `endswith` all mean "contains", and `%` and `_` in the value are wildcards.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

from zenoo_rpc.query import expressions
from zenoo_rpc.query.builder import QueryBuilder, QuerySet
from zenoo_rpc.query.filters import FilterExpression, Q

from zenoo_security.client.assignments import without_values
from zenoo_security.domains import join, normalize
from zenoo_security.errors import DecryptionError
from zenoo_security.fields import Undecryptable
from zenoo_security.sanitize import escape_like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.client.cache import ScopedCache

__all__ = ["SecureQueryBuilder", "SecureQuerySet", "term"]

#: The lookups that compare text: Odoo's operator, and the pattern around the escaped value.
_PATTERNS = {
    "contains": ("ilike", "{}"),
    "endswith": ("=ilike", "%{}"),
    "icontains": ("ilike", "{}"),
    "iendswith": ("=ilike", "%{}"),
    "iexact": ("=ilike", "{}"),
    "istartswith": ("=ilike", "{}%"),
    "startswith": ("=ilike", "{}%"),
}


class SecureQuerySet(QuerySet[Any]):
    """A query set whose filters are joined in prefix form, and whose rows are those of the user who asks."""

    _rows: tuple[str | None, list[Any]] | None = None
    _count: tuple[str | None, int] | None = None

    def filter(self, *args: Any, **kwargs: Any) -> SecureQuerySet:
        """Return the query with more conditions; all of them hold."""
        return self._clone(domain=join("&", [self._domain, *map(term, args), _leaves(kwargs)]))

    def exclude(self, *args: Any, **kwargs: Any) -> SecureQuerySet:
        """Return the query without the rows for which all of the conditions hold."""
        excluded = join("&", [*map(term, args), _leaves(kwargs)])
        return self._clone(domain=join("&", [self._domain, _negate(excluded)]))

    async def all(self) -> list[Any]:
        """Return the rows as records, asked for once a user with the same rights."""
        scope = await self.client.current_scope()
        if self._rows is None or self._rows[0] != scope:
            self._result_cache = None
            self._rows = scope, await super().all()
        return self._rows[1]

    async def count(self) -> int:
        """Count the rows; zenoo-rpc sends the context of the query as arguments, which Odoo refuses."""
        scope = await self.client.current_scope()
        if self._count is None or self._count[0] != scope:
            model = self.model_class.get_odoo_name()
            self._count = scope, int(await self.client.search_count(model, self._domain, context=self._context))
        return self._count[1]

    async def _execute_query(self) -> list[dict[str, Any]]:
        """Return the rows of the cache or of Odoo; they are cached if the user who asked is still logged in."""
        cached = await self._get_cached_result()
        if cached is not None:
            return cached
        scope = await self.client.current_scope()
        rows: list[dict[str, Any]] = await self.client.search_read(
            self.model_class.get_odoo_name(),
            self._domain,
            fields=self._fields or None,
            limit=self._limit,
            offset=self._offset or 0,
            order=self._order or None,
            context=self._context,
        )
        cache = cast("ScopedCache | None", self._cache_manager)
        if self._cache_enabled and cache and await self.client.current_scope() == scope:
            # Not by `_set_cached_result`: in between, the user or the rights may become others.
            await cache.set(self._generate_cache_key(), rows, ttl=self._cache_ttl, scope=scope)
        return rows

    def _create_model_instance(self, record_data: dict[str, Any]) -> Any:
        """Make a record; why a value does not fit its class is told without the value, which pydantic would quote.

        Raises:
            DecryptionError: a value could not be decrypted; a record has no place for the mark.
            InvalidFields: a value does not fit its class.
        """
        _require_decrypted(self.model_class.get_odoo_name(), record_data)
        return without_values(functools.partial(super()._create_model_instance, record_data))

    def _clone(self, **changes: Any) -> SecureQuerySet:
        clone = super()._clone(**changes)
        # The base class makes a plain QuerySet, whatever its own class is.
        clone.__class__ = type(self)
        return cast("SecureQuerySet", clone)


class SecureQueryBuilder(QueryBuilder):
    """The entry point to a model's secure query sets."""

    def all(self) -> SecureQuerySet:
        """Return a query for all records."""
        return SecureQuerySet(self.model_class, self.client)

    async def bulk_create(self, values_list: list[dict[str, Any]]) -> list[Any]:
        """Create records in one call; zenoo-rpc's own passes the second row as a second argument."""
        ids = await self.client.create(self.model_class.get_odoo_name(), list(values_list))
        return await self.filter(id__in=ids).all()


def _require_decrypted(model: str, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if isinstance(value, Undecryptable):
            raise DecryptionError(
                f"{model}: {name} of {row.get('id', '?')} cannot be decrypted ({value.reason}): read the record with "
                "read(), which marks such values, or leave the field out with only()",
            )


def term(condition: Any) -> list[Any]:
    """Return the domain of a `Q`, an expression or a domain, as one term in prefix form."""
    if isinstance(condition, Q):
        operator = "|" if condition.connector == "OR" else "&"
        whole = join("&", [_leaves(condition.filters), join(operator, map(term, condition.children))])
        return _negate(whole) if condition.negated else whole
    if isinstance(condition, expressions.LogicalExpression):
        operator = "|" if isinstance(condition, expressions.OrExpression) else "&"
        return join(operator, map(term, condition.expressions))
    if isinstance(condition, expressions.NotExpression):
        return _negate(term(condition.expression))
    if isinstance(condition, FilterExpression):
        return _leaves(condition.filters)
    return normalize(condition.to_domain() if isinstance(condition, expressions.Expression) else condition)


def _negate(domain: list[Any]) -> list[Any]:
    return ["!", *domain] if domain else domain


def _leaves(filters: Mapping[str, Any]) -> list[Any]:
    return join("&", ([_leaf(lookup, value)] for lookup, value in filters.items()))


def _leaf(lookup: str, value: Any) -> list[Any]:
    name, _, kind = lookup.rpartition("__")
    if name and kind in _PATTERNS and isinstance(value, str):
        operator, pattern = _PATTERNS[kind]
        return [name, operator, pattern.format(escape_like(value))]
    if name and kind == "isnull":
        return [name, "=" if value else "!=", False]
    return list(FilterExpression(**{lookup: value}).to_domain()[0])
