"""Writes whose tokens are bound to a record or to its company, which a new record does not have yet.

`create` makes the records without these values, asks for their companies, and stores all tokens in one request. `write`
stores a token for each record, also in one; when it moves records to another company, the tokens that are bound to the
old one are made anew in that same request. Odoo's `web_save_multi` takes values for each record, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from zenoo_security.client.opening import COMPANY, id_of
from zenoo_security.client.target import rows_of
from zenoo_security.errors import DecryptionError, IncompleteCreate, OdooError, QueryRefused
from zenoo_security.objects.ids import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from zenoo_security.client.model import EncryptedModel, Row

__all__ = ["Send", "concerns", "copy", "create", "write"]

_MAX_MOVES = 5


class Send(Protocol):
    """Sends one request about the model of a call."""

    def __call__(
        self, method: str, args: list[Any], kwargs: Mapping[str, Any] | None = None, *, tell: bool = True
    ) -> Awaitable[Any]:
        """Return what Odoo answers; that it refuses is told to the audit log, unless that is not wanted."""


def concerns(model: EncryptedModel, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether rows of a `create` or `write` take more than one request."""
    names = model.late | ({COMPANY} if model.of_company else set())
    return any(not names.isdisjoint(row) for row in rows)


def create(model: EncryptedModel, given: Any) -> Callable[[Send], Awaitable[Any]]:
    """What creates records, from a dict of values or a list of them, and returns the id or the ids.

    Raises:
        IncompleteCreate: the records are there, their late values are not.
    """
    rows = list(given) if isinstance(given, (list, tuple)) else [given]
    sealed = model.seal(rows)

    async def perform(send: Send) -> Any:
        ids = await send("create", [sealed])
        if not isinstance(ids, list) or len(ids) != len(rows):
            raise OdooError("Odoo answered a create with something else than its ids")
        late = [{**_late(model, row), "id": record} for record, row in zip(ids, rows, strict=True)]
        try:
            await _store(model, [row for row in late if any(row[name] for name in row.keys() - {"id"})], send)
        except Exception as error:
            raise IncompleteCreate(model.model, ids) from error
        return ids if isinstance(given, (list, tuple)) else ids[0]

    return perform


async def _store(model: EncryptedModel, late: Sequence[Row], send: Send) -> None:
    if not late:
        return
    companies = await _companies(model, [row["id"] for row in late], send)
    await _save(model, [{**row, COMPANY: companies.get(row["id"], 0)} for row in late], send)


async def _save(
    model: EncryptedModel, rows: Sequence[Row], send: Send, common: Mapping[int, Row] | None = None
) -> None:
    """Store the late values of rows with id and company, and for some ids what else is to be written.

    Odoo answers with the companies that the records have then. What moved since they were asked for gets its tokens
    anew, or they would never open. A write that itself moves records does not ask: the user may not see them there.
    """
    moves = any(COMPANY in row for row in (common or {}).values())
    specification: dict[str, Any] = {COMPANY: {}} if model.of_company and not moves else {}
    for _ in range(_MAX_MOVES):
        ids, sealed = [row["id"] for row in rows], model.seal_late(rows)
        tokens = [{**(common or {}).get(record, {}), **late} for record, late in zip(ids, sealed, strict=True)]
        saved = await send("web_save_multi", [ids, tokens, specification])
        now = {row["id"]: id_of(row[COMPANY]) for row in rows_of(saved) if COMPANY in row}
        rows = [{**row, COMPANY: now[row["id"]]} for row in rows if now.get(row["id"], row[COMPANY]) != row[COMPANY]]
        common = None
        if not rows:
            return
    raise OdooError(
        f"{model.model}: a record moves from company to company while its values are stored: write it again"
    )


def copy(model: EncryptedModel, ids: Any, default: Mapping[str, Any]) -> Callable[[Send], Awaitable[Any]]:
    """What copies records, and encrypts for each copy what is bound to its original.

    Args:
        model: the model.
        ids: the originals.
        default: values that the copies have instead.

    Raises:
        QueryRefused: the originals are not named by their ids.
        DecryptionError: a value of an original cannot be decrypted; nothing is copied then.
        IncompleteCreate: the copies are there, their late values are not.
    """
    ids = _ids(ids)
    [sealed] = model.seal([default])
    names = model.late - default.keys()
    emptied = {column: False for name in names for column in model.fields[name].columns}

    async def perform(send: Send) -> Any:
        rows = model.open(await send("read", [ids, ["id", *model.request(names)]]), names, "raise")
        values = {row["id"]: row for row in rows}
        copies = await send("copy", [ids, {**emptied, **sealed}])
        late = [
            {**values.get(old, {}), **_late(model, default), "id": new} for old, new in zip(ids, copies, strict=True)
        ]
        try:
            await _store(model, [{**_late(model, row), "id": row["id"]} for row in late], send)
        except Exception as error:
            raise IncompleteCreate(model.model, copies) from error
        return copies

    return perform


def write(model: EncryptedModel, ids: Any, values: Mapping[str, Any]) -> Callable[[Send], Awaitable[bool]]:
    """What writes values to records.

    Raises:
        QueryRefused: the records are not named by their ids.
        DecryptionError: the records are to move to another company, and a value that is bound to theirs cannot be
            decrypted.
    """
    ids = _ids(ids)
    [common] = model.seal([values])

    async def perform(send: Send) -> bool:
        if not ids:
            return True
        rows = [{**_late(model, values), "id": record} for record in ids]
        if COMPANY in values:
            rows = await _moved(model, rows, _company(values[COMPANY]), send)
        else:
            companies = await _companies(model, ids, send)
            rows = [{**row, COMPANY: companies.get(row["id"], 0)} for row in rows]
        await _save(model, rows, send, dict.fromkeys(ids, common))
        return True

    return perform


async def _moved(model: EncryptedModel, rows: Sequence[Row], company: int, send: Send) -> list[Row]:
    """The rows of a write, and those of the records that Odoo moves along, with all that is bound to the company."""
    following = await _following(model, [row["id"] for row in rows], send)
    rows = [*rows, *({"id": record} for record in following)]
    bound = await _values_of_company(model, [row["id"] for row in rows if not model.of_company <= row.keys()], send)
    return [{**bound.get(row["id"], {}), **row, COMPANY: company} for row in rows]


async def _following(model: EncryptedModel, ids: Sequence[int], send: Send) -> list[int]:
    """Odoo writes the company of a partner to its contacts, and to theirs."""
    known, rest = list(ids), list(ids) if model.model == "res.partner" else []
    while rest:
        found = await send("read", [rest, ["child_ids"]])
        rest = [child for row in found for child in row["child_ids"] if child not in known]
        known += rest
    return known[len(ids) :]


def _ids(given: Any) -> list[int]:
    """The ids of records. PostgreSQL finds record 7 by 7.0, to which a token would be bound and never open."""
    given = given or []
    ids = [*given] if isinstance(given, Iterable) else [given]
    if not all(type(record) is int and 0 < record <= MAX_ID for record in ids):
        raise QueryRefused(
            f"records whose values are bound to them are written by their ids, whole numbers from 1 to {MAX_ID}"
        )
    return list(dict.fromkeys(ids))


def _late(model: EncryptedModel, row: Mapping[str, Any]) -> Row:
    return {name: row[name] for name in model.late if name in row}


def _company(value: object) -> int:
    if value is None or value is False:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise QueryRefused(f"{COMPANY} is written as an id or False where values are bound to it")
    return value


async def _companies(model: EncryptedModel, ids: list[int], send: Send) -> dict[int, int]:
    if not model.of_company:
        return {}
    rows = await send("read", [ids, [COMPANY]])
    return {row["id"]: id_of(row[COMPANY]) for row in rows}


async def _values_of_company(model: EncryptedModel, ids: list[int], send: Send) -> dict[int, dict[str, Any]]:
    """What is bound to the companies of the records, decrypted."""
    if not ids:
        return {}
    names = model.of_company
    rows = await send("read", [ids, model.request(names)])
    try:
        opened = model.open(rows, names, "raise")
    except DecryptionError as error:
        refusal = DecryptionError(f"{COMPANY} cannot change, since values are bound to it: {error}")
    else:
        return {row["id"]: {name: row[name] for name in names if name in row} for row in opened}
    raise refusal
