"""What a token is bound to: the context under which it was encrypted, and alone opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.fields.declaration import Binding

__all__ = ["context_of"]


def context_of(
    model: str, field: str, bind: Sequence[Binding] = (), *, database: str = "", company: int = 0, record: int = 0
) -> tuple[str, ...]:
    """The context of a field's tokens: model and field, then a pair of texts for each binding.

    >>> context_of("res.partner", "vat", ("database", "record"), database="production", record=7)
    ('res.partner', 'vat', 'database', 'production', 'record', '7')

    Args:
        model: the Odoo model.
        field: the field, not its column.
        bind: `Encrypted.bind`, in its order.
        database: the name of the database.
        company: the id of the record's `company_id`, 0 when it has none.
        record: the id of the record.
    """
    bound = {"database": database, "company": str(company), "record": str(record)}
    return (model, field, *(text for name in bind for text in (name, bound[name])))
