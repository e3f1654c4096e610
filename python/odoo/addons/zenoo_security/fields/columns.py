"""Columns of plain fields that become encrypted, and back: for the hooks of a module, in its own transaction."""

from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from zenoo_security.addon.stored_field import StoredField, Unreadable
from zenoo_security.errors import SecurityError

from ..settings import get_key_ring
from .errors import require_key_ring

_BATCH = 1_000


def encrypt_columns(env, model, indexes):
    """Encrypt what columns hold, before the fields are encrypted ones: for the `pre_init_hook`.

    Args:
        env: the environment.
        model: the model.
        indexes: field -> the `blind_index` that it will have, or None.
    """
    table = env[model]._table
    for name, index in indexes.items():
        if index and not column_exists(env.cr, table, f"x_{name}_idx"):
            create_column(env.cr, table, f"x_{name}_idx", "varchar")
        columns = [name, f"x_{name}_idx"] if index else [name]
        field = _stored_field(env, model, name, index)
        for rows in _batches(env, table, name):
            plain = [(id_, value) for id_, value in rows if not field.is_token(value)]
            sealed = [(id_, field.seal(value)) for id_, value in plain]
            if index:
                indexed = field.index([value for _, value in plain])
                sealed = [(*row, found) for row, found in zip(sealed, indexed, strict=True)]
            _update(env, table, columns, sealed)
    env.invalidate_all(flush=False)


def decrypt_columns(env, model, names):
    """Put plaintext back: for the `uninstall_hook`, after `require_readable` has said that this can be done."""
    table = env[model]._table
    for name in names:
        for rows in _opened(env, model, name):
            _update(env, table, [name], rows)
    env.invalidate_all(flush=False)


def require_readable(env, model, names):
    """Refuse an uninstallation that would lose values: for `button_uninstall` of `ir.module.module`."""
    for name in names:
        for _ in _opened(env, model, name):
            pass


def _opened(env, model, name):
    field = _stored_field(env, model, name, None)
    for rows in _batches(env, env[model]._table, name):
        tokens = [(id_, value) for id_, value in rows if field.is_token(value)]
        values = field.open([token for _, token in tokens])
        if any(isinstance(value, Unreadable) for value in values):
            raise UserError(
                env._(
                    "%(field)s of %(model)s has values that the keys of this server do not open: they would be lost.",
                    field=name,
                    model=env["ir.model"]._get(model).name,
                )
            )
        yield [(id_, value) for (id_, _), value in zip(tokens, values, strict=True)]


def _batches(env, table, name):
    env.flush_all()
    column, last = SQL.identifier(name), 0
    query = "SELECT id, %s FROM %s WHERE id > %s AND %s <> '' ORDER BY id LIMIT %s"
    while rows := env.execute_query(SQL(query, column, SQL.identifier(table), last, column, _BATCH)):
        yield rows
        last = rows[-1][0]


def _update(env, table, columns, rows):
    names = [SQL.identifier(column) for column in columns]
    if rows:
        env.cr.execute(
            SQL(
                "UPDATE %s AS t SET %s FROM (VALUES %s) AS v(id, %s) WHERE t.id = v.id",
                SQL.identifier(table),
                SQL(", ").join(SQL("%s = v.%s", name, name) for name in names),
                SQL(", ").join(rows),
                SQL(", ").join(names),
            )
        )


def _stored_field(env, model, name, index):
    try:
        return StoredField(get_key_ring(), model, name, index=index)
    except SecurityError:
        return require_key_ring(env)
