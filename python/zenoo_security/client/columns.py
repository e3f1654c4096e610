"""The columns that hold ciphertext and blind indexes, created in Odoo through RPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.fields import EncryptedFields

__all__ = ["ensure_columns"]

_TEXT_TYPES = {"char", "text"}


class Client(Protocol):
    """What is needed of a client: a plain or a secure one, logged in as an administrator."""

    async def execute_kw(
        self,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
    ) -> Any:
        """Call a method of a model."""


async def ensure_columns(client: Client, encrypted_fields: EncryptedFields) -> list[str]:
    """Create the declared columns that do not exist yet, as manual fields (`x_...`) of type char.

    May be called again at any time: what is there is checked and left alone.

    Args:
        client: logged in as a user who may administrate (`base.group_system`).
        encrypted_fields: the declaration, as given to `SecureZenooClient`.

    Returns:
        The created columns as `model.column`, in the order of the declaration.

    Raises:
        ConfigurationError: a model is unknown, a column that is not named `x_...` is missing, or an existing column
            is not text that is stored.
        AccessRefused: the user is not an administrator.
    """
    created = []
    for model in encrypted_fields:
        present = await _present(client, model)
        for column, is_index in _columns(encrypted_fields, model):
            if column in present:
                _require_text(model, column, present[column])
            else:
                await _create(client, model, column, is_index=is_index)
                created.append(f"{model}.{column}")
    return created


def _columns(encrypted_fields: EncryptedFields, model: str) -> Iterator[tuple[str, bool]]:
    for name, field in (encrypted_fields.for_model(model) or {}).items():
        yield field.column or name, False
        if field.index_column:
            yield field.index_column, True


async def _present(client: Client, model: str) -> dict[str, dict[str, Any]]:
    rows = await client.execute_kw(
        "ir.model.fields",
        "search_read",
        [[["model", "=", model]]],
        {"fields": ["name", "ttype", "store", "size", "translate"]},
    )
    if not rows:
        raise ConfigurationError(f"Odoo has no model {model!r} that this user may see")
    return {row["name"]: row for row in rows}


def _require_text(model: str, column: str, found: dict[str, Any]) -> None:
    if found["ttype"] not in _TEXT_TYPES or not found["store"] or found["size"] or found["translate"]:
        raise ConfigurationError(
            f"{model}.{column} cannot hold ciphertext: it must be a stored char or text without size and translation",
        )


async def _create(client: Client, model: str, column: str, *, is_index: bool) -> None:
    if not column.startswith("x_"):
        raise ConfigurationError(f"{model}.{column} does not exist; only columns named x_... can be created here")
    [model_id] = await client.execute_kw("ir.model", "search", [[["model", "=", model]]])
    values = {
        "name": column,
        "model_id": model_id,
        "ttype": "char",
        "state": "manual",
        "field_description": f"{column} ({'blind index' if is_index else 'encrypted'})",
        "index": is_index,
        "copied": False,
    }
    await client.execute_kw("ir.model.fields", "create", [values])
