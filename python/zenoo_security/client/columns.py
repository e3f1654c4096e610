"""What encrypted fields need in Odoo, made and removed through RPC: columns, and the action that writes them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zenoo_security.audit import emit
from zenoo_security.client import compare
from zenoo_security.client.parts import Part, look
from zenoo_security.client.suitable import FIELD_ATTRIBUTES, why_not
from zenoo_security.errors import ColumnsInUse, ConfigurationError, ParameterError
from zenoo_security.odoo_client import principal_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from zenoo_security.client.parts import Column, ModelColumns
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.odoo_client import Client

__all__ = ["drop_columns", "ensure_columns"]

_TEXT_TYPES = {"char", "text"}


async def ensure_columns(client: Client, encrypted_fields: EncryptedFields, *, dry_run: bool = False) -> list[Part]:
    """Make the columns that do not exist yet, and a server action for each model that compares and writes.

    The columns are manual fields of type char, in no view; those of blind indexes have a database index. May be called
    again at any time, also after it was interrupted: what is there is checked and left alone.

    Args:
        client: logged in as a user who may administrate (`base.group_system`).
        encrypted_fields: the declaration, as given to `SecureZenooClient`.
        dry_run: check everything and change nothing.

    Returns:
        What was made or changed, or would be, in the order of the declaration.

    Raises:
        ConfigurationError: a model is unknown, or a field cannot be encrypted as it is declared; the message has all
            reasons, and nothing was made.
        AccessRefused: the user is not an administrator.
    """
    models = [await look(client, encrypted_fields, model) for model in encrypted_fields]
    reasons = [reason for model in models for reason in await _reasons(client, encrypted_fields, model)]
    if reasons:
        raise ConfigurationError("; ".join(reasons))
    parts = []
    for model in models:
        parts += [column.part(model.name) for column in [*model.missing(), *model.different()]]
        if await compare.install(client, model.name, dry_run=True):
            parts.append(Part("action", model.name))
    if not dry_run:
        for model in models:
            await _make(client, model)
            await compare.install(client, model.name)
    return parts


async def drop_columns(
    client: Client,
    encrypted_fields: EncryptedFields,
    targets: Collection[str] | None = None,
    *,
    dry_run: bool = False,
    force: bool = False,
    by: str | None = None,
) -> list[Part]:
    """Remove what `ensure_columns` made; fields that hold tokens themselves (`in_place`) are left alone.

    May be called again, also after it was interrupted. Stop whatever writes to the fields before: a value that is
    written between the count and the removal is lost with its column.

    Args:
        client: logged in as a user who may administrate (`base.group_system`) and belongs to all companies.
        encrypted_fields: the declaration.
        targets: as `MODEL.FIELD`; all declared fields unless given. The action stays while its model has other fields.
        dry_run: count and remove nothing.
        force: remove columns although there are values in them, which are lost.
        by: who asked for it, for the audit log, beside the user of the client.

    Returns:
        What was removed, or would be, each with the count of its values.

    Raises:
        ColumnsInUse: a column has values, or the user does not see the records of all companies. Nothing was removed.
        ParameterError: a target is not declared.
        AccessRefused: the user is not an administrator.
    """
    chosen = _chosen(encrypted_fields, targets)
    models = [await look(client, encrypted_fields, model, names) for model, names in chosen.items()]
    companies, hidden = await _companies(client)
    context = {"active_test": False, "allowed_company_ids": companies}
    parts = [part for model in models for part in await _removable(client, model, context)]
    if not (force or dry_run):
        _require_empty(parts, hidden)
    if parts and not dry_run:
        with _told(client, parts, by):
            for model in models:
                await _remove(client, model)
    return parts


@contextmanager
def _told(client: Client, parts: list[Part], by: str | None) -> Iterator[None]:
    """Tell the audit log what was removed, or that it was not, or not all of it."""
    names = [str(part) for part in parts]
    reason = None
    try:
        yield
    except BaseException as error:
        reason = type(error).__name__
        raise
    finally:
        outcome = "failure" if reason else "success"
        user = principal_of(client)
        emit("sensitive_delete", principal=user, what="fields drop", parts=names, by=by, outcome=outcome, reason=reason)


def _chosen(encrypted_fields: EncryptedFields, targets: Collection[str] | None) -> dict[str, set[str]]:
    chosen = {
        model: {
            name for name in encrypted_fields.for_model(model) or () if targets is None or f"{model}.{name}" in targets
        }
        for model in encrypted_fields
    }
    declared = {f"{model}.{name}" for model in encrypted_fields for name in encrypted_fields.for_model(model) or ()}
    if targets is not None and (not targets or not declared.issuperset(targets)):
        raise ParameterError(f"name at least one MODEL.FIELD, each one of {', '.join(sorted(declared))}")
    return {model: names for model, names in chosen.items() if names}


async def _reasons(client: Client, encrypted_fields: EncryptedFields, model: ModelColumns) -> list[str]:
    found = await client.execute_kw(model.name, "fields_get", [], {"attributes": list(FIELD_ATTRIBUTES)})
    fields = encrypted_fields.for_model(model.name) or {}
    reasons = [
        f"{model.name}.{name}: {why}"
        for name, field in fields.items()
        for why in why_not(model.name, name, field, found)
    ]
    whys = ((column, _why_no_column(column.name, model.present.get(column.name))) for column in model.wanted)
    return reasons + [f"{model.name}.{column.name}: {why}" for column, why in whys if why]


def _why_no_column(name: str, found: dict[str, Any] | None) -> str | None:
    if found is None:
        return None if name.startswith("x_") else "it does not exist, and only columns named x_... can be created here"
    unsuitable = ("size", "translate", "related", "compute")
    if found["ttype"] not in _TEXT_TYPES or not found["store"] or any(found[attribute] for attribute in unsuitable):
        return "it cannot hold ciphertext: it must be a stored char or text, without size and translation, not computed"
    return None


async def _make(client: Client, model: ModelColumns) -> None:
    """Create the missing columns in one transaction, and put those right that have another declaration's settings."""
    if missing := model.missing():
        [model_id] = await client.execute_kw("ir.model", "search", [[["model", "=", model.name]]])
        common = {"model_id": model_id, "ttype": "char", "state": "manual"}
        rows = [
            {**common, **column.values(), "name": column.name, "field_description": _label(column)}
            for column in missing
        ]
        await client.execute_kw("ir.model.fields", "create", [rows])
    for column in model.different():
        field_id = model.present[column.name]["id"]
        await client.execute_kw("ir.model.fields", "write", [[field_id], column.values()])


def _label(column: Column) -> str:
    return f"{column.name} ({'blind index' if column.is_index else 'encrypted'})"


async def _companies(client: Client) -> tuple[list[int], int]:
    """Return the user's companies, and how many there are beside them: Odoo hides the records of those."""
    [user] = await client.execute_kw("res.users", "read", [[client.uid], ["company_ids"]])
    everywhere = await client.execute_kw("res.company", "search", [[]], context={"active_test": False})
    own: list[int] = user["company_ids"]
    return own, len(set(everywhere) - set(own))


def _require_empty(parts: list[Part], hidden: int) -> None:
    held = [part for part in parts if part.kind == "column" and part.rows]
    if held:
        counts = ", ".join(f"{part.rows} in {part.model}.{part.name}" for part in held)
        lost = sum(part.rows for part in held)
        raise ColumnsInUse(f"values would be lost ({counts}): decrypt them before, or force it", lost)
    if hidden:
        raise ColumnsInUse(
            f"values in records of {hidden} other companies, where this user does not belong or that are archived, "
            "cannot be counted: add the companies to the user, or force it",
            0,
        )


async def _removable(client: Client, model: ModelColumns, context: dict[str, Any]) -> list[Part]:
    parts = []
    for column in model.made():
        rows = await client.execute_kw(model.name, "search_count", [[[column.name, "!=", False]]], context=context)
        parts.append(column.part(model.name, rows))
    actions = await _actions(client, model)
    return [*parts, Part("action", model.name)] if actions else parts


async def _actions(client: Client, model: ModelColumns) -> list[int]:
    return await compare.installed(client, model.name) if model.whole else []


async def _remove(client: Client, model: ModelColumns) -> None:
    if ids := [model.present[column.name]["id"] for column in model.made()]:
        await client.execute_kw("ir.model.fields", "unlink", [ids])
    if actions := await _actions(client, model):
        await client.execute_kw("ir.actions.server", "unlink", [actions])
