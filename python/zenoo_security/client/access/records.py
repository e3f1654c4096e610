"""Which records a call is about: joined to its search, or looked for before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.client.access.schema import active_of
from zenoo_security.domains import decide, decide_leaf, join
from zenoo_security.errors import InvalidInput
from zenoo_security.objects.ids import MAX_IDS_A_REQUEST, require_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call
    from zenoo_security.domains import Leaf

__all__ = ["ids_of", "narrow", "records_domain", "require_called", "require_new", "require_records"]

_TRUE: Final = (1, "=", 1)
_FALSE: Final = (0, "=", 1)


def narrow(grants: Grants, call: Call) -> None:
    """Join the domain that narrows reading to that of a search."""
    if narrowing := grants.narrowing(call.model, "read"):
        call.set("domain", join("&", [call.get("domain") or [], narrowing]))


def ids_of(grants: Grants, model: str, operation: str, given: object) -> list[int]:
    """The ids of records, as whole numbers: Odoo finds record 7 by "7" and 7.0 too.

    Raises:
        PermissionDenied: they are something else, or over 10,000.
    """
    ids: list[Any] = list(given) if isinstance(given, (list, tuple, set, frozenset)) else [given] if given else []
    if len(ids) > MAX_IDS_A_REQUEST:
        grants.refuse(model, operation, "ids", f"at most {MAX_IDS_A_REQUEST} records of {model} in a call")
    try:
        require_ids(ids)
    except InvalidInput as error:
        grants.refuse(model, operation, "ids", f"the records to {operation} of {model}: {error.message}")
    return ids


async def records_domain(grants: Grants, model: str, ids: Iterable[int], narrowing: list[Any]) -> list[Any]:
    """The domain of records with these ids that match, archived ones included whatever the context says."""
    schema = await grants.schema(model)
    active = active_of(schema)
    archived_too = [[active, "in", [True, False]]] if active else []
    return join("&", [[["id", "in", list(ids)]], archived_too, narrowing])


async def require_records(
    grants: Grants,
    context: Mapping[str, Any],
    model: str,
    operation: str,
    ids: Iterable[int],
    *,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Refuse unless all of the records match the domain that narrows the operation, also after they are written.

    Args:
        grants: of the user.
        context: of the call.
        model: of the records.
        operation: that is done to them.
        ids: of the records.
        values: what will be written to them.

    Raises:
        RecordNotFound: one of them is gone, or does not match.
        PermissionDenied: with the values they would not match.
    """
    narrowing = grants.narrowing(model, operation)
    wanted = set(ids)
    if not narrowing or not wanted:
        return
    after = _after(grants, model, operation, narrowing, values or {})
    domain = join("&", [await records_domain(grants, model, sorted(wanted), narrowing), after])
    if await grants.search(model, context, domain) != wanted:
        grants.refuse_records(model, operation, sorted(wanted))


async def require_called(
    grants: Grants, call: Call, operation: str, given: object = None, values: dict[str, Any] | None = None
) -> None:
    """Look for the records that a call names, where a domain narrows the operation."""
    if grants.narrowing(call.model, operation):
        ids = ids_of(grants, call.model, operation, call.get("") if given is None else given)
        await require_records(grants, call.context, call.model, operation, ids, values=values)


def require_new(grants: Grants, model: str, values: Mapping[str, Any]) -> None:
    """Refuse values of a new record that does not match the domain that narrows `create`.

    Raises:
        PermissionDenied: it does not match, or a value that decides is missing and would be Odoo's default.
    """
    if not (narrowing := grants.narrowing(model, "create")):
        return
    leaves = [leaf for leaf in narrowing if not isinstance(leaf, str)]
    decided = decide(narrowing, values)
    if decided is True:
        return
    blamed = [_first(leaf) for leaf in leaves if decide_leaf(leaf, values) is decided]
    why = "give a value for it" if decided is None else "the value does not match the domain that narrows it"
    name = blamed[0] if blamed else "id"
    grants.refuse(
        model, "create", "narrowed", f"this user may not create such a record of {model}: {name!r}: {why}", field=name
    )


def _after(grants: Grants, model: str, operation: str, narrowing: list[Any], values: Mapping[str, Any]) -> list[Any]:
    """The domain that has to hold before a write so that the narrowing one holds after it."""
    if not any(_first(leaf) in values for leaf in narrowing if not isinstance(leaf, str)):
        return []
    after = []
    for term in narrowing:
        if isinstance(term, str) or _first(term) not in values:
            after.append(term)
            continue
        decided = decide_leaf(term, values)
        if decided is None or (not decided and not {"|", "!"} & {t for t in narrowing if isinstance(t, str)}):
            name = _first(term)
            text = f"this user may not {operation} this value of {name!r}: a domain narrows {model} by it"
            grants.refuse(model, operation, "narrowed", text, field=name)
        after.append(_TRUE if decided else _FALSE)
    return after


def _first(leaf: Leaf) -> str:
    return str(leaf[0]).partition(".")[0]
