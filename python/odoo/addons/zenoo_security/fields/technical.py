from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo import fields
from zenoo_security.addon.stored_field import Unreadable
from zenoo_security.errors import InvalidInput

from .errors import refuse_query, refuse_value
from .keys import get_stored_field

# Users of applications that decrypt and search themselves, such as SecureZenooClient.
_GROUP = "zenoo_security.group_ciphertext"


class Technical(fields.Char):
    encrypts = None

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        if not attrs.get("related"):
            attrs.update(copy=False, groups=_GROUP, exportable=False, _depends=(attrs["encrypts"],))
        return attrs

    def setup_nonrelated(self, model):
        super().setup_nonrelated(model)
        if not hasattr(model._fields[self.encrypts], "blind_index"):
            raise TypeError(
                f"{model._name}.{self.encrypts} is encrypted, and another module declares it as a plain field: its "
                "values would be stored in the clear. Declare it with a field of zenoo_security.fields there"
            )


class Token(Technical):
    """`x_<field>_enc`: the token, for who decrypts it; what is written to it is decrypted and stored as any value."""

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        if not attrs.get("related"):
            attrs.update(store=False, readonly=False, compute_sudo=False)
            attrs.update(compute=self._compute_tokens, inverse=self._inverse_tokens, search=self._search_tokens)
        return attrs

    def _compute_tokens(self, records):
        field = records._fields[self.encrypts]
        tokens = {}
        if real := records._origin:
            # Who may not read the value does not get the token.
            real.mapped(field.name)
            real.flush_recordset([field.name])
            column, table = field.to_sql(real, real._table), SQL.identifier(real._table)
            tokens = dict(real.env.execute_query(SQL("SELECT id, %s FROM %s WHERE id IN %s", column, table, real._ids)))
        for record in records:
            record[self.name] = tokens.get(record._origin.id) or False

    def _inverse_tokens(self, records):
        field = records._fields[self.encrypts]
        opened = get_stored_field(field, records.env).open([record[self.name] or None for record in records])
        if any(isinstance(value, Unreadable) for value in opened):
            raise UserError(records.env._("A value was encrypted for another field, or with keys that are not here."))
        for record, value in zip(records, opened, strict=True):
            record[field.name] = value or False

    def _search_tokens(self, records, operator, value):
        if operator not in {"in", "not in"} or any(value):
            refuse_query(self, records.env)
        return [(self.encrypts, operator, value)]


class BlindIndex(Technical):
    """`x_<field>_idx`: the blind index, with an index of PostgreSQL."""

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        if not attrs.get("related"):
            attrs.update(store=True, readonly=True, compute_sudo=True, index="btree_not_null")
            attrs.update(compute=self._compute_indexes)
        return attrs

    def _compute_indexes(self, records):
        field = records._fields[self.encrypts]
        values = [record[field.name] for record in records]
        present = [str(value) for value in values if value]
        try:
            indexes = iter(get_stored_field(field, records.env).index(present) if present else ())
        except InvalidInput as error:
            refuse_value(field, records.env, error)
        for record, value in zip(records, values, strict=True):
            if not isinstance(value, Unreadable):
                record[self.name] = next(indexes) if value else False
